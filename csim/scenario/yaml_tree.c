/* YAML text → tree, over libyaml's events. The only file that may include <yaml.h>. Refuses the parts of YAML that a scenario never needs and
 * that let a small file mean something large or surprising. */
#include "csim/scenario/yaml_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "csim/scenario/arena.h"
#include "csim/scenario/yaml_bytes.h"

struct csim_yaml_tree { csim_arena arena; csim_node *root; };

/* One parse under way. `open` holds the finished children of every map and list that is not yet closed, the innermost last. */
typedef struct builder {
    csim_yaml_tree *tree;
    yaml_parser_t parser;
    const char *file, *text;
    size_t size, nodes;
    csim_node **open;
    size_t open_count, open_room;
    csim_error *err;
} builder;

static csim_status no_memory(builder *b) { return csim_error_set(b->err, CSIM_NO_MEMORY, "out of memory reading %s", b->file); }

static csim_status refuse(builder *b, csim_status code, yaml_mark_t mark, const char *key, const char *sentence) {
    return csim_error_set_at(b->err, code, b->file, (int)mark.line + 1, (int)mark.column + 1, key, "%s", sentence);
}

/* libyaml's own words, with the place that helps most: an unclosed quote is best looked for where it opens. */
static csim_status refuse_syntax(builder *b) {
    const yaml_parser_t *p = &b->parser;
    if (p->error == YAML_MEMORY_ERROR) return no_memory(b);
    const bool unclosed = p->context && strstr(p->context, "quoted scalar") && p->problem_mark.index >= b->size;
    const yaml_mark_t mark = unclosed ? p->context_mark : p->problem_mark;
    char where[64] = "";
    if (p->context && p->context_mark.line != mark.line) snprintf(where, sizeof where, " that begins in line %d", (int)p->context_mark.line + 1);
    csim_error_set_at(b->err, CSIM_SYNTAX, b->file, (int)mark.line + 1, (int)mark.column + 1, NULL, "not valid YAML: %s%s%s%s",
                      unclosed ? "the quote that opens here is never closed" : p->problem ? p->problem : "cannot be read",
                      p->context ? ", " : "", p->context ? p->context : "", where);
    if (mark.index < b->size && b->text[mark.index] == '\t') csim_error_hint(b->err, "indent with spaces: YAML allows no tabs there");
    return CSIM_SYNTAX;
}

static csim_status next_event(builder *b, yaml_event_t *event) {
    return yaml_parser_parse(&b->parser, event) ? CSIM_OK : refuse_syntax(b);
}

static csim_status check_plain(builder *b, const yaml_event_t *event, const yaml_char_t *anchor, const yaml_char_t *tag) {
    if (anchor) return refuse(b, CSIM_SYNTAX, event->start_mark, NULL, "anchors (&name) are not allowed; write the value out where it is needed");
    if (tag) return refuse(b, CSIM_SYNTAX, event->start_mark, NULL, "tags (!name) are not allowed; the key says what a value is");
    return CSIM_OK;
}

/* Escapes of a quoted text ("\x1b") make characters that its file may not hold. Texts are printed on terminals and written into workbooks. */
static csim_status check_controls(builder *b, const yaml_event_t *event) {
    const unsigned char *text = event->data.scalar.value;
    char sentence[80];
    for (size_t i = 0; i < event->data.scalar.length; i++) {
        const bool upper = text[i] == 0xc2 && text[i + 1] >= 0x80 && text[i + 1] < 0xa0; /* U+0080 … U+009F; a NUL stands behind the text */
        if ((text[i] >= 0x20 || text[i] == '\n' || text[i] == '\t') && text[i] != 0x7f && !upper) continue;
        snprintf(sentence, sizeof sentence, "the control character U+%04X is not allowed in a text", upper ? text[i + 1] : text[i]);
        return refuse(b, CSIM_SYNTAX, event->start_mark, NULL, sentence);
    }
    return CSIM_OK;
}

static csim_status check_text(builder *b, const yaml_event_t *event) {
    const csim_status status = check_plain(b, event, event->data.scalar.anchor, event->data.scalar.tag);
    if (status != CSIM_OK) return status;
    if (memchr(event->data.scalar.value, 0, event->data.scalar.length))
        return refuse(b, CSIM_SYNTAX, event->start_mark, NULL, "a NUL character (\\0) is not allowed in a text");
    return check_controls(b, event);
}

static csim_status new_node(builder *b, const yaml_event_t *event, csim_node_kind kind, csim_node **out) {
    if (b->nodes++ >= CSIM_YAML_MAX_NODES) {
        return csim_error_set_at(b->err, CSIM_LIMIT, b->file, (int)event->start_mark.line + 1, (int)event->start_mark.column + 1, NULL,
                                 "more than %d values in one file", CSIM_YAML_MAX_NODES);
    }
    csim_node *node = csim_arena_take(&b->tree->arena, 1, sizeof *node);
    if (!node) return no_memory(b);
    node->kind = kind;
    node->file = b->file;
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    *out = node;
    return CSIM_OK;
}

