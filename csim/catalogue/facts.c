/* cost_inputs.yaml and controls.yaml → dated facts. Plain reading: no fact is combined with another here. */

#include "csim/catalogue/readers.h"

static const char *const region_names[] = {"us", "cn", "eu", "gulf", "world", NULL};
static const char *const side_names[] = {"us", "cn", "both", "firm", NULL};
static const double HUGE_VALUE = 1e15;

static void read_range(csim_entry_reader *reader, double *value, double *low, double *high) {
    *value = csim_entry_number(reader, "value", -HUGE_VALUE, HUGE_VALUE);
    *low = csim_entry_number_or_nan(reader, "low", -HUGE_VALUE, HUGE_VALUE);
    *high = csim_entry_number_or_nan(reader, "high", -HUGE_VALUE, HUGE_VALUE);
    if (reader->status == CSIM_OK && (*low > *value || *high < *value))
        csim_entry_fail(reader, reader->map, CSIM_INCONSISTENT, "value", "%g is outside its own range", *value);
}

csim_status csim_cost_input_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err) {
    csim_cost_input *input = out;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent, name, err);
    input->id = csim_entry_text(&reader, "id");
    input->region = csim_entry_choice_text(&reader, "region", region_names);
    read_range(&reader, &input->value, &input->low, &input->high);
    input->unit = csim_entry_text(&reader, "unit");
    input->date = csim_entry_month_text(&reader, "date");
    input->source = csim_entry_text(&reader, "source");
    input->basis = csim_entry_choice_text(&reader, "basis", csim_basis_names);
    input->confidence = csim_entry_choice_text(&reader, "confidence", csim_confidence_names);
    input->note = csim_entry_text_or(&reader, "note", "");
    return csim_entry_close(&reader);
}

csim_status csim_control_event_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err) {
    csim_control_event *event = out;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent, name, err);
    event->day = csim_entry_day(&reader, "date");
    event->side = csim_entry_choice_text(&reader, "side", side_names);
    event->text = csim_entry_text(&reader, "text");
    event->source = csim_entry_text(&reader, "source");
    event->confidence = csim_entry_choice_text(&reader, "confidence", csim_confidence_names);
    return csim_entry_close(&reader);
}

csim_status csim_control_threshold_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err) {
    csim_control_threshold *threshold = out;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent, name, err);
    threshold->day = csim_entry_day(&reader, "date");
    threshold->rule = csim_entry_text(&reader, "rule");
    threshold->value = csim_entry_number(&reader, "value", 0, HUGE_VALUE);
    threshold->unit = csim_entry_text(&reader, "unit");
    threshold->text = csim_entry_text(&reader, "text");
    threshold->source = csim_entry_text(&reader, "source");
    threshold->confidence = csim_entry_choice_text(&reader, "confidence", csim_confidence_names);
    return csim_entry_close(&reader);
}

csim_status csim_supply_estimate_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err) {
    csim_supply_estimate *estimate = out;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent, name, err);
    estimate->item = csim_entry_text(&reader, "item");
    read_range(&reader, &estimate->value, &estimate->low, &estimate->high);
    estimate->unit = csim_entry_text(&reader, "unit");
    estimate->text = csim_entry_text(&reader, "text");
    estimate->source = csim_entry_text(&reader, "source");
    estimate->date = csim_entry_month_text(&reader, "date");
    estimate->confidence = csim_entry_choice_text(&reader, "confidence", csim_confidence_names);
    return csim_entry_close(&reader);
}
