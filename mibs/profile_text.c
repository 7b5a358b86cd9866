#include "mibs/profile_text.h"

#include "base/text.h"
#include "mibs/profile_date.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <time.h>

enum { INDEX_PLACE_MAX = OID_MAX, SUBID_TEXT_MAX = 12 };

/* Texts about the device, "device.NAME". */
enum device_text {
    DEVICE_DESCR,
    DEVICE_OBJECT_ID,
    DEVICE_NAME,
    DEVICE_LOCATION,
    DEVICE_CONTACT,
    DEVICE_VENDOR,
    DEVICE_OS,
    DEVICE_HARDWARE,
    DEVICE_VERSION,
    DEVICE_SERIAL,
    DEVICE_FEATURES,
    DEVICE_KIND,
    DEVICE_LAYERS,
    DEVICE_TEXTS
};

static const char *const device_names[DEVICE_TEXTS] = {
    "descr",    "object_id", "name",   "location", "contact", "vendor", "os",
    "hardware", "version",   "serial", "features", "kind",    "layers",
};

static const char *const filter_names[] = {
    [FILTER_NONE] = "",         [FILTER_TEXT] = "text",
    [FILTER_INET] = "inet",     [FILTER_MAC] = "mac",
    [FILTER_NUMBER] = "number", [FILTER_UPPER] = "upper",
    [FILTER_LOWER] = "lower",   [FILTER_DATE] = "date",
};

static bool filter_compile(const char *name, struct ref *out,
                           struct buffer *error)
{
    for (size_t i = 1; i < COUNT_OF(filter_names); i++)
        if (strcmp(name, filter_names[i]) == 0) {
            out->filter = (uint8_t)i;
            return true;
        }
    buffer_format(error,
                  "there is no filter \"%s\": text, inet, mac, number, date, "
                  "upper and lower are known",
                  name);
    return false;
}

/* Reads a place in an index: a number from 1, or from -1 for the last. */
static bool place_read(const char **at, int16_t *out)
{
    char *end;
    long n = strtol(*at, &end, 10);

    if (end == *at || n == 0 || n < -INDEX_PLACE_MAX || n > INDEX_PLACE_MAX)
        return false;
    *at = end;
    *out = (int16_t)n;
    return true;
}

/* ".text2": of the texts with their length in front, the second. */
static bool nth_text_compile(const char *number, struct ref *out)
{
    int16_t nth = 0;

    if (!place_read(&number, &nth) || nth < 1 || *number != '\0')
        return false;
    out->nth_text = (uint8_t)nth;
    return true;
}

/* What follows "index": nothing, ".2", ".-1", ".2-", ".2-4", ".2--2", ".2+" or
 * ".text1". */
static bool index_compile(const char *rest, struct ref *out)
{
    out->kind = REF_INDEX;
    if (*rest == '\0')
        return true;
    if (strncmp(rest, ".text", 5) == 0)
        return nth_text_compile(rest + 5, out);
    if (*rest++ != '.' || !place_read(&rest, &out->from))
        return false;
    out->to = out->from;
    if (*rest == '+' && out->from > 0) {
        out->to = 0;
        return rest[1] == '\0';
    }
    if (*rest == '-' && out->from > 0) {
        rest++;
        out->to = -1;
        if (*rest != '\0' && !place_read(&rest, &out->to))
            return false;
    }
    return *rest == '\0' && (out->to < 0 || out->to >= out->from);
}

static bool device_compile(const char *name, struct ref *out)
{
    for (size_t i = 0; i < DEVICE_TEXTS; i++)
        if (strcmp(name, device_names[i]) == 0) {
            out->kind = REF_DEVICE;
            out->column = (uint8_t)i;
            return true;
        }
    return false;
}

static bool column_compile(const char *name, const struct scope *scope,
                           struct ref *out)
{
    for (size_t i = 0; i < scope->column_count; i++)
        if (strcmp(name, scope->columns[i]) == 0) {
            out->kind = REF_COLUMN;
            out->column = (uint8_t)i;
            return true;
        }
    return false;
}

static bool group_compile(const char *name, const struct scope *scope,
                          struct arena *arena, struct ref *out)
{
    for (size_t i = 0; i < scope->pattern_count; i++)
        if (pattern_has_group(scope->patterns[i], name)) {
            out->kind = REF_GROUP;
            out->name = arena_text(arena, name);
            return true;
        }
    return false;
}

static bool row_compile(const char *name, struct ref *out)
{
    if (strncmp(name, "index", 5) == 0 && (name[5] == '\0' || name[5] == '.'))
        return index_compile(name + 5, out);
    if (strcmp(name, "count") == 0)
        out->kind = REF_COUNT;
    else if (strcmp(name, "table") == 0)
        out->kind = REF_TABLE;
    return out->kind != REF_NONE;
}

