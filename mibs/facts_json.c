#include "mibs/facts_json.h"

#include "mibs/facts_shape.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include <jansson.h>

/* Rows of one table that are believed. */
enum { LIST_MAX = 4 << 20 };

/* Every ARRAY_OF() has this shape. */
struct any_list {
    char *at;
    size_t count, room;
};

/* ---- writing ---- */

static json_t *write_object(const struct member *members, const void *from);

static json_t *write_bytes(struct bytes b)
{
    struct buffer OWNED_BUFFER hex = {0};

    if (b.len == 0)
        return NULL;
    for (size_t i = 0; i < b.len; i++)
        buffer_format(&hex, "%02x", b.at[i]);
    return json_string(hex.at);
}

static json_t *write_text(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : NULL;
}

static json_t *write_addr(const struct addr *a)
{
    char text[ADDR_TEXT_MAX];

    return addr_is_set(a) ? json_string(addr_format(a, text, sizeof text))
                          : NULL;
}

/* The management addresses of a neighbor, whose first member is mgmt. */
static json_t *write_addrs(const struct addr *first)
{
    json_t *list = json_array();

    for (size_t i = 0; i < COUNT_OF(((struct neighbor *)0)->mgmt); i++)
        if (addr_is_set(&first[i]))
            json_array_append_new(list, write_addr(&first[i]));
    return list;
}

static json_t *write_prefix(const struct prefix *p)
{
    char text[ADDR_TEXT_MAX];

    return addr_is_set(&p->base)
               ? json_string(prefix_format(p, text, sizeof text))
               : NULL;
}

static json_t *write_mac(const struct mac *m)
{
    char text[MAC_TEXT_MAX];

    return mac_is_set(m) ? json_string(mac_format(m, text, sizeof text)) : NULL;
}

static json_t *write_list(const struct member *m, const struct any_list *list)
{
    json_t *out = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(out,
                              write_object(m->inside, list->at + i * m->size));
    return out;
}

static json_t *write_number(int64_t n)
{
    return n != 0 ? json_integer(n) : NULL;
}

/* The JSON of a member at its place; NULL where it is not known. */
static json_t *write_member(const struct member *m, const void *at)
{
    switch (m->type) {
    case M_TEXT:
        return write_text(*(const char *const *)at);
    case M_BYTES:
        return write_bytes(*(const struct bytes *)at);
    case M_BOOL:
        return *(const bool *)at ? json_true() : NULL;
    case M_U8:
        return write_number(*(const uint8_t *)at);
    case M_U16:
        return write_number(*(const uint16_t *)at);
    case M_U32:
        return write_number(*(const uint32_t *)at);
    case M_U64:
        return write_number((int64_t)(*(const uint64_t *)at & INT64_MAX));
    case M_I32:
        return write_number(*(const int32_t *)at);
    case M_I64:
        return *(const int64_t *)at != FACT_UNKNOWN
                   ? json_integer(*(const int64_t *)at)
                   : NULL;
    case M_DOUBLE:
        return isfinite(*(const double *)at) ? json_real(*(const double *)at)
                                             : NULL;
    case M_ADDR:
        return write_addr(at);
    case M_ADDRS:
        return write_addrs(at);
    case M_PREFIX:
        return write_prefix(at);
    case M_MAC:
        return write_mac(at);
    case M_WALL:
        return write_number(((const struct wall *)at)->ms);
    case M_OBJECT:
        return write_object(m->inside, at);
    case M_LIST:
        return write_list(m, at);
    }
    return NULL;
}

static json_t *write_object(const struct member *members, const void *from)
{
    json_t *out = json_object();

    for (const struct member *m = members; m->key != NULL; m++) {
        json_t *value = write_member(m, (const char *)from + m->offset);

        if (value != NULL)
            json_object_set_new_nocheck(out, m->key, value);
    }
    return out;
}

static int append_text(const char *text, size_t len, void *arg)
{
    buffer_add(arg, text, len);
    return 0;
}

void facts_to_json(const struct facts *f, struct buffer *out)
{
    json_t *object = write_object(facts_members, f);

    (void)json_dump_callback(object, append_text, out, JSON_COMPACT);
    json_decref(object);
}

/* ---- reading ---- */

