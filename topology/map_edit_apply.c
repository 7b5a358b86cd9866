/* What each operation does to a document. */
#include "topology/map_edit.h"
#include "topology/map_edit_shape.h"

void map_cloud_id(const char *name, struct buffer *out)
{
    buffer_format(out, MAP_CLOUD_PREFIX "%s", name);
}

bool map_speed_parse(const char *text, uint64_t *out)
{
    static const char units[] = "kMGT";
    static const double MOST = 1e18;
    char *end;
    double value = strtod(text, &end), unit = 1;

    if (end == text || !isfinite(value) || value < 0)
        return false;
    while (*end == ' ')
        end++;
    const char *found = *end != '\0' ? strchr(units, *end) : NULL;
    for (const char *u = units; found != NULL && u <= found; u++)
        unit *= 1000;
    end += found != NULL;
    if (*end != '\0' && strcmp(end, "bit/s") != 0 && strcmp(end, "bps") != 0)
        return false;
    if (value * unit > MOST)
        return false;
    *out = (uint64_t)(value * unit);
    return true;
}

/* ---- finding ---- */

static struct map_node *node_of(struct map *m, const char *id)
{
    uint32_t at = map_find_node(m, id);

    return at != UINT32_MAX && !m->nodes.at[at].edit.removed ? &m->nodes.at[at]
                                                             : NULL;
}

static struct map_node *cloud_named(struct map *m, const char *id)
{
    struct map_node *n = node_of(m, id);

    return n != NULL && n->origin == MAP_CLOUD ? n : NULL;
}

static bool is_port(const char *port, const char *meant, bool loosely)
{
    return strcmp(port, meant) == 0 ||
           (loosely && (port[0] == '\0' || meant[0] == '\0'));
}

/* True if it is between the ends of an edit; loosely: ports that nobody told
 * may be any. */
static bool joins(const struct map *m, const struct map_link *l,
                  const struct map_edit *e, bool loosely)
{
    const char *a = m->nodes.at[l->a].id, *b = m->nodes.at[l->b].id;

    return (strcmp(a, e->id) == 0 && strcmp(b, e->other) == 0 &&
            is_port(l->a_port, e->port, loosely) &&
            is_port(l->b_port, e->other_port, loosely)) ||
           (strcmp(a, e->other) == 0 && strcmp(b, e->id) == 0 &&
            is_port(l->a_port, e->other_port, loosely) &&
            is_port(l->b_port, e->port, loosely));
}

/* "~link-7": the seventh of an import, which is another one in the next. */
static bool is_place(const char *id)
{
    static const char prefix[] = "~link-";
    const size_t len = sizeof prefix - 1;

    return strncmp(id, prefix, len) == 0 &&
           strspn(id + len, "0123456789") == strlen(id + len);
}

enum fit { FITS_NOT, FITS_BY_PLACE, FITS_BY_ENDS, FITS };

static enum fit fit_of(const struct map *m, const struct map_link *l,
                       const struct map_edit *e, bool place)
{
    bool same = strcmp(l->id, e->link) == 0;

    if (same && !place)
        return FITS;
    if (l->summed == 0 && joins(m, l, e, false))
        return same ? FITS : FITS_BY_ENDS;
    return same && joins(m, l, e, true) ? FITS_BY_PLACE : FITS_NOT;
}

/* The link that is meant: by its id, else by both its ends; by an id that is
 * but a place, only where the ends agree. */
static struct map_link *link_of(struct map *m, const struct map_edit *e)
{
    struct map_link *best = NULL;
    enum fit most = FITS_NOT;
    bool place = is_place(e->link);

    for (size_t i = 0; i < m->links.count && most != FITS; i++) {
        enum fit fit = fit_of(m, &m->links.at[i], e, place);

        if (fit > most) {
            best = &m->links.at[i];
            most = fit;
        }
    }
    return best;
}

/* ---- attributes ---- */

static void set_node(struct map *m, struct map_node *n, const char *key,
                     const char *value)
{
    if (strcmp(key, "kind") == 0) {
        if (device_kind_parse(value, &n->kind) < 0)
            n->kind = KIND_UNKNOWN;
    } else if (strcmp(key, "label") == 0 && n->edit.added)
        n->label = map_keep(m, value);
    else if (strcmp(key, "label") == 0)
        n->edit.label = map_keep(m, value);
    else if (strcmp(key, "address") == 0)
        n->address = map_keep(m, value);
    else if (strcmp(key, "addresses") == 0)
        n->addresses = map_keep(m, value);
    else if (strcmp(key, "detail") == 0)
        n->detail = map_keep(m, value);
    else if (strcmp(key, "leads") == 0)
        n->leads = map_keep(m, value);
    else
        map_set_extra(m, &n->extras, key, value);
}

