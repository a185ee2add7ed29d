/* Finance: what the closed labs earn, spend and get back; what buyers gain from open weights; deals; who pays and who keeps it at a date. The sums over whole
 * years are on the sheet of the profit pool. */
#include "csim/report/report_parts.h"

static const csim_section sections[] = {
    /* the closed labs' accounts */
    {CSIM_SECTION_FAN, CSIM_OUT_CLOSED_REVENUE, "API, subscriptions and advertising, of all closed US labs together."},
    {CSIM_SECTION_FAN, CSIM_OUT_CLOSED_MARGIN, "Revenue less the cost of serving, over revenue; training is not in it."},
    {CSIM_SECTION_FAN, CSIM_OUT_CAPEX, "What they spend, or others spend for them."},
    {CSIM_SECTION_FAN, CSIM_OUT_CAPEX_REVENUE, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_CLOSED_ROI, "Cash profit of a year over the capital in place, less depreciation."},
    {CSIM_SECTION_FAN, CSIM_OUT_CLOSED_FCF, "After capital spending and research."},
    {CSIM_SECTION_FAN, CSIM_OUT_FCF_NEGATIVE, "Counted from the start of the run."},
    /* who gets the value */
    {CSIM_SECTION_FAN, CSIM_OUT_SURPLUS, "No payment: what the choice between open and closed is worth to those who pay by the token."},
    {CSIM_SECTION_FAN, CSIM_OUT_VALUE_SHARE, "Of the profits of closed labs, open labs, hosts and chip makers, and the buyers' surplus."},
    {CSIM_SECTION_FLAG, CSIM_OUT_PARADOX, NULL},
    /* what buyers pay, and whose it is: rates at the date */
    {CSIM_SECTION_FAN, CSIM_OUT_POOL_OUTLAY, "The parts below add up to it in every path; their medians do not."},
    {CSIM_SECTION_FAN, CSIM_OUT_POOL_CHIPS, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_POOL_POWER, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_POOL_HOSTS, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_POOL_CLOSED, "Negative where serving costs more than it earns."},
    {CSIM_SECTION_FAN, CSIM_OUT_POOL_OPEN, "Negative where list prices are below cost."},
    /* deals and concentration */
    {CSIM_SECTION_FAN, CSIM_OUT_DEALS, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_MEGA_DEALS, "Counted from the start of the run."},
    {CSIM_SECTION_FAN, CSIM_OUT_HHI, "Herfindahl index by owner: 1 is one owner, 1/3 three of equal size."},
    /* what a dollar and a joule buy */
    {CSIM_SECTION_MEDIANS, CSIM_OUT_INTELLIGENCE_USD, NULL},
    {CSIM_SECTION_MEDIANS, CSIM_OUT_INTELLIGENCE_WATT, NULL},
    {CSIM_SECTION_FLAG, CSIM_OUT_LEADER_EFFICIENCY, NULL},
    {CSIM_SECTION_FLAG, CSIM_OUT_LEADER_COMPUTE, NULL},
};

void csim_report_fill_finance(csim_report *report) {
    csim_report_put_sections(report, CSIM_REPORT_FINANCE, "Accounts of the closed labs, value and its owners, deals. Rates at the date, in $bn a year. Fans: 5, 25, 50, 75 and 95 % of paths.", sections, sizeof sections / sizeof sections[0]);
}
