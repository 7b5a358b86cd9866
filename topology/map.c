#include "topology/map.h"
#include "base/text.h"
#include "topology/map_doc.h"

#include <assert.h>

static const char *const state_names[MAP_STATES] = {
    [MAP_UP] = "up",
    [MAP_WARNING] = "warning",
    [MAP_MINOR] = "minor",
    [MAP_MAJOR] = "major",
    [MAP_CRITICAL] = "critical",
    [MAP_DOWN] = "down",
    [MAP_UNREACHABLE] = "unreachable",
    [MAP_UNKNOWN] = "unknown",
    [MAP_SILENCED] = "silenced",
    [MAP_UNMANAGED] = "unmanaged",
};

static const char *const view_names[MAP_VIEWS] = {
    [MAP_PHYSICAL] = "physical", [MAP_NETWORK] = "network",
    [MAP_PREFIX] = "prefix",     [MAP_SITES] = "sites",
    [MAP_SITE] = "site",         [MAP_INSIDE] = "cloud",
    [MAP_VLAN] = "vlan",         [MAP_TREE] = "stp",
    [MAP_NEAR] = "near",         [MAP_STATION] = "station",
    [MAP_DRAWN] = "drawn",
};

static const char *const origin_names[MAP_ORIGINS] = {
    [MAP_DEVICE] = "device", [MAP_GHOST] = "ghost", [MAP_SEGMENT] = "segment",
    [MAP_SUBNET] = "subnet", [MAP_CLOUD] = "cloud", [MAP_OTHER] = "other",
};

const char *map_state_name(enum map_state s)
{
    return (unsigned)s < MAP_STATES ? state_names[s] : "unknown";
}

const char *map_view_name(enum map_view v)
{
    return (unsigned)v < MAP_VIEWS ? view_names[v] : "drawn";
}

const char *map_origin_name(enum map_origin o)
{
    return (unsigned)o < MAP_ORIGINS ? origin_names[o] : "other";
}

/* The place of word among names, -1 if it is none of them. */
static int find_word(const char *word, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (text_compare_nocase(word, names[i]) == 0)
            return i;
    return -1;
}

bool map_state_parse(const char *word, enum map_state *out)
{
    int i = find_word(word, state_names, MAP_STATES);

    if (i >= 0)
        *out = (enum map_state)i;
    return i >= 0;
}

bool map_view_parse(const char *word, enum map_view *out)
{
    int i = find_word(word, view_names, MAP_VIEWS);

    if (i >= 0)
        *out = (enum map_view)i;
    return i >= 0;
}

bool map_origin_parse(const char *word, enum map_origin *out)
{
    int i = find_word(word, origin_names, MAP_ORIGINS);

    if (i >= 0)
        *out = (enum map_origin)i;
    return i >= 0;
}

struct map *map_new(const char *name, enum map_view view)
{
    struct map *m = mem_new(struct map);

    m->arena = arena_new();
    m->by_id = table_new();
    m->name = arena_text(m->arena, name);
    m->title = m->prefix = m->up = "";
    m->view = view;
    return m;
}

void map_free(struct map *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->nodes.count; i++)
        array_fini(&m->nodes.at[i].extras);
    for (size_t i = 0; i < m->links.count; i++)
        array_fini(&m->links.at[i].extras);
    array_fini(&m->nodes);
    array_fini(&m->links);
    array_fini(&m->extras);
    table_free(m->by_id);
    arena_free(m->arena);
    free(m);
}

void map_node_init(struct map_node *n, const char *id)
{
    *n = (struct map_node){.id = id,
                           .label = "",
                           .address = "",
                           .addresses = "",
                           .detail = "",
                           .origin = MAP_OTHER,
                           .kind = KIND_UNKNOWN,
                           .state = MAP_UNMANAGED,
                           .words = "",
                           .note = "",
                           .cloud = "",
                           .bound = "",
                           .within = "",
                           .leads = "",
                           .edit = {.label = ""}};
}

struct map_node *map_add_node(struct map *m, const char *id)
{
    struct map_node *n = array_add(&m->nodes);

    map_node_init(n, arena_text(m->arena, id));
    (void)table_put_text(m->by_id, n->id, (void *)(uintptr_t)m->nodes.count);
    return n;
}

