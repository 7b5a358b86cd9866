/* sim_links.h - links of a simulated network as text, to compare them with what
 * a test expects. */
#ifndef TESTS_TOPOLOGY_SIM_LINKS_H
#define TESTS_TOPOLOGY_SIM_LINKS_H

#include "sim.h"

/* All links of layer 2, a line each; segments are "~". */
static inline char *links_of(const struct topology *t)
{
    struct buffer OWNED_BUFFER out = {0};

    buffer_text(&out, "");
    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        const char *b = t->nodes.at[l->b].name;

        if (l->layer != 2)
            continue;
        buffer_format(&out, "%s:%s %s:%s", t->nodes.at[l->a].name, l->a_port,
                      b[0] == '~' ? "~" : b, l->b_port);
        if (l->kind != LINK_P2P)
            buffer_format(&out, " %s", link_kind_name(l->kind));
        if (l->state != LINK_CONFIRMED)
            buffer_format(&out, " %s", link_state_name(l->state));
        buffer_char(&out, '\n');
    }
    return buffer_take(&out);
}

static inline void assert_links(const char *name, const struct topology *t,
                                const char *wanted)
{
    OWNED(free) char *got = links_of(t);

    if (strcmp(got, wanted) != 0)
        print_error("%s:\n", name);
    assert_string_equal(got, wanted);
}

static inline struct sim *run(const char *network)
{
    struct sim *s = sim_read(network);

    sim_run(s, 100, 1);
    return s;
}

#endif
