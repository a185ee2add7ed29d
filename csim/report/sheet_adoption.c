/* Adoption: who uses open and Chinese models, in tokens and in money, and how far open models are behind. */
#include "csim/report/report_parts.h"

static const csim_section sections[] = {
    {CSIM_SECTION_MEDIANS, CSIM_OUT_SHARE_OPEN, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_OPEN, "Tokens that firms serve themselves are in no public series and not counted."},
    {CSIM_SECTION_MEDIANS, CSIM_OUT_SHARE_CN_OPEN, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_CN_OPEN, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_ENTERPRISE_OPEN, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_F500_PRIMARY, "Rests on one survey and a spread over firms."},
    {CSIM_SECTION_FAN, CSIM_OUT_F500_PRESENCE, "Presence is not share."},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_WORLD_OPEN, "China included."},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_WORLD_CN, "China included."},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_CN_ABROAD, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_CN_CLOSED, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_CHINA_OPEN, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_SPEND_OPEN, "Money, not tokens: lower than token shares by the ratio of prices."},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_SPEND_CN, "Money, not tokens."},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_OR_OPEN, "One router of developers is not the world."},
    {CSIM_SECTION_FAN, CSIM_OUT_SHARE_OR_CN, "One router of developers is not the world."},
    {CSIM_SECTION_MEDIANS, CSIM_OUT_SHARE_OFFERING, "World tokens."},
    {CSIM_SECTION_FAN, CSIM_OUT_TOKENS, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_SPEND, NULL},
    {CSIM_SECTION_FAN, CSIM_OUT_GAP, "In points of the capability index ECI."},
    {CSIM_SECTION_FAN, CSIM_OUT_LAG_STRUCTURAL, NULL},
    {CSIM_SECTION_MEDIANS, CSIM_OUT_SUITABILITY_RATIO, NULL},
};

void csim_report_fill_adoption(csim_report *report) {
    csim_report_put_sections(report, CSIM_REPORT_ADOPTION, "Shares of tokens and of spend. Fans: 5, 25, 50, 75 and 95 % of paths; \xC2\xB1 is the Monte Carlo standard error of the mean.", sections, sizeof sections / sizeof sections[0]);
}