static csim_status push_open(builder *b, csim_node *node) {
    if (b->open_count == b->open_room) {
        const size_t room = b->open_room ? 2 * b->open_room : 64;
        csim_node **larger = realloc(b->open, room * sizeof *larger);
        if (!larger) return no_memory(b);
        b->open = larger;
        b->open_room = room;
    }
    b->open[b->open_count++] = node;
    return CSIM_OK;
}

/* Moves the children that stand on the stack above `first` into their parent. */
static csim_status close_node(builder *b, csim_node *parent, size_t first) {
    parent->count = b->open_count - first;
    parent->items = csim_arena_take(&b->tree->arena, parent->count ? parent->count : 1, sizeof *parent->items);
    if (!parent->items) return no_memory(b);
    if (parent->count) memcpy(parent->items, b->open + first, parent->count * sizeof *parent->items);
    b->open_count = first;
    return CSIM_OK;
}

static int by_key_then_place(const void *left, const void *right) {
    const csim_node *a = *(csim_node *const *)left, *b = *(csim_node *const *)right;
    const int order = strcmp(a->key, b->key);
    if (order) return order;
    if (a->key_line != b->key_line) return a->key_line < b->key_line ? -1 : 1;
    return a->key_column < b->key_column ? -1 : a->key_column > b->key_column;
}

/* Sorted on a copy: a map of a hundred thousand keys must not cost a hundred thousand squared. */
static csim_status check_duplicates(builder *b, const csim_node *map) {
    if (map->count < 2) return CSIM_OK;
    csim_node **sorted = malloc(map->count * sizeof *sorted);
    if (!sorted) return no_memory(b);
    memcpy(sorted, map->items, map->count * sizeof *sorted);
    qsort(sorted, map->count, sizeof *sorted, by_key_then_place);
    csim_status status = CSIM_OK;
    for (size_t i = 1; i < map->count && status == CSIM_OK; i++) {
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) != 0) continue;
        status = csim_error_set_at(b->err, CSIM_DUPLICATE_KEY, b->file, sorted[i]->key_line, sorted[i]->key_column, sorted[i]->key,
                                   "duplicate key: it already stands in line %d", sorted[i - 1]->key_line);
    }
    free(sorted);
    return status;
}

static csim_status read_value(builder *b, yaml_event_t *event, int depth, csim_node **out);

static csim_status read_list(builder *b, csim_node *list, int depth) {
    const size_t first = b->open_count;
    for (;;) {
        yaml_event_t event;
        csim_node *item = NULL;
        csim_status status = next_event(b, &event);
        if (status != CSIM_OK) return status;
        const bool end = event.type == YAML_SEQUENCE_END_EVENT;
        if (!end) status = read_value(b, &event, depth + 1, &item);
        yaml_event_delete(&event);
        if (status != CSIM_OK) return status;
        if (end) return close_node(b, list, first);
        if ((status = push_open(b, item)) != CSIM_OK) return status;
    }
}

static csim_status check_key(builder *b, const yaml_event_t *event) {
    if (event->type == YAML_ALIAS_EVENT) return refuse(b, CSIM_SYNTAX, event->start_mark, NULL, "aliases (*name) are not allowed");
    if (event->type != YAML_SCALAR_EVENT) return refuse(b, CSIM_SYNTAX, event->start_mark, NULL, "a key must be a plain text, not a map or a list");
    const csim_status status = check_text(b, event);
    if (status != CSIM_OK) return status;
    if (event->data.scalar.length == 0) return refuse(b, CSIM_SYNTAX, event->start_mark, NULL, "a key is empty");
    if (strcmp((const char *)event->data.scalar.value, "<<") == 0)
        return refuse(b, CSIM_SYNTAX, event->start_mark, "<<", "merge keys are not allowed; use extends");
    return CSIM_OK;
}

/* The key of an entry is read already; reads its value and hangs the key on it. */
static csim_status read_entry(builder *b, const yaml_event_t *key, int depth, csim_node **out) {
    yaml_event_t event;
    csim_status status = next_event(b, &event);
    if (status != CSIM_OK) return status;
    status = read_value(b, &event, depth, out);
    yaml_event_delete(&event);
    if (status != CSIM_OK) return status;
    (*out)->key = csim_arena_text(&b->tree->arena, (const char *)key->data.scalar.value, key->data.scalar.length);
    (*out)->key_line = (int)key->start_mark.line + 1;
    (*out)->key_column = (int)key->start_mark.column + 1;
    return (*out)->key ? CSIM_OK : no_memory(b);
}

static csim_status read_map(builder *b, csim_node *map, int depth) {
    const size_t first = b->open_count;
    for (;;) {
        yaml_event_t key;
        csim_node *item = NULL;
        csim_status status = next_event(b, &key);
        if (status != CSIM_OK) return status;
        const bool end = key.type == YAML_MAPPING_END_EVENT;
        if (!end) status = check_key(b, &key);
        if (!end && status == CSIM_OK) status = read_entry(b, &key, depth + 1, &item);
        yaml_event_delete(&key);
        if (status != CSIM_OK) return status;
        if (end) break;
        if ((status = push_open(b, item)) != CSIM_OK) return status;
    }
    const csim_status status = close_node(b, map, first);
    return status == CSIM_OK ? check_duplicates(b, map) : status;
}