/* a_port is of the end that was a when the edit was made. */
static void set_link(struct map *m, struct map_link *l,
                     const struct map_edit *e)
{
    bool turned = strcmp(m->nodes.at[l->b].id, e->id) == 0;
    bool a_port = strcmp(e->key, "a_port") == 0;

    if (strcmp(e->key, "kind") == 0)
        (void)link_kind_parse(e->text, &l->kind); /* checked before */
    else if (strcmp(e->key, "speed") == 0)
        (void)map_speed_parse(e->text, &l->speed_bps); /* checked before */
    else if (!a_port && strcmp(e->key, "b_port") != 0)
        map_set_extra(m, &l->extras, e->key, e->text);
    else if (a_port != turned)
        l->a_port = map_keep(m, e->text);
    else
        l->b_port = map_keep(m, e->text);
}

/* ---- operations ---- */

/* A node that was removed comes again as if for the first time. */
static void renew(struct map *m, uint32_t at)
{
    struct map_node *n = &m->nodes.at[at];
    const char *id = n->id;

    for (size_t i = 0; i < m->links.count; i++)
        if (m->links.at[i].a == at || m->links.at[i].b == at)
            m->links.at[i].edit.removed = true;
    array_fini(&n->extras);
    map_node_init(n, id);
    n->edit.added = true;
}

static bool apply_add(const struct map_edit *e, struct map *m)
{
    uint32_t at = map_find_node(m, e->id);
    struct map_node *n;

    if (at == UINT32_MAX) {
        n = map_add_node(m, e->id);
        n->edit.added = true;
    } else {
        if (m->nodes.at[at].edit.removed)
            renew(m, at);
        n = &m->nodes.at[at];
    }
    for (size_t i = 0; i < e->attributes.count; i++)
        set_node(m, n, e->attributes.at[i].key, e->attributes.at[i].value);
    return true;
}

/* A cloud goes, what was in it is where the cloud was. */
static void dissolve(struct map *m, struct map_node *cloud)
{
    cloud->edit.removed = true;
    for (size_t i = 0; i < m->nodes.count; i++)
        if (strcmp(m->nodes.at[i].cloud, cloud->id) == 0)
            m->nodes.at[i].cloud = cloud->cloud;
}

/* What discovery finds is hidden: it would be found again. */
static bool apply_remove(const struct map_edit *e, struct map *m)
{
    struct map_node *n = e->link[0] == '\0' ? node_of(m, e->id) : NULL;
    struct map_link *l = e->link[0] != '\0' ? link_of(m, e) : NULL;
    bool drawn = m->view == MAP_DRAWN;

    if (l != NULL && (l->edit.added || drawn))
        l->edit.removed = true;
    else if (l != NULL)
        l->edit.hidden = true;
    else if (n != NULL && n->origin == MAP_CLOUD)
        dissolve(m, n);
    else if (n != NULL && (n->edit.added || drawn))
        n->edit.removed = true;
    else if (n != NULL)
        n->edit.hidden = true;
    return n != NULL || l != NULL;
}

static bool apply_hide(const struct map_edit *e, struct map *m)
{
    struct map_node *n = e->link[0] == '\0' ? node_of(m, e->id) : NULL;
    struct map_link *l = e->link[0] != '\0' ? link_of(m, e) : NULL;
    bool hide = e->op == MAP_HIDE;

    if (n != NULL)
        n->edit.hidden = hide;
    if (l != NULL)
        l->edit.hidden = hide;
    return n != NULL || l != NULL;
}

static bool apply_rename(const struct map_edit *e, struct map *m)
{
    struct map_node *n = node_of(m, e->id);

    if (n != NULL)
        set_node(m, n, "label", e->text);
    return n != NULL;
}

static bool apply_set(const struct map_edit *e, struct map *m)
{
    struct map_node *n = e->link[0] == '\0' ? node_of(m, e->id) : NULL;
    struct map_link *l = e->link[0] != '\0' ? link_of(m, e) : NULL;

    if (n != NULL)
        set_node(m, n, e->key, e->text);
    if (l != NULL)
        set_link(m, l, e);
    return n != NULL || l != NULL;
}

static bool apply_bind(const struct map_edit *e, struct map *m)
{
    struct map_node *n = node_of(m, e->id);

    if (n != NULL) {
        n->bound = map_keep(m, e->other);
        /* Until somebody tells that of the device. */
        n->state = e->other[0] != '\0' ? MAP_UNKNOWN : MAP_UNMANAGED;
    }
    return n != NULL;
}

static bool apply_place(const struct map_edit *e, struct map *m)
{
    struct map_node *n = node_of(m, e->id);

    if (n == NULL)
        return false;
    n->edit.pinned = e->op != MAP_UNPIN;
    if (e->op == MAP_UNPIN || !e->placed)
        return true;
    n->placed = true;
    n->x = e->x;
    n->y = e->y;
    return true;
}

