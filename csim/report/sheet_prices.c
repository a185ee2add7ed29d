/* Prices and cost of a token: what lists say, what serving costs, and how far the two sides of the market are apart. */
#include "csim/report/report_parts.h"

static const csim_section sections[] = {
    {CSIM_SECTION_FAN, CSIM_OUT_PRICE_CLOSED, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_PRICE_OPEN, NULL},
    {CSIM_SECTION_MEDIANS, CSIM_OUT_PRICE_LIST, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_PRICE_LIST, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_COST_CLOSED, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_COST_OPEN, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_COST_CN_FIRST_PARTY, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_COST_CN_ABROAD, NULL},
    {CSIM_SECTION_MEDIANS, CSIM_OUT_COST_FLAGSHIP, NULL},
    {CSIM_SECTION_MEDIANS, CSIM_OUT_COST_FIRST_PARTY, NULL},
    {CSIM_SECTION_MEDIANS, CSIM_OUT_COST_THIRD_PARTY, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_BLEND_RATIO, "List prices; what is realised is lower on both sides."},
    {CSIM_SECTION_FAN, CSIM_OUT_OUTPUT_RATIO, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_TASK_RATIO, "Tokens a task differ between models."},
    {CSIM_SECTION_FAN, CSIM_OUT_COST_RATIO, "Cost, not price."},
    {CSIM_SECTION_FAN, CSIM_OUT_REALISED, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_BELOW_COST, NULL},
    {CSIM_SECTION_MEDIANS, CSIM_OUT_ENERGY, NULL},
    {CSIM_SECTION_MEDIANS, CSIM_OUT_BATCH, NULL},
};

void csim_report_fill_prices(csim_report *report) {
    csim_report_put_sections(report, CSIM_REPORT_PRICES, "US dollars a million tokens, blend of 3 input to 1 output unless said otherwise. Fans: 5, 25, 50, 75 and 95 % of paths.", sections, sizeof sections / sizeof sections[0]);
}
