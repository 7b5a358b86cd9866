/* map_import.h - what the harnesses of foreign maps share: a document is
 * refused with words and a place, or a map that survives writing, reading and
 * being edited. */
#ifndef TESTS_FUZZ_MAP_IMPORT_H
#define TESTS_FUZZ_MAP_IMPORT_H

#include "topology/map_doc.h"
#include "topology/map_import.h"

#include <assert.h>

static inline void fuzz_map_import(enum map_import_format format,
                                   const uint8_t *data, size_t size)
{
    struct complaint why = {.what = ""};
    struct buffer OWNED_BUFFER text = {0};
    struct map *made = NULL, *read = NULL;
    int rc = map_import("plan", "file", format, (struct bytes){data, size},
                        &made, &why);

    assert((rc == 0) == (made != NULL));
    if (rc < 0) {
        assert(why.what[0] != '\0' && why.place[0] != '\0');
        return;
    }
    OWNED(map_free) struct map *m = made;
    assert(map_view_of(m) == MAP_DRAWN && map_node_count(m) > 0);
    map_write(m, &text);
    rc = map_read("plan", text.at, text.len, &read, &why);
    assert(rc == 0);
    OWNED(map_free) struct map *again = read;
    assert(map_node_count(again) == map_node_count(m));
    assert(map_link_count(again) == map_link_count(m));
    buffer_clear(&text);
    map_write_json(m, &text);
    map_write_graphml(m, &text);
    map_write_csv(m, &text);
}

#endif
