#include "base/yaml.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "base/yaml_rename.h"

#include <errno.h>
#include <stdarg.h>

#include <yaml.h>

enum {
    PATH_MAX_TEXT = 120,
    KEYS_FEW = 16, /* of a map, looked through one by one */
};

/* A list's items; a map's keys and values in turn. */
struct children ARRAY_OF(int);

struct node {
    enum yaml_kind kind;
    bool plain;
    int parent; /* 0: none */
    size_t line, column;
    const char *text; /* of a scalar */
    struct children children;
};

struct nodes ARRAY_OF(struct node);

struct yaml {
    char *name; /* of the file, for faults */
    struct arena *arena;
    struct nodes nodes; /* [0] is "absent" */
    int root;
};

/* What is known while a document is read. */
struct reader {
    struct yaml *doc;
    yaml_parser_t parser;
    struct complaint *why;
    int open[YAML_DEPTH_MAX]; /* lists and maps that have not ended */
    size_t depth;
};

static const struct node *node_of(struct yaml_node n)
{
    return &n.doc->nodes.at[n.node];
}

void yaml_discard(struct yaml *doc)
{
    if (doc == NULL)
        return;
    for (size_t i = 0; i < doc->nodes.count; i++)
        array_fini(&doc->nodes.at[i].children);
    array_fini(&doc->nodes);
    arena_wipe(doc->arena); /* communities, keys, passphrases */
    arena_free(doc->arena);
    free(doc->name);
    free(doc);
}

static struct yaml *doc_new(const char *name)
{
    struct yaml *doc = mem_new(struct yaml);

    doc->name = mem_text(name);
    doc->arena = arena_new();
    (void)array_add(&doc->nodes);
    return doc;
}

/* A fault at a place of the file that has no node. */
static int fault_at(const struct reader *r, yaml_mark_t at, const char *remedy,
                    const char *what)
{
    char place[sizeof r->why->place];

    (void)snprintf(place, sizeof place, "%s:%zu:%zu", r->doc->name, at.line + 1,
                   at.column + 1);
    return complain(r->why, -EINVAL, place, remedy, "%s", what);
}

static int syntax_fault(const struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    yaml_mark_t at = p->problem_mark;
    char what[sizeof r->why->what];

    if (p->error == YAML_READER_ERROR)
        at = p->mark;
    (void)snprintf(what, sizeof what, "not YAML: %s%s%s",
                   p->problem != NULL ? p->problem : "cannot be read",
                   p->context != NULL ? " " : "",
                   p->context != NULL ? p->context : "");
    return fault_at(r, at,
                    p->error == YAML_READER_ERROR
                        ? "save the file as UTF-8 without control characters"
                        : "look at indentation, colons and quotes just before",
                    what);
}

/* A new node as child of what is open. */
static int node_add(struct reader *r, enum yaml_kind kind, yaml_mark_t at,
                    int *out)
{
    struct yaml *doc = r->doc;

    if (doc->nodes.count > YAML_NODES_MAX)
        return fault_at(r, at, "split the file", "too many values");
    int parent = r->depth > 0 ? r->open[r->depth - 1] : 0;
    int id = (int)doc->nodes.count;
    struct node *node = array_add(&doc->nodes);

    *node = (struct node){.kind = kind,
                          .parent = parent,
                          .line = at.line + 1,
                          .column = at.column + 1};
    if (parent != 0)
        *array_add(&doc->nodes.at[parent].children) = id;
    else
        doc->root = id;
    *out = id;
    return 0;
}

static int collection_begin(struct reader *r, enum yaml_kind kind,
                            yaml_mark_t at)
{
    int id = 0;

    if (r->depth == COUNT_OF(r->open))
        return fault_at(r, at, "nest less deeply",
                        "lists and maps are nested too deeply");
    int rc = node_add(r, kind, at, &id);
    if (rc < 0)
        return rc;
    r->open[r->depth++] = id;
    return 0;
}

