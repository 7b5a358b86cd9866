/* Which objects an operation means, and whether it can be done. */
#include "topology/map_edit.h"
#include "topology/map_edit_shape.h"

#include <errno.h>

struct resolving {
    struct map_edit *e;
    const struct map *m;
    struct arena *arena;
    struct complaint *why;
};

static bool is_there(const struct map *m, uint32_t at)
{
    return at != UINT32_MAX && !m->nodes.at[at].edit.removed;
}

static int refuse(const struct resolving *r, int rc, const char *what,
                  const char *name, const char *remedy)
{
    return complain(r->why, rc, r->m->name, remedy, "%s: \"%.80s\" %s",
                    map_op_name(r->e->op), name, what);
}

/* ---- nodes ---- */

typedef bool (*is_called_fn)(const struct map_node *n, const char *name);

static bool has_label(const struct map_node *n, const char *name)
{
    return strcmp(map_node_label(n), name) == 0;
}

static bool has_found_label(const struct map_node *n, const char *name)
{
    return strcmp(n->label, name) == 0;
}

static bool has_address(const struct map_node *n, const char *name)
{
    return n->address[0] != '\0' && strcmp(n->address, name) == 0;
}

/* How many nodes are called so; *out is the last of them. */
static size_t find_called(const struct map *m, const char *name,
                          is_called_fn is_called, uint32_t *out)
{
    size_t count = 0;

    for (uint32_t i = 0; i < m->nodes.count; i++)
        if (is_there(m, i) && is_called(&m->nodes.at[i], name)) {
            *out = i;
            count++;
        }
    return count;
}

/* By id, by what stands on the plate, by the name that was found, by address:
 * the first of these that names one node. */
static int find_node(const struct resolving *r, const char *name, uint32_t *out)
{
    static const is_called_fn ways[] = {has_label, has_found_label,
                                        has_address};
    bool several = false;

    *out = map_find_node(r->m, name);
    if (is_there(r->m, *out))
        return 0;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        size_t count = find_called(r->m, name, ways[i], out);

        if (count == 1)
            return 0;
        several = several || count > 1;
    }
    if (several)
        return refuse(r, -EINVAL, "names several nodes", name,
                      "say which by its id: portolan map show NAME prints it");
    return refuse(r, -ENOENT, "is not on this map", name,
                  "portolan map show NAME lists what is");
}

static const char *keep(const struct resolving *r, const char *text)
{
    return arena_text(r->arena, text);
}

static int resolve_node(const struct resolving *r, uint32_t *out)
{
    int rc = find_node(r, r->e->id, out);

    if (rc < 0)
        return rc;
    r->e->id = keep(r, r->m->nodes.at[*out].id);
    r->e->was = keep(r, map_node_label(&r->m->nodes.at[*out]));
    return 0;
}

/* ---- links ---- */

static bool port_fits(const char *wanted, const char *port)
{
    return wanted[0] == '\0' || strcmp(wanted, port) == 0;
}

static bool link_fits(const struct map_link *l, const struct map_edit *e,
                      uint32_t a, uint32_t b)
{
    return (l->a == a && l->b == b && port_fits(e->port, l->a_port) &&
            port_fits(e->other_port, l->b_port)) ||
           (l->a == b && l->b == a && port_fits(e->port, l->b_port) &&
            port_fits(e->other_port, l->a_port));
}

/* A link is known by both its ends from now on. */
static void take_link(const struct resolving *r, const struct map_link *l)
{
    const struct map_node *a = &r->m->nodes.at[l->a],
                          *b = &r->m->nodes.at[l->b];
    struct buffer OWNED_BUFFER was = {0};

    r->e->link = keep(r, l->id);
    r->e->id = keep(r, a->id);
    r->e->other = keep(r, b->id);
    r->e->port = keep(r, l->a_port);
    r->e->other_port = keep(r, l->b_port);
    map_ends_text(map_node_label(a), l->a_port, map_node_label(b), l->b_port,
                  &was);
    r->e->was = keep(r, was.at);
}

static int find_ends(const struct resolving *r, uint32_t *a, uint32_t *b)
{
    int rc = find_node(r, r->e->id, a);

    return rc < 0 ? rc : find_node(r, r->e->other, b);
}

