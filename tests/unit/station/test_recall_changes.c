/* What changed between two moments, of a network whose cables come, go, move
 * and fail. */
#include "recall_scene.h"

#include "base/arena.h"

enum { BOXES = 6, CABLES = 20, MOMENTS = 6 };

struct cable {
    bool there;
    uint32_t a, b;
    enum link_state state;
};

static uint32_t draw(uint32_t *source, uint32_t below)
{
    *source = *source * 1664525 + 1013904223; /* Knuth, vol. 2, 3.3.4 */
    return (*source >> 16) % below;
}

static void change(struct cable *c, uint32_t *source)
{
    switch (draw(source, 6)) {
    case 0:
        c->there = !c->there;
        break;
    case 1:
        c->b = draw(source, BOXES);
        break;
    case 2:
        c->state = c->state == LINK_DOWN ? LINK_CONFIRMED : LINK_DOWN;
        break;
    default: /* as it was */
        break;
    }
}

static struct inferred *inferred_of(const struct cable *cables, unsigned moment)
{
    struct inferred *i = inferred_empty((struct wall){moment * HOUR_MS});
    struct topology *t = mem_new(struct topology);
    struct topo_device *devices = arena_zero(i->arena, BOXES * sizeof *devices);

    t->refs = 1;
    t->arena = arena_new();
    for (unsigned n = 0; n < BOXES; n++) {
        struct buffer OWNED_BUFFER name = {0};
        struct ident id = {.octets = {1, (uint8_t)n}};

        buffer_format(&name, "box-%u", n);
        if (n == 2) /* it gets another name in time */
            buffer_format(&name, "-%u", moment / 3);
        devices[n] = (struct topo_device){
            .id = id, .name = arena_text(t->arena, name.at)};
        *array_add(&t->nodes) = (struct topo_node){.origin = NODE_DEVICE,
                                                   .id = id,
                                                   .device = n,
                                                   .name = devices[n].name,
                                                   .descr = ""};
    }
    for (unsigned n = 0; n < CABLES; n++) {
        const struct cable *c = &cables[n];
        struct buffer OWNED_BUFFER port = {0};

        buffer_format(&port, "p%u", n);
        if (c->there)
            *array_add(&t->links) = (struct topo_link){
                .id = {.octets = {2, (uint8_t)n, (uint8_t)c->b}},
                .a = c->a,
                .b = c->b,
                .a_port = arena_text(t->arena, port.at),
                .b_port = arena_text(t->arena, port.at),
                .layer = 2,
                .state = c->state,
                .why = "x"};
    }
    i->input = (struct topo_input){.devices = devices, .count = BOXES};
    i->topology = t;
    return i;
}

static void live_through(struct place *p)
{
    struct cable cables[CABLES];
    struct inferred *was = NULL;
    uint32_t source = 7;

    for (unsigned n = 0; n < CABLES; n++)
        cables[n] = (struct cable){draw(&source, 2) == 0, draw(&source, BOXES),
                                   draw(&source, BOXES), LINK_CONFIRMED};
    for (unsigned moment = 1; moment <= MOMENTS; moment++) {
        struct inferred *is = inferred_of(cables, moment);

        keep(p, was, is);
        inferred_unref(was);
        was = is;
        for (unsigned n = 0; n < CABLES; n++)
            change(&cables[n], &source);
    }
    inferred_unref(was);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A line for each change, in their byte order. */
static void tell_changes(const struct topo_changes *changes,
                         const struct topology *was, const struct topology *is,
                         struct buffer *out)
{
    struct lines ARRAY_OF(char *) lines = {0};

    for (size_t i = 0; i < changes->count; i++) {
        const struct topo_change *c = &changes->at[i];
        struct buffer line = {0};

        buffer_format(&line, "%s ", topo_change_name(c->kind));
        if (c->link_is != NULL)
            topo_link_words(is, c->link_is, &line);
        else if (c->link_was != NULL)
            topo_link_words(was, c->link_was, &line);
        else
            buffer_text(&line, c->node_is->name);
        buffer_text(&line, c->quiet ? " (quiet) " : " ");
        topo_change_words(c, was, &line);
        *array_add(&lines) = buffer_take(&line);
    }
    if (lines.count > 0)
        qsort(lines.at, lines.count, sizeof *lines.at, by_text);
    buffer_text(out, "");
    for (size_t i = 0; i < lines.count; i++) {
        buffer_format(out, "%s\n", lines.at[i]);
        free(lines.at[i]);
    }
    array_fini(&lines);
}

/* Only rows between the moments are looked at, and nothing is lost by it. */
static void changes_are_those_of_the_two_moments_as_wholes(void **state)
{
    struct place *p = *state;
    size_t told = 0;

    live_through(p);
    for (int64_t from = 1; from <= MOMENTS; from++)
        for (int64_t to = 1; to <= MOMENTS; to++) {
            struct buffer OWNED_BUFFER got = {0}, OWNED_BUFFER wanted = {0};
            struct answer was = ask(p, 0, from * HOUR_MS),
                          is = ask(p, 0, to * HOUR_MS),
                          between = ask(p, from * HOUR_MS, to * HOUR_MS);
            struct topo_changes changes = {0};

            topology_diff(was.r->is->topology, is.r->is->topology, &changes);
            tell_changes(&changes, was.r->is->topology, is.r->is->topology,
                         &wanted);
            tell_changes(&between.r->changes, between.r->was->topology,
                         between.r->is->topology, &got);
            assert_string_equal(got.at, wanted.at);
            told += changes.count;
            array_fini(&changes);
            recalled_free(was.r);
            recalled_free(is.r);
            recalled_free(between.r);
        }
    assert_true(told > MOMENTS * MOMENTS);
}

/* A moment before anything was kept is the first that was. */
static void the_first_moment_is_as_far_back_as_it_goes(void **state)
{
    struct place *p = *state;

    live_through(p);
    struct answer a = ask(p, 1, MOMENTS * HOUR_MS),
                  b = ask(p, HOUR_MS, MOMENTS * HOUR_MS);

    assert_int_equal(a.result, 0);
    assert_int_equal(a.r->from.ms, HOUR_MS);
    assert_true(a.r->changes.count > 0);
    assert_int_equal(a.r->changes.count, b.r->changes.count);
    recalled_free(a.r);
    recalled_free(b.r);
}

int main(void)
{
#define WITH_STORE(test) \
    cmocka_unit_test_setup_teardown(test, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        WITH_STORE(changes_are_those_of_the_two_moments_as_wholes),
        WITH_STORE(the_first_moment_is_as_far_back_as_it_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
