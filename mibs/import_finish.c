/* Tables that are done, written into their section. */
#include "mibs/import_parts.h"

static void columns_put(const struct build *b, enum build_origin origin,
                        const char *key, struct buffer *out)
{
    bool first = true;
    char oid[OID_TEXT_MAX];

    for (size_t i = 0; i < b->column_count; i++) {
        const struct build_column *c = &b->columns[i];

        if (c->origin != origin)
            continue;
        if (first)
            buffer_format(out, "  %s:\n", key);
        first = false;
        oid_format(oid_view(&c->oid), oid, sizeof oid);
        if (origin == BUILD_JOIN)
            buffer_format(out, "    %s: {oid: %s, at: '%s'}\n", c->name, oid,
                          c->at);
        else
            buffer_format(out, "    %s: %s\n", c->name, oid);
    }
}

/* A name that no table of this profile has. */
static void name_put(struct importer *im, const char *hint, struct buffer *out)
{
    struct buffer OWNED_BUFFER name = {0};

    import_identifier(hint, &name);
    size_t len = name.len;

    for (unsigned n = 2; table_find_text(im->table_names, name.at) != NULL;
         n++) {
        name.len = len;
        buffer_format(&name, "-%u", n);
    }
    (void)table_put_text(im->table_names, name.at, im);
    buffer_text(out, name.at);
}

void build_finish(struct build *b, enum table_section section, const char *hint,
                  const struct buffer *body, const struct buffer *skips)
{
    struct importer *im = b->im;
    struct buffer *out = &im->sections[section];

    if (im->table_count == PROFILE_TABLES_MAX) {
        import_left(im, b->part, b->item, hint,
                    "the profile has as many tables as one may have");
        return;
    }
    im->table_count++;
    im->report->carried[b->part]++;
    buffer_text(out, "- name: ");
    name_put(im, hint, out);
    buffer_char(out, '\n');
    columns_put(b, BUILD_WALK, "walk", out);
    columns_put(b, BUILD_GET, "get", out);
    columns_put(b, BUILD_JOIN, "join", out);
    buffer_add(out, body->at, body->len);
    if (skips->len > 0) {
        buffer_text(out, "  skip:\n");
        buffer_add(out, skips->at, skips->len);
    }
}