static int scalar_read(struct reader *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    int id = 0;

    if (memchr(text, 0, len) != NULL)
        return fault_at(r, event->start_mark, "write it without \\0",
                        "a text holds a NUL character");
    int rc = node_add(r, YAML_SCALAR, event->start_mark, &id);
    if (rc < 0)
        return rc;
    struct node *node = &r->doc->nodes.at[id];
    node->text = arena_text_of(r->doc->arena, text, len);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return 0;
}

/* An entry before i with its key; NULL if there is none. */
static const struct node *key_before(struct yaml_node map, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(yaml_key(map, k), yaml_key(map, i)) == 0)
            return node_of(yaml_key_node(map, k));
    return NULL;
}

/* Keys are texts, and each is there once. */
static int map_check(const struct reader *r, int map)
{
    const struct yaml_node n = {r->doc, map};
    size_t count = yaml_count(n);
    OWNED(table_free)
    struct table *seen = count > KEYS_FEW ? table_new() : NULL;

    for (size_t i = 0; i < count; i++) {
        struct yaml_node key = yaml_key_node(n, i);
        if (yaml_kind(key) != YAML_SCALAR)
            return yaml_complain(key, r->why, "write it as key: value",
                                 "a key has to be a text");
        const struct node *first =
            seen != NULL ? table_put_text(seen, yaml_key(n, i),
                                          &r->doc->nodes.at[key.node])
                         : key_before(n, i);
        if (first != NULL)
            return yaml_complain(key, r->why, "merge the two",
                                 "key \"%s\" is there already in line %zu",
                                 yaml_key(n, i), first->line);
    }
    return 0;
}

static int event_take(struct reader *r, const yaml_event_t *event)
{
    yaml_mark_t at = event->start_mark;

    switch (event->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return 0;
    case YAML_DOCUMENT_START_EVENT:
        if (r->doc->root != 0)
            return fault_at(r, at, "leave one document in the file",
                            "a second document begins");
        return 0;
    case YAML_ALIAS_EVENT:
        return fault_at(r, at, "write the value out",
                        "aliases (*name) are not supported");
    case YAML_SCALAR_EVENT:
        return scalar_read(r, event);
    case YAML_SEQUENCE_START_EVENT:
        return collection_begin(r, YAML_LIST, at);
    case YAML_MAPPING_START_EVENT:
        return collection_begin(r, YAML_MAP, at);
    case YAML_SEQUENCE_END_EVENT:
        r->depth--;
        return 0;
    case YAML_MAPPING_END_EVENT:
        return map_check(r, r->open[--r->depth]);
    }
    return 0;
}

