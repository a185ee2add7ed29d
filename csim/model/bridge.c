/* The leading monthly shocks on a Brownian bridge, for samplers that spread points evenly: few coordinates then carry most of a path's course. Over a fixed
 * span, whatever the horizon: sums of the span's halves, quarters … down to segments are normals from the sampler; within a segment the months are the
 * shock's own Monte Carlo normals, shifted to that sum. Every month is a standard normal, independent of all others, as without the bridge.
 * Owns the nodes' names ("shock.demand.bridge.3"); must not know which shocks lead. */
#include <stdio.h>

#include "csim/model/block.h"

enum { LEVELS = 4, NAME_SIZE = 64 };
_Static_assert(1 << LEVELS == CSIM_BRIDGE_SEGMENTS, "a node a segment");
_Static_assert(CSIM_BRIDGE_SEGMENTS * CSIM_BRIDGE_SEGMENT_MONTHS >= CSIM_MAX_MONTHS, "the span holds the longest horizon");

static void draw_node(const csim_block *b, const char *shock, int node, double z[P]) {
    char name[NAME_SIZE];
    double u[P];
    snprintf(name, sizeof name, "%s.bridge.%d", shock, node);
    csim_sampling_fill(b->sampling, csim_stream_hash(name), b->first_path, P, u);
    moe_normal_quantile_block(u, z, P);
}

/* Splits the sum of each interval of a level in two: half of it each, plus and minus half the root of its months times a normal. In place, from the last
 * interval back, so that none is overwritten before it is read. */
static void split_level(const csim_block *b, const char *shock, int level, double half_root, double sum[][P]) {
    const int intervals = 1 << level;
    double z[P];
    for (int i = intervals - 1; i >= 0; i--) {
        draw_node(b, shock, intervals + i, z);
        for (int p = 0; p < P; p++) {
            const double half = 0.5 * sum[i][p], apart = half_root * z[p];
            sum[2 * i][p] = half + apart;
            sum[2 * i + 1][p] = half - apart;
        }
    }
}

void csim_bridge_start(csim_block *b, csim_bridge *bridge, const char *shock) {
    const double months = CSIM_BRIDGE_SEGMENTS * CSIM_BRIDGE_SEGMENT_MONTHS;
    draw_node(b, shock, 0, bridge->segment_sum[0]);
    for (int p = 0; p < P; p++) bridge->segment_sum[0][p] *= sqrt(months);
    for (int level = 0; level < LEVELS; level++) split_level(b, shock, level, 0.5 * sqrt(months / (1 << level)), bridge->segment_sum);
}

/* The months of a segment: Monte Carlo normals, shifted together to the segment's sum. */
static void fill_segment(const csim_block *b, csim_bridge *bridge, const csim_stream *stream, int segment) {
    double u[2][P], shift[P];
    for (int p = 0; p < P; p++) shift[p] = bridge->segment_sum[segment][p];
    for (int k = 0; k < CSIM_BRIDGE_SEGMENT_MONTHS; k += 2) {
        csim_stream_fill_pair(stream, (uint32_t)(segment * CSIM_BRIDGE_SEGMENT_MONTHS + k), b->first_path, b->sampling->replicates, P, u[0], u[1]);
        for (int odd = 0; odd < 2; odd++) {
            moe_normal_quantile_block(u[odd], bridge->month[k + odd], P);
            for (int p = 0; p < P; p++) shift[p] -= bridge->month[k + odd][p];
        }
    }
    for (int k = 0; k < CSIM_BRIDGE_SEGMENT_MONTHS; k++)
        for (int p = 0; p < P; p++) bridge->month[k][p] += shift[p] * (1.0 / CSIM_BRIDGE_SEGMENT_MONTHS);
}

void csim_bridge_fill(const csim_block *b, csim_bridge *bridge, const csim_stream *stream, double z[2][P]) {
    const int within = b->t % CSIM_BRIDGE_SEGMENT_MONTHS;
    if (within == 0) fill_segment(b, bridge, stream, b->t / CSIM_BRIDGE_SEGMENT_MONTHS);
    for (int odd = 0; odd < 2; odd++)
        for (int p = 0; p < P; p++) z[odd][p] = bridge->month[within + odd][p];
}
