/* Names in pictures for screens: they can be read however coarse the raster,
 * cover nothing, and what carries others has its name first. */
#include "topology/draw.h"
#include "topology/draw_node.h"
#include "topology/layout.h"
#include "topology/map_doc.h"
#include "topology/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* Graphviz keeps a line of its own until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libgvc\n";
}

enum { ACCESS = 20, HOSTS = 3 };

/* Two cores, switches on both, hosts on these; laid out. */
static struct map *office(void)
{
    struct map *m = map_new("office", MAP_PHYSICAL);
    OWNED(renderer_free) struct renderer *renderer = renderer_new();
    struct complaint why = {.what = ""};
    char id[32];

    for (unsigned i = 0; i < 2; i++) {
        (void)snprintf(id, sizeof id, "core-%u", i + 1);
        map_add_node(m, id)->kind = KIND_L3SWITCH;
    }
    for (uint32_t i = 0; i < ACCESS; i++) {
        (void)snprintf(id, sizeof id, "switch-%02u", (unsigned)i);
        map_add_node(m, id)->kind = KIND_SWITCH;
        uint32_t at = (uint32_t)m->nodes.count - 1;
        (void)map_add_link(m, at, 0);
        (void)map_add_link(m, at, 1);
        for (unsigned k = 0; k < HOSTS; k++) {
            (void)snprintf(id, sizeof id, "printer-%02u-%u", (unsigned)i, k);
            map_add_node(m, id)->kind = KIND_PRINTER;
            (void)map_add_link(m, (uint32_t)m->nodes.count - 1, at);
        }
    }
    for (size_t i = 0; i < m->nodes.count; i++) {
        m->nodes.at[i].origin = MAP_DEVICE;
        m->nodes.at[i].state = MAP_UP;
    }
    if (layout_map(m, renderer_lay_out, renderer, &why) < 0)
        fail_msg("%s", why.what);
    return m;
}

struct caption {
    struct draw_box box;
    char text[64];
    double size;
};
struct captions ARRAY_OF(struct caption);

/* The texts of a picture, and where they stand. */
static void read_captions(const char *picture, struct captions *out)
{
    static const char label[] = ",label=\"";

    for (const char *at = picture; (at = strstr(at, "\nt")) != NULL; at++) {
        struct caption c = {.size = 0};
        double x, y;
        const char *end = strchr(at + 1, '\n');
        const char *size = strstr(at, "fontsize="), *text = strstr(at, label);

        if (sscanf(at, "\nt%*u [pos=\"%lf,%lf\"", &x, &y) != 2 ||
            size == NULL || text == NULL || text > end)
            continue;
        c.size = strtod(size + strlen("fontsize="), NULL);
        text += sizeof label - 1;
        (void)snprintf(c.text, sizeof c.text, "%.*s", (int)strcspn(text, "\""),
                       text);
        c.box = draw_box_at(x, y, draw_text_width(c.text, c.size), c.size);
        *array_add(out) = c;
    }
}

static void draw_at(const struct map *m, double dpi, struct captions *out)
{
    struct draw_options options = {.dpi = dpi};
    struct buffer OWNED_BUFFER picture = {0};

    (void)draw_map(m, &options, &picture);
    out->count = 0;
    read_captions(picture.at, out);
}

static bool has(const struct captions *c, const char *text)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->at[i].text, text) == 0)
            return true;
    return false;
}

static void names_can_be_read_and_cover_nothing(void **state)
{
    static const double dpis[] = {8, 12, 20, 30, 45, 72, 144};
    static const double LEAST_PIXELS = 8;
    OWNED(map_free) struct map *m = office();
    struct captions c = {0};

    (void)state;
    for (size_t d = 0; d < COUNT_OF(dpis); d++) {
        draw_at(m, dpis[d], &c);
        assert_true(c.count > 0);
        for (size_t i = 0; i < c.count; i++) {
            struct draw_box a = c.at[i].box;

            assert_true(c.at[i].size * dpis[d] / 72 >= LEAST_PIXELS);
            for (size_t k = i + 1; k < c.count; k++) {
                struct draw_box b = c.at[k].box;

                if (a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1)
                    fail_msg("%g: %s and %s overlap", dpis[d], c.at[i].text,
                             c.at[k].text);
            }
        }
    }
    array_fini(&c);
}

static void what_carries_others_is_named_first(void **state)
{
    OWNED(map_free) struct map *m = office();
    struct captions all = {0}, few = {0};

    (void)state;
    draw_at(m, 144, &all);
    for (size_t i = 0; i < m->nodes.count; i++)
        assert_true(has(&all, m->nodes.at[i].id));
    draw_at(m, 14, &few);
    assert_true(few.count < m->nodes.count);
    assert_true(has(&few, "core-1") && has(&few, "core-2"));
    /* Trouble comes before all. */
    m->nodes.at[m->nodes.count - 1].state = MAP_DOWN;
    m->nodes.at[m->nodes.count - 1].words = "down 3 h";
    struct draw_options options = {.dpi = 14};
    struct buffer OWNED_BUFFER picture = {0};
    (void)draw_map(m, &options, &picture);
    assert_non_null(strstr(picture.at, m->nodes.at[m->nodes.count - 1].id));
    assert_non_null(strstr(picture.at, "down 3 h"));
    array_fini(&all);
    array_fini(&few);
}

/* How large a picture says it is, it is: what stands in it is within. */
static void a_picture_tells_its_size(void **state)
{
    OWNED(map_free) struct map *m = office();
    struct draw_options options = {.dpi = 20, .legend = true, .icons = "icons"};
    struct buffer OWNED_BUFFER picture = {0};
    struct captions c = {0};

    (void)state;
    struct draw_size size = draw_map(m, &options, &picture);
    read_captions(picture.at, &c);
    struct draw_box all = c.at[0].box;
    for (size_t i = 0; i < c.count; i++)
        all = draw_box_join(all, c.at[i].box);
    assert_true(size.width >= all.x1 - all.x0);
    assert_true(size.height >= all.y1 - all.y0);
    assert_true(size.width < 2 * (all.x1 - all.x0));
    array_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_can_be_read_and_cover_nothing),
        cmocka_unit_test(what_carries_others_is_named_first),
        cmocka_unit_test(a_picture_tells_its_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