static bool apply_link(const struct map_edit *e, struct map *m)
{
    struct map_node *a = node_of(m, e->id), *b = node_of(m, e->other);
    struct map_link *l;

    if (a == NULL || b == NULL)
        return false;
    l = link_of(m, e);
    if (l != NULL) {
        l->edit.removed = l->edit.hidden = false;
        return true;
    }
    l = map_add_link(m, map_find_node(m, e->id), map_find_node(m, e->other));
    l->id = map_keep(m, e->link);
    l->a_port = map_keep(m, e->port);
    l->b_port = map_keep(m, e->other_port);
    l->layer = 2;
    l->state = LINK_CONFIRMED;
    l->confidence = 100;
    l->evidence = "manual";
    l->why = "drawn by hand";
    l->edit.added = true;
    return true;
}

static bool apply_unlink(const struct map_edit *e, struct map *m)
{
    struct map_link *l = link_of(m, e);

    if (l == NULL || l->edit.removed)
        return false;
    if (l->edit.added || m->view == MAP_DRAWN)
        l->edit.removed = true;
    else
        l->edit.hidden = true;
    return true;
}

/* True if a cloud is the other, or within it. */
static bool is_within(const struct map *m, const char *id, const char *other)
{
    uint32_t at = map_find_node(m, id);

    for (unsigned deep = 0; at != UINT32_MAX && deep < MAP_CLOUD_DEPTH_MAX;
         deep++) {
        if (strcmp(m->nodes.at[at].id, other) == 0)
            return true;
        at = map_cloud_of(m, &m->nodes.at[at]);
    }
    return false;
}

static bool nest(struct map *m, struct map_node *n, const char *cloud)
{
    if (n->origin == MAP_CLOUD && is_within(m, cloud, n->id))
        return false;
    n->cloud = map_keep(m, cloud);
    n->joined = false;
    return true;
}

static bool apply_cloud(const struct map_edit *e, struct map *m)
{
    bool any = e->text[0] != '\0';
    uint32_t at = map_find_node(m, e->id);

    for (size_t i = 0; i < e->members.count && !any; i++)
        any = node_of(m, e->members.at[i]) != NULL;
    if (!any)
        return false;
    struct map_node *cloud =
        at != UINT32_MAX ? &m->nodes.at[at] : map_add_node(m, e->id);
    if (at == UINT32_MAX || cloud->edit.removed) {
        cloud->origin = MAP_CLOUD;
        cloud->kind = KIND_CLOUD;
        cloud->label = map_keep(m, e->was);
        cloud->edit.added = cloud->collapsed = true;
        cloud->edit.removed = false;
    }
    cloud->within = map_keep(m, e->text);
    for (size_t i = 0; i < m->nodes.count; i++)
        if (strcmp(m->nodes.at[i].cloud, e->id) == 0)
            m->nodes.at[i].cloud = "";
    for (size_t i = 0; i < e->members.count; i++) {
        struct map_node *n = node_of(m, e->members.at[i]);

        if (n != NULL)
            (void)nest(m, n, e->id);
    }
    return true;
}

static bool apply_fold(const struct map_edit *e, struct map *m)
{
    struct map_node *cloud = cloud_named(m, e->id);

    if (cloud == NULL)
        return false;
    if (e->op == MAP_DISSOLVE)
        dissolve(m, cloud);
    else
        cloud->collapsed = e->op == MAP_COLLAPSE;
    return true;
}

static bool apply_nest(const struct map_edit *e, struct map *m)
{
    struct map_node *n = node_of(m, e->id);

    if (n == NULL || (e->other[0] != '\0' && cloud_named(m, e->other) == NULL))
        return false;
    return nest(m, n, e->other);
}

bool map_edit_apply(const struct map_edit *e, struct map *m)
{
    switch (e->op) {
    case MAP_ADD:
        return apply_add(e, m);
    case MAP_REMOVE:
        return apply_remove(e, m);
    case MAP_HIDE:
    case MAP_SHOW:
        return apply_hide(e, m);
    case MAP_RENAME:
        return apply_rename(e, m);
    case MAP_SET:
        return apply_set(e, m);
    case MAP_BIND:
        return apply_bind(e, m);
    case MAP_MOVE:
    case MAP_PIN:
    case MAP_UNPIN:
        return apply_place(e, m);
    case MAP_LINK:
        return apply_link(e, m);
    case MAP_UNLINK:
        return apply_unlink(e, m);
    case MAP_MAKE_CLOUD:
        return apply_cloud(e, m);
    case MAP_DISSOLVE:
    case MAP_COLLAPSE:
    case MAP_EXPAND:
        return apply_fold(e, m);
    case MAP_NEST:
        return apply_nest(e, m);
    case MAP_UNDO:
    case MAP_REDO:
    case MAP_OPS:
        break;
    }
    return false;
}
