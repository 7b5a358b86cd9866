/* GraphML (graphml.graphdrawing.org), with the shapes of yEd. */
#include "base/text.h"
#include "topology/map_import_parts.h"

#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 200, VALUE_MAX = 65536 };

/* A <key>: what a <data> means. */
struct key {
    char *id, *name;
};

struct group {
    uint32_t node; /* the innermost <node> that is open */
    bool labelled; /* yEd gives a label for each look; the first counts */
};

struct reader {
    struct import *im;
    XML_Parser parser;
    struct keys ARRAY_OF(struct key) keys;
    struct groups ARRAY_OF(struct group) groups; /* nodes in each other */
    uint32_t link;    /* the open <edge>; UINT32_MAX */
    const char *data; /* name of the open <data>; NULL: none */
    bool own;         /* it is an attribute of a person, by our own writer */
    bool takes;       /* text is wanted: of data or of a label */
    bool label, edge_label;
    unsigned looks; /* depth of the <y:Realizers> that is open; 0: none */
    unsigned look, active; /* the one that is read, and the one that is seen */
    struct buffer text;
    unsigned depth;
};

static size_t line_of(const struct reader *r)
{
    return (size_t)XML_GetCurrentLineNumber(r->parser);
}

static size_t column_of(const struct reader *r)
{
    return (size_t)XML_GetCurrentColumnNumber(r->parser) + 1;
}

static void refuse(struct reader *r, int rc, const char *remedy,
                   const char *what)
{
    import_refuse(r->im, rc, line_of(r), column_of(r), remedy, "%s", what);
    (void)XML_StopParser(r->parser, XML_FALSE);
}

static const char *attribute(const char **of, const char *name)
{
    for (; of[0] != NULL; of += 2)
        if (strcmp(of[0], name) == 0)
            return of[1];
    return NULL;
}

static struct group *inner(struct reader *r)
{
    return r->groups.count > 0 ? &r->groups.at[r->groups.count - 1] : NULL;
}

/* ---- elements ---- */

static void on_key(struct reader *r, const char **of)
{
    const char *id = attribute(of, "id"), *name = attribute(of, "attr.name");
    enum { KEYS_MAX = 1000 };

    if (id == NULL)
        return;
    if (r->keys.count == KEYS_MAX) {
        refuse(r, -EFBIG, "leave keys out", "there are more than 1000 keys");
        return;
    }
    struct key *k = array_add(&r->keys);
    k->id = mem_text(id);
    k->name = mem_text(name != NULL ? name : "");
}

static void on_node(struct reader *r, const char **of)
{
    const char *id = attribute(of, "id");
    const char *folder = attribute(of, "yfiles.foldertype");
    struct group *around = inner(r);

    if (id == NULL) {
        refuse(r, -EINVAL, "write <node id=\"...\">", "a node has no id");
        return;
    }
    uint32_t node = import_node(r->im, id, line_of(r), column_of(r));
    if (node == UINT32_MAX) {
        (void)XML_StopParser(r->parser, XML_FALSE);
        return;
    }
    if (folder != NULL) {
        import_make_cloud(r->im, node);
        r->im->map->nodes.at[node].collapsed = strcmp(folder, "folder") == 0;
    }
    if (around != NULL && around->node != node) {
        import_make_cloud(r->im, around->node);
        r->im->map->nodes.at[node].cloud =
            r->im->map->nodes.at[around->node].id;
    }
    *array_add(&r->groups) = (struct group){.node = node};
}

static void on_edge(struct reader *r, const char **of)
{
    const char *a = attribute(of, "source"), *b = attribute(of, "target");

    if (a == NULL || b == NULL) {
        refuse(r, -EINVAL, "write <edge source=\"...\" target=\"...\">",
               "an edge lacks source or target");
        return;
    }
    uint32_t from = import_node(r->im, a, line_of(r), column_of(r));
    uint32_t to = import_node(r->im, b, line_of(r), column_of(r));
    struct map_link *l = import_link(r->im, from, to, line_of(r), column_of(r));
    if (l == NULL) {
        (void)XML_StopParser(r->parser, XML_FALSE);
        return;
    }
    if (attribute(of, "sourceport") != NULL)
        import_set_link(r->im, l, "a_port", attribute(of, "sourceport"));
    if (attribute(of, "targetport") != NULL)
        import_set_link(r->im, l, "b_port", attribute(of, "targetport"));
    r->link = (uint32_t)r->im->map->links.count - 1;
}