static void read_object(const struct member *members, const json_t *from,
                        void *to, struct arena *arena);

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct bytes read_bytes(const json_t *value, struct arena *arena)
{
    const char *hex = json_string_value(value);
    size_t len = hex != NULL ? strlen(hex) / 2 : 0;

    if (len == 0)
        return (struct bytes){NULL, 0};
    uint8_t *at = arena_zero(arena, len);
    for (size_t i = 0; i < len; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return (struct bytes){NULL, 0};
        at[i] = (uint8_t)(high << 4 | low);
    }
    return (struct bytes){at, len};
}

static void read_addr(const json_t *value, struct addr *out)
{
    const char *text = json_string_value(value);

    if (text == NULL || addr_parse(text, out) < 0)
        *out = (struct addr){0};
}

static void read_addrs(const json_t *value, struct addr *first)
{
    struct neighbor *n =
        (struct neighbor *)(void *)((char *)first -
                                    offsetof(struct neighbor, mgmt));

    for (size_t i = 0; i < json_array_size(value) && i < COUNT_OF(n->mgmt);
         i++) {
        struct addr *next = &n->mgmt[n->mgmt_count];

        read_addr(json_array_get(value, i), next);
        if (addr_is_set(next))
            n->mgmt_count++;
    }
}

static void read_prefix(const json_t *value, struct prefix *out)
{
    const char *text = json_string_value(value);

    if (text == NULL || prefix_parse(text, true, out) < 0)
        *out = (struct prefix){0};
}

static void read_mac(const json_t *value, struct mac *out)
{
    const char *text = json_string_value(value);

    if (text == NULL || mac_parse(text, out) < 0)
        *out = (struct mac){0};
}

/* What of_... cannot say with zeros: texts are "", numbers unknown. */
static void preset(const struct member *members, void *to)
{
    for (const struct member *m = members; m->key != NULL; m++) {
        void *at = (char *)to + m->offset;

        if (m->type == M_TEXT)
            *(const char **)at = "";
        else if (m->type == M_DOUBLE)
            *(double *)at = NAN;
        else if (m->type == M_I64)
            *(int64_t *)at = FACT_UNKNOWN;
        else if (m->type == M_OBJECT)
            preset(m->inside, at);
    }
}

static void read_list(const struct member *m, const json_t *value,
                      struct any_list *out, struct arena *arena)
{
    size_t count = json_array_size(value);

    if (count == 0 || count > LIST_MAX)
        return;
    out->at = mem_array(count, m->size);
    out->count = out->room = count;
    for (size_t i = 0; i < count; i++) {
        void *element = out->at + i * m->size;

        preset(m->inside, element);
        read_object(m->inside, json_array_get(value, i), element, arena);
    }
}

static void read_member(const struct member *m, const json_t *value, void *at,
                        struct arena *arena)
{
    switch (m->type) {
    case M_TEXT:
        *(const char **)at = arena_text(arena, json_string_value(value));
        break;
    case M_BYTES:
        *(struct bytes *)at = read_bytes(value, arena);
        break;
    case M_BOOL:
        *(bool *)at = json_is_true(value);
        break;
    case M_U8:
    case M_U16:
    case M_U32:
    case M_U64:
    case M_I32:
    case M_I64:
    case M_WALL:
        member_set_number(m, at, (uint64_t)json_integer_value(value));
        break;
    case M_DOUBLE:
        *(double *)at = json_number_value(value);
        break;
    case M_ADDR:
        read_addr(value, at);
        break;
    case M_ADDRS:
        read_addrs(value, at);
        break;
    case M_PREFIX:
        read_prefix(value, at);
        break;
    case M_MAC:
        read_mac(value, at);
        break;
    case M_OBJECT:
        read_object(m->inside, value, at, arena);
        break;
    case M_LIST:
        read_list(m, value, at, arena);
        break;
    }
}

static void read_object(const struct member *members, const json_t *from,
                        void *to, struct arena *arena)
{
    for (const struct member *m = members; m->key != NULL; m++) {
        const json_t *value = json_object_get(from, m->key);

        if (value != NULL)
            read_member(m, value, (char *)to + m->offset, arena);
    }
}

struct facts *facts_from_json(const char *text, size_t len)
{
    json_t *root = json_loadb(text, len, 0, NULL);

    if (!json_is_object(root)) {
        json_decref(root);
        return NULL;
    }
    struct facts *f = facts_new();
    preset(facts_members, f);
    read_object(facts_members, root, f, f->arena);
    json_decref(root);
    if (f->identity.kind >= DEVICE_KINDS)
        f->identity.kind = KIND_UNKNOWN;
    return f;
}
