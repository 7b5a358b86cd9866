/* map_paper.h - documents of tests, written and read back. */
#ifndef TESTS_MAP_PAPER_H
#define TESTS_MAP_PAPER_H

#include "topology/map_doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static inline struct map *read_back(const struct map *m)
{
    struct buffer OWNED_BUFFER text = {0};
    struct complaint why = {.what = ""};
    struct map *again = NULL;

    map_write(m, &text);
    if (map_read(map_name(m), text.at, text.len, &again, &why) < 0)
        fail_msg("%s: %s\n%s", why.place, why.what, text.at);
    return again;
}

static inline void assert_written_the_same(const struct map *a,
                                           const struct map *b)
{
    struct buffer OWNED_BUFFER x = {0};
    struct buffer OWNED_BUFFER y = {0};

    map_write(a, &x);
    map_write(b, &y);
    assert_string_equal(x.at, y.at);
}

static inline struct map_node *node(struct map *m, const char *id)
{
    uint32_t at = map_find_node(m, id);

    assert_true(at != UINT32_MAX);
    return &m->nodes.at[at];
}

#endif