static void take_text(struct reader *r)
{
    buffer_clear(&r->text);
    buffer_text(&r->text, "");
    r->takes = true;
}

static void on_data(struct reader *r, const char **of)
{
    const char *id = attribute(of, "key");

    r->data = "";
    r->own = r->im->ours && id != NULL && id[0] == '+';
    for (size_t i = 0; id != NULL && i < r->keys.count; i++)
        if (strcmp(r->keys.at[i].id, id) == 0)
            r->data = r->keys.at[i].name[0] != '\0' ? r->keys.at[i].name : "";
    take_text(r);
}

/* A group of yEd has two looks, open and closed. */
static void on_looks(struct reader *r, const char **of)
{
    const char *active = attribute(of, "active");

    r->looks = r->depth;
    r->look = 0;
    r->active = active != NULL && strcmp(active, "1") == 0 ? 2 : 1;
}

static bool is_seen(const struct reader *r)
{
    return r->looks == 0 || r->look == r->active;
}

/* yEd has the upper left corner, y down. */
static void on_geometry(struct reader *r, const char **of)
{
    static const char *const names[] = {"x", "y", "width", "height"};
    static const double FAR = 1e7;
    struct group *g = inner(r);
    double value[4] = {0};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *text = attribute(of, names[i]);

        value[i] = text != NULL ? strtod(text, NULL) : NAN;
        if (!isfinite(value[i]) || fabs(value[i]) >= FAR)
            return;
    }
    if (g == NULL || r->im->map->nodes.at[g->node].placed || !is_seen(r))
        return;
    struct map_node *n = &r->im->map->nodes.at[g->node];
    n->placed = n->origin != MAP_CLOUD || n->collapsed;
    n->x = value[0] + value[2] / 2;
    n->y = -(value[1] + value[3] / 2);
}

static void XMLCALL on_start(void *arg, const char *name, const char **of)
{
    struct reader *r = arg;

    if (++r->depth == r->looks + 1 && r->looks > 0)
        r->look++;
    if (r->depth > DEPTH_MAX)
        refuse(r, -EFBIG, "nest less", "elements are nested too deep");
    else if (r->depth == 1 && strcmp(name, "graphml") != 0)
        refuse(r, -EINVAL, "the first element is <graphml>",
               "this is no GraphML");
    else if (strcmp(name, "key") == 0)
        on_key(r, of);
    else if (strcmp(name, "node") == 0)
        on_node(r, of);
    else if (strcmp(name, "edge") == 0)
        on_edge(r, of);
    else if (strcmp(name, "data") == 0)
        on_data(r, of);
    else if (strcmp(name, "y:Realizers") == 0)
        on_looks(r, of);
    else if (strcmp(name, "y:Geometry") == 0)
        on_geometry(r, of);
    else if (strcmp(name, "y:NodeLabel") == 0 && inner(r) != NULL &&
             !inner(r)->labelled && is_seen(r)) {
        take_text(r);
        r->label = true;
    } else if (strcmp(name, "y:EdgeLabel") == 0) {
        take_text(r);
        r->edge_label = true;
    } else if (r->data != NULL)
        r->takes = false; /* not the text of data itself */
}

/* What is said of the whole. */
static void set_graph(struct reader *r)
{
    if (strcmp(r->data, "portolan") == 0)
        r->im->ours = true;
    else if (strcmp(r->data, "title") == 0 && r->im->ours)
        map_set_title(r->im->map,
                      map_import_text(r->im, buffer_view(&r->text)));
}

