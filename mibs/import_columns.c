/* Tables while they are made: which columns the texts of an item mention, and
 * how a row finds them. */
#include "mibs/import_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_MAX_ = 47 };

/* ---- columns ---------------------------------------------------------------
 */

/* Names that mean something else in templates and expressions. */
static bool is_taken(const struct build *b, const char *name)
{
    static const char *const reserved[] = {"index", "count", "table", "value",
                                           "device"};

    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (strcmp(name, reserved[i]) == 0)
            return true;
    for (size_t i = 0; i < b->column_count; i++)
        if (strcmp(name, b->columns[i].name) == 0)
            return true;
    return false;
}

static bool is_same(const struct build_column *c,
                    const struct build_column *other)
{
    return c->origin == other->origin &&
           oid_equal(oid_view(&c->oid), oid_view(&other->oid)) &&
           strcmp(c->at, other->at) == 0;
}

/* The name of a column like c, made of hint where it is new; NULL if there is
 * no room. */
static const char *column_add(struct build *b, const char *hint,
                              const struct build_column *c)
{
    struct buffer OWNED_BUFFER name = {0};
    struct build_column *new;

    for (size_t i = 0; i < b->column_count; i++)
        if (is_same(&b->columns[i], c))
            return b->columns[i].name;
    if (b->column_count == COUNT_OF(b->columns))
        return NULL;
    if (!isalpha((unsigned char)hint[0]))
        hint = "c";
    import_identifier(hint, &name);
    if (name.len > NAME_MAX_)
        name.at[NAME_MAX_] = '\0';
    new = &b->columns[b->column_count];
    *new = *c;
    (void)snprintf(new->name, sizeof new->name, "%s", name.at);
    for (unsigned n = 2; is_taken(b, new->name); n++)
        (void)snprintf(new->name, sizeof new->name, "%s_%u", name.at, n);
    b->column_count++;
    return new->name;
}

/* ---- what rows are of ------------------------------------------------------
 */

/* What follows the digits of num_oid. */
enum tail { TAIL_INDEX, TAIL_PART, TAIL_NONE };

/* Reads "1.3.6.{{ $index }}". */
static bool numbered_parse(const char *text, struct oid_store *out,
                           enum tail *tail, int *part)
{
    size_t len;
    struct buffer OWNED_BUFFER digits = {0};

    text += strspn(text, " ");
    len = strspn(text, ".0123456789");
    buffer_add(&digits, text, len);
    text += len;
    while (digits.len > 0 && digits.at[digits.len - 1] == '.')
        digits.at[--digits.len] = '\0';
    if (digits.len == 0 || oid_parse(digits.at, out) < 0)
        return false;
    *tail = TAIL_INDEX;
    if (strstr(text, "$noindex") != NULL || *text == '\0')
        *tail = TAIL_NONE;
    else if (strstr(text, "$subindex") != NULL) {
        *tail = TAIL_PART;
        *part = import_part(strstr(text, "$subindex") + strlen("$subindex"));
    }
    return true;
}

static struct oid entry_of(const struct oid_store *column)
{
    return (struct oid){column->sub, column->len > 0 ? column->len - 1 : 0};
}

/* One instance: the number, its suffix or .0 behind it. */
static const char *instance_add(struct build *b, const char *hint,
                                const struct oid_store *oid,
                                const struct oid_store *suffix)
{
    struct build_column c = {.origin = BUILD_GET, .oid = *oid};
    static const uint32_t zero[] = {0};

    if (!oid_append(&c.oid, suffix != NULL && suffix->len > 0
                                ? oid_view(suffix)
                                : (struct oid){zero, 1}))
        return NULL;
    return column_add(b, hint, &c);
}

static const char *whole_add(struct build *b, const char *hint,
                             const struct oid_store *oid)
{
    struct build_column c = {.origin = BUILD_GET, .oid = *oid};

    return column_add(b, hint, &c);
}

static const char *walk_add(struct build *b, const char *hint,
                            const struct oid_store *oid)
{
    struct build_column c = {.origin = BUILD_WALK, .oid = *oid};

    return column_add(b, hint, &c);
}

