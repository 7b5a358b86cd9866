/* Any text as a DOT document: refused with words, or a map that survives
 * writing, drawing and being carried over. */
#include "topology/draw.h"
#include "topology/layout.h"
#include "topology/map_doc.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bodies in a row: layout must bear any engine. */
static int engine(void *arg, enum layout_engine which,
                  struct layout_skeleton *s, struct complaint *why)
{
    double x = 0;

    (void)arg;
    (void)which;
    (void)why;
    for (size_t i = 0; i < s->bodies.count; i++) {
        s->bodies.at[i].x = x + s->bodies.at[i].width / 2;
        s->bodies.at[i].y = 0;
        x += s->bodies.at[i].width;
    }
    return 0;
}

static struct map *read_text(const struct buffer *text)
{
    struct complaint why;
    struct map *m = NULL;
    int rc = map_read("again", text->at, text->len, &m, &why);

    assert(rc == 0); /* what we wrote we can read */
    return m;
}

static void check_document(const struct map *m)
{
    struct buffer OWNED_BUFFER first = {0};
    struct buffer OWNED_BUFFER second = {0};

    map_write(m, &first);
    OWNED(map_free) struct map *again = read_text(&first);
    assert(map_node_count(again) == map_node_count(m));
    assert(map_link_count(again) == map_link_count(m));
    map_write(again, &second);
    OWNED(map_free) struct map *third = read_text(&second);
    assert(map_node_count(third) == map_node_count(m));
    map_carry_over(third, m);
    assert(map_node_count(third) == map_node_count(m));
}

static void check_picture(struct map *m)
{
    enum { COARSE = 9 /* dots per inch */ };
    struct draw_options options = {.icons = "icons", .legend = true};
    struct buffer OWNED_BUFFER out = {0};
    int rc = layout_map(m, engine, NULL, NULL);

    assert(rc == 0 && map_is_laid_out(m));
    (void)draw_map(m, &options, &out);
    assert(out.len > 0);
    buffer_clear(&out);
    options.dpi = COARSE;
    options.bare = true;
    struct draw_size size = draw_map(m, &options, &out);
    assert(size.width > 0 && size.height > 0);
    buffer_clear(&out);
    map_write_json(m, &out);
    map_write_graphml(m, &out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { DRAWN_MAX = 64 };
    struct complaint why = {.what = ""};
    struct map *read = NULL;
    int rc = map_read("fuzz", (const char *)data, size, &read, &why);

    assert((rc == 0) == (read != NULL));
    if (rc < 0) {
        assert(why.what[0] != '\0' && why.place[0] != '\0');
        return 0;
    }
    OWNED(map_free) struct map *m = read;
    check_document(m);
    if (map_node_count(m) <= DRAWN_MAX)
        check_picture(m);
    return 0;
}
