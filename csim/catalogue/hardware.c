/* hardware.yaml → csim_hardware_entry. Owns the conversion to SI units and the recomputation of the export-control measure; must not price anything. */
#include <limits.h>
#include <math.h>

#include "csim/catalogue/readers.h"

static const char *const stack_names[] = {"known", "unmeasured", "controlled", "synthetic", "sram", NULL};
static const double TERA = 1e12, GIGA = 1e9, MICRO = 1e-6;

static void read_speed(csim_entry_reader *reader, csim_hardware_entry *out) {
    moe_hardware *machine = &out->machine;
    double bf16 = csim_entry_number(reader, "bf16_tflops", 1, 1e7), fp8 = csim_entry_number(reader, "fp8_tflops", 1, 1e7);
    double fp4 = csim_entry_number(reader, "fp4_tflops", 1, 1e7);
    machine->bf16_flop_per_s = TERA * bf16;
    machine->fp8_flop_per_s = TERA * fp8;
    machine->fp4_flop_per_s = TERA * fp4;
    if (fp8 < bf16 || fp4 < fp8)
        csim_entry_fail(reader, reader->map, CSIM_INCONSISTENT, "fp8_tflops",
                        "a narrower format cannot be slower: repeat the wider one's rate where it is missing");
    out->tpp = csim_entry_number(reader, "tpp", 1, 1e9);
    double recomputed = fmax(16 * bf16, fmax(8 * fp8, 4 * fp4)); /* a format filled in from the wider one never wins */
    if (reader->status == CSIM_OK && fabs(out->tpp - recomputed) > 0.005 * recomputed)
        csim_entry_fail(reader, csim_node_find(reader->map, "tpp"), CSIM_INCONSISTENT, "tpp", "%g is stated, the rates give %g", out->tpp, recomputed);
}

static void read_memory_and_fabric(csim_entry_reader *reader, moe_hardware *out) {
    out->memory_bytes = GIGA * csim_entry_number(reader, "memory_gb", 0.01, 1e5);
    out->memory_bytes_per_s = TERA * csim_entry_number(reader, "memory_tb_per_s", 0.01, 1e6);
    out->scale_up_bytes_per_s = GIGA * csim_entry_number(reader, "scale_up_gb_per_s", 0.1, 1e6);
    out->scale_up_domain = csim_entry_whole(reader, "scale_up_domain", 1, 1e5);
    out->scale_out_bytes_per_s = GIGA * csim_entry_number(reader, "scale_out_gb_per_s", 0.1, 1e5);
    out->group_max = csim_entry_whole(reader, "group_max", 1, 1e5);
    out->weights_on_chip = csim_entry_flag_or(reader, "weights_on_chip", false);
    out->layer_s = out->weights_on_chip ? MICRO * csim_entry_number(reader, "layer_us", 0.01, 1e4) : 0.0;
    out->moe_layer_s = out->weights_on_chip ? MICRO * csim_entry_number(reader, "moe_layer_us", 0.0, 1e4) : 0.0;
}

static void read_cost(csim_entry_reader *reader, csim_hardware_entry *out) {
    out->board_w = csim_entry_number_or_nan(reader, "board_w", 1, 1e5);
    out->machine.all_in_kw = csim_entry_number(reader, "all_in_kw", 0.01, 1e3);
    out->machine.capex_usd = csim_entry_number(reader, "capex_usd", 100, 1e8);
    if (out->board_w > 1000 * out->machine.all_in_kw)
        csim_entry_fail(reader, reader->map, CSIM_INCONSISTENT, "all_in_kw", "the board alone draws %g W", out->board_w);
}

static void read_rent(csim_entry_reader *parent, csim_rent_usd_per_hour *out) {
    const double unknown = (double)NAN;
    *out = (csim_rent_usd_per_hour){unknown, unknown, unknown, unknown, unknown};
    csim_node *node = csim_entry_child(parent, "rent_usd_per_hour", false);
    if (!node) return;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent->field, "rent_usd_per_hour", parent->err);
    out->hyperscaler = csim_entry_number_or_nan(&reader, "hyperscaler", 0.01, 1e4);
    out->neocloud = csim_entry_number_or_nan(&reader, "neocloud", 0.01, 1e4);
    out->rental_3yr = csim_entry_number_or_nan(&reader, "rental_3yr", 0.01, 1e4);
    out->one_year = csim_entry_number_or_nan(&reader, "one_year", 0.01, 1e4);
    out->on_demand = csim_entry_number_or_nan(&reader, "on_demand", 0.01, 1e4);
    parent->status = csim_entry_close(&reader);
}

static void read_decode_efficiency(csim_entry_reader *parent, csim_hardware_entry *out) {
    out->measured_tok_per_s = out->kernel_tok_per_s = (double)NAN;
    csim_node *node = csim_entry_child(parent, "decode_efficiency", false);
    if (!node) return;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent->field, "decode_efficiency", parent->err);
    out->measured_tok_per_s = csim_entry_number(&reader, "measured_tok_per_s", 1, 1e7);
    out->kernel_tok_per_s = csim_entry_number(&reader, "kernel_tok_per_s", 1, 1e7);
    parent->status = csim_entry_close(&reader);
}

/* Shipping in volume is public, so an announcement can only come before; an earlier date needs a source of its own. */
static void read_announced(csim_entry_reader *reader, csim_hardware_entry *out) {
    const csim_node *node = csim_entry_child(reader, "announced", false);
    out->announced_month = out->stack == CSIM_STACK_SYNTHETIC ? INT_MIN : out->volume_month;
    if (!node) return;
    out->announced_month = csim_entry_month(reader, "announced");
    if (out->stack == CSIM_STACK_SYNTHETIC)
        csim_entry_fail(reader, node, CSIM_INCONSISTENT, "announced", "nobody announced a machine of the stack 'synthetic'; leave it out");
    else if (out->announced_month > out->volume_month)
        csim_entry_fail(reader, node, CSIM_INCONSISTENT, "announced", "comes after volume_date: a machine that ships is public");
    else if (!csim_provenance_get(&out->provenance, "announced")->field[0])
        csim_entry_fail(reader, node, CSIM_MISSING_KEY, "announced", "needs an override that says who announced it");
}

csim_status csim_hardware_entry_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err) {
    csim_hardware_entry *entry = out;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent, name, err);
    entry->id = name;
    entry->title = csim_entry_text(&reader, "title");
    entry->vendor = csim_entry_text(&reader, "vendor");
    csim_aliases_read(&reader, &entry->aliases);
    entry->stack = (csim_stack)csim_entry_choice(&reader, "stack", stack_names);
    entry->volume_month = csim_entry_month(&reader, "volume_date");
    read_speed(&reader, entry);
    read_memory_and_fabric(&reader, &entry->machine);
    read_cost(&reader, entry);
    read_rent(&reader, &entry->rent);
    entry->china_status = csim_entry_text(&reader, "china_status");
    read_decode_efficiency(&reader, entry);
    csim_provenance_read(&reader, &entry->provenance);
    read_announced(&reader, entry);
    if (reader.status == CSIM_OK && (entry->stack == CSIM_STACK_SRAM) != (entry->machine.weights_on_chip != 0))
        csim_entry_fail(&reader, node, CSIM_INCONSISTENT, "weights_on_chip", "the sram stack and weights_on_chip go together");
    return csim_entry_close(&reader);
}