static void set_link(struct reader *r)
{
    struct map_link *l = &r->im->map->links.at[r->link];

    if (r->own)
        import_set_own(r->im, &l->extras, r->data, r->text.at, true);
    else
        import_set_link(r->im, l, r->data, r->text.at);
}

static void set_node(struct reader *r)
{
    uint32_t node = inner(r)->node;

    if (r->own)
        import_set_own(r->im, &r->im->map->nodes.at[node].extras, r->data,
                       r->text.at, false);
    else
        import_set_node(r->im, node, r->data, r->text.at);
}

static void end_data(struct reader *r)
{
    if (r->takes && r->data[0] != '\0') {
        if (r->link != UINT32_MAX)
            set_link(r);
        else if (inner(r) != NULL)
            set_node(r);
        else
            set_graph(r);
    }
    r->data = NULL;
    r->takes = false;
}

static void end_label(struct reader *r)
{
    struct buffer OWNED_BUFFER line = {0};

    /* The text stands before elements that tell how it is drawn. */
    for (const char *c = r->text.at; *c != '\0'; c++)
        buffer_char(&line, *c == '\n' ? ' ' : *c);
    buffer_text(&line, "");
    const char *text = text_trim(line.at);
    if (r->label && text[0] != '\0' && inner(r) != NULL) {
        import_set_node(r->im, inner(r)->node, "label", text);
        inner(r)->labelled = true;
    } else if (r->edge_label && r->link != UINT32_MAX) {
        import_set_link(r->im, &r->im->map->links.at[r->link], "label", text);
    }
    r->label = r->edge_label = r->takes = false;
}

static void XMLCALL on_end(void *arg, const char *name)
{
    struct reader *r = arg;

    if (r->depth-- == r->looks)
        r->looks = 0;
    if (strcmp(name, "data") == 0 && r->data != NULL)
        end_data(r);
    else if ((strcmp(name, "y:NodeLabel") == 0 && r->label) ||
             (strcmp(name, "y:EdgeLabel") == 0 && r->edge_label))
        end_label(r);
    else if (strcmp(name, "node") == 0 && r->groups.count > 0)
        r->groups.count--;
    else if (strcmp(name, "edge") == 0)
        r->link = UINT32_MAX;
}

static void XMLCALL on_text(void *arg, const char *at, int len)
{
    struct reader *r = arg;

    if (r->takes && r->text.len + (size_t)len < VALUE_MAX)
        buffer_add(&r->text, at, (size_t)len);
}

/* Entities of a document's own are a way to make a small one large. Expat has
 * that many arguments. NOLINTNEXTLINE(readability-function-size) */
static void XMLCALL on_entity(void *arg, const char *name, int parameter,
                              const char *value, int len, const char *base,
                              const char *system, const char *public,
                              const char *notation)
{
    (void)name;
    (void)parameter;
    (void)value;
    (void)len;
    (void)base;
    (void)system;
    (void)public;
    (void)notation;
    refuse(arg, -EINVAL, "leave <!ENTITY> out",
           "entities of a document's own are not read");
}

static void reader_fini(struct reader *r)
{
    for (size_t i = 0; i < r->keys.count; i++) {
        free(r->keys.at[i].id);
        free(r->keys.at[i].name);
    }
    array_fini(&r->keys);
    array_fini(&r->groups);
    buffer_fini(&r->text);
    XML_ParserFree(r->parser);
}

void import_graphml(struct import *im, struct bytes text)
{
    struct reader r = {.im = im, .link = UINT32_MAX};

    r.parser = XML_ParserCreate(NULL);
    if (r.parser == NULL) {
        import_refuse(im, -ENOMEM, 0, 0, "try again", "there is no memory");
        return;
    }
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetEntityDeclHandler(r.parser, on_entity);
    if (XML_Parse(r.parser, (const char *)text.at, (int)text.len, XML_TRUE) !=
        XML_STATUS_OK)
        import_refuse(im, -EINVAL, line_of(&r), column_of(&r),
                      "put it right there", "is no XML: %s",
                      XML_ErrorString(XML_GetErrorCode(r.parser)));
    reader_fini(&r);
}
