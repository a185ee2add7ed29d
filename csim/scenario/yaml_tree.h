/* YAML text → a tree of nodes that remember where they stood. Knows nothing of scenarios.
 * Refused, each with its place: anchors and aliases (no alias bombs), tags, merge keys, several documents, duplicate keys in one map, non-UTF-8,
 * NUL bytes, files over CSIM_YAML_MAX_BYTES, lines over CSIM_YAML_MAX_LINE, nesting over CSIM_YAML_MAX_DEPTH, more than CSIM_YAML_MAX_NODES nodes. */
#ifndef CSIM_SCENARIO_YAML_TREE_H
#define CSIM_SCENARIO_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "csim/base/error.h"

enum { CSIM_YAML_MAX_BYTES = 4 << 20, CSIM_YAML_MAX_LINE = 1 << 16, CSIM_YAML_MAX_DEPTH = 32, CSIM_YAML_MAX_NODES = 200000 };

typedef enum csim_node_kind { CSIM_NODE_MAP, CSIM_NODE_LIST, CSIM_NODE_TEXT } csim_node_kind;

typedef struct csim_node {
    csim_node_kind kind;
    const char *file;          /* borrowed from the tree */
    int line, column;          /* of the value */
    const char *key;           /* its key when it stands in a map, else NULL */
    int key_line, key_column;
    const char *text;          /* CSIM_NODE_TEXT only; "" for an empty value */
    bool quoted;               /* CSIM_NODE_TEXT only: 'x' or "x" (then it is never a number) */
    size_t count;              /* children of a map or list */
    struct csim_node **items;  /* in the order of the file */
    bool used;                 /* set by readers: what stays unused at the end is an error */
} csim_node;

typedef struct csim_yaml_tree csim_yaml_tree;

/* Reads a file. *out is to be freed with csim_yaml_tree_free. Errors: FILE_OPEN, FILE_READ, SYNTAX, DUPLICATE_KEY, LIMIT, NO_MEMORY. */
csim_status csim_yaml_tree_load(const char *path, csim_yaml_tree **out, csim_error *err);
/* The same from memory; `name` is what errors call it. */
csim_status csim_yaml_tree_parse(const char *name, const char *text, size_t size, csim_yaml_tree **out, csim_error *err);
void csim_yaml_tree_free(csim_yaml_tree *tree);
csim_node *csim_yaml_tree_root(csim_yaml_tree *tree);

/* Child of a map, or NULL. Does not mark it used. */
csim_node *csim_node_find(const csim_node *map, const char *key);

/* For texts that a program wrote: no person can look a line up in them. */
void csim_node_forget_lines(csim_node *node);

/* "2024-01" → months since 2000-01; false when the text is no month of the years 1900 to 2199. */
bool csim_month_parse(const char *text, int *out);

/* Strict scalars: the whole text must be one. Error texts name `field`, what was got and what is wanted. They mark the node used. */
csim_status csim_node_number(csim_node *node, const char *field, double *out, csim_error *err); /* finite; no hex, no 1_000, no .inf */
csim_status csim_node_integer(csim_node *node, const char *field, long long *out, csim_error *err);
csim_status csim_node_seed(csim_node *node, const char *field, unsigned long long *out, csim_error *err);   /* 0 to 2^64 - 1 */
csim_status csim_node_bool(csim_node *node, const char *field, bool *out, csim_error *err);      /* true | false */
csim_status csim_node_month(csim_node *node, const char *field, int *out, csim_error *err);      /* 2024-01 → months since 2000-01 */
csim_status csim_node_text(csim_node *node, const char *field, const char **out, csim_error *err);/* borrowed */

#endif