static int resolve_ends(const struct resolving *r)
{
    const struct map_link *found = NULL;
    uint32_t a, b;
    int rc = find_ends(r, &a, &b);

    if (rc < 0)
        return rc;
    for (size_t i = 0; i < r->m->links.count; i++) {
        const struct map_link *l = &r->m->links.at[i];

        if (l->summed > 0 || l->edit.removed || !link_fits(l, r->e, a, b))
            continue;
        if (found != NULL)
            return refuse(r, -EINVAL, "has several such links", r->e->id,
                          "name the ports: A/PORT=B/PORT");
        found = l;
    }
    if (found == NULL)
        return refuse(r, -ENOENT, "has no such link", r->e->id,
                      "portolan map show NAME lists the links");
    take_link(r, found);
    return 0;
}

static const struct map_link *link_called(const struct map *m, const char *id)
{
    for (size_t i = 0; i < m->links.count; i++)
        if (m->links.at[i].summed == 0 && !m->links.at[i].edit.removed &&
            strcmp(m->links.at[i].id, id) == 0)
            return &m->links.at[i];
    return NULL;
}

/* A node, or a link by its id or its ends. */
static int resolve_object(const struct resolving *r)
{
    const struct map_link *l;
    uint32_t at;

    if (r->e->other[0] != '\0')
        return resolve_ends(r);
    l = map_find_node(r->m, r->e->id) == UINT32_MAX
            ? link_called(r->m, r->e->id)
            : NULL;
    if (l == NULL)
        return resolve_node(r, &at);
    take_link(r, l);
    return 0;
}

static int resolve_link(const struct resolving *r)
{
    struct buffer OWNED_BUFFER id = {0};
    struct buffer OWNED_BUFFER was = {0};
    uint32_t a, b;
    int rc = find_ends(r, &a, &b);

    if (rc < 0)
        return rc;
    if (a == b)
        return refuse(r, -EINVAL, "cannot be linked to itself", r->e->id,
                      "name two nodes");
    if (r->m->links.count >= MAP_LINKS_MAX)
        return refuse(r, -EINVAL, "is one link too many", r->e->id,
                      "split the map");
    map_ends_text(map_node_label(&r->m->nodes.at[a]), r->e->port,
                  map_node_label(&r->m->nodes.at[b]), r->e->other_port, &was);
    r->e->was = keep(r, was.at);
    r->e->id = keep(r, r->m->nodes.at[a].id);
    r->e->other = keep(r, r->m->nodes.at[b].id);
    buffer_text(&id, "~link-");
    map_ends_text(r->e->id, r->e->port, r->e->other, r->e->other_port, &id);
    r->e->link = keep(r, id.at);
    for (size_t i = 0; i < r->m->links.count; i++) {
        const struct map_link *l = &r->m->links.at[i];

        if (!l->edit.removed && !l->edit.hidden &&
            ((l->a == a && l->b == b && strcmp(l->a_port, r->e->port) == 0 &&
              strcmp(l->b_port, r->e->other_port) == 0) ||
             (l->a == b && l->b == a && strcmp(l->b_port, r->e->port) == 0 &&
              strcmp(l->a_port, r->e->other_port) == 0)))
            return refuse(r, -EEXIST, "has that link already", r->e->was,
                          "name ports for a second one: A/PORT=B/PORT");
    }
    return 0;
}

/* ---- attributes ---- */

static bool is_word(const char *key)
{
    enum { KEY_MAX = 64 };
    static const char rest[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.-";

    return key[0] != '\0' && strchr("0123456789.-", key[0]) == NULL &&
           strlen(key) <= KEY_MAX && key[strspn(key, rest)] == '\0';
}

static bool is_one_of(const char *key, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(key, *words) == 0)
            return true;
    return false;
}

static int check_value(const struct resolving *r, const char *key,
                       const char *value, bool link)
{
    enum device_kind kind;
    enum link_kind link_kind;
    uint64_t speed;

    if (strcmp(key, "kind") == 0 && !link &&
        device_kind_parse(value, &kind) < 0)
        return refuse(r, -EINVAL, "is no kind of node", value,
                      "router, switch, l3switch, firewall, server, host, "
                      "internet, cloud ...: docs/maps.md lists them");
    if (strcmp(key, "kind") == 0 && link && !link_kind_parse(value, &link_kind))
        return refuse(r, -EINVAL, "is no kind of link", value,
                      "p2p, bundle, segment or l3");
    if (strcmp(key, "leads") == 0 && !link && value[0] != '\0' &&
        !map_is_name(value))
        return refuse(r, -EINVAL, "is no name of a map", value,
                      "letters, digits, '-', '_' and '.': portolan map list");
    if (strcmp(key, "speed") == 0 && link && !map_speed_parse(value, &speed))
        return refuse(r, -EINVAL, "is no speed", value,
                      "write bit/s, or 100M, 2.5G, 10G");
    return 0;
}

