/* Operations as text. */
#include "topology/map_edit.h"
#include "base/text.h"
#include "topology/map_edit_shape.h"

#include <errno.h>

static const struct map_op_row rows[MAP_OPS] = {
    [MAP_ADD] = {"add", SHAPE_ATTRIBUTES, "id", NULL,
                 "add:ID[,kind=K,label=L,...]", "added"},
    [MAP_REMOVE] = {"remove", SHAPE_OBJECT, "id", NULL, "remove:ID", "removed"},
    [MAP_HIDE] = {"hide", SHAPE_OBJECT, "id", NULL, "hide:ID", "hid"},
    [MAP_SHOW] = {"show", SHAPE_OBJECT, "id", NULL, "show:ID", "showed"},
    [MAP_RENAME] = {"rename", SHAPE_TEXT, "id", NULL, "rename:ID=TEXT",
                    "renamed"},
    [MAP_SET] = {"set", SHAPE_KEY, "id", NULL, "set:ID,KEY=VALUE", "set"},
    [MAP_BIND] = {"bind", SHAPE_PAIR, "id", "device", "bind:ID=DEVICE",
                  "bound"},
    [MAP_MOVE] = {"move", SHAPE_PLACE, "id", NULL, "move:ID=X,Y", "moved"},
    [MAP_PIN] = {"pin", SHAPE_OBJECT, "id", NULL, "pin:ID", "pinned"},
    [MAP_UNPIN] = {"unpin", SHAPE_OBJECT, "id", NULL, "unpin:ID", "unpinned"},
    [MAP_LINK] = {"link", SHAPE_LINK, "a", "b", "link:A[/PORT]=B[/PORT]",
                  "linked"},
    [MAP_UNLINK] = {"unlink", SHAPE_LINK, "a", "b", "unlink:A[/PORT]=B[/PORT]",
                    "unlinked"},
    [MAP_MAKE_CLOUD] = {"cloud", SHAPE_CLOUD, "name", NULL,
                        "cloud:NAME=ID,ID,... or cloud:NAME=PREFIX",
                        "made cloud"},
    [MAP_DISSOLVE] = {"dissolve", SHAPE_OBJECT, "name", NULL, "dissolve:NAME",
                      "dissolved"},
    [MAP_COLLAPSE] = {"collapse", SHAPE_OBJECT, "name", NULL, "collapse:NAME",
                      "collapsed"},
    [MAP_EXPAND] = {"expand", SHAPE_OBJECT, "name", NULL, "expand:NAME",
                    "expanded"},
    [MAP_NEST] = {"nest", SHAPE_PAIR, "name", "parent", "nest:NAME=PARENT",
                  "nested"},
    [MAP_UNDO] = {"undo", SHAPE_BARE, NULL, NULL, "undo", "undid"},
    [MAP_REDO] = {"redo", SHAPE_BARE, NULL, NULL, "redo", "redid"},
};

const struct map_op_row *map_op_row(enum map_op op)
{
    return &rows[(unsigned)op < MAP_OPS ? op : MAP_UNDO];
}

const char *map_op_name(enum map_op op)
{
    return map_op_row(op)->name;
}

bool map_op_parse(const char *name, enum map_op *out)
{
    for (int i = 0; i < MAP_OPS; i++)
        if (strcmp(name, rows[i].name) == 0) {
            *out = (enum map_op)i;
            return true;
        }
    return false;
}

struct map_edit map_edit_none(enum map_op op)
{
    return (struct map_edit){.op = op,
                             .id = "",
                             .port = "",
                             .other = "",
                             .other_port = "",
                             .key = "",
                             .text = "",
                             .link = "",
                             .was = ""};
}

void map_edit_fini(struct map_edit *e)
{
    array_fini(&e->members);
    array_fini(&e->attributes);
}

/* ---- reading ---- */

struct scan {
    const char *text;
    size_t at;
    struct arena *arena;
    struct complaint *why;
    int rc;
};

static void refuse(struct scan *s, const char *usage, const char *what)
{
    if (s->rc == 0)
        s->rc =
            complain(s->why, -EINVAL, "operation", usage,
                     "\"%.100s\", column %zu: %s", s->text, s->at + 1, what);
}

/* Text up to an unescaped octet of stops, or the end; the stop is left. */
static const char *take(struct scan *s, const char *stops)
{
    struct buffer OWNED_BUFFER raw = {0};
    struct buffer OWNED_BUFFER safe = {0};

    while (s->text[s->at] != '\0' && strchr(stops, s->text[s->at]) == NULL) {
        if (s->text[s->at] == '\\' && s->text[s->at + 1] != '\0')
            s->at++;
        buffer_char(&raw, s->text[s->at++]);
    }
    text_safe(buffer_view(&raw), NULL, false, MAP_NAME_MAX, &safe);
    return arena_text_of(s->arena, safe.at, safe.len);
}

