/* import_desk.h - documents of others as maps. */
#ifndef TESTS_IMPORT_DESK_H
#define TESTS_IMPORT_DESK_H

#include "topology/map_doc.h"
#include "topology/map_import.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static inline struct map *import(enum map_import_format format,
                                 const char *text)
{
    struct complaint why = {.what = ""};
    struct map *m = NULL;

    if (map_import("plan", "file", format, bytes_of_text(text), &m, &why) < 0)
        fail_msg("%s: %s", why.place, why.what);
    assert_string_equal(map_name(m), "plan");
    assert_int_equal(map_view_of(m), MAP_DRAWN);
    return m;
}

static inline struct map_node *node(struct map *m, const char *id)
{
    uint32_t at = map_find_node(m, id);

    if (at == UINT32_MAX)
        fail_msg("there is no node %s", id);
    return &m->nodes.at[at];
}

#endif
