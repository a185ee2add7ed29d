/* moecast._core, the extension over csim.h: what its files share. One file a type; a file defines its methods and a spec, module.c makes the types.
 * Limited API 3.11, so that one build serves every later CPython. Nothing here prints or keeps a thread, and the GIL is released around C work. */
#ifndef MOECAST_CORE_H
#define MOECAST_CORE_H

#define PY_SSIZE_T_CLEAN
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>
#include <stdatomic.h>

#include "csim/csim.h"

/* CPython's slots hold functions as object pointers, which ISO C leaves to the compiler. */
#define CORE_SLOT(id, function) {id, __extension__(void *)(function)}
/* A function with keywords as a method. */
#define CORE_METHOD(name, function, flags, doc) {name, (PyCFunction)(void (*)(void))(function), METH_VARARGS | METH_KEYWORDS | (flags), doc}

/* First line of what computes, or reads and writes numbers as text, on the thread of the caller: until the function returns, numbers do not depend on the mode
 * that another library has left there. Work given to core_watch is in no need of it. */
#define CORE_DEFAULT_FLOATS __attribute__((cleanup(csim_float_mode_leave), unused)) const csim_float_mode callers_float_mode = csim_float_mode_enter()

/* One module's own types and exceptions: no globals, so sub-interpreters do not share objects. */
typedef struct core_state {
    PyObject *array, *scenario, *plan, *run, *result, *work, *columns;
    PyObject *error, *scenario_error, *run_error, *file_error;
} core_state;

/* The owners form a chain without cycles (array → result → run → plan → scenario), so reference counts alone free them. */
typedef struct core_scenario {
    PyObject_HEAD
    csim_scenario *scenario;
    char *folder;           /* with a slash behind it: where the relative name was given that it was read by; NULL for other ones */
} core_scenario;

typedef struct core_plan {
    PyObject_HEAD
    core_scenario *owner;
    csim_catalogue *catalogue;
    csim_plan *plan;
} core_plan;

typedef struct core_run {
    PyObject_HEAD
    core_plan *owner;
    csim_run *run;
    csim_run_options options;
    int busy;               /* a thread is inside the C library with this run; guarded by the GIL */
    atomic_ullong told;     /* paths of finished blocks: what any thread may read at any time */
    Py_ssize_t results;     /* results that read this run's memory: it must not move while there are any */
    const csim_result *result; /* what they share; only while there are any */
} core_run;

/* What is known of some paths: of a run (its memory is borrowed) or of a run file. */
typedef struct core_result {
    PyObject_HEAD
    core_run *run;                  /* NULL when it was read from a file */
    csim_run_file *file;            /* NULL when it comes from a run */
    core_scenario *scenario;        /* of a file, parsed when first asked for */
    const csim_result *result;
    csim_claim_result *claim;       /* of a run, once asked for */
    size_t claims;
    long long created_unix_s;
    int busy;                       /* threads that read or replace the claims; guarded by the GIL */
} core_result;

extern PyType_Spec core_array_spec, core_scenario_spec, core_plan_spec, core_run_spec, core_result_spec, core_work_spec, core_columns_spec;

/* The state of the module an object's type was made in. */
core_state *core_state_of(PyObject *self);

/* Every tp_dealloc ends with this: heap types are counted by their instances. */
void core_object_free(PyObject *self);

/* A new zeroed object of one of the types above. */
PyObject *core_object_new(PyObject *type);

/* errors.c: exceptions. core_raise turns a C error into the exception of its class, with its place as attributes, and returns NULL. */
int core_errors_add(PyObject *module, core_state *state);
PyObject *core_raise(core_state *state, const csim_error *err);
PyObject *core_raise_run(core_state *state, const char *sentence);

/* watch.c: runs `work` without the GIL while Python sees signals. Returns 0, or −1 with an exception: of the work's error, or what a signal's handler raised;
 * *cancel is then set and the work must return soon. */
typedef csim_status core_work(void *self, const atomic_int *cancel, csim_error *err);
int core_watch(core_state *state, core_work *work, void *self);

/* The same, and `callable` (NULL or None: nobody) is told (done, total) at most ten times a second and once at the end. What it raises ends the work like what
 * a signal's handler raises. Nothing is told while total is 0. */
typedef struct core_telling { PyObject *callable; atomic_ullong *counter, total; } core_telling;
int core_watch_telling(core_state *state, core_work *work, void *self, core_telling *telling);

/* array.c: read-only numbers for the buffer protocol. `owner` is kept alive and owns `data`; without one the array owns `data` (from malloc), also when
 * this fails. */
typedef struct core_shape { int dimensions; Py_ssize_t size[3]; } core_shape;
PyObject *core_array_new(core_state *state, PyObject *owner, void *data, char format, core_shape shape);