struct map_link *map_add_link(struct map *m, uint32_t a, uint32_t b)
{
    assert(a < m->nodes.count && b < m->nodes.count);
    struct map_link *l = array_add(&m->links);

    *l = (struct map_link){.id = "",
                           .a = a,
                           .b = b,
                           .a_port = "",
                           .b_port = "",
                           .evidence = "",
                           .why = "",
                           .load_ab = NAN,
                           .load_ba = NAN};
    return l;
}

uint32_t map_find_node(const struct map *m, const char *id)
{
    uintptr_t found = (uintptr_t)table_find_text(m->by_id, id);

    return found == 0 ? UINT32_MAX : (uint32_t)(found - 1);
}

const char *map_node_label(const struct map_node *n)
{
    if (n->edit.label[0] != '\0')
        return n->edit.label;
    return n->label[0] != '\0' ? n->label : n->id;
}

bool map_node_is_shown(const struct map_node *n)
{
    return !n->edit.hidden && !n->folded &&
           (n->origin != MAP_CLOUD || n->collapsed);
}

bool map_link_is_shown(const struct map *m, const struct map_link *l)
{
    return !l->edit.hidden && !l->folded &&
           map_node_is_shown(&m->nodes.at[l->a]) &&
           map_node_is_shown(&m->nodes.at[l->b]);
}

static bool is_name_part(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
           c >= 0x80;
}

bool map_is_name(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (!is_name_part((uint8_t)*c))
            return false;
    return text[0] != '\0' && text[0] != '.';
}

bool map_url(const char *map, struct buffer *out)
{
    if (!map_is_name(map))
        return false;
    for (const char *c = map; *c != '\0'; c++)
        buffer_format(out, (uint8_t)*c < 0x80 ? "%c" : "%%%02X", (uint8_t)*c);
    buffer_text(out, ".svg");
    return true;
}

const char *map_name(const struct map *m)
{
    return m->name;
}

const char *map_title(const struct map *m)
{
    return m->title;
}

void map_set_title(struct map *m, const char *title)
{
    m->title = arena_text(m->arena, title);
}

enum map_view map_view_of(const struct map *m)
{
    return m->view;
}

size_t map_node_count(const struct map *m)
{
    return m->nodes.count;
}

size_t map_shown_count(const struct map *m)
{
    size_t count = 0;

    for (size_t i = 0; i < m->nodes.count; i++)
        count += map_node_is_shown(&m->nodes.at[i]);
    return count;
}

size_t map_link_count(const struct map *m)
{
    return m->links.count;
}

bool map_is_laid_out(const struct map *m)
{
    for (size_t i = 0; i < m->nodes.count; i++)
        if (!m->nodes.at[i].placed && map_node_is_shown(&m->nodes.at[i]))
            return false;
    return true;
}

bool map_is_edited(const struct map *m)
{
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct map_node *n = &m->nodes.at[i];

        if (n->edit.pinned || n->edit.added || n->edit.hidden ||
            n->edit.label[0] != '\0')
            return true;
    }
    for (size_t i = 0; i < m->links.count; i++)
        if (m->links.at[i].edit.added || m->links.at[i].edit.hidden)
            return true;
    return false;
}

/* ---- copies of parts ---- */

static void extras_copy(struct map *m, struct map_extras *to,
                        const struct map_extras *from)
{
    for (size_t i = 0; i < from->count; i++)
        *array_add(to) =
            (struct map_extra){arena_text(m->arena, from->at[i].key),
                               arena_text(m->arena, from->at[i].value)};
}

static void node_copy(struct map *m, const struct map_node *from)
{
    struct map_node *n = map_add_node(m, from->id);
    const char *id = n->id;

    *n = *from;
    n->id = id;
    n->label = arena_text(m->arena, from->label);
    n->address = arena_text(m->arena, from->address);
    n->addresses = arena_text(m->arena, from->addresses);
    n->detail = arena_text(m->arena, from->detail);
    n->words = arena_text(m->arena, from->words);
    n->note = arena_text(m->arena, from->note);
    n->cloud = arena_text(m->arena, from->cloud);
    n->bound = arena_text(m->arena, from->bound);
    n->within = arena_text(m->arena, from->within);
    n->leads = arena_text(m->arena, from->leads);
    n->edit.label = arena_text(m->arena, from->edit.label);
    n->extras = (struct map_extras){0};
    extras_copy(m, &n->extras, &from->extras);
}