/* The same, which must not be empty. */
static const char *take_name(struct scan *s, const char *stops,
                             const struct map_op_row *row)
{
    size_t from = s->at;
    const char *text = take(s, stops);

    if (text[0] == '\0') {
        s->at = from;
        refuse(s, row->usage, "a name is missing");
    }
    return text;
}

static bool take_sign(struct scan *s, char sign)
{
    if (s->text[s->at] != sign)
        return false;
    s->at++;
    return true;
}

static void expect_sign(struct scan *s, char sign, const struct map_op_row *row)
{
    char what[] = "'?' is missing";

    what[1] = sign;
    if (!take_sign(s, sign))
        refuse(s, row->usage, what);
}

static void take_attributes(struct scan *s, struct map_edit *e,
                            const struct map_op_row *row)
{
    e->id = take_name(s, ",", row);
    while (s->rc == 0 && take_sign(s, ',')) {
        const char *key = take_name(s, "=,", row);

        expect_sign(s, '=', row);
        if (s->rc == 0)
            *array_add(&e->attributes) = (struct map_extra){key, take(s, ",")};
    }
}

static void take_number(struct scan *s, double *out,
                        const struct map_op_row *row)
{
    char *end;

    *out = strtod(s->text + s->at, &end);
    if (end == s->text + s->at || !isfinite(*out)) {
        refuse(s, row->usage, "a number is missing");
        return;
    }
    s->at = (size_t)(end - s->text);
}

static void take_place(struct scan *s, struct map_edit *e,
                       const struct map_op_row *row)
{
    e->id = take_name(s, "=", row);
    expect_sign(s, '=', row);
    if (s->rc == 0)
        take_number(s, &e->x, row);
    if (s->rc == 0)
        expect_sign(s, ',', row);
    if (s->rc == 0)
        take_number(s, &e->y, row);
    e->placed = true;
}

/* A[/PORT]=B[/PORT], up to one of stops. */
static void take_ends(struct scan *s, struct map_edit *e, const char *stops,
                      const struct map_op_row *row)
{
    char behind[8];

    e->id = take_name(s, "/=", row);
    if (s->rc == 0 && take_sign(s, '/'))
        e->port = take_name(s, "=", row);
    if (s->rc == 0)
        expect_sign(s, '=', row);
    (void)snprintf(behind, sizeof behind, "/%s", stops);
    if (s->rc == 0)
        e->other = take_name(s, behind, row);
    if (s->rc == 0 && take_sign(s, '/'))
        e->other_port = take_name(s, stops, row);
}

/* True if what comes before ',' is A=B: a link. */
static bool is_link_ahead(const struct scan *s)
{
    for (const char *c = s->text + s->at; *c != '\0' && *c != ','; c++) {
        if (*c == '=')
            return true;
        c += *c == '\\' && c[1] != '\0';
    }
    return false;
}

static void take_key(struct scan *s, struct map_edit *e,
                     const struct map_op_row *row)
{
    if (is_link_ahead(s))
        take_ends(s, e, ",", row);
    else
        e->id = take_name(s, ",", row);
    if (s->rc == 0)
        expect_sign(s, ',', row);
    if (s->rc == 0)
        e->key = take_name(s, "=", row);
    if (s->rc == 0)
        expect_sign(s, '=', row);
    if (s->rc == 0)
        e->text = take(s, "");
}

static bool is_prefix(const char *text)
{
    struct prefix p;

    return strchr(text, '/') != NULL && prefix_parse(text, true, &p) == 0;
}

static void take_cloud(struct scan *s, struct map_edit *e,
                       const struct map_op_row *row)
{
    e->id = take_name(s, "=", row);
    if (s->rc == 0)
        expect_sign(s, '=', row);
    while (s->rc == 0 && e->members.count < MAP_EDIT_MEMBERS_MAX) {
        *array_add(&e->members) = take_name(s, ",", row);
        if (!take_sign(s, ','))
            break;
    }
    if (s->rc == 0 && e->members.count == 1 && is_prefix(e->members.at[0])) {
        e->text = e->members.at[0];
        e->members.count = 0;
    }
}

/* Operations on nodes and links alike. */
static bool may_be_link(enum map_op op)
{
    return op == MAP_REMOVE || op == MAP_HIDE || op == MAP_SHOW;
}

static void take_operation(struct scan *s, struct map_edit *e)
{
    const struct map_op_row *row = map_op_row(e->op);

    switch (row->shape) {
    case SHAPE_BARE:
        break;
    case SHAPE_OBJECT:
        if (may_be_link(e->op) && is_link_ahead(s))
            take_ends(s, e, "", row);
        else
            e->id = take_name(s, "", row);
        break;
    case SHAPE_ATTRIBUTES:
        take_attributes(s, e, row);
        break;
    case SHAPE_TEXT:
        e->id = take_name(s, "=", row);
        expect_sign(s, '=', row);
        e->text = take(s, "");
        break;
    case SHAPE_KEY:
        take_key(s, e, row);
        break;
    case SHAPE_PAIR:
        e->id = take_name(s, "=", row);
        expect_sign(s, '=', row);
        e->other = take(s, "");
        break;
    case SHAPE_PLACE:
        take_place(s, e, row);
        break;
    case SHAPE_LINK:
        take_ends(s, e, "", row);
        break;
    case SHAPE_CLOUD:
        take_cloud(s, e, row);
        break;
    }
    if (s->rc == 0 && s->text[s->at] != '\0')
        refuse(s, row->usage, "nothing belongs here");
}