static int events_read(struct reader *r)
{
    for (bool ended = false; !ended;) {
        yaml_event_t event;
        if (yaml_parser_parse(&r->parser, &event) == 0)
            return syntax_fault(r);
        int rc = event_take(r, &event);
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int yaml_parse(const char *name, const char *text, size_t len,
               struct yaml **out, struct complaint *why)
{
    OWNED(yaml_free) struct yaml *doc = doc_new(name);
    struct reader r = {.doc = doc, .why = why};

    *out = NULL;
    if (len > YAML_FILE_MAX)
        return complain(why, -EFBIG, name, "split the file",
                        "larger than %d octets", YAML_FILE_MAX);
    if (yaml_parser_initialize(&r.parser) == 0)
        return complain(why, -ENOMEM, name, "free some memory",
                        "out of memory");
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    int rc = events_read(&r);
    yaml_parser_delete(&r.parser);
    if (rc < 0)
        return rc;
    *out = TAKE(doc);
    return 0;
}

/* A cleanup: the text of a configuration has secrets in it. */
static void wipe_at(struct buffer *b)
{
    if (b->at != NULL)
        explicit_bzero(b->at, b->room);
    buffer_fini(b);
}

int yaml_load(const char *path, struct yaml **out, struct complaint *why)
{
    __attribute__((cleanup(wipe_at))) struct buffer text = {0};
    int rc = file_read(path, YAML_FILE_MAX, &text);

    *out = NULL;
    if (rc == -EFBIG)
        return complain(why, rc, path, "split the file",
                        "larger than %d octets", YAML_FILE_MAX);
    if (rc < 0)
        return complain(why, rc, path, "check its name and permissions",
                        "cannot be read: %s", strerror(-rc));
    return yaml_parse(path, text.at, text.len, out, why);
}

struct yaml_node yaml_root(const struct yaml *doc)
{
    return (struct yaml_node){doc, doc->root};
}

enum yaml_kind yaml_kind(struct yaml_node n)
{
    return node_of(n)->kind;
}

const char *yaml_text(struct yaml_node n)
{
    return node_of(n)->text;
}

bool yaml_is_plain(struct yaml_node n)
{
    return node_of(n)->plain;
}

bool yaml_is_null(struct yaml_node n)
{
    const struct node *node = node_of(n);

    if (node->kind == YAML_ABSENT)
        return true;
    return node->plain &&
           (node->text[0] == '\0' || strcmp(node->text, "~") == 0 ||
            strcmp(node->text, "null") == 0);
}

size_t yaml_count(struct yaml_node n)
{
    const struct node *node = node_of(n);

    return node->kind == YAML_MAP ? node->children.count / 2
                                  : node->children.count;
}

/* The child at place i; absent if there are fewer. */
static struct yaml_node child_of(struct yaml_node n, size_t i)
{
    const struct node *node = node_of(n);

    return (struct yaml_node){
        n.doc, i < node->children.count ? node->children.at[i] : 0};
}

struct yaml_node yaml_item(struct yaml_node n, size_t i)
{
    return child_of(n, yaml_kind(n) == YAML_MAP ? 2 * i + 1 : i);
}

struct yaml_node yaml_key_node(struct yaml_node map, size_t i)
{
    return child_of(map, 2 * i);
}

const char *yaml_key(struct yaml_node map, size_t i)
{
    return yaml_text(yaml_key_node(map, i));
}

struct yaml_node yaml_get(struct yaml_node map, const char *key)
{
    if (yaml_kind(map) == YAML_MAP)
        for (size_t i = 0; i < yaml_count(map); i++)
            if (strcmp(yaml_key(map, i), key) == 0)
                return yaml_item(map, i);
    return (struct yaml_node){map.doc, 0};
}

/* Where among the children of its parent n stands. */
static size_t place_among(const struct node *parent, int n)
{
    size_t i = 0;

    while (i < parent->children.count && parent->children.at[i] != n)
        i++;
    return i;
}

/* Appends "credentials[1].auth". */
static void add_path(struct yaml_node n, struct buffer *out)
{
    int up[YAML_DEPTH_MAX + 1];
    size_t count = 0;

    for (int id = n.node; id != 0 && count < COUNT_OF(up);
         id = n.doc->nodes.at[id].parent)
        up[count++] = id;
    for (; count > 1; count--) { /* all but the root have a parent */
        const struct node *parent = &n.doc->nodes.at[up[count - 1]];
        size_t i = place_among(parent, up[count - 2]);
        if (parent->kind == YAML_LIST) {
            buffer_format(out, "[%zu]", i);
            continue;
        }
        const char *key =
            n.doc->nodes.at[parent->children.at[i & ~(size_t)1]].text;
        if (out->len > 0)
            buffer_char(out, '.');
        text_safe(bytes_of_text(key), NULL, false, PATH_MAX_TEXT, out);
    }
}

size_t yaml_line(struct yaml_node n)
{
    return n.node != 0 ? node_of(n)->line : 0;
}

int yaml_complain(struct yaml_node n, struct complaint *why, const char *remedy,
                  const char *fmt, ...)
{
    struct buffer OWNED_BUFFER place = {0}, OWNED_BUFFER path = {0};
    struct buffer OWNED_BUFFER safe = {0}; /* escapes write any character */
    const struct node *node = node_of(n);
    char what[sizeof why->what + 4];
    va_list args;

    add_path(n, &path);
    buffer_text(&place, n.doc->name);
    if (n.node != 0)
        buffer_format(&place, ":%zu:%zu", node->line, node->column);
    if (path.len > 0)
        buffer_format(&place, ": %s", path.at);
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    text_safe(bytes_of_text(what), NULL, false, sizeof what, &safe);
    return complain(why, -EINVAL, place.at, remedy, "%s", safe.at);
}

/* ---- keys that were renamed ---- */

/* A node that nobody wrote, where another one stands. */
static int node_like(struct yaml *doc, int like, enum yaml_kind kind,
                     int parent, const char *text)
{
    int id = (int)doc->nodes.count;
    struct node node = {.kind = kind,
                        .parent = parent,
                        .line = doc->nodes.at[like].line,
                        .column = doc->nodes.at[like].column,
                        .text = text};

    *array_add(&doc->nodes) = node;
    *array_add(&doc->nodes.at[parent].children) = id;
    return id;
}

/* The section of that name, made where there is none; 0: it is no map. */
static int section_make(struct yaml *doc, const char *name, int like)
{
    struct yaml_node section = yaml_get(yaml_root(doc), name);

    if (yaml_kind(section) == YAML_MAP)
        return section.node;
    if (section.node == 0) {
        (void)node_like(doc, like, YAML_SCALAR, doc->root, name);
        return node_like(doc, like, YAML_MAP, doc->root, NULL);
    }
    if (!yaml_is_null(section))
        return 0;
    doc->nodes.at[section.node].kind = YAML_MAP; /* a key without a value */
    doc->nodes.at[section.node].plain = false;
    return section.node;
}

/* Takes entry i out of a map; its nodes are nowhere then. */
static void entry_drop(struct yaml *doc, int map, size_t i)
{
    struct children *c = &doc->nodes.at[map].children;

    memmove(&c->at[2 * i], &c->at[2 * i + 2],
            (c->count - 2 * i - 2) * sizeof c->at[0]);
    c->count -= 2;
}

/* The number of the entry of that key; the count: there is none. */
static size_t entry_find(struct yaml_node map, const char *key)
{
    size_t i = 0;

    while (i < yaml_count(map) && strcmp(yaml_key(map, i), key) != 0)
        i++;
    return i;
}

/* Takes entry i out of map, and map, if it is empty then, out of the document:
 * a section that has nothing but old keys may be unknown now. */
static void entry_leave(struct yaml *doc, struct yaml_node map, size_t i)
{
    struct yaml_node root = yaml_root(doc);

    entry_drop(doc, map.node, i);
    for (size_t k = 0; yaml_count(map) == 0 && k < yaml_count(root); k++)
        if (yaml_item(root, k).node == map.node)
            entry_drop(doc, doc->root, k);
}

/* Entry i of map becomes the last one of another section. */
static void entry_move(struct yaml *doc, struct yaml_node map, size_t i,
                       int section)
{
    const int moved[] = {yaml_key_node(map, i).node, yaml_item(map, i).node};

    for (size_t k = 0; k < COUNT_OF(moved); k++) {
        doc->nodes.at[moved[k]].parent = section;
        *array_add(&doc->nodes.at[section].children) = moved[k];
    }
    entry_leave(doc, map, i);
}

static void rename_key(struct yaml *doc, const struct yaml_renamed *r,
                       yaml_renamed_fn renamed, void *arg)
{
    struct yaml_node root = yaml_root(doc);
    struct yaml_node map =
        r->section != NULL ? yaml_get(root, r->section) : root;
    size_t i = yaml_kind(map) == YAML_MAP ? entry_find(map, r->was) : 0;
    struct complaint place;

    if (yaml_kind(map) != YAML_MAP || i == yaml_count(map))
        return;
    int key = yaml_key_node(map, i).node;
    int to = r->to != NULL ? section_make(doc, r->to, key) : map.node;
    if (to == 0)
        return;
    if (yaml_complain(yaml_key_node(map, i), &place, "", "%s", "") < 0)
        renamed(arg, place.place, r);
    if (yaml_get((struct yaml_node){doc, to}, r->is).node != 0) {
        entry_leave(doc, map, i);
        return;
    }
    doc->nodes.at[key].text = r->is;
    if (to != map.node)
        entry_move(doc, map, i, to);
}

void yaml_rename(struct yaml *doc, const struct yaml_renamed *table,
                 yaml_renamed_fn renamed, void *arg)
{
    for (; table->was != NULL; table++)
        rename_key(doc, table, renamed, arg);
}
