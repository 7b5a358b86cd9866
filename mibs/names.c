#include "mibs/names.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "mibs/facts.h"
#include "mibs/known_names.h"

/* clang-format off: net-snmp wants this order */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
/* clang-format on */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_MAX = 128 };

/* A name that is built in. */
struct entry {
    struct oid oid;
    const char *label, *module, *words; /* words: of an enumeration */
};
struct entries ARRAY_OF(struct entry);

struct names {
    struct arena *arena;
    struct entries entries; /* by OID */
    struct table *by_label; /* struct entry */
    bool parsed;            /* MIB files were read */
};

/* ---- built in ---------------------------------------------------------------
 */

static const char *words_of(const char *label)
{
    for (size_t i = 0; i < known_enum_count; i++)
        if (strcmp(known_enums[i].label, label) == 0)
            return known_enums[i].words;
    return NULL;
}

static void add_entry(struct names *n, const struct known_group *g,
                      const struct oid_store *node, struct bytes label)
{
    uint32_t *sub = arena_zero(n->arena, node->len * sizeof *sub);
    struct entry *e = array_add(&n->entries);

    memcpy(sub, node->sub, node->len * sizeof *sub);
    e->oid = (struct oid){sub, node->len};
    e->label = arena_text_of(n->arena, label.at, label.len);
    e->module = g->module;
    e->words = words_of(e->label);
}

static void add_group(struct names *n, const struct known_group *g)
{
    struct oid_store node;
    const char *at = g->labels;

    if (oid_parse(g->oid, &node) < 0 || !oid_push(&node, 0))
        return;
    while (*at != '\0') {
        size_t len = strcspn(at, " ");

        node.sub[node.len - 1]++;
        if (len != 1 || *at != '-')
            add_entry(n, g, &node, (struct bytes){(const void *)at, len});
        at += len + strspn(at + len, " ");
    }
}

static int entry_compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return oid_compare(x->oid, y->oid);
}

/* The longest built-in name that begins o; NULL if there is none. */
static const struct entry *entry_above(const struct names *n, struct oid o)
{
    for (; o.len > 0; o.len--) {
        const struct entry key = {.oid = o};
        const struct entry *e = bsearch(&key, n->entries.at, n->entries.count,
                                        sizeof *n->entries.at, entry_compare);

        if (e != NULL)
            return e;
    }
    return NULL;
}

/* ---- MIB files, by net-snmp -------------------------------------------------
 */

/* Nothing of net-snmp's own configuration is read, nothing is printed: a
 * faulty MIB file is its author's business. */
static bool parse_files(const char *const *directories, size_t count)
{
    bool any = false;

    if (count == 0)
        return false;
    netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    netsnmp_init_mib_internals();
    for (size_t i = 0; i < count; i++)
        if (add_mibdir(directories[i]) > 0)
            any = true;
    if (any)
        (void)read_all_mibs(); /* what could be read is in the tree */
    return any;
}

/* The OID of a node of the tree; false if it hangs in the air. */
static bool oid_of_node(const struct tree *node, struct oid_store *out)
{
    uint32_t sub[OID_MAX];
    size_t len = 0;

    for (; node != NULL && len < OID_MAX; node = node->parent)
        sub[len++] = (uint32_t)node->subid;
    out->len = 0;
    while (len > 0)
        (void)oid_push(out, sub[--len]);
    return node == NULL && out->len > 0;
}

/* The node of the tree that o, or the longest part of it that has a name,
 * belongs to; its length in *len. */
static const struct tree *node_above(const struct names *n, struct oid o,
                                     size_t *len)
{
    u_long sub[OID_MAX];
    struct oid_store own;

    *len = 0;
    if (!n->parsed || o.len == 0 || o.len > OID_MAX)
        return NULL;
    for (size_t i = 0; i < o.len; i++)
        sub[i] = o.sub[i];

    const struct tree *node = get_tree(sub, o.len, get_tree_head());
    while (node != NULL &&
           (node->label == NULL || strchr(node->label, '#') != NULL))
        node = node->parent; /* nodes that the parser had to invent */
    if (node == NULL || !oid_of_node(node, &own) ||
        !oid_begins(o, oid_view(&own)))
        return NULL;
    *len = own.len;
    return node;
}

static const struct tree *node_called(const struct names *n, const char *module,
                                      const char *label)
{
    int id = -1;

    if (!n->parsed)
        return NULL;
    if (module[0] != '\0') {
        id = which_module(module);
        if (id < 0)
            return NULL;
    }
    return find_tree_node(label, id);
}

/* ---- names ------------------------------------------------------------------
 */

struct names *names_load(const char *const *directories, size_t count)
{
    struct names *n = mem_new(struct names);

    n->arena = arena_new();
    n->by_label = table_new();
    for (size_t i = 0; i < known_group_count; i++)
        add_group(n, &known_groups[i]);
    qsort(n->entries.at, n->entries.count, sizeof *n->entries.at,
          entry_compare);
    for (size_t i = 0; i < n->entries.count; i++)
        (void)table_put_text(n->by_label, n->entries.at[i].label,
                             &n->entries.at[i]); /* labels are unique */
    n->parsed = parse_files(directories, count);
    return n;
}

void names_free(struct names *n)
{
    if (n == NULL)
        return;
    if (n->parsed)
        shutdown_mib();
    table_free(n->by_label);
    array_fini(&n->entries);
    arena_free(n->arena);
    free(n);
}

