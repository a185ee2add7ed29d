/* Software as a service and chat subscriptions: revenue, what it rests on, and what it is thought to be worth. */
#include "csim/report/report_parts.h"

static const csim_section sections[] = {
    {CSIM_SECTION_FAN, CSIM_OUT_SAAS_REVENUE, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SAAS_NRR, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SAAS_SEATS, "Natural logarithm: -0.69 is half the seats."},
    {CSIM_SECTION_FAN, CSIM_OUT_SAAS_SEAT_PRICE, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SAAS_AUTOMATION, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SAAS_AI_COGS, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SAAS_MARGIN, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SAAS_EVS, "A multiple is not revenue: it can fall by a third while revenue grows."},
    {CSIM_SECTION_FLAG, CSIM_OUT_SAAS_CLIFF, "In the 12 months before the date; the size is input saas.cliff_frac."},
    {CSIM_SECTION_FLAG, CSIM_OUT_SAAS_CRASH, "In the 12 months before the date; the size is input saas.crash_frac."},
    {CSIM_SECTION_FAN, CSIM_OUT_PIVOTS, "Of the vendors that the scenario lists."},
    {CSIM_SECTION_FAN, CSIM_OUT_SUB_USERS, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SUB_PAYERS, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SUB_PLUS, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SUB_GO, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SUB_REVENUE, NULL},
};

void csim_report_fill_saas(csim_report *report) {
    csim_report_put_sections(report, CSIM_REPORT_SAAS, "Revenue of software vendors and of chat subscriptions. Fans: 5, 25, 50, 75 and 95 % of paths.", sections, sizeof sections / sizeof sections[0]);
}
