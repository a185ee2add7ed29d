/* The names inside a plan as Python lists: series, units, months, inputs, kept numbers. */
#include "pyext/core/core.h"

static PyObject *series_at(const void *plan, Py_ssize_t i) { return core_text(((const csim_plan *)plan)->slot_name[i]); }
static PyObject *unit_at(const void *plan, Py_ssize_t i) { return core_text(csim_outcome_rows[((const csim_plan *)plan)->slot_outcome[i]].unit); }
static PyObject *meaning_at(const void *plan, Py_ssize_t i) { return core_text(csim_outcome_rows[((const csim_plan *)plan)->slot_outcome[i]].text); }
static PyObject *month_at(const void *plan, Py_ssize_t i) { return core_month(((const csim_plan *)plan)->start_month + (int)i); }
static PyObject *report_month_at(const void *plan, Py_ssize_t i) { return core_month(((const csim_plan *)plan)->start_month + ((const csim_plan *)plan)->report_month[i]); }
static PyObject *input_at(const void *plan, Py_ssize_t i) { return core_text(((const csim_plan *)plan)->input_key[i]); }

/* "share.open.developers@2026-12" */
static PyObject *scalar_at(const void *from, Py_ssize_t i) {
    const csim_plan *plan = from;
    const int month = plan->start_month + plan->scalar[i].month;
    return PyUnicode_FromFormat("%s@%04d-%02d", plan->slot_name[plan->scalar[i].slot], 2000 + month / 12, 1 + month % 12);
}

PyObject *core_plan_series(const csim_plan *plan) { return core_list(series_at, plan, plan->slots); }
PyObject *core_plan_units(const csim_plan *plan) { return core_list(unit_at, plan, plan->slots); }
PyObject *core_plan_meanings(const csim_plan *plan) { return core_list(meaning_at, plan, plan->slots); }
PyObject *core_plan_months(const csim_plan *plan) { return core_list(month_at, plan, plan->months); }
PyObject *core_plan_report_months(const csim_plan *plan) { return core_list(report_month_at, plan, plan->report_months); }
PyObject *core_plan_inputs(const csim_plan *plan) { return core_list(input_at, plan, plan->inputs); }
PyObject *core_plan_scalars(const csim_plan *plan) { return core_list(scalar_at, plan, plan->scalars); }