static int check_attribute(const struct resolving *r, const char *key,
                           const char *value, bool link)
{
    static const char *const of_nodes[] = {
        "kind", "label", "address", "addresses", "detail", "leads", NULL};
    static const char *const of_links[] = {"kind", "speed", "a_port", "b_port",
                                           NULL};

    if (!is_word(key))
        return refuse(r, -EINVAL, "is no name of an attribute", key,
                      "letters, digits, '_', '.' and '-'");
    if (map_is_own_key(key, link) &&
        !is_one_of(key, link ? of_links : of_nodes))
        return refuse(r, -EINVAL, "is an attribute that the map itself keeps",
                      key, "there is an operation for it, or another name");
    return check_value(r, key, value, link);
}

static int resolve_add(const struct resolving *r)
{
    struct map_edit *e = r->e;
    int rc = 0;

    if (strlen(e->id) > MAP_ID_MAX)
        return refuse(r, -EINVAL, "is too long for an id", e->id,
                      "256 octets are enough; label= may be longer");
    if (e->id[0] == '~')
        return refuse(r, -EINVAL, "begins with '~', as the map's own ids do",
                      e->id, "choose another id");
    if (is_there(r->m, map_find_node(r->m, e->id)))
        return refuse(r, -EEXIST, "is on this map already", e->id,
                      "choose another id");
    if (r->m->nodes.count >= MAP_NODES_MAX)
        return refuse(r, -EINVAL, "is one node too many", e->id,
                      "split the map");
    for (size_t i = 0; i < e->attributes.count && rc == 0; i++)
        rc = check_attribute(r, e->attributes.at[i].key,
                             e->attributes.at[i].value, false);
    return rc;
}

static int resolve_set(const struct resolving *r)
{
    int rc = resolve_object(r);

    return rc < 0 ? rc
                  : check_attribute(r, r->e->key, r->e->text,
                                    r->e->link[0] != '\0');
}

/* ---- places ---- */

static int resolve_place(const struct resolving *r)
{
    static const double FAR = 1e7;
    struct map_edit *e = r->e;
    uint32_t at;
    int rc = resolve_node(r, &at);

    if (rc < 0)
        return rc;
    const struct map_node *n = &r->m->nodes.at[at];
    if (e->op == MAP_PIN) {
        e->placed = n->placed;
        e->x = n->x;
        e->y = n->y;
    }
    if (!isfinite(e->x) || !isfinite(e->y) || fabs(e->x) >= FAR ||
        fabs(e->y) >= FAR)
        return refuse(r, -EINVAL, "would be out of every picture", e->was,
                      "coordinates are points, below 10,000,000");
    return 0;
}

static int resolve_bind(const struct resolving *r)
{
    struct map_edit *e = r->e;
    struct ident id;
    uint32_t at, device;
    int rc = resolve_node(r, &at);

    if (rc < 0 || e->other[0] == '\0' || ident_parse(e->other, &id) == 0)
        return rc;
    if (find_node(r, e->other, &device) < 0 ||
        r->m->nodes.at[device].origin != MAP_DEVICE)
        return refuse(r, -ENOENT, "is no discovered device", e->other,
                      "see `portolan devices`");
    e->text = keep(r, map_node_label(&r->m->nodes.at[device]));
    e->other = keep(r, r->m->nodes.at[device].id);
    return 0;
}

/* ---- clouds ---- */

/* The node that a cloud's name means; UINT32_MAX. */
static uint32_t cloud_called(const struct resolving *r, const char *name)
{
    struct buffer OWNED_BUFFER id = {0};

    map_cloud_id(name, &id);
    uint32_t at = map_find_node(r->m, id.at);
    if (is_there(r->m, at))
        return at;
    at = map_find_node(r->m, name);
    if (is_there(r->m, at) && r->m->nodes.at[at].origin == MAP_CLOUD)
        return at;
    for (uint32_t i = 0; i < r->m->nodes.count; i++)
        if (r->m->nodes.at[i].origin == MAP_CLOUD && is_there(r->m, i) &&
            strcmp(map_node_label(&r->m->nodes.at[i]), name) == 0)
            return i;
    return UINT32_MAX;
}

static int no_cloud(const struct resolving *r, const char *name)
{
    return refuse(r, -ENOENT, "is no cloud of this map", name,
                  "make it with cloud:NAME=ID,ID or cloud:NAME=PREFIX");
}

static int resolve_cloud(const struct resolving *r)
{
    uint32_t at = cloud_called(r, r->e->id);

    if (at == UINT32_MAX)
        return no_cloud(r, r->e->id);
    r->e->id = keep(r, r->m->nodes.at[at].id);
    r->e->was = keep(r, map_node_label(&r->m->nodes.at[at]));
    return 0;
}

