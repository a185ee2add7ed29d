/* Hardware and policy: how much compute there is on each side of the export rules, what the rules cost, and who earns from chips. */
#include "csim/report/report_parts.h"

static const csim_section sections[] = {
    {CSIM_SECTION_REGIMES, CSIM_OUT_REGIME, "Assumptions has the monthly chances of change."},
    {CSIM_SECTION_FAN, CSIM_OUT_K_US, "In millions of H100 equivalents."},
    {CSIM_SECTION_FAN, CSIM_OUT_K_CN, "In millions of H100 equivalents."},
    {CSIM_SECTION_FAN, CSIM_OUT_COMPUTE_RATIO, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_PASS_FIRST, "Natural logarithm: 0.69 is twice the cost."},
    {CSIM_SECTION_FAN, CSIM_OUT_PASS_ABROAD, "Natural logarithm: 0.69 is twice the cost."},
    {CSIM_SECTION_FAN, CSIM_OUT_POWER, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_CAPACITY_USE, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_MERCHANT_REVENUE, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_MERCHANT_SHARE, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_NVIDIA_SHARE, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_OPEN_SHARE_MERCHANT, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_LPU_SHARE, NULL},
};

void csim_report_fill_hardware(csim_report *report) {
    csim_report_put_sections(report, CSIM_REPORT_HARDWARE, "Compute stocks, export regimes and what they do to cost. Fans: 5, 25, 50, 75 and 95 % of paths.", sections, sizeof sections / sizeof sections[0]);
}