static const char *join_add(struct build *b, const char *hint,
                            const struct oid_store *oid, const char *at)
{
    struct build_column c = {.origin = BUILD_JOIN, .oid = *oid};

    (void)snprintf(c.at, sizeof c.at, "%s", at);
    return column_add(b, hint, &c);
}

/* Rows of a column. */
static const char *rows_begin(struct build *b, const char *hint,
                              const struct oid_store *column,
                              const struct mib_object *known)
{
    b->has_rows = true;
    oid_copy(&b->entry, entry_of(column));
    b->index_count = known->index_count;
    return walk_add(b, hint, column);
}

/* The value of rows of one column that is another one at a part of the index.
 */
static const char *part_begin(struct build *b, const char *hint,
                              const struct mib_object *known,
                              const struct oid_store *value, int part)
{
    char at[32];

    if (known->oid.len == 0 || rows_begin(b, hint, &known->oid, known) == NULL)
        return NULL;
    (void)snprintf(at, sizeof at, "index.%d", part + 1);
    return join_add(b, hint, value, at);
}

static const char *named_begin(struct build *b, const char *hint,
                               const struct mention *m,
                               const struct mib_object *known)
{
    if (m->instance) {
        b->instance = m->suffix;
        return instance_add(b, hint, &known->oid, &m->suffix);
    }
    if (known->kind == MIB_SCALAR)
        return instance_add(b, hint, &known->oid, NULL);
    if (m->oid.len > 0 && m->oid.sub[m->oid.len - 1] == 0)
        return whole_add(b, hint, &m->oid);
    if (known->kind == MIB_TABLE || known->kind == MIB_ENTRY)
        return NULL;
    return rows_begin(b, hint, &known->oid, known);
}

/* The number of a column where its name has another: rows are found by the
 * name, the value is what the number gives at their index, as the peer asks
 * later. A name from modules of others is believed less: rows of either. */
static void rows_beside(struct build *b, const char *value,
                        const struct oid_store *numbered,
                        const struct mention *m, const struct mib_object *named)
{
    struct buffer OWNED_BUFFER both = {0};
    const char *other = named->is_foreign
                            ? walk_add(b, m->name, &named->oid)
                            : join_add(b, m->name, numbered, "index");

    if (other == NULL)
        return;
    if (named->is_foreign)
        buffer_format(&both, "first(%s, %s)", value, other);
    else
        buffer_format(&both, "first(%s, %s)", other, value);
    b->value = arena_text(b->im->arena, both.at);
}

/* The same of one instance. */
static void instance_beside(struct build *b, const char *value,
                            const struct mention *m,
                            const struct mib_object *named)
{
    struct buffer OWNED_BUFFER both = {0};
    const char *other = instance_add(b, m->name, &named->oid, NULL);

    if (other == NULL)
        return;
    buffer_format(&both, "first(%s, %s)", value, other);
    b->value = arena_text(b->im->arena, both.at);
}

/* Rows of a column that is named and numbered. */
static const char *rows_of_both(struct build *b, const char *hint,
                                const struct oid_store *numbered,
                                const struct mention *m,
                                const struct mib_object *named)
{
    struct oid name = oid_view(&named->oid), number = oid_view(numbered);
    const char *value;

    if (m->oid.len > 0 || named->kind != MIB_COLUMN || oid_begins(number, name))
        return rows_begin(b, hint, numbered, named);
    import_note(b->im, b->item, m->name, "its num_oid is not its number");
    if (oid_begins(name, number)) /* only the table was written */
        return rows_begin(b, hint, &named->oid, named);
    value =
        rows_begin(b, hint, named->is_foreign ? numbered : &named->oid, named);
    if (value != NULL)
        rows_beside(b, value, numbered, m, named);
    return value;
}

static const char *instance_of_both(struct build *b, const char *hint,
                                    const struct oid_store *numbered,
                                    const struct mention *m,
                                    const struct mib_object *named)
{
    const char *value = instance_add(b, hint, numbered, NULL);

    if (value == NULL || m->oid.len > 0 ||
        oid_begins(oid_view(numbered), oid_view(&named->oid)))
        return value;
    import_note(b->im, b->item, m->name, "its num_oid is not its number");
    instance_beside(b, value, m, named);
    return value;
}