static bool is_within(const struct map *m, uint32_t at, uint32_t cloud)
{
    for (unsigned deep = 0; at != UINT32_MAX && deep < MAP_CLOUD_DEPTH_MAX;
         deep++) {
        if (at == cloud)
            return true;
        at = map_cloud_of(m, &m->nodes.at[at]);
    }
    return false;
}

static int resolve_nest(const struct resolving *r)
{
    uint32_t parent;
    int rc = cloud_called(r, r->e->id) != UINT32_MAX ? resolve_cloud(r)
                                                     : resolve_node(r, &parent);

    if (rc < 0 || r->e->other[0] == '\0')
        return rc;
    parent = cloud_called(r, r->e->other);
    if (parent == UINT32_MAX)
        return no_cloud(r, r->e->other);
    if (is_within(r->m, parent, map_find_node(r->m, r->e->id)))
        return refuse(r, -EINVAL, "would be within itself", r->e->was,
                      "nest it into a cloud that is not in it");
    r->e->text = keep(r, map_node_label(&r->m->nodes.at[parent]));
    r->e->other = keep(r, r->m->nodes.at[parent].id);
    return 0;
}

static int resolve_members(const struct resolving *r, uint32_t cloud)
{
    struct buffer OWNED_BUFFER names = {0};
    struct map_edit *e = r->e;

    buffer_text(&names, "");
    for (size_t i = 0; i < e->members.count; i++) {
        uint32_t at = cloud_called(r, e->members.at[i]);
        int rc = at != UINT32_MAX ? 0 : find_node(r, e->members.at[i], &at);

        if (rc < 0)
            return rc;
        if (is_within(r->m, cloud, at))
            return refuse(r, -EINVAL, "would be within itself",
                          e->members.at[i], "leave it out");
        e->members.at[i] = keep(r, r->m->nodes.at[at].id);
        buffer_text(&names, i > 0 ? "," : "");
        map_name_text(map_node_label(&r->m->nodes.at[at]), &names);
    }
    e->other = keep(r, names.at);
    return 0;
}

static int resolve_make_cloud(const struct resolving *r)
{
    struct buffer OWNED_BUFFER id = {0};
    struct map_edit *e = r->e;
    char text[ADDR_TEXT_MAX];
    struct prefix p;
    uint32_t cloud = cloud_called(r, e->id);

    if (strlen(e->id) > MAP_ID_MAX / 2)
        return refuse(r, -EINVAL, "is too long for a cloud", e->id,
                      "128 octets are enough");
    if (e->text[0] != '\0' && prefix_parse(e->text, true, &p) < 0)
        return refuse(r, -EINVAL, "is no prefix", e->text,
                      "write 192.0.2.0/24 or 2001:db8::/32");
    if (e->text[0] != '\0')
        e->text = keep(r, prefix_format(&p, text, sizeof text));
    int rc = resolve_members(r, cloud);
    if (rc < 0)
        return rc;
    if (cloud != UINT32_MAX) {
        e->was = keep(r, map_node_label(&r->m->nodes.at[cloud]));
        e->id = keep(r, r->m->nodes.at[cloud].id);
        return 0;
    }
    map_cloud_id(e->id, &id);
    e->was = e->id;
    e->id = keep(r, id.at);
    return 0;
}

int map_edit_resolve(struct map_edit *e, const struct map *m,
                     struct arena *arena, struct complaint *why)
{
    struct resolving r = {.e = e, .m = m, .arena = arena, .why = why};
    uint32_t at;

    e->link = e->was = "";
    switch (e->op) {
    case MAP_ADD:
        return resolve_add(&r);
    case MAP_REMOVE:
    case MAP_HIDE:
    case MAP_SHOW:
        return resolve_object(&r);
    case MAP_RENAME:
        return resolve_node(&r, &at);
    case MAP_SET:
        return resolve_set(&r);
    case MAP_BIND:
        return resolve_bind(&r);
    case MAP_MOVE:
    case MAP_PIN:
    case MAP_UNPIN:
        return resolve_place(&r);
    case MAP_LINK:
        return resolve_link(&r);
    case MAP_UNLINK:
        return resolve_ends(&r);
    case MAP_MAKE_CLOUD:
        return resolve_make_cloud(&r);
    case MAP_DISSOLVE:
    case MAP_COLLAPSE:
    case MAP_EXPAND:
        return resolve_cloud(&r);
    case MAP_NEST:
        return resolve_nest(&r);
    case MAP_UNDO:
    case MAP_REDO:
    case MAP_OPS:
        break;
    }
    return 0;
}