/* A name taken apart: "IF-MIB", "ifDescr", "1.2". */
struct parts {
    char module[LABEL_MAX], label[LABEL_MAX];
    const char *instance; /* "" or digits behind the dot */
};

static bool take_apart(const char *text, struct parts *out)
{
    const char *colons = strstr(text, "::");
    size_t module = colons != NULL ? (size_t)(colons - text) : 0;
    const char *label = colons != NULL ? colons + 2 : text;
    size_t len = strcspn(label, ".");

    *out = (struct parts){.instance = label + len + (label[len] == '.')};
    if (module >= sizeof out->module || len == 0 || len >= sizeof out->label)
        return false;
    memcpy(out->module, text, module);
    memcpy(out->label, label, len);
    return true;
}

static bool base_of(const struct names *n, const struct parts *p,
                    struct oid_store *out)
{
    const struct entry *e = table_find_text(n->by_label, p->label);

    if (e != NULL &&
        (p->module[0] == '\0' || strcmp(e->module, p->module) == 0)) {
        oid_copy(out, e->oid);
        return true;
    }
    return oid_of_node(node_called(n, p->module, p->label), out);
}

int names_find(const struct names *n, const char *text, struct oid_store *out)
{
    struct parts parts;
    struct oid_store instance = {.len = 0};

    if (oid_parse(text, out) == 0)
        return 0;
    if (take_apart(text, &parts) && base_of(n, &parts, out) &&
        (parts.instance[0] == '\0' ||
         oid_parse(parts.instance, &instance) == 0) &&
        oid_append(out, oid_view(&instance)))
        return 0;
    out->len = 0;
    return -ENOENT;
}

/* What is behind the first len sub-identifiers, each with its dot. */
static void add_instance(struct oid name, size_t len, struct buffer *out)
{
    for (size_t i = len; i < name.len; i++)
        buffer_format(out, ".%" PRIu32, name.sub[i]);
}

void names_format(const struct names *n, struct oid name, struct buffer *out)
{
    char module[LABEL_MAX] = "", text[OID_TEXT_MAX];
    size_t len;
    const struct entry *e = entry_above(n, name);
    const struct tree *node = node_above(n, name, &len);

    if (node != NULL && (e == NULL || len > e->oid.len)) {
        (void)module_name(node->modid, module);
        buffer_format(out, "%s::%s", module, node->label);
        add_instance(name, len, out);
    } else if (e != NULL) {
        buffer_format(out, "%s::%s", e->module, e->label);
        add_instance(name, e->oid.len, out);
    } else {
        buffer_text(out, oid_format(name, text, sizeof text));
    }
}

/* ---- values -----------------------------------------------------------------
 */

/* The nth of words, from 1, into out; false if there is none. */
static bool nth_word(const char *words, int64_t nth, char *out, size_t room)
{
    for (int64_t i = 1; *words != '\0'; i++) {
        size_t len = strcspn(words, " ");

        if (i == nth && len < room) {
            memcpy(out, words, len);
            out[len] = '\0';
            return true;
        }
        words += len + strspn(words + len, " ");
    }
    return false;
}

/* The word of an enumeration for number; "" if there is none. */
static void word_of(const struct names *n, struct oid name, int64_t number,
                    char *out, size_t room)
{
    size_t len;
    const struct entry *e = entry_above(n, name);
    const struct tree *node = node_above(n, name, &len);
    char digits[12];

    out[0] = '\0';
    if (e != NULL && strcmp(e->label, "ifType") == 0 && number > 0 &&
        number <= INT32_MAX) {
        const char *type = if_type_name((int32_t)number, digits, sizeof digits);
        snprintf(out, room, "%s", type != digits ? type : "");
        return;
    }
    if (e != NULL && e->words != NULL && nth_word(e->words, number, out, room))
        return;
    for (const struct enum_list *w = node != NULL ? node->enums : NULL;
         w != NULL; w = w->next)
        if (w->value == number)
            snprintf(out, room, "%s", w->label);
}

/* PhysAddress and MacAddress are shown "1x:" (RFC 2579). */
static bool is_physical(const struct names *n, struct oid name)
{
    size_t len;
    const struct entry *e = entry_above(n, name);
    const struct tree *node = node_above(n, name, &len);

    if (e != NULL && (strstr(e->label, "PhysAddress") != NULL ||
                      strcmp(e->label, "dot1dBaseBridgeAddress") == 0 ||
                      strcmp(e->label, "dot1dTpFdbAddress") == 0))
        return true;
    return node != NULL && node->hint != NULL && strcmp(node->hint, "1x:") == 0;
}

void names_value(const struct names *n, struct oid name, const struct value *v,
                 struct buffer *out)
{
    char word[LABEL_MAX];

    if (v->type == VALUE_INTEGER) {
        word_of(n, name, v->integer, word, sizeof word);
        if (word[0] != '\0')
            buffer_format(out, "%s(%" PRId64 ")", word, v->integer);
        else
            value_text(v, NULL, out);
    } else if (v->type == VALUE_OCTETS && is_physical(n, name)) {
        text_hex(v->octets, ':', out);
    } else if (v->type == VALUE_OID) {
        names_format(n, v->oid, out);
    } else if (v->type == VALUE_TICKS) {
        duration_format((int64_t)(v->number & UINT32_MAX) * 10, word,
                        sizeof word);
        buffer_format(out, "%" PRIu64 " (%s)", v->number, word);
    } else {
        value_text(v, NULL, out);
    }
}