/* values.c: C values as Python values, and arguments back. Each returns a new reference or NULL with an exception. */
PyObject *core_text(const char *text);                /* NULL as "" ; text that is not UTF-8 keeps its bytes as escapes */
PyObject *core_month(int month_since_2000);           /* "2026-12"; None for CSIM_NO_MONTH */
typedef PyObject *core_item_at(const void *from, Py_ssize_t i);
PyObject *core_list(core_item_at *item_at, const void *from, Py_ssize_t count);
int core_dict_put(PyObject *dict, const char *key, PyObject *value); /* steals value; −1 when it is NULL or cannot be stored */
char *core_path(PyObject *path);                      /* str, bytes or os.PathLike → malloc'd text for the file system */

/* Whole numbers given, Python's or NumPy's: 0, or −1 with a sentence that names the argument and what it may be. NULL (not given) leaves *out as it is. */
int core_within(PyObject *given, const char *name, long long low, long long high, long long *out);
int core_seed(PyObject *given, uint64_t *out); /* not of NULL */

/* scenario.c: takes `loaded` over. */
PyObject *core_scenario_wrap(PyObject *type, csim_scenario *loaded);
/* core_raise of what is wrong with a scenario in use: its files go by the name under which it was read, as if that were still relative. */
PyObject *core_raise_of(core_state *state, const core_scenario *scenario, csim_error *err);

/* run.c: the exception for a run that is in somebody's hands. run_parts.c: parts of it that other processes simulate. */
PyObject *core_run_refuse(core_run *self);
int core_read_series(PyObject *positions, const csim_plan *plan, csim_run_options *out); /* which series kept paths have month by month; −1 with an exception */
PyObject *core_run_missing(PyObject *self, PyObject *unused);
PyObject *core_run_part(PyObject *self, PyObject *arguments);
PyObject *core_run_take(PyObject *self, PyObject *arguments);
PyObject *core_part_digest(PyObject *module, PyObject *bytes);

/* result.c: makes results. result_*.c: their attributes and methods, by what they are about. */
PyObject *core_result_of_run(core_state *state, core_run *run);
PyObject *core_result_load(PyObject *module, PyObject *path);
core_scenario *core_result_scenario(core_result *self); /* borrowed; NULL with an exception */
PyObject *core_result_kept_inputs(PyObject *self, void *unused);
PyObject *core_result_kept_scalars(PyObject *self, void *unused);
PyObject *core_result_kept_series(PyObject *self, void *unused);
PyObject *core_result_kept_series_names(PyObject *self, void *unused);
PyObject *core_result_ledger(PyObject *self, void *unused);
PyObject *core_result_bins(PyObject *self, void *unused);
PyObject *core_result_statistic(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_result_quantile(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_result_interval(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_result_precision(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_result_trace(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_result_share_below(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_result_what_it_takes(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_result_stories(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_result_answer(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_result_claims(PyObject *self, PyObject *unused);
PyObject *core_result_save(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_result_report(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_report_comparison(PyObject *module, PyObject *arguments);
extern const char core_report_comparison_doc[];

/* plan_names.c: lists of a plan's names, shared by Plan and Result. */
PyObject *core_plan_series(const csim_plan *plan);
PyObject *core_plan_units(const csim_plan *plan);
PyObject *core_plan_meanings(const csim_plan *plan);
PyObject *core_plan_months(const csim_plan *plan);
PyObject *core_plan_report_months(const csim_plan *plan);
PyObject *core_plan_inputs(const csim_plan *plan);
PyObject *core_plan_scalars(const csim_plan *plan);

/* scenario_inputs.c, scenario_claims.c: the long lists of a scenario, one dict a row. */
PyObject *core_scenario_inputs(core_state *state, const csim_scenario *scenario);
PyObject *core_scenario_claims(const csim_scenario *scenario);
PyObject *core_scenario_ranges(core_state *state, const csim_scenario *scenario); /* scenario_ranges.c */

/* scenario_changes.c, scenario_texts.c: scenarios from keys, changes, cells of grids; differences, and the texts that say a scenario. */
PyObject *core_scenario_from_keys(PyObject *type, PyObject *arguments, PyObject *keywords);
PyObject *core_scenario_change(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_scenario_cells(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_scenario_restore(PyObject *type, PyObject *arguments, PyObject *keywords);
PyObject *core_scenario_files(PyObject *self, PyObject *unused);
PyObject *core_scenario_differences(PyObject *self, PyObject *other);
PyObject *core_scenario_short_text(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_scenario_tree(PyObject *self, PyObject *unused);
PyObject *core_write_text(PyObject *module, PyObject *arguments);

/* catalogue.c, token_cost.c, host_or_buy.c: functions of the module. */
PyObject *core_catalogue(PyObject *module, PyObject *directory);
PyObject *core_token_cost(PyObject *module, PyObject *arguments, PyObject *keywords);
PyObject *core_host_or_buy(PyObject *module, PyObject *arguments, PyObject *keywords);
extern const char core_token_cost_doc[], core_host_or_buy_doc[];

/* compare.c: functions of the module. */
PyObject *core_compare(PyObject *module, PyObject *arguments, PyObject *keywords);
PyObject *core_waterfall(PyObject *module, PyObject *arguments, PyObject *keywords);
extern const char core_compare_doc[], core_waterfall_doc[];

#endif