static const char *numbered_begin(struct build *b, const char *hint,
                                  const struct mention *m,
                                  const struct mib_object *known,
                                  const char *numbered)
{
    struct oid_store oid;
    enum tail tail = TAIL_INDEX;
    int part = 0;

    if (!numbered_parse(numbered, &oid, &tail, &part))
        return NULL;
    if (tail == TAIL_NONE)
        return whole_add(b, hint, &oid);
    if (tail == TAIL_PART)
        return part_begin(b, hint, known, &oid, part);
    if (m->instance) {
        b->instance = m->suffix;
        return instance_add(b, hint, &oid, &m->suffix);
    }
    if (known->kind == MIB_SCALAR)
        return instance_of_both(b, hint, &oid, m, known);
    return rows_of_both(b, hint, &oid, m, known);
}

const char *build_start(struct build *b, const char *named,
                        const char *numbered)
{
    struct mention m = {.from = -1};
    struct mib_object known = {0};
    bool found = false;
    const char *name = NULL;

    oid_copy(&b->instance, OID(0));
    if (named != NULL && mention_parse(named, &m)) {
        (void)snprintf(b->module, sizeof b->module, "%s", m.module);
        found = mention_find(b->im, &m, b->module, &known);
    }
    b->is_number = found && m.oid.len == 0 && !known.is_text;
    const char *hint = m.name[0] != '\0' ? m.name : "reading";

    if (numbered != NULL)
        name = numbered_begin(b, hint, &m, &known, numbered);
    else if (found)
        name = named_begin(b, hint, &m, &known);
    if (name == NULL)
        import_note(b->im, b->item, named != NULL ? named : "no value",
                    found || numbered != NULL ? "its place is not clear"
                                              : "no MIB module here has it");
    if (b->value == NULL)
        b->value = name;
    return name;
}

/* ---- mentions --------------------------------------------------------------
 */

/* The index at which another table's row is found. */
static void place_of_mention(const struct build *b, const struct mention *m,
                             const struct mib_object *o, char *out, size_t size)
{
    if (m->from >= 0 && m->to > m->from)
        (void)snprintf(out, size, "{index.%d-%d}", m->from + 1, m->to + 1);
    else if (m->from >= 0)
        (void)snprintf(out, size, "index.%d", m->from + 1);
    else if (o->index_count == 1 && b->index_count > 1)
        (void)snprintf(out, size, "index.1");
    else
        (void)snprintf(out, size, "index");
}

/* A column of another table where there are no rows: at the index of the one.
 */
static const char *beside_add(struct build *b, const char *hint,
                              const struct mib_object *o)
{
    return instance_add(b, hint, &o->oid, &b->instance);
}

static const char *column_of(struct build *b, const struct mention *m,
                             const struct mib_object *o)
{
    const char *hint = m->name[0] != '\0' ? m->name : "c";
    char at[48];

    if (m->instance)
        return instance_add(b, hint, &o->oid, &m->suffix);
    if (o->kind == MIB_SCALAR)
        return instance_add(b, hint, &o->oid, NULL);
    if (m->oid.len > 0 && m->oid.sub[m->oid.len - 1] == 0)
        return whole_add(b, hint, &m->oid);
    if (!b->has_rows)
        return beside_add(b, hint, o);
    if (m->from < 0 && oid_equal(entry_of(&o->oid), oid_view(&b->entry)))
        return walk_add(b, hint, &o->oid);
    place_of_mention(b, m, o, at, sizeof at);
    return join_add(b, hint, &o->oid, at);
}

const char *build_refer(struct build *b, const char *text)
{
    struct mention m;
    struct mib_object o;
    const char *name;

    if (!mention_parse(text, &m)) {
        import_note(b->im, b->item, text, "this is no name of an object");
        return NULL;
    }
    if (!mention_find(b->im, &m, b->module, &o)) {
        import_note(b->im, b->item, text, "no MIB module here has it");
        return NULL;
    }
    name = column_of(b, &m, &o);
    if (name == NULL)
        import_note(b->im, b->item, text, "more than %d columns in one table",
                    TABLE_COLUMNS_MAX);
    return name;
}
