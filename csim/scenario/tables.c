/* The key tables as data. Must hold nothing that is not in inputs.def or levers.def. */
#include "csim/scenario/scenario.h"

const csim_input_row csim_input_rows[CSIM_INPUT_IDS] = {
#define INPUT(id, key, unit, index, lowest, highest, text) {#id, key, unit, CSIM_INDEX_##index, lowest, highest, text},
#include "csim/scenario/inputs.def"
#undef INPUT
};

const csim_lever_row csim_lever_rows[CSIM_LEVER_IDS] = {
#define LEVER(id, key, unit, index, lowest, highest, standard, interpolation, text) \
    {#id, key, unit, CSIM_INDEX_##index, lowest, highest, standard, CSIM_##interpolation, text},
#include "csim/scenario/levers.def"
#undef LEVER
};