static bool name_compile(const char *name, const struct scope *scope,
                         struct arena *arena, struct ref *out)
{
    if (strncmp(name, "device.", 7) == 0)
        return device_compile(name + 7, out);
    if (column_compile(name, scope, out) ||
        group_compile(name, scope, arena, out))
        return true;
    if (scope->value && strcmp(name, "value") == 0) {
        out->kind = REF_VALUE;
        return true;
    }
    return scope->row && row_compile(name, out);
}

bool ref_compile(const char *text, size_t len, const struct scope *scope,
                 struct arena *arena, struct ref *out, struct buffer *error)
{
    char name[64];
    char *filter;

    *out = (struct ref){0};
    if (len >= sizeof name) {
        buffer_format(error, "a name of %zu octets is too long", len);
        return false;
    }
    memcpy(name, text, len);
    name[len] = '\0';
    filter = strchr(name, ':');
    if (filter != NULL)
        *filter++ = '\0';
    if (!name_compile(name, scope, arena, out)) {
        buffer_format(error, "nothing is called \"%s\" here", name);
        return false;
    }
    return filter == NULL || filter_compile(filter, out, error);
}

bool ref_is_sound(const struct ref *r, size_t columns)
{
    if (r->filter >= COUNT_OF(filter_names) || r->kind > REF_VALUE)
        return false;
    switch ((enum ref_kind)r->kind) {
    case REF_COLUMN:
        return r->column < columns;
    case REF_DEVICE:
        return r->column < DEVICE_TEXTS;
    case REF_GROUP:
        return r->name != NULL;
    case REF_NONE:
    case REF_INDEX:
    case REF_COUNT:
    case REF_TABLE:
    case REF_VALUE:
        break;
    }
    return true;
}

/* ---- what names stand for ------------------------------------------------ */

/* A place from 1, which may be beyond the index; 0 for one before it. */
static size_t index_place(int16_t place, struct oid index)
{
    if (place >= 0)
        return (size_t)place;
    return (size_t)-place > index.len ? 0 : index.len + 1 - (size_t)-place;
}

static struct oid index_part(const struct ref *r, struct oid index)
{
    if (r->nth_text > 0)
        return oid_nth_text(index, r->nth_text);
    size_t from = index_place(r->from, index), to = index_place(r->to, index);

    if (r->from == 0)
        return index;
    if (r->to == 0 && from > 0 && from <= index.len) { /* counted */
        to = index.sub[from - 1] <= index.len ? from + index.sub[from - 1] : 0;
        from++;
    }
    if (from == 0 || from > to || to > index.len)
        return (struct oid){0};
    return (struct oid){index.sub + from - 1, to - from + 1};
}

/* Sub-identifiers as octets; false if one is none. */
static bool octets_of(struct oid part, struct buffer *out)
{
    for (size_t i = 0; i < part.len; i++) {
        if (part.sub[i] > UINT8_MAX)
            return false;
        buffer_char(out, (char)part.sub[i]);
    }
    return part.len > 0;
}

static bool octets_text(struct bytes octets, uint8_t filter,
                        const char *encoding, struct buffer *out)
{
    if (filter == FILTER_MAC) {
        if (octets.len != sizeof(struct mac))
            return false;
        text_hex(octets, ':', out);
    } else if (filter == FILTER_INET) {
        struct addr a = addr_of_octets(octets);
        char text[ADDR_TEXT_MAX];

        if (!addr_is_set(&a))
            return false;
        buffer_text(out, addr_format(&a, text, sizeof text));
    } else {
        text_safe(octets, encoding, false, TEMPLATE_RESULT_MAX, out);
    }
    return true;
}

static bool is_octet_filter(uint8_t filter)
{
    return filter == FILTER_TEXT || filter == FILTER_INET ||
           filter == FILTER_MAC;
}

static bool index_text(const struct ref *r, const struct scene *s,
                       struct buffer *out)
{
    struct oid part = index_part(r, s->index);
    struct buffer OWNED_BUFFER octets = {0};

    if (is_octet_filter(r->filter) || r->nth_text > 0)
        return octets_of(part, &octets) &&
               octets_text(buffer_view(&octets), r->filter, s->encoding, out);
    for (size_t i = 0; i < part.len; i++)
        buffer_format(out, i == 0 ? "%" PRIu32 : ".%" PRIu32, part.sub[i]);
    return part.len > 0;
}

static bool column_text(const struct ref *r, const struct scene *s,
                        struct buffer *out)
{
    const struct value *v = &s->columns[r->column];

