#include "topology/map_import.h"
#include "base/text.h"
#include "topology/map_edit.h"
#include "topology/map_edit_shape.h"
#include "topology/map_import_parts.h"
#include "topology/map_value.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

bool map_import_format_parse(const char *ending, enum map_import_format *out)
{
    static const struct {
        const char *ending;
        enum map_import_format format;
    } endings[] = {
        {"gv", MAP_FROM_DOT},          {"dot", MAP_FROM_DOT},
        {"graphml", MAP_FROM_GRAPHML}, {"xml", MAP_FROM_GRAPHML},
        {"json", MAP_FROM_JSON},       {"csv", MAP_FROM_CSV},
        {"tsv", MAP_FROM_CSV},
    };

    ending += ending[0] == '.';
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (text_compare_nocase(ending, endings[i].ending) == 0) {
            *out = endings[i].format;
            return true;
        }
    return false;
}

void import_refuse(struct import *im, int rc, size_t line, size_t column,
                   const char *remedy, const char *fmt, ...)
{
    char place[160], what[240];
    va_list args;

    if (im->rc < 0)
        return;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args); /* cut words stay words */
    va_end(args);
    if (line > 0)
        (void)snprintf(place, sizeof place, "%.100s:%zu:%zu", im->place, line,
                       column > 0 ? column : 1);
    else
        (void)snprintf(place, sizeof place, "%.100s", im->place);
    im->rc = complain(im->why, rc, place, remedy, "%s", what);
}

const char *map_import_text(struct import *im, struct bytes raw)
{
    struct buffer OWNED_BUFFER safe = {0};

    text_safe(raw, NULL, false, MAP_NAME_MAX, &safe);
    return arena_text_of(im->map->arena, safe.at, safe.len);
}

uint32_t import_node(struct import *im, const char *id, size_t line,
                     size_t column)
{
    struct buffer OWNED_BUFFER safe = {0};

    text_safe(bytes_of_text(id), NULL, false, MAP_ID_MAX, &safe);
    const char *plain = safe.len > 0 ? safe.at : "?";
    uint32_t at = map_find_node(im->map, plain);
    if (at != UINT32_MAX)
        return at;
    if (im->map->nodes.count >= MAP_NODES_MAX) {
        import_refuse(im, -EFBIG, line, column, "split it into several maps",
                      "has more than %d nodes", MAP_NODES_MAX);
        return UINT32_MAX;
    }
    (void)map_add_node(im->map, plain);
    return (uint32_t)im->map->nodes.count - 1;
}

struct map_link *import_link(struct import *im, uint32_t a, uint32_t b,
                             size_t line, size_t column)
{
    if (a == UINT32_MAX || b == UINT32_MAX)
        return NULL;
    if (im->map->links.count >= MAP_LINKS_MAX) {
        import_refuse(im, -EFBIG, line, column, "split it into several maps",
                      "has more than %d links", MAP_LINKS_MAX);
        return NULL;
    }
    struct map_link *l = map_add_link(im->map, a, b);
    l->layer = 2;
    l->confidence = 100;
    return l;
}

/* ---- attributes by the names that tools give them ---- */

struct name {
    const char *theirs, *ours;
};

static const struct name node_names[] = {
    {"name", "label"},
    {"label", "label"},
    {"title", "label"},
    {"hostname", "label"},
    {"sysname", "label"},
    {"kind", "kind"},
    {"type", "kind"},
    {"role", "kind"},
    {"device_type", "kind"},
    {"address", "address"},
    {"ip", "address"},
    {"ip_address", "address"},
    {"mgmt_ip", "address"},
    {"addresses", "addresses"},
    {"detail", "detail"},
    {"model", "detail"},
    {"hardware", "detail"},
    {"platform", "detail"},
    {"x", "x"},
    {"y", "y"},
    {"cloud", "cloud"},
    {"within", "within"},
    {"leads", "leads"},
    {"bound", "bound"},
    {"collapsed", "collapsed"},
    {"joined", "joined"},
    {"pinned", "pinned"},
    {"hidden", "hidden"},
    {"origin", "origin"},
};

