/* Levers that cannot act: a jump that could come only after the last month. No fault, but a slip that would pass for an effect of nothing. */
#include "csim/scenario/scenario.h"
#include "csim/scenario/text.h"

csim_status csim_scenario_idle(const csim_scenario *s, size_t *idle, char **sentence, csim_error *err) {
    csim_text out = {0};
    const int last = s->start_month + s->months - 1;
    *idle = 0;
    for (size_t i = 0; i < s->levers; i++) {
        const csim_lever *lever = &s->lever[i];
        if (lever->hazard_from == CSIM_NO_MONTH || lever->hazard_from <= last) continue;
        csim_text_add(&out, "%s%s (from ", (*idle)++ ? ", " : "", lever->key);
        csim_text_month(&out, lever->hazard_from);
        csim_text_put(&out, ")");
    }
    if (*idle) csim_text_put(&out, " cannot act: the last month is "), csim_text_month(&out, last);
    return csim_text_take(&out, sentence, NULL, err);
}
