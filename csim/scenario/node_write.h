/* A tree of nodes as YAML again. Must not judge what it writes. */
#ifndef CSIM_SCENARIO_NODE_WRITE_H
#define CSIM_SCENARIO_NODE_WRITE_H

#include "csim/scenario/text.h"
#include "csim/scenario/yaml_tree.h"

/* One word, bare where YAML takes it for what it is, else in quotes, which only text can need. */
void csim_node_write_word(csim_text *out, const char *text, bool quoted);

/* A value in one line, which reads back as the same node. */
void csim_node_write(csim_text *out, const csim_node *node);

#endif