static const struct name link_names[] = {
    {"a_port", "a_port"},
    {"a_interface", "a_port"},
    {"source_port", "a_port"},
    {"source_interface", "a_port"},
    {"sourceport", "a_port"},
    {"src_port", "a_port"},
    {"from_port", "a_port"},
    {"from_interface", "a_port"},
    {"port_a", "a_port"},
    {"port1", "a_port"},
    {"port_1", "a_port"},
    {"interface_a", "a_port"},
    {"local_port", "a_port"},
    {"local_interface", "a_port"},
    {"port", "a_port"},
    {"interface", "a_port"},
    {"b_port", "b_port"},
    {"b_interface", "b_port"},
    {"target_port", "b_port"},
    {"target_interface", "b_port"},
    {"targetport", "b_port"},
    {"destination_port", "b_port"},
    {"dst_port", "b_port"},
    {"to_port", "b_port"},
    {"to_interface", "b_port"},
    {"port_b", "b_port"},
    {"port2", "b_port"},
    {"port_2", "b_port"},
    {"interface_b", "b_port"},
    {"remote_port", "b_port"},
    {"remote_interface", "b_port"},
    {"neighbor_port", "b_port"},
    {"neighbor_interface", "b_port"},
    {"kind", "kind"},
    {"link_kind", "kind"},
    {"speed", "speed"},
    {"bandwidth", "speed"},
    {"speed_bps", "speed"},
    {"capacity", "speed"},
    {"evidence", "evidence"},
    {"layer", "layer"},
    {"hidden", "hidden"},
    {"link_state", "nothing"},
    {"state", "nothing"},
    {"id", "id"},
};

static const char *ours_of(const struct name *names, size_t count,
                           const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (import_is_called(key, names[i].theirs))
            return names[i].ours;
    return key;
}

bool import_is_called(const char *key, const char *name)
{
    for (; *key != '\0' && *name != '\0'; key++, name++) {
        char c = *key >= 'A' && *key <= 'Z' ? (char)(*key - 'A' + 'a') : *key;

        if ((strchr(" -.", c) != NULL ? '_' : c) != *name)
            return false;
    }
    return *key == *name;
}

