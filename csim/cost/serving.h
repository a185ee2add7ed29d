/* How a model is best served on a machine: whole-number layouts searched for the cheapest that keeps memory, the user's speed and the first token's time. Seconds, no money. */
#ifndef CSIM_COST_SERVING_H
#define CSIM_COST_SERVING_H

#include "csim/base/status.h"
#include "kernels/moe_explain.h"

/* searched: every whole layout; spread: the market's fleets, an average that is not whole (docs/model.md §4),
 * which has no machines of on-chip memory. */
typedef enum csim_layouts { CSIM_LAYOUTS_SEARCHED, CSIM_LAYOUTS_SPREAD } csim_layouts;

typedef struct csim_serving_question {
    const moe_shape *shape;
    const moe_hardware *hardware;
    moe_request request;
    csim_layouts layouts;
    double ttft_s;       /* time to the first token, at most; INFINITY: no limit */
    double utilisation;  /* of the prefill pool, for the wait in its queue */
} csim_serving_question;

typedef struct csim_serving {
    moe_explanation kernel;    /* at the layouts chosen; input_s is the prefill pool's */
    double ttft_s;             /* rough: 42 % median error on models that the fit has not seen (docs/kernel-fit.md) */
    double prefill_per_decode; /* accelerators that take prompts for each that decodes; 0 in one pool */
    int weights_at_8_bits;     /* 4-bit weights served at 8 bits */
    int meets_ttft;
    int layouts_tried;
} csim_serving;

/* fits = 0 in kernel: no layout holds weights and one sequence; the rest is then not set. Where the wanted speed is out of reach the fastest layout is given
 * and meets_tpot is 0. */
void csim_serving_find(const csim_serving_question *question, const moe_efficiency *efficiency, csim_serving *out);

/* In a layout of one's own, in the format of the shape: with so many sequences in the whole group, also where memory does not hold them (binding then says
 * memory), or with NAN as many as memory and both times allow. */
void csim_serving_at(const csim_serving_question *question, const moe_efficiency *efficiency, const moe_layout *layout, double sequences, csim_serving *out);

/* The fastest a single user is served: one sequence in a replica of the fastest layout, tokens/s; 0 where the model does not fit. */
double csim_serving_fastest(const csim_serving_question *question, const moe_efficiency *efficiency);

#endif