static void link_copy(struct map *m, uint32_t a, uint32_t b,
                      const struct map_link *from)
{
    struct map_link *l = map_add_link(m, a, b);

    *l = *from;
    l->a = a;
    l->b = b;
    l->id = arena_text(m->arena, from->id);
    l->a_port = arena_text(m->arena, from->a_port);
    l->b_port = arena_text(m->arena, from->b_port);
    l->evidence = arena_text(m->arena, from->evidence);
    l->why = arena_text(m->arena, from->why);
    l->extras = (struct map_extras){0};
    extras_copy(m, &l->extras, &from->extras);
}

struct map *map_copy(const struct map *m)
{
    struct map *copy = map_new(m->name, m->view);

    copy->revision = m->revision;
    copy->foreign = m->foreign;
    copy->title = arena_text(copy->arena, m->title);
    copy->prefix = arena_text(copy->arena, m->prefix);
    copy->up = arena_text(copy->arena, m->up);
    extras_copy(copy, &copy->extras, &m->extras);
    for (size_t i = 0; i < m->nodes.count; i++)
        node_copy(copy, &m->nodes.at[i]);
    for (size_t i = 0; i < m->links.count; i++)
        link_copy(copy, m->links.at[i].a, m->links.at[i].b, &m->links.at[i]);
    return copy;
}

/* ---- edits that stay ---- */

static void carry_node(struct map *m, struct map_node *n,
                       const struct map_node *earlier)
{
    if (earlier->placed) {
        n->placed = true;
        n->x = earlier->x;
        n->y = earlier->y;
        n->loose = earlier->loose;
    }
    n->edit = earlier->edit;
    n->edit.label = arena_text(m->arena, earlier->edit.label);
}

static void carry_added_link(struct map *m, const struct map *earlier,
                             const struct map_link *l)
{
    uint32_t a = map_find_node(m, earlier->nodes.at[l->a].id);
    uint32_t b = map_find_node(m, earlier->nodes.at[l->b].id);

    if (a != UINT32_MAX && b != UINT32_MAX)
        link_copy(m, a, b, l);
}

static void carry_links(struct map *m, const struct map *earlier)
{
    OWNED(table_free) struct table *hidden = table_new();

    for (size_t i = 0; i < earlier->links.count; i++) {
        const struct map_link *l = &earlier->links.at[i];

        if (l->edit.added)
            carry_added_link(m, earlier, l);
        else if (l->edit.hidden && l->id[0] != '\0')
            (void)table_put_text(hidden, l->id, hidden);
    }
    for (size_t i = 0; i < m->links.count; i++)
        if (table_find_text(hidden, m->links.at[i].id) != NULL)
            m->links.at[i].edit.hidden = true;
}

void map_carry_over(struct map *m, const struct map *earlier)
{
    for (size_t i = 0; i < earlier->nodes.count; i++) {
        const struct map_node *was = &earlier->nodes.at[i];
        uint32_t now = map_find_node(m, was->id);

        if (now != UINT32_MAX)
            carry_node(m, &m->nodes.at[now], was);
        else if (was->edit.added)
            node_copy(m, was); /* a person's: discovery does not know it */
    }
    carry_links(m, earlier);
}

bool map_take_layout(struct map *m, const struct map *laid_out)
{
    bool changed = false;

    for (size_t i = 0; i < laid_out->nodes.count; i++) {
        const struct map_node *from = &laid_out->nodes.at[i];
        uint32_t at = map_find_node(m, from->id);

        if (at == UINT32_MAX || !from->placed)
            continue;
        struct map_node *n = &m->nodes.at[at];
        if (n->placed &&
            (n->edit.pinned || (n->x == from->x && n->y == from->y)))
            continue;
        n->placed = changed = true;
        n->x = from->x;
        n->y = from->y;
        n->loose = from->loose;
    }
    return changed;
}
