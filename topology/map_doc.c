#include "topology/map_doc.h"

const char *map_keep(struct map *m, const char *text)
{
    return arena_text(m->arena, text);
}

void map_set_extra(struct map *m, struct map_extras *of, const char *key,
                   const char *value)
{
    size_t at = 0;

    while (at < of->count && strcmp(of->at[at].key, key) != 0)
        at++;
    if (value[0] == '\0') {
        if (at < of->count)
            memmove(&of->at[at], &of->at[at + 1],
                    (--of->count - at) * sizeof *of->at);
        return;
    }
    if (at == of->count)
        array_add(of)->key = map_keep(m, key);
    of->at[at].value = map_keep(m, value);
}

/* Closes the gaps that removed nodes leave; tells where each went. */
static void tidy_nodes(struct map *m, uint32_t *where)
{
    size_t kept = 0;

    table_free(m->by_id);
    m->by_id = table_new();
    for (size_t i = 0; i < m->nodes.count; i++) {
        struct map_node *n = &m->nodes.at[i];

        if (n->edit.removed) {
            array_fini(&n->extras);
            where[i] = UINT32_MAX;
            continue;
        }
        where[i] = (uint32_t)kept;
        m->nodes.at[kept++] = *n;
        (void)table_put_text(m->by_id, n->id, (void *)(uintptr_t)kept);
    }
    m->nodes.count = kept;
}

void map_tidy(struct map *m)
{
    uint32_t *where = mem_array(m->nodes.count + 1, sizeof *where);
    size_t kept = 0;

    tidy_nodes(m, where);
    for (size_t i = 0; i < m->links.count; i++) {
        struct map_link *l = &m->links.at[i];
        uint32_t a = where[l->a], b = where[l->b];

        if (l->edit.removed || a == UINT32_MAX || b == UINT32_MAX) {
            array_fini(&l->extras);
            continue;
        }
        l->a = a;
        l->b = b;
        m->links.at[kept++] = *l;
    }
    m->links.count = kept;
    free(where);
}