static int read_op(const char *text, size_t len, enum map_op *out,
                   struct complaint *why)
{
    char name[16] = "";

    if (len < sizeof name)
        memcpy(name, text, len);
    if (map_op_parse(name, out))
        return 0;
    return complain(why, -EINVAL, "operation",
                    "portolan map edit --help lists them",
                    "\"%.100s\": there is no such operation", text);
}

int map_edit_parse(const char *text, struct arena *arena, struct map_edit *out,
                   struct complaint *why)
{
    struct scan s = {.text = text, .arena = arena, .why = why};
    size_t len = strcspn(text, ":");
    enum map_op op = MAP_UNDO;

    *out = map_edit_none(op);
    if (strlen(text) > MAP_EDIT_TEXT_MAX)
        return complain(why, -EINVAL, "operation", "split it into several",
                        "the operation is longer than 64 KiB");
    int rc = read_op(text, len, &op, why);
    if (rc < 0)
        return rc;
    *out = map_edit_none(op);
    s.at = len + (text[len] == ':' ? 1 : 0);
    take_operation(&s, out);
    if (s.rc < 0) {
        map_edit_fini(out);
        *out = map_edit_none(op);
    }
    return s.rc;
}

/* ---- writing ---- */

static void put(struct buffer *out, const char *text, const char *escape)
{
    for (; *text != '\0'; text++) {
        if (*text == '\\' || strchr(escape, *text) != NULL)
            buffer_char(out, '\\');
        buffer_char(out, *text);
    }
}

void map_name_text(const char *name, struct buffer *out)
{
    put(out, name, ",");
}

void map_ends_text(const char *a, const char *a_port, const char *b,
                   const char *b_port, struct buffer *out)
{
    put(out, a, "/=,");
    if (a_port[0] != '\0') {
        buffer_char(out, '/');
        put(out, a_port, "=,");
    }
    buffer_char(out, '=');
    put(out, b, "/,");
    if (b_port[0] != '\0') {
        buffer_char(out, '/');
        put(out, b_port, ",");
    }
}

static void put_ends(struct buffer *out, const struct map_edit *e)
{
    map_ends_text(e->id, e->port, e->other, e->other_port, out);
}

static void put_members(struct buffer *out, const struct map_edit *e)
{
    if (e->text[0] != '\0' || e->other[0] != '\0') {
        buffer_text(out, e->text[0] != '\0' ? e->text : e->other);
        return;
    }
    for (size_t i = 0; i < e->members.count; i++) {
        buffer_text(out, i > 0 ? "," : "");
        put(out, e->members.at[i], ",");
    }
}

void map_edit_text(const struct map_edit *e, struct buffer *out)
{
    const struct map_op_row *row = map_op_row(e->op);
    bool link = row->shape == SHAPE_LINK || e->link[0] != '\0' ||
                (row->shape == SHAPE_KEY && e->other[0] != '\0');
    const char *id = e->was[0] != '\0' && !link ? e->was : e->id;

    buffer_text(out, row->name);
    if (row->shape == SHAPE_BARE)
        return;
    buffer_char(out, ':');
    if (link && e->was[0] != '\0')
        buffer_text(out, e->was); /* as put_ends() has it, with names */
    else if (link)
        put_ends(out, e);
    else
        put(out, id,
            row->shape == SHAPE_ATTRIBUTES || row->shape == SHAPE_KEY ? "=,"
            : row->shape == SHAPE_OBJECT && !may_be_link(e->op)       ? ""
                                                                      : "=");
    if (row->shape == SHAPE_TEXT || row->shape == SHAPE_PAIR) {
        buffer_char(out, '=');
        put(out,
            row->shape == SHAPE_TEXT || e->text[0] != '\0' ? e->text : e->other,
            "");
    } else if (row->shape == SHAPE_PLACE) {
        buffer_format(out, "=%.10g,%.10g", e->x, e->y);
    } else if (row->shape == SHAPE_KEY) {
        buffer_char(out, ',');
        put(out, e->key, "=");
        buffer_char(out, '=');
        put(out, e->text, "");
    } else if (row->shape == SHAPE_CLOUD) {
        buffer_char(out, '=');
        put_members(out, e);
    }
    for (size_t i = 0; i < e->attributes.count; i++) {
        buffer_char(out, ',');
        put(out, e->attributes.at[i].key, "=,");
        buffer_char(out, '=');
        put(out, e->attributes.at[i].value, ",");
    }
}
