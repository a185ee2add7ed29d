/* Layouts from small to large, until one holds the model. Any whole group and tensor parallelism may be stated, so any is tried, not only those of the search. */
#include "csim/cost/smallest_layout.h"

#include <math.h>

static int holds(const csim_serving_question *q, const moe_efficiency *efficiency, double tensor, double group, moe_layout *out) {
    csim_serving found;
    *out = (moe_layout){tensor, group, tensor, group};
    csim_serving_at(q, efficiency, out, 1.0, &found);
    return found.kernel.fits;
}

static int is_built(const csim_serving_question *q, double tensor, double group) {
    const int dense = !(q->shape->experts > 0.0);
    if (q->hardware->weights_on_chip) return tensor == 1.0; /* a pipeline: the kernel says how many share a layer */
    return fmod(group, tensor) == 0.0 && (dense ? tensor == group : tensor <= q->hardware->scale_up_domain && (group <= q->shape->experts || tensor == group));
}

moe_layout csim_layout_smallest(const csim_serving_question *q, const moe_efficiency *efficiency) {
    moe_layout found;
    for (double group = 1.0; group <= q->hardware->group_max; group++)
        for (double tensor = 1.0; tensor <= group; tensor++)
            if (is_built(q, tensor, group) && holds(q, efficiency, tensor, group, &found)) return found;
    return (moe_layout){.group = 0.0};
}
