#include "topology/render.h"
#include "base/text.h"

#include <errno.h>
#include <gvc.h>

struct renderer {
    GVC_t *context;
};

static const double POINTS = 72; /* an inch */

struct renderer *renderer_new(void)
{
    GVC_t *context = gvContext();

    if (context == NULL)
        return NULL;
    struct renderer *r = mem_new(struct renderer);
    r->context = context;
    (void)agseterr(AGERR);
    return r;
}

void renderer_free(struct renderer *r)
{
    if (r == NULL)
        return;
    (void)gvFreeContext(r->context);
    free(r);
}

struct setting {
    const char *key, *value;
};

/* What each engine is told; "start" makes it the same each time. */
static const struct {
    const char *name;
    struct setting settings[8];
} engines[] = {
    [LAYOUT_LAYERED] = {"dot",
                        {{"ranksep", "0.62"},
                         {"nodesep", "0.12"},
                         {"mclimit", "6"},
                         {"searchsize", "100"}}},
    [LAYOUT_FORCE] = {"neato",
                      {{"start", "7"},
                       {"overlap", "prism"},
                       {"overlap_scaling", "0"},
                       {"sep", "+6"},
                       {"maxiter", "600"}}},
    [LAYOUT_FORCE_LARGE] = {"sfdp",
                            {{"start", "7"},
                             {"overlap", "prism"},
                             {"overlap_scaling", "0"},
                             {"sep", "+6"},
                             {"repulsiveforce", "1.2"}}},
};

static void set(void *object, const char *key, const char *value)
{
    (void)agsafeset(object, (char *)(uintptr_t)key, (char *)(uintptr_t)value,
                    (char *)(uintptr_t) "");
}

static void set_inches(void *object, const char *key, double points)
{
    char text[32];

    snprintf(text, sizeof text, "%.5f", points / POINTS);
    set(object, key, text);
}

static void add_bodies(Agraph_t *g, enum layout_engine engine,
                       const struct layout_skeleton *s, Agnode_t **nodes)
{
    char name[32];

    for (size_t i = 0; i < s->bodies.count; i++) {
        snprintf(name, sizeof name, "b%zu", i);
        nodes[i] = agnode(g, name, 1);
        set_inches(nodes[i], "width", s->bodies.at[i].width);
        set_inches(nodes[i], "height", s->bodies.at[i].height);
    }
    (void)engine;
}

static void add_ties(Agraph_t *g, enum layout_engine engine,
                     const struct layout_skeleton *s, Agnode_t **nodes)
{
    for (size_t i = 0; i < s->ties.count; i++) {
        const struct layout_tie *t = &s->ties.at[i];
        char weight[16];
        Agedge_t *e = agedge(g, nodes[t->a], nodes[t->b], NULL, 1);

        if (engine == LAYOUT_LAYERED && t->flat)
            set(e, "constraint", "false");
        snprintf(weight, sizeof weight, "%d", t->weight);
        if (engine == LAYOUT_LAYERED)
            set(e, "weight", weight);
        if (engine != LAYOUT_LAYERED)
            set_inches(e, "len", t->length);
    }
}

static Agraph_t *skeleton_graph(enum layout_engine engine,
                                const struct layout_skeleton *s,
                                Agnode_t **nodes)
{
    static char name[] = "skeleton";
    Agraph_t *g = agopen(name, Agundirected, NULL);

    if (g == NULL)
        return NULL;
    set(g, "splines", "");
    for (const struct setting *at = engines[engine].settings; at->key != NULL;
         at++)
        set(g, at->key, at->value);
    (void)agattr(g, AGNODE, (char *)(uintptr_t) "shape",
                 (char *)(uintptr_t) "box");
    (void)agattr(g, AGNODE, (char *)(uintptr_t) "label",
                 (char *)(uintptr_t) "");
    (void)agattr(g, AGNODE, (char *)(uintptr_t) "fixedsize",
                 (char *)(uintptr_t) "true");
    add_bodies(g, engine, s, nodes);
    add_ties(g, engine, s, nodes);
    return g;
}

int renderer_lay_out(void *arg, enum layout_engine engine,
                     struct layout_skeleton *s, struct complaint *why)
{
    struct renderer *r = arg;

    if (s->bodies.count < 2) /* one body stands where it is: (0, 0) */
        return 0;
    Agnode_t **nodes = mem_array(s->bodies.count, sizeof(Agnode_t *));
    Agraph_t *g = skeleton_graph(engine, s, nodes);
    if (g == NULL || gvLayout(r->context, g, engines[engine].name) != 0) {
        if (g != NULL)
            (void)agclose(g);
        free(nodes);
        return complain(why, -EIO, "layout", "see what Graphviz says",
                        "Graphviz's %s found no layout", engines[engine].name);
    }
    for (size_t i = 0; i < s->bodies.count; i++) {
        s->bodies.at[i].x = ND_coord(nodes[i]).x;
        s->bodies.at[i].y = ND_coord(nodes[i]).y;
    }
    (void)gvFreeLayout(r->context, g);
    (void)agclose(g);
    free(nodes);
    return 0;
}

int renderer_draw(struct renderer *r, const char *dot, const char *format,
                  struct buffer *out, struct complaint *why)
{
    Agraph_t *g = agmemread(dot);
    char *data = NULL;
    unsigned len = 0;
    int rc = 0;

    if (g == NULL)
        return complain(why, -EINVAL, "picture", "this is a fault of ours",
                        "Graphviz cannot read the picture");
    if (gvLayout(r->context, g, "nop2") != 0 ||
        gvRenderData(r->context, g, format, &data, &len) != 0 || data == NULL ||
        len == 0)
        rc = complain(why, -EIO, "picture", "see what Graphviz says",
                      "Graphviz cannot draw %s", format);
    else
        buffer_add(out, data, len);
    if (data != NULL)
        gvFreeRenderData(data);
    (void)gvFreeLayout(r->context, g);
    (void)agclose(g);
    return rc;
}
