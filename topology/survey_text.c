#include "topology/survey_text.h"
#include "topology/survey_parts.h"

#include <stdio.h>
#include <stdlib.h>

static const char root_word[] = "root=", own_root_word[] = "root!=",
                  vlans_word[] = "vlans=", told_word[] = "told",
                  ends_word[] = "stp=";
enum { ROOT_OCTETS = 8, DIGITS = 4 /* of "stp=" */ };

/* ---- writing ---- */

/* VLANs of each node or link, ascending: vlans[start[i]] .. */
struct lists {
    size_t *start;
    uint16_t *vlans;
};

static void lists_init(struct lists *l, const struct survey_pairs *pairs,
                       size_t count)
{
    size_t *fill = mem_array(count + 1, sizeof *fill);

    l->start = mem_array(count + 2, sizeof *l->start);
    l->vlans = mem_array(pairs->count + 1, sizeof *l->vlans);
    for (size_t i = 0; i < pairs->count; i++)
        l->start[pairs->at[i].of + 1]++;
    for (size_t i = 0; i < count; i++) {
        l->start[i + 1] += l->start[i];
        fill[i] = l->start[i];
    }
    for (size_t i = 0; i < pairs->count; i++) /* by VLAN already */
        l->vlans[fill[pairs->at[i].of]++] = pairs->at[i].vlan;
    free(fill);
}

static void lists_fini(struct lists *l)
{
    free(l->start);
    free(l->vlans);
}

static void word(struct buffer *out, const char *text)
{
    buffer_format(out, "%s%s", out->len > 0 ? " " : "", text);
}

/* "vlans=1-4,10" */
static void put_vlans(struct buffer *out, const struct lists *l, size_t of)
{
    const char *glue = "";

    if (l->start[of] == l->start[of + 1])
        return;
    word(out, vlans_word);
    for (size_t i = l->start[of], end; i < l->start[of + 1]; i = end) {
        for (end = i + 1;
             end < l->start[of + 1] && l->vlans[end] == l->vlans[end - 1] + 1;)
            end++;
        buffer_format(out, "%s%u", glue, l->vlans[i]);
        if (end > i + 1)
            buffer_format(out, "-%u", l->vlans[end - 1]);
        glue = ",";
    }
}

static void put_root(struct buffer *out, const struct survey *s, uint32_t node)
{
    if (s->tree_of[node] == UINT32_MAX)
        return;
    const struct survey_tree *tree = &s->trees.at[s->tree_of[node]];

    word(out, tree->node == node ? own_root_word : root_word);
    for (size_t i = 0; i < ROOT_OCTETS; i++)
        buffer_format(out, "%02x", tree->root[i]);
}

/* "stp=2535": role and state of either end. */
static void put_ends(struct buffer *out, const struct survey_ends *e)
{
    if (e->a.role == 0 && e->a.state == 0 && e->b.role == 0 && e->b.state == 0)
        return;
    word(out, ends_word);
    buffer_format(out, "%u%u%u%u", e->a.role % 10U, e->a.state % 10U,
                  e->b.role % 10U, e->b.state % 10U);
}

struct survey_texts *survey_texts_new(const struct survey *s,
                                      const struct topology *t)
{
    struct survey_texts *texts = mem_new(struct survey_texts);
    struct buffer OWNED_BUFFER text = {0};
    struct lists of_nodes, of_links;

    texts->arena = arena_new();
    texts->nodes = mem_array(t->nodes.count + 1, sizeof *texts->nodes);
    texts->links = mem_array(t->links.count + 1, sizeof *texts->links);
    lists_init(&of_nodes, &s->vlan_nodes, t->nodes.count);
    lists_init(&of_links, &s->vlan_links, t->links.count);
    for (uint32_t i = 0; i < t->nodes.count; i++) {
        buffer_clear(&text);
        buffer_text(&text, "");
        put_root(&text, s, i);
        put_vlans(&text, &of_nodes, i);
        texts->nodes[i] = arena_text(texts->arena, text.at);
    }
    for (size_t i = 0; i < t->links.count; i++) {
        buffer_clear(&text);
        buffer_text(&text, "");
        if (s->tells_vlans[i])
            word(&text, told_word);
        put_ends(&text, &s->ends[i]);
        put_vlans(&text, &of_links, i);
        texts->links[i] = arena_text(texts->arena, text.at);
    }
    lists_fini(&of_nodes);
    lists_fini(&of_links);
    return texts;
}

