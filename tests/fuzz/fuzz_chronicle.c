/* Any rows as the past of the topology: they become what a map can be drawn
 * of, and that, written as rows again, is read as the same. A row is a letter
 * for its kind, an id of a few, and its text, up to the end of the line. */
#include "base/mem.h"
#include "base/own.h"
#include "base/table.h"
#include "station/chronicle.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct wall now = {1700000000000};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static const char *kind_of(char letter)
{
    switch (letter) {
    case 'n':
        return "node";
    case 'l':
        return "link";
    case 'r':
        return "reach";
    case 'w':
        return "watch";
    case 't':
        return "told";
    case 'b':
        return "borne";
    default:
        return "vlan";
    }
}

/* Each object has one row of a kind, as in the database. */
static void add_line(struct past *p, struct table *seen, char *line)
{
    char key[IDENT_TEXT_MAX], once[IDENT_TEXT_MAX + 8];

    if (strlen(line) < 2)
        return;
    const struct ident id = {{(uint8_t)line[1]}};
    const char *kind = kind_of(line[0]);

    if (strcmp(kind, "vlan") == 0)
        (void)snprintf(key, sizeof key, "%d", 40 * line[1]);
    else
        ident_format(&id, key, sizeof key);
    (void)snprintf(once, sizeof once, "%s %s", kind, key);
    if (table_put_text(seen, once, p) == NULL)
        past_add(p, &(struct past_row){now, kind, key, line + 2});
}

static struct past *rows_of(char *text)
{
    OWNED(table_free) struct table *seen = table_new();
    struct past *p = past_new();
    char *save = NULL;

    for (char *line = strtok_r(text, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save))
        add_line(p, seen, line);
    past_sort(p);
    return p;
}

static void must_be_drawable(const struct inferred *i)
{
    const struct topology *t = i->topology;

    must(i->survey != NULL || t->nodes.count == 0 || i->status != NULL);
    for (size_t n = 0; n < t->nodes.count; n++) {
        const struct topo_node *node = &t->nodes.at[n];

        must(node->name[0] != '\0' && node->descr != NULL);
        must(node->origin != NODE_DEVICE || node->device < i->input.count);
    }
    for (size_t n = 0; n < t->links.count; n++) {
        const struct topo_link *l = &t->links.at[n];

        must(l->a < t->nodes.count && l->b < t->nodes.count);
        must(l->a_port != NULL && l->b_port != NULL && l->why != NULL);
    }
    (void)chronicle_round(t);
}

static struct inferred *again(const struct inferred *first)
{
    struct topo_changes changes = {0};
    size_t faults = 0;

    topology_diff(NULL, first->topology, &changes);
    struct past *rows = chronicle_rows(&changes, first);
    array_fini(&changes);
    chronicle_survey_rows(NULL, first, &rows);
    if (rows == NULL)
        rows = past_new();
    struct inferred *second = chronicle_read(rows, now, &faults);
    must(faults == 0);
    past_free(rows);
    return second;
}

static void must_be_the_same(const struct inferred *a, const struct inferred *b)
{
    struct topo_changes changes = {0};
    struct past *rows = NULL;

    must(a->topology->nodes.count == b->topology->nodes.count);
    must(a->topology->links.count == b->topology->links.count);
    topology_diff(a->topology, b->topology, &changes);
    must(changes.count == 0);
    array_fini(&changes);
    chronicle_survey_rows(a, b, &rows);
    must(rows == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(free) char *text = mem_text_of(data, size);
    OWNED(past_free) struct past *rows = rows_of(text);
    size_t faults = 0;

    struct inferred *first = chronicle_read(rows, now, &faults);
    must(faults <= rows->rows.count);
    must_be_drawable(first);
    struct inferred *second = again(first);
    must_be_the_same(first, second);
    inferred_unref(second);
    inferred_unref(first);
    return 0;
}