    if (!value_exists(v))
        return false;
    if (is_octet_filter(r->filter) && v->type == VALUE_OCTETS)
        return octets_text(v->octets, r->filter, s->encoding, out);
    value_text(v, s->encoding, out);
    return true;
}

/* The layers of sysServices as digits: 78 gives "2347". */
static void layers_text(uint32_t services, struct buffer *out)
{
    for (unsigned layer = 1; layer <= 7; layer++)
        if ((services >> (layer - 1) & 1) != 0)
            buffer_char(out, (char)('0' + layer));
}

static void device_text(enum device_text which, const struct facts *f,
                        struct buffer *out)
{
    const char *const texts[DEVICE_TEXTS] = {
        [DEVICE_DESCR] = f->system.descr,
        [DEVICE_OBJECT_ID] = f->system.object_id,
        [DEVICE_NAME] = f->system.name,
        [DEVICE_LOCATION] = f->system.location,
        [DEVICE_CONTACT] = f->system.contact,
        [DEVICE_VENDOR] = f->identity.vendor,
        [DEVICE_OS] = f->identity.os,
        [DEVICE_HARDWARE] = f->identity.hardware,
        [DEVICE_VERSION] = f->identity.version,
        [DEVICE_SERIAL] = f->identity.serial,
        [DEVICE_FEATURES] = f->identity.features,
    };

    if (which == DEVICE_LAYERS)
        layers_text(f->system.services, out);
    else if (which == DEVICE_KIND)
        buffer_text(out, device_kind_name(f->identity.kind));
    else if (texts[which] != NULL)
        buffer_text(out, texts[which]);
}

static void group_text(const char *name, const struct scene *s,
                       struct buffer *out)
{
    for (size_t i = 0; i < s->match_count; i++) {
        struct bytes b = pattern_group(s->patterns[i], &s->matches[i], name);

        if (b.len > 0) {
            buffer_add(out, b.at, b.len);
            return;
        }
    }
}

static void plain_text(const struct ref *r, const struct scene *s,
                       struct buffer *out)
{
    switch ((enum ref_kind)r->kind) {
    case REF_NONE:
        return;
    case REF_COLUMN:
        (void)column_text(r, s, out); /* nothing is a text too: none */
        return;
    case REF_INDEX:
        (void)index_text(r, s, out);
        return;
    case REF_COUNT:
        buffer_format(out, "%u", s->count);
        return;
    case REF_TABLE:
        buffer_text(out, s->table != NULL ? s->table : "");
        return;
    case REF_DEVICE:
        device_text((enum device_text)r->column, s->facts, out);
        return;
    case REF_GROUP:
        group_text(r->name, s, out);
        return;
    case REF_VALUE:
        buffer_text(out, s->value != NULL ? s->value : "");
        return;
    }
}

/* The span of the first number in text; len 0 if there is none. */
static size_t number_find(const char *text, const char **at)
{
    const char *p = text + strcspn(text, "0123456789");
    size_t len = strspn(p, "0123456789");

    *at = p;
    if (len == 0)
        return 0;
    if (p[len] == '.' && strspn(p + len + 1, "0123456789") > 0)
        len += 1 + strspn(p + len + 1, "0123456789");
    if (p > text && p[-1] == '-') {
        *at = p - 1;
        len++;
    }
    return len;
}