static csim_status read_text(builder *b, const yaml_event_t *event, csim_node **out) {
    csim_status status = check_text(b, event);
    if (status == CSIM_OK) status = new_node(b, event, CSIM_NODE_TEXT, out);
    if (status != CSIM_OK) return status;
    (*out)->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    (*out)->text = csim_arena_text(&b->tree->arena, (const char *)event->data.scalar.value, event->data.scalar.length);
    return (*out)->text ? CSIM_OK : no_memory(b);
}

static csim_status read_value(builder *b, yaml_event_t *event, int depth, csim_node **out) {
    if (depth > CSIM_YAML_MAX_DEPTH)
        return csim_error_set_at(b->err, CSIM_LIMIT, b->file, (int)event->start_mark.line + 1, (int)event->start_mark.column + 1, NULL,
                                 "maps and lists are nested more than %d deep", CSIM_YAML_MAX_DEPTH);
    csim_status status;
    switch (event->type) {
    case YAML_SCALAR_EVENT: return read_text(b, event, out);
    case YAML_SEQUENCE_START_EVENT:
        status = check_plain(b, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        if (status == CSIM_OK) status = new_node(b, event, CSIM_NODE_LIST, out);
        return status == CSIM_OK ? read_list(b, *out, depth) : status;
    case YAML_MAPPING_START_EVENT:
        status = check_plain(b, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        if (status == CSIM_OK) status = new_node(b, event, CSIM_NODE_MAP, out);
        return status == CSIM_OK ? read_map(b, *out, depth) : status;
    case YAML_ALIAS_EVENT: return refuse(b, CSIM_SYNTAX, event->start_mark, NULL, "aliases (*name) are not allowed; write the value out");
    default: return refuse(b, CSIM_SYNTAX, event->start_mark, NULL, "a value is missing here");
    }
}

/* Takes the next event and says of which type it was; used for the brackets around the one document. */
static csim_status expect(builder *b, yaml_event_type_t wanted, const char *otherwise) {
    yaml_event_t event;
    csim_status status = next_event(b, &event);
    if (status != CSIM_OK) return status;
    if (event.type != wanted) status = refuse(b, CSIM_SYNTAX, event.start_mark, NULL, otherwise);
    yaml_event_delete(&event);
    return status;
}

static csim_status read_document(builder *b) {
    csim_status status = expect(b, YAML_STREAM_START_EVENT, "the file does not begin");
    if (status == CSIM_OK) status = expect(b, YAML_DOCUMENT_START_EVENT, "the file is empty");
    if (status != CSIM_OK) return status;
    yaml_event_t event;
    status = next_event(b, &event);
    if (status != CSIM_OK) return status;
    status = read_value(b, &event, 0, &b->tree->root);
    yaml_event_delete(&event);
    if (status == CSIM_OK) status = expect(b, YAML_DOCUMENT_END_EVENT, "the document does not end here");
    if (status == CSIM_OK) status = expect(b, YAML_STREAM_END_EVENT, "a second document begins here; a file may hold one");
    return status;
}

static csim_status run_parser(builder *b) {
    if (!yaml_parser_initialize(&b->parser)) return no_memory(b);
    yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b->parser, (const unsigned char *)b->text, b->size);
    const csim_status status = read_document(b);
    yaml_parser_delete(&b->parser);
    free(b->open);
    return status;
}

csim_status csim_yaml_tree_parse(const char *name, const char *text, size_t size, csim_yaml_tree **out, csim_error *err) {
    *out = NULL;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, size -= 3; /* the mark that some editors put in front of UTF-8 */
    csim_status status = csim_yaml_bytes_check(name, text, size, err);
    if (status != CSIM_OK) return status;
    csim_yaml_tree *tree = calloc(1, sizeof *tree);
    if (!tree) return csim_error_set(err, CSIM_NO_MEMORY, "out of memory reading %s", name);
    builder b = {.tree = tree, .text = text, .size = size, .err = err, .file = csim_arena_text(&tree->arena, name, strlen(name))};
    status = b.file ? run_parser(&b) : csim_error_set(err, CSIM_NO_MEMORY, "out of memory reading %s", name);
    if (status != CSIM_OK) {
        csim_yaml_tree_free(tree);
        return status;
    }
    *out = tree;
    return CSIM_OK;
}

csim_status csim_yaml_tree_load(const char *path, csim_yaml_tree **out, csim_error *err) {
    char *bytes = NULL;
    size_t size = 0;
    *out = NULL;
    csim_status status = csim_yaml_bytes_read(path, &bytes, &size, err);
    if (status == CSIM_OK) status = csim_yaml_tree_parse(path, bytes, size, out, err);
    free(bytes);
    return status;
}

void csim_yaml_tree_free(csim_yaml_tree *tree) {
    if (!tree) return;
    csim_arena_clear(&tree->arena);
    free(tree);
}

csim_node *csim_yaml_tree_root(csim_yaml_tree *tree) { return tree->root; }
