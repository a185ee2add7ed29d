/* prices.yaml → csim_price, and the look-up of a list price on a day. List prices only: what is paid is the model's business. */
#include <string.h>

#include "csim/catalogue/nearest.h"
#include "csim/catalogue/readers.h"

static const char *const tier_names[] = {"standard", "peak", "off_peak", "long_context", NULL};
static const char *const offering_names[] = {"openai", "anthropic", "google", "cn_closed", "deepseek", "qwen", "kimi_glm_minimax", "us_eu_open", "xai", NULL};

csim_status csim_price_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err) {
    csim_price *price = out;
    csim_entry_reader reader;
    csim_entry_open(&reader, node, parent, name, err);
    price->model = csim_entry_text(&reader, "model");
    price->offering = csim_entry_choice_text(&reader, "offering", offering_names);
    price->shape = csim_entry_text_or(&reader, "shape", NULL);
    price->tier = csim_entry_choice_text(&reader, "tier", tier_names);
    price->from_day = csim_entry_day(&reader, "from");
    price->from_month = (price->from_day / 10000 - 2000) * 12 + price->from_day / 100 % 100 - 1;
    price->input_usd_per_mtok = csim_entry_number(&reader, "input_usd_per_mtok", 1e-6, 1e4);
    price->cached_usd_per_mtok = csim_entry_number_or_nan(&reader, "cached_usd_per_mtok", 0, 1e4);
    price->output_usd_per_mtok = csim_entry_number(&reader, "output_usd_per_mtok", 1e-6, 1e4);
    price->source = csim_entry_text(&reader, "source");
    price->basis = csim_entry_choice_text(&reader, "basis", csim_basis_names);
    price->confidence = csim_entry_choice_text(&reader, "confidence", csim_confidence_names);
    price->note = csim_entry_text_or(&reader, "note", "");
    if (reader.status == CSIM_OK && price->cached_usd_per_mtok > price->input_usd_per_mtok)
        csim_entry_fail(&reader, node, CSIM_INCONSISTENT, "cached_usd_per_mtok", "a cached token cannot cost more than a fresh one (%g > %g)",
                        price->cached_usd_per_mtok, price->input_usd_per_mtok);
    return csim_entry_close(&reader);
}

static bool same_product(const csim_price *a, const csim_price *b) { return strcmp(a->model, b->model) == 0 && strcmp(a->tier, b->tier) == 0; }

csim_status csim_prices_check_order(const csim_price *prices, size_t count, const csim_node *list, csim_error *err) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            if (!same_product(&prices[i], &prices[j]) || prices[i].from_day > prices[j].from_day) continue;
            const csim_node *node = list->items[i];
            return csim_error_set_at(err, prices[i].from_day == prices[j].from_day ? CSIM_DUPLICATE_KEY : CSIM_INCONSISTENT, node->file, node->line,
                                     node->column, "prices", "%s (%s) already has a price from that day or later, on line %d", prices[i].model,
                                     prices[i].tier, list->items[j]->line);
        }
    return CSIM_OK;
}

static const char *model_name(const void *names, size_t i) { return ((const csim_price *)names)[i].model; }

static csim_status fail_no_price(const csim_price *prices, size_t count, const char *model, const char *tier, const csim_price *first, int day, csim_error *err) {
    if (first)
        return csim_error_set(err, CSIM_OUT_OF_RANGE, "the first %s price of '%s' is of %d, %d was asked for", tier, model, first->from_day, day);
    csim_status status = csim_error_set(err, CSIM_UNKNOWN_NAME, "no %s list price of a product '%s' in the catalogue", tier, model);
    const char *nearest = csim_nearest_name(model, model_name, prices, count);
    if (nearest && strcmp(nearest, model) != 0) csim_error_hint(err, "did you mean '%s'?", nearest);
    return status;
}

csim_status csim_catalogue_price_at(const csim_catalogue *catalogue, const char *model, const char *tier, int day, const csim_price **out,
                                    csim_error *err) {
    size_t count;
    const csim_price *prices = csim_catalogue_prices(catalogue, &count), *first = NULL, *latest = NULL;
    const csim_price wanted = {.model = model, .tier = tier};
    for (size_t i = 0; i < count; i++) {
        if (!same_product(&prices[i], &wanted)) continue;
        if (!first) first = &prices[i];
        if (prices[i].from_day <= day) latest = &prices[i]; /* rows of a product ascend */
    }
    if (!latest) return fail_no_price(prices, count, model, tier, first, day, err);
    *out = latest;
    return CSIM_OK;
}