void survey_texts_free(struct survey_texts *texts)
{
    if (texts == NULL)
        return;
    free(texts->nodes);
    free(texts->links);
    arena_free(texts->arena);
    free(texts);
}

/* ---- reading ---- */

/* What follows a word in text; NULL if it is not there. */
static const char *after(const char *text, const char *start)
{
    size_t len = strlen(start);

    while (*text != '\0') {
        if (strncmp(text, start, len) == 0)
            return text + len;
        text += strcspn(text, " ");
        text += *text == ' ';
    }
    return NULL;
}

static void read_vlans(struct survey_pairs *to, const char *text, uint32_t of)
{
    const char *at = after(text, vlans_word);
    char *end;

    while (at != NULL && *at >= '0' && *at <= '9') {
        unsigned long from = strtoul(at, &end, 10), last = from;

        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        for (; from <= last && from <= VLAN_MAX; from++)
            survey_add(to, (uint16_t)from, of);
        at = *end == ',' ? end + 1 : NULL;
    }
}

static void read_ends(struct survey_ends *e, const char *text)
{
    const char *at = after(text, ends_word);

    if (at == NULL || strspn(at, "0123456789") < DIGITS)
        return;
    *e = (struct survey_ends){{(uint8_t)(at[0] - '0'), (uint8_t)(at[1] - '0')},
                              {(uint8_t)(at[2] - '0'), (uint8_t)(at[3] - '0')}};
}

static bool read_root(const char *text, uint8_t root[ROOT_OCTETS], bool *own)
{
    const char *at = after(text, own_root_word);

    *own = at != NULL;
    if (at == NULL)
        at = after(text, root_word);
    for (size_t i = 0; at != NULL && i < ROOT_OCTETS; i++) {
        unsigned octet;

        if (strspn(at + 2 * i, "0123456789abcdef") < 2 ||
            sscanf(at + 2 * i, "%2x", &octet) != 1)
            return false;
        root[i] = (uint8_t)octet;
    }
    return at != NULL;
}

static void read_trees(struct survey *s, const struct topology *t,
                       const struct survey_texts *texts)
{
    uint8_t root[ROOT_OCTETS];
    bool own;

    for (size_t i = 0; i < t->nodes.count; i++)
        if (read_root(texts->nodes[i], root, &own)) {
            struct survey_tree *tree = array_add(&s->trees);

            memcpy(tree->root, root, sizeof root);
            tree->node = UINT32_MAX;
        }
    survey_settle_trees(s);
    for (uint32_t i = 0; i < t->nodes.count; i++) {
        struct survey_tree *tree = NULL;

        if (read_root(texts->nodes[i], root, &own))
            tree = survey_tree_of_root(s, root);
        if (tree == NULL)
            continue;
        tree->bridges++;
        if (own)
            tree->node = i;
        s->tree_of[i] = (uint32_t)(tree - s->trees.at);
    }
    survey_name_trees(s, t);
}

struct survey *survey_of_texts(const struct topology *t,
                               const struct survey_texts *texts,
                               const char *const *names, size_t count)
{
    struct survey *s = survey_make(t);
    struct vlan_names *known = mem_new(struct vlan_names);

    for (size_t i = 0; i < count && i <= VLAN_MAX; i++)
        if (names[i] != NULL)
            known->at[i] = arena_text(s->arena, names[i]);
    for (uint32_t i = 0; i < t->nodes.count; i++)
        read_vlans(&s->vlan_nodes, texts->nodes[i], i);
    for (uint32_t i = 0; i < t->links.count; i++) {
        read_vlans(&s->vlan_links, texts->links[i], i);
        s->tells_vlans[i] = after(texts->links[i], told_word) != NULL;
        read_ends(&s->ends[i], texts->links[i]);
    }
    survey_settle(&s->vlan_nodes, 0);
    survey_settle(&s->vlan_links, 0);
    survey_count_vlans(s, known);
    read_trees(s, t, texts);
    free(known);
    return s;
}
