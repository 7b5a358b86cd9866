/* Which VLANs and spanning trees there were, as rows of the past: a text for
 * each node and link of which something is known, and the names of VLANs. */
#include "station/chronicle.h"

#include "base/table.h"
#include "topology/survey_text.h"

#include <stdio.h>
#include <stdlib.h>

static const char node_kind[] = "told", link_kind[] = "borne",
                  vlan_kind[] = "vlan";
enum { VLANS = 4095 };

/* ---- writing ---- */

/* What was said of each object, by its id. */
static struct table *said_of(const struct inferred *i,
                             const struct survey_texts *texts, bool links)
{
    struct table *said = table_new();
    const struct topology *t = i->topology;

    for (size_t k = 0; !links && k < t->nodes.count; k++)
        if (texts->nodes[k][0] != '\0')
            (void)table_put(said, ident_key(&t->nodes.at[k].id),
                            (void *)texts->nodes[k]);
    for (size_t k = 0; links && k < t->links.count; k++)
        if (texts->links[k][0] != '\0')
            (void)table_put(said, ident_key(&t->links.at[k].id),
                            (void *)texts->links[k]);
    return said;
}

struct writing {
    struct past **rows; /* made when the first is added */
    struct wall at;
};

static void add(const struct writing *w, const char *kind, const char *key,
                const char *text)
{
    if (*w->rows == NULL)
        *w->rows = past_new();
    past_add(*w->rows, &(struct past_row){w->at, kind, key, text});
}

static void add_of(const struct writing *w, const char *kind, struct bytes id,
                   const char *text)
{
    char key[IDENT_TEXT_MAX];
    struct ident ident;

    memcpy(ident.octets, id.at, sizeof ident.octets);
    add(w, kind, ident_format(&ident, key, sizeof key), text);
}

/* Rows for what is said otherwise, or no more. was may be NULL. */
static void compare(const struct writing *w, const char *kind,
                    const struct table *was, const struct table *is)
{
    struct bytes key;
    void *text;

    for (size_t at = 0; table_next(is, &at, &key, &text);) {
        const char *before = was != NULL ? table_find(was, key) : NULL;

        if (before == NULL || strcmp(before, text) != 0)
            add_of(w, kind, key, text);
    }
    for (size_t at = 0; was != NULL && table_next(was, &at, &key, &text);)
        if (table_find(is, key) == NULL)
            add_of(w, kind, key, "");
}

static const char *name_in(const struct survey *s, uint16_t id)
{
    const struct survey_vlan *v = s != NULL ? survey_find_vlan(s, id) : NULL;

    return v != NULL ? v->name : "";
}

static void compare_names(const struct writing *w, const struct survey *was,
                          const struct survey *is)
{
    char key[8];

    for (size_t i = 0; i < is->vlans.count; i++) {
        const struct survey_vlan *v = &is->vlans.at[i];

        if (strcmp(v->name, name_in(was, v->id)) == 0)
            continue;
        (void)snprintf(key, sizeof key, "%u", v->id);
        add(w, vlan_kind, key, v->name);
    }
}

void chronicle_survey_rows(const struct inferred *was,
                           const struct inferred *is, struct past **rows)
{
    struct writing w = {rows, is->at};
    bool known = was != NULL && was->survey != NULL;

    if (is->survey == NULL)
        return;
    OWNED(survey_texts_free)
    struct survey_texts *now = survey_texts_new(is->survey, is->topology);
    OWNED(survey_texts_free)
    struct survey_texts *before =
        known ? survey_texts_new(was->survey, was->topology) : NULL;
    for (int links = 0; links < 2; links++) {
        OWNED(table_free)
        struct table *x = known ? said_of(was, before, links != 0) : NULL;
        OWNED(table_free) struct table *y = said_of(is, now, links != 0);

        compare(&w, links != 0 ? link_kind : node_kind, x, y);
    }
    compare_names(&w, known ? was->survey : NULL, is->survey);
}

/* ---- reading ---- */

static const char *find(const struct table *of, const struct ident *id)
{
    char key[IDENT_TEXT_MAX];
    const char *text = table_find_text(of, ident_format(id, key, sizeof key));

    return text != NULL ? text : "";
}

struct survey *chronicle_read_survey(const struct past *p,
                                     const struct topology *t)
{
    OWNED(table_free) struct table *of_nodes = table_new();
    OWNED(table_free) struct table *of_links = table_new();
    OWNED(survey_texts_free)
    struct survey_texts *texts = mem_new(struct survey_texts);
    const char *names[VLANS] = {NULL};

    texts->arena = arena_new();
    texts->nodes = mem_array(t->nodes.count + 1, sizeof *texts->nodes);
    texts->links = mem_array(t->links.count + 1, sizeof *texts->links);
    for (size_t i = 0; i < p->rows.count; i++) {
        const struct past_row *row = &p->rows.at[i];
        unsigned long vlan = strtoul(row->key, NULL, 10);

        if (strcmp(row->kind, node_kind) == 0)
            (void)table_put_text(of_nodes, row->key, (void *)row->text);
        else if (strcmp(row->kind, link_kind) == 0)
            (void)table_put_text(of_links, row->key, (void *)row->text);
        else if (strcmp(row->kind, vlan_kind) == 0 && vlan < VLANS)
            names[vlan] = row->text;
    }
    if (table_count(of_nodes) == 0)
        return NULL;
    for (size_t i = 0; i < t->nodes.count; i++)
        texts->nodes[i] = find(of_nodes, &t->nodes.at[i].id);
    for (size_t i = 0; i < t->links.count; i++)
        texts->links[i] = find(of_links, &t->links.at[i].id);
    return survey_of_texts(t, texts, names, VLANS);
}