/* Kinds as other tools call them; ours by their own names. */
static bool kind_of(const char *word, enum device_kind *out)
{
    static const struct {
        const char *word;
        enum device_kind kind;
    } others[] = {
        {"network", KIND_SWITCH},
        {"bridge", KIND_SWITCH},
        {"l2switch", KIND_SWITCH},
        {"l3-switch", KIND_L3SWITCH},
        {"gateway", KIND_ROUTER},
        {"wireless", KIND_AP},
        {"accesspoint", KIND_AP},
        {"workstation", KIND_HOST},
        {"pc", KIND_HOST},
        {"client", KIND_HOST},
        {"subnet", KIND_SEGMENT},
        {"hub", KIND_SEGMENT},
        {"group", KIND_CLOUD},
        {"wan", KIND_INTERNET},
        {"load_balancer", KIND_LOADBALANCER},
    };
    struct buffer OWNED_BUFFER low = {0};

    for (const char *c = word; *c != '\0'; c++)
        buffer_char(&low, (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c));
    if (low.len == 0)
        return false;
    if (device_kind_parse(low.at, out) == 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (strcmp(low.at, others[i].word) == 0) {
            *out = others[i].kind;
            return true;
        }
    return false;
}

static bool number_of(const char *value, double *out)
{
    char *end;

    *out = strtod(value, &end);
    return end != value && *end == '\0' && isfinite(*out) &&
           fabs(*out) < IMPORT_FAR;
}

/* One axis; a node is placed when it has both, which finish() sees. */
static void set_axis(const struct import *im, struct map_node *n, bool x,
                     const char *value)
{
    double at;

    if (!number_of(value, &at))
        return;
    if (!n->placed)
        n->x = n->y = NAN;
    if (x)
        n->x = at;
    else
        n->y = im->down ? -at : at;
    n->placed = true;
}

enum { KEY_MAX = 64 };

/* A name that stays what it is when it is made safe. Asked for each value, so
 * nothing of it is kept. */
static bool is_harmless(const char *key)
{
    struct buffer OWNED_BUFFER safe = {0};

    if (strlen(key) > KEY_MAX)
        return false;
    text_safe(bytes_of_text(key), NULL, false, MAP_NAME_MAX, &safe);
    return safe.len == 0 ? key[0] == '\0' : strcmp(safe.at, key) == 0;
}

static bool is_extra(const char *key, bool link)
{
    return key[0] != '\0' && !map_is_own_key(key, link);
}

/* Beyond the limit further ones are left out; what is ours never is. */
static void add_extra(struct import *im, struct map_extras *of, const char *key,
                      const char *value, bool link)
{
    if (of->count < MAP_EDIT_ATTRIBUTES_MAX && is_extra(key, link))
        map_set_extra(im->map, of, key, value);
}

void import_make_cloud(struct import *im, uint32_t node)
{
    im->map->nodes.at[node].origin = MAP_CLOUD;
    im->map->nodes.at[node].kind = KIND_CLOUD;
}

static void set_known(struct import *im, struct map_node *n, const char *key,
                      const char *value)
{
    enum map_origin origin;

    if (strcmp(key, "label") == 0)
        n->label = value;
    else if (strcmp(key, "address") == 0)
        n->address = value;
    else if (strcmp(key, "addresses") == 0)
        n->addresses = value;
    else if (strcmp(key, "detail") == 0)
        n->detail = value;
    else if (strcmp(key, "x") == 0 || strcmp(key, "y") == 0)
        set_axis(im, n, key[0] == 'x', value);
    else if (strcmp(key, "cloud") == 0)
        n->cloud = value;
    else if (strcmp(key, "within") == 0)
        n->within = value;
    else if (strcmp(key, "leads") == 0)
        n->leads = value;
    else if (strcmp(key, "bound") == 0)
        n->bound = value;
    else if (strcmp(key, "joined") == 0)
        n->joined = im->ours && map_value_flag(value);
    else if (strcmp(key, "collapsed") == 0)
        n->collapsed = map_value_flag(value);
    else if (strcmp(key, "pinned") == 0)
        n->edit.pinned = map_value_flag(value);
    else if (strcmp(key, "hidden") == 0)
        n->edit.hidden = map_value_flag(value);
    else if (strcmp(key, "origin") == 0 && map_origin_parse(value, &origin))
        n->origin = origin;
    else
        add_extra(im, &n->extras, key, value, false);
}

void import_set_node(struct import *im, uint32_t node, const char *key,
                     const char *value)
{
    struct map_node *n = &im->map->nodes.at[node];
    const char *ours = ours_of(node_names, COUNT_OF(node_names), key);
    enum device_kind kind;

    value = map_import_text(im, bytes_of_text(value));
    if (value[0] == '\0' || !is_harmless(key))
        return;
    if (strcmp(ours, "kind") != 0)
        set_known(im, n, ours, value);
    else if (kind_of(value, &kind))
        n->kind = kind;
    else /* "type" may be about something else */
        add_extra(im, &n->extras, "theirs", value, false);
}

/* People write the speed on the line: "10G", but not "10". */
static bool is_speed(const char *text, uint64_t *out)
{
    return strpbrk(text, "kMGT") != NULL && map_speed_parse(text, out);
}

void import_set_link(struct import *im, struct map_link *l, const char *key,
                     const char *value)
{
    const char *ours = ours_of(link_names, COUNT_OF(link_names), key);
    uint64_t speed;

    value = map_import_text(im, bytes_of_text(value));
    if (value[0] == '\0' || !is_harmless(key))
        return;
    if (strcmp(ours, "label") == 0 && is_speed(value, &speed))
        l->speed_bps = speed;
    if (strcmp(ours, "a_port") == 0)
        l->a_port = value;
    else if (strcmp(ours, "b_port") == 0)
        l->b_port = value;
    else if (strcmp(ours, "kind") == 0)
        (void)link_kind_parse(value, &l->kind); /* else as it was */
    else if (strcmp(ours, "speed") == 0 && map_speed_parse(value, &speed))
        l->speed_bps = speed;
    else if (strcmp(ours, "evidence") == 0)
        l->evidence = value;
    else if (strcmp(ours, "layer") == 0)
        l->layer = value[0] == '3' ? 3 : 2;
    else if (strcmp(ours, "hidden") == 0)
        l->edit.hidden = map_value_flag(value);
    else if (strcmp(ours, "id") == 0)
        l->id = value;
    else if (strcmp(ours, "nothing") != 0)
        add_extra(im, &l->extras, ours, value, true);
}

void import_set_own(struct import *im, struct map_extras *of, const char *key,
                    const char *value, bool link)
{
    value = map_import_text(im, bytes_of_text(value));
    if (value[0] != '\0' && is_harmless(key))
        add_extra(im, of, key, value, link);
}

/* A label of fields, "<p1> Gi0/1|{core|switch}": its words alone. */
static void join_fields(struct map *m, struct map_node *n)
{
    struct buffer OWNED_BUFFER words = {0};
    bool port = false;

    if (strchr(n->label, '|') == NULL && n->label[0] != '{' &&
        n->label[0] != '<')
        return;
    for (const char *c = n->label; *c != '\0'; c++) {
        bool blank = strchr("{}| >", *c) != NULL;

        port = *c == '<' || (port && *c != '>');
        if (!port && !blank)
            buffer_char(&words, *c);
        else if (blank && words.len > 0 && words.at[words.len - 1] != ' ')
            buffer_char(&words, ' ');
    }
    buffer_text(&words, "");
    const char *label = text_trim(words.at);
    if (label[0] != '\0')
        n->label = map_keep(m, label);
}

/* What is no attribute of ours in a document of other tools, but says it. */
static void read_between_lines(struct map *m)
{
    for (size_t i = 0; i < m->nodes.count; i++)
        join_fields(m, &m->nodes.at[i]);
    for (size_t i = 0; i < m->links.count; i++) {
        struct map_link *l = &m->links.at[i];

        for (size_t k = 0; k < l->extras.count && l->speed_bps == 0; k++)
            if (strcmp(l->extras.at[k].key, "label") == 0 &&
                !is_speed(l->extras.at[k].value, &l->speed_bps))
                l->speed_bps = 0;
    }
}

void import_dot(struct import *im, struct bytes text)
{
    struct map *m = NULL;
    int rc = map_read(im->place, (const char *)text.at, text.len, &m, im->why);

    if (rc < 0) {
        im->rc = rc;
        return;
    }
    m->name = map_keep(m, im->map->name);
    im->ours = !m->foreign;
    if (m->foreign)
        read_between_lines(m);
    map_free(im->map);
    im->map = m;
}

/* ---- a map of it ---- */

/* What was true when it was written is not known now. */
static void forget_moment(struct map_node *n)
{
    n->words = "";
    n->state = n->origin == MAP_DEVICE   ? MAP_UNKNOWN
               : n->origin == MAP_SUBNET ? MAP_UP
                                         : MAP_UNMANAGED;
    n->edit.added = false;
    if (n->edit.label[0] != '\0')
        n->label = n->edit.label;
    n->edit.label = "";
}

/* People write the address below the name; what reads it has it as the last
 * word. */
static void take_address(struct map *m, struct map_node *n)
{
    const char *last = strrchr(n->label, ' ');
    struct prefix p;

    if (n->origin != MAP_OTHER || n->address[0] != '\0' || last == NULL ||
        prefix_parse(last + 1, true, &p) < 0)
        return;
    n->address = map_keep(m, last + 1);
    n->label = arena_text_of(m->arena, n->label, (size_t)(last - n->label));
}

static void place_or_not(struct map_node *n)
{
    if (!isnan(n->x) && !isnan(n->y))
        return;
    n->placed = false;
    n->x = n->y = 0;
}

/* Links need names by which edits refer to them; of them, too, nothing is known
 * now. */
static void name_links(struct map *m)
{
    OWNED(table_free) struct table *taken = table_new();
    char id[40];

    for (size_t i = 0; i < m->links.count; i++) {
        struct map_link *l = &m->links.at[i];

        l->load_ab = l->load_ba = NAN;
        l->state = LINK_CONFIRMED;
        l->edit.added = false;
        if (l->id[0] != '\0' && table_put_text(taken, l->id, taken) == NULL)
            continue;
        (void)snprintf(id, sizeof id, "~link-%zu", i + 1);
        l->id = map_keep(m, id);
        (void)table_put_text(taken, l->id, taken);
    }
}

static void finish(struct import *im)
{
    struct map *m = im->map;

    m->view = MAP_DRAWN;
    for (size_t i = 0; i < m->nodes.count; i++) {
        struct map_node *n = &m->nodes.at[i];

        if (n->kind == KIND_CLOUD && n->within[0] != '\0')
            n->origin = MAP_CLOUD;
        forget_moment(n);
        place_or_not(n);
        if (!im->ours)
            take_address(m, n);
    }
    name_links(m);
    if (!im->ours)
        import_spread(m);
    map_fold(m);
}

int map_import(const char *name, const char *place,
               enum map_import_format format, struct bytes text,
               struct map **out, struct complaint *why)
{
    static void (*const readers[MAP_IMPORT_FORMATS])(struct import *,
                                                     struct bytes) = {
        [MAP_FROM_DOT] = import_dot,
        [MAP_FROM_GRAPHML] = import_graphml,
        [MAP_FROM_JSON] = import_json,
        [MAP_FROM_CSV] = import_csv,
    };
    struct import im = {
        .map = map_new(name, MAP_DRAWN), .place = place, .why = why};

    *out = NULL;
    if (text.len > MAP_TEXT_MAX)
        import_refuse(&im, -EFBIG, 0, 0, "split it into several maps",
                      "is larger than 64 MB");
    else
        readers[format](&im, text);
    if (im.rc == 0 && im.map->nodes.count == 0)
        import_refuse(&im, -EINVAL, 1, 1, "is it of that format?",
                      "there is no node in it");
    if (im.rc < 0) {
        map_free(im.map);
        return im.rc;
    }
    finish(&im);
    *out = im.map;
    return 0;
}
