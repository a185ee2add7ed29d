/* See node_write.h. */
#include "csim/scenario/node_write.h"

#include <string.h>

void csim_node_write_word(csim_text *out, const char *text, bool quoted) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-";
    if (quoted || !text[0] || text[strspn(text, plain)]) csim_text_quote(out, text);
    else csim_text_put(out, text);
}

void csim_node_write(csim_text *out, const csim_node *node) {
    if (node->kind == CSIM_NODE_TEXT) {
        csim_node_write_word(out, node->text, node->quoted);
        return;
    }
    csim_text_put(out, node->kind == CSIM_NODE_MAP ? "{" : "[");
    for (size_t i = 0; i < node->count; i++) {
        if (i) csim_text_put(out, ", ");
        if (node->kind == CSIM_NODE_MAP) csim_node_write_word(out, node->items[i]->key, false), csim_text_put(out, ": ");
        csim_node_write(out, node->items[i]);
    }
    csim_text_put(out, node->kind == CSIM_NODE_MAP ? "}" : "]");
}