static void case_change(char *text, bool upper)
{
    for (; *text != '\0'; text++)
        if (upper && *text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
        else if (!upper && *text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

static void buffer_cut(struct buffer *b, size_t len)
{
    b->len = len;
    b->at[len] = '\0';
}

bool ref_text(const struct ref *r, const struct scene *s, struct buffer *out)
{
    size_t before = out->len;
    const char *number;

    plain_text(r, s, out);
    if (out->len == before)
        return false;
    char *text = out->at + before;
    buffer_cut(out, before + strlen(text)); /* up to a NUL */
    if (r->filter == FILTER_NUMBER) {
        size_t len = number_find(text, &number);

        memmove(text, number, len);
        buffer_cut(out, before + len);
        return len > 0;
    }
    if (r->filter == FILTER_DATE)
        return date_rewrite(out, before);
    if (r->filter == FILTER_UPPER || r->filter == FILTER_LOWER)
        case_change(text, r->filter == FILTER_UPPER);
    return true;
}

double ref_number(const struct ref *r, const struct scene *s)
{
    double number;

    if (r->kind == REF_COLUMN && value_number(&s->columns[r->column], &number))
        return number;
    struct buffer OWNED_BUFFER text = {0};
    const char *at;

    buffer_text(&text, "");
    if (r->kind == REF_COLUMN && s->columns[r->column].type != VALUE_OCTETS)
        return NAN; /* addresses and OIDs are no numbers */
    plain_text(r, s, &text);
    if (number_find(text.at, &at) == 0)
        return NAN;
    return strtod(at, NULL);
}

/* ---- templates ----------------------------------------------------------- */

static bool part_add(struct template_text *t, struct template_part part,
                     struct buffer *error)
{
    if (t->count == TEMPLATE_PARTS_MAX) {
        buffer_format(error, "more than %d parts", TEMPLATE_PARTS_MAX);
        return false;
    }
    t->parts[t->count++] = part;
    return true;
}

/* One part at *at, which it moves behind. */
static bool part_compile(const char **at, const struct scope *scope,
                         struct arena *arena, struct template_part *out,
                         struct buffer *error)
{
    const char *p = *at;
    size_t len = strcspn(p, "{}");

    *out = (struct template_part){0};
    if (len > 0) {
        out->literal = arena_text_of(arena, p, len);
        *at = p + len;
        return true;
    }
    len = strcspn(p + 1, "{}");
    if (p[0] == '}' || p[1 + len] != '}') {
        buffer_text(error, "a brace without its other half");
        return false;
    }
    *at = p + len + 2;
    return ref_compile(p + 1, len, scope, arena, &out->ref, error);
}

bool template_compile(const char *text, const struct scope *scope,
                      struct arena *arena, struct template_text *out,
                      struct buffer *error)
{
    struct template_part parts[TEMPLATE_PARTS_MAX];
    struct template_text t = {.parts = parts};
    struct template_part part;

    *out = (struct template_text){0};
    if (strlen(text) > TEMPLATE_TEXT_MAX) {
        buffer_format(error, "longer than %d octets", TEMPLATE_TEXT_MAX);
        return false;
    }
    while (*text != '\0')
        if (!part_compile(&text, scope, arena, &part, error) ||
            !part_add(&t, part, error))
            return false;
    out->parts = arena_zero(arena, (t.count + 1) * sizeof *out->parts);
    memcpy(out->parts, parts, t.count * sizeof *parts);
    out->count = t.count;
    return true;
}

/* Appends t; false if a name of it stands for nothing. */
static bool text_give(const struct template_text *t, const struct scene *s,
                      struct buffer *out)
{
    bool whole = true;

    for (size_t i = 0; i < t->count; i++)
        if (t->parts[i].ref.kind == REF_NONE)
            buffer_text(out, t->parts[i].literal);
        else
            whole &= ref_text(&t->parts[i].ref, s, out);
    return whole;
}

double template_number(const struct template_text *t, const struct scene *s)
{
    struct buffer OWNED_BUFFER text = {0};
    const char *at;

    buffer_text(&text, "");
    if (!text_give(t, s, &text) || number_find(text.at, &at) == 0)
        return NAN;
    return strtod(at, NULL);
}

/* Puts the first alternative that is whole into *out, the last one if none is.
 * False if that is not whole. */
static bool alternative_give(const struct template *t, const struct scene *s,
                             struct buffer *out)
{
    bool whole = false;

    for (size_t i = 0; i < t->count && !whole; i++) {
        buffer_clear(out);
        whole = text_give(&t->texts[i], s, out);
    }
    return whole;
}

/* Appends text, free of what does harm and of blanks at its ends. */
static bool safe_add(const struct buffer *text, struct buffer *out)
{
    size_t before = out->len;
    size_t blanks = text->len > 0 ? strspn(text->at, " \t\r\n") : 0;

    text_safe(
        (struct bytes){(const uint8_t *)text->at + blanks, text->len - blanks},
        NULL, false, TEMPLATE_RESULT_MAX, out);
    return out->len > before;
}

bool template_give(const struct template *t, const struct scene *s,
                   struct buffer *out)
{
    struct buffer OWNED_BUFFER own = {0};
    struct buffer *text = s->scratch != NULL ? &s->scratch->of_template : &own;

    buffer_clear(text);
    buffer_text(text, "");
    (void)alternative_give(t, s, text); /* the last one as it is */
    return safe_add(text, out);
}

bool template_give_whole(const struct template *t, const struct scene *s,
                         struct buffer *out)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_text(&text, "");
    return alternative_give(t, s, &text) && safe_add(&text, out);
}

void scene_match(struct scene *s, const struct pattern *p,
                 const struct pattern_match *m)
{
    if (s->match_count == SCENE_MATCHES_MAX)
        return; /* readers allow fewer patterns than this */
    s->patterns[s->match_count] = p;
    s->matches[s->match_count++] = *m;
}
