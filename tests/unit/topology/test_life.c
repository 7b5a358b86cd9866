/* What becomes of links that were seen once, and what that is told as. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "topology/diff.h"
#include "topology/life.h"

enum { DEVICES = 4, PORTS = 3 };
static const int64_t MINUTE_MS = 60000, DAY_MS = 86400000;

/* Switches s1, s2, s3 with ports p1 to p3, and a host h with one. */
struct world {
    struct topo_device devices[DEVICES];
    struct facts *facts[DEVICES];
    struct life_look looks[DEVICES];
    uint64_t round;
    bool under_way, without_h;
    struct wall now;
    struct topology *t; /* the last moment */
};

static const char *const names[] = {"s1", "s2", "s3", "h"};
static const char *const ports[] = {"p1", "p2", "p3"};

static struct world *world_new(void)
{
    struct world *w = mem_new(struct world);

    for (size_t i = 0; i < DEVICES; i++) {
        w->facts[i] = facts_new();
        for (uint32_t p = 0; p < PORTS; p++)
            *array_add(&w->facts[i]->interfaces) =
                (struct interface){.if_index = p + 1,
                                   .label = ports[p],
                                   .admin_status = 1,
                                   .oper_status = 1};
        w->devices[i] =
            (struct topo_device){.id = {.octets = {(uint8_t)(i + 1)}},
                                 .name = names[i],
                                 .facts = w->facts[i],
                                 .kind = i == 3 ? KIND_HOST : KIND_SWITCH};
        w->looks[i] = (struct life_look){.at = {DAY_MS}, .tells = i != 3};
    }
    w->round = 1;
    w->under_way = true;
    w->now.ms = DAY_MS;
    return w;
}

static void world_free(struct world *w)
{
    topology_unref(w->t);
    for (size_t i = 0; i < DEVICES; i++)
        facts_unref(w->facts[i]);
    free(w);
}

static uint32_t node_of(struct topology *t, const char *name)
{
    for (uint32_t i = 0; i < t->nodes.count; i++)
        if (strcmp(t->nodes.at[i].name, name) == 0)
            return i;
    struct topo_node n = {.origin = name[0] == '~' ? NODE_SEGMENT : NODE_GHOST,
                          .name = arena_text(t->arena, name),
                          .descr = ""};
    memcpy(n.id.octets, name, strlen(name));
    *array_add(&t->nodes) = n;
    return (uint32_t)t->nodes.count - 1;
}

/* "s1:p1-s2:p1/95" with what infers it is: confirmed unless ? (candidate), !
 * (down) or # (blocked) follows. */
static void add_link(struct topology *t, const char *text)
{
    char copy[64], *rest = NULL;
    const char *words[5] = {""};
    size_t n = 0;

    (void)snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok_r(copy, ":-/", &rest); word != NULL;
         word = strtok_r(NULL, ":-/", &rest))
        words[n++] = word;
    assert_int_equal(n, 5);
    char mark = words[4][strlen(words[4]) - 1];
    struct topo_link l = {
        .a_port = arena_text(t->arena, strcmp(words[1], "_") ? words[1] : ""),
        .b_port = arena_text(t->arena, strcmp(words[3], "_") ? words[3] : ""),
        .layer = 2,
        .kind = words[2][0] == '~' ? LINK_SEGMENT : LINK_P2P,
        .state = mark == '?'   ? LINK_CANDIDATE
                 : mark == '!' ? LINK_DOWN
                 : mark == '#' ? LINK_BLOCKED
                               : LINK_CONFIRMED,
        .confidence = (uint8_t)atoi(words[4]),
        .why = "",
    };
    l.a = node_of(t, words[0]);
    l.b = node_of(t, words[2]);
    memcpy(l.id.octets, text, 11);
    *array_add(&t->links) = l;
}

/* The next moment: what is inferred of it, and what becomes of that. */
static void infer(struct world *w, const char *links)
{
    struct topology *t = mem_new(struct topology);
    struct topo_input input = {
        .devices = w->devices,
        .count = DEVICES - (w->without_h ? 1 : 0),
    };
    struct life_moment moment = {.input = &input,
                                 .looks = w->looks,
                                 .round = w->round,
                                 .under_way = w->under_way,
                                 .now = w->now};
    char copy[256], *rest = NULL;

    t->refs = 1;
    t->arena = arena_new();
    for (size_t i = 0; i < input.count; i++)
        *array_add(&t->nodes) =
            (struct topo_node){.origin = NODE_DEVICE,
                               .id = w->devices[i].id,
                               .name = arena_text(t->arena, names[i]),
                               .descr = "",
                               .device = i,
                               .kind = w->devices[i].kind};
    (void)snprintf(copy, sizeof copy, "%s", links);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest))
        add_link(t, word);
    life_continue(t, w->t, &moment);
    topology_unref(w->t);
    w->t = t;
}

/* Everybody is asked again. */
static void look(struct world *w)
{
    w->now.ms += MINUTE_MS;
    for (size_t i = 0; i < DEVICES; i++)
        if (w->looks[i].tells)
            w->looks[i].at = w->now;
}

static void next_round(struct world *w)
{
    w->round++;
    w->under_way = true;
    look(w);
}

/* "s1 p1 -- s2 p1 confirmed; ..." */
static void assert_links(const struct world *w, const char *expected)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_text(&text, "");
    for (size_t i = 0; i < w->t->links.count; i++) {
        topo_link_words(w->t, &w->t->links.at[i], &text);
        buffer_format(&text, " %s%s", link_state_name(w->t->links.at[i].state),
                      i + 1 < w->t->links.count ? "; " : "");
    }
    assert_string_equal(text.at, expected);
}

static void set_port(struct world *w, size_t device, size_t port,
                     uint8_t status)
{
    w->facts[device]->interfaces.at[port].oper_status = status;
}

/* A world whose first round is over, with these links. */
static struct world *settled(const char *links)
{
    struct world *w = world_new();

    infer(w, links);
    w->under_way = false;
    return w;
}

static void first_map_is_confirmed(void **state)
{
    struct world *w = world_new();

    (void)state;
    infer(w, "s1:p1-s2:p1/80 h:_-s2:p2/40 s1:p3-x9:_/60");
    assert_links(w, "h -- s2 p2 confirmed; s1 p1 -- s2 p1 confirmed; "
                    "s1 p3 -- x9 confirmed");
    world_free(w);
}

static void doubt_of_inference_stays(void **state)
{
    struct world *w = world_new();

    (void)state;
    for (int i = 0; i < 4; i++) {
        infer(w, "s1:p1-s2:p1/50?");
        next_round(w);
    }
    assert_links(w, "s1 p1 -- s2 p1 candidate");
    infer(w, "");
    assert_links(w, "");
    world_free(w);
}

static void one_sided_proof_needs_two_rounds(void **state)
{
    struct world *w = settled("s1:p1-s2:p1/95");

    (void)state;
    next_round(w);
    infer(w, "s1:p1-s2:p1/95 s1:p2-s3:p1/80");
    assert_links(w, "s1 p1 -- s2 p1 confirmed; s1 p2 -- s3 p1 candidate");
    look(w);
    infer(w, "s1:p1-s2:p1/95 s1:p2-s3:p1/80"); /* the same round */
    assert_links(w, "s1 p1 -- s2 p1 confirmed; s1 p2 -- s3 p1 candidate");
    w->round++; /* nobody was asked in it as yet */
    infer(w, "s1:p1-s2:p1/95 s1:p2-s3:p1/80");
    assert_links(w, "s1 p1 -- s2 p1 confirmed; s1 p2 -- s3 p1 candidate");
    look(w);
    infer(w, "s1:p1-s2:p1/95 s1:p2-s3:p1/80");
    assert_links(w, "s1 p1 -- s2 p1 confirmed; s1 p2 -- s3 p1 confirmed");
    next_round(w); /* and stays so when its port is another one's for a while */
    infer(w, "s1:p1-s2:p1/95 s1:p2-s3:p1/80!");
    infer(w, "s1:p1-s2:p1/95 s1:p2-s3:p1/80");
    assert_links(w, "s1 p1 -- s2 p1 confirmed; s1 p2 -- s3 p1 confirmed");
    world_free(w);
}

static void proof_of_both_ends_confirms_at_once(void **state)
{
    struct world *w = settled("");

    (void)state;
    next_round(w);
    infer(w, "s1:p1-s2:p1/95");
    assert_links(w, "s1 p1 -- s2 p1 confirmed");
    world_free(w);
}

static void dead_port_keeps_its_link_as_down(void **state)
{
    struct world *w = settled("s1:p1-s2:p1/95");
    struct wall first = w->t->links.at[0].life.first_seen;

    (void)state;
    set_port(w, 0, 0, 2);
    for (int i = 0; i < 10; i++) {
        next_round(w);
        infer(w, "");
        assert_links(w, "s1 p1 -- s2 p1 down");
    }
    assert_int_equal(w->t->links.at[0].life.first_seen.ms, first.ms);
    set_port(w, 0, 0, 1);
    infer(w, "s1:p1-s2:p1/95");
    assert_links(w, "s1 p1 -- s2 p1 confirmed");
    assert_int_equal(w->t->links.at[0].life.first_seen.ms, first.ms);
    set_port(w, 1, 0, 7); /* what is below it is down */
    next_round(w);
    infer(w, "");
    assert_links(w, "s1 p1 -- s2 p1 down");
    w->now.ms += LIFE_DOWN_DAYS * DAY_MS;
    infer(w, "");
    assert_links(w, "");
    world_free(w);
}

static void unproven_link_grows_stale_and_goes(void **state)
{
    struct world *w = settled("s1:p1-s2:p1/95");

    (void)state;
    for (int i = 1; i <= LIFE_GONE_ROUNDS; i++) {
        next_round(w);
        infer(w, "");
        infer(w, ""); /* counts once a round */
        assert_links(w, i < LIFE_STALE_ROUNDS  ? "s1 p1 -- s2 p1 confirmed"
                        : i < LIFE_GONE_ROUNDS ? "s1 p1 -- s2 p1 stale"
                                               : "");
    }
    world_free(w);
}

static void proof_ends_the_count(void **state)
{
    struct world *w = settled("s1:p1-s2:p1/95");

    (void)state;
    for (int i = 0; i < 4; i++) {
        next_round(w);
        infer(w, i == 1 ? "s1:p1-s2:p1/95" : "");
    }
    assert_links(w, "s1 p1 -- s2 p1 confirmed");
    next_round(w);
    infer(w, "");
    assert_links(w, "s1 p1 -- s2 p1 stale");
    next_round(w);
    infer(w, "s1:p1-s2:p1/80");
    assert_links(w, "s1 p1 -- s2 p1 confirmed");
    world_free(w);
}

static void silent_device_loses_no_link(void **state)
{
    struct world *w = settled("s1:p1-s2:p1/95 h:_-s2:p2/40");

    (void)state;
    w->looks[1].tells = true;
    w->looks[3].silent = true;
    for (int i = 0; i < 10; i++) {
        struct wall before = w->looks[1].at;

        next_round(w);
        w->looks[1].at = before; /* s2 answers nobody */
        infer(w, "");
    }
    assert_links(w, "h -- s2 p2 confirmed; s1 p1 -- s2 p1 confirmed");
    for (int i = 0; i < 10; i++) { /* s2 does, h does not */
        next_round(w);
        infer(w, "s1:p1-s2:p1/95");
    }
    assert_links(w, "h -- s2 p2 confirmed; s1 p1 -- s2 p1 confirmed");
    world_free(w);
}

static void newer_proof_withdraws_at_once(void **state)
{
    static const struct {
        const char *name, *before, *then, *links;
    } cases[] = {
        {"the other end of a port", "s1:p1-s2:p1/95", "s1:p1-s3:p1/95",
         "s1 p1 -- s3 p1 confirmed"},
        {"a host that moved", "h:_-s2:p2/40", "h:_-s3:p2/40",
         "h -- s3 p2 candidate"},
        {"a port that is on a segment now", "s1:p1-s2:p1/95",
         "s1:p1-~g:_/40 s3:p1-~g:_/40",
         "s1 p1 -- ~g candidate; s3 p1 -- ~g candidate"},
        {"what is doubtful withdraws nothing", "s1:p1-s2:p1/95",
         "s1:p1-s3:p1/50?",
         "s1 p1 -- s2 p1 confirmed; s1 p1 -- s3 p1 candidate"},
        {"an unknown port of a switch is any of its ports", "s1:_-s2:p1/60",
         "s1:_-s3:p1/60", "s1 -- s2 p1 confirmed; s1 -- s3 p1 candidate"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct world *w = settled(cases[i].before);

        print_message("%s\n", cases[i].name);
        next_round(w);
        infer(w, cases[i].then);
        assert_links(w, cases[i].links);
        world_free(w);
    }
}

static void first_round_may_be_wrong(void **state)
{
    struct world *w = world_new();

    (void)state;
    infer(w, "s1:p1-s3:p1/50");
    look(w);
    infer(w, ""); /* it knows more by now */
    assert_links(w, "");
    infer(w, "s1:p1-s3:p1/50");
    set_port(w, 0, 0, 2); /* but a cable that was cut was none of that */
    infer(w, "");
    assert_links(w, "s1 p1 -- s3 p1 down");
    world_free(w);
}

static void links_go_with_their_device(void **state)
{
    struct world *w = settled("s1:p1-s2:p1/95 h:_-s2:p2/40");

    (void)state;
    w->without_h = true;
    infer(w, "s1:p1-s2:p1/95");
    assert_links(w, "s1 p1 -- s2 p1 confirmed");
    world_free(w);
}

static void neighbor_that_nobody_hears_stays_with_its_link(void **state)
{
    struct world *w = settled("s1:p3-x9:e0/60");

    (void)state;
    set_port(w, 0, 2, 2);
    next_round(w);
    infer(w, "");
    assert_links(w, "s1 p3 -- x9 e0 down");
    world_free(w);
}

/* ---- what is told of it ---- */

static void assert_told(struct world *w, const char *links,
                        const char *expected)
{
    struct topology *was = topology_ref(w->t);
    struct buffer OWNED_BUFFER text = {0};
    struct topo_changes changes = {0};

    infer(w, links);
    topology_diff(was, w->t, &changes);
    buffer_text(&text, "");
    for (size_t i = 0; i < changes.count; i++) {
        const struct topo_change *c = &changes.at[i];

        if (c->quiet || c->link_is == c->link_was)
            continue;
        buffer_format(&text, "%s%s ", text.len > 0 ? "; " : "",
                      topo_change_name(c->kind));
        topo_link_words(c->link_is != NULL ? w->t : was,
                        c->link_is != NULL ? c->link_is : c->link_was, &text);
        if (c->kind == CHANGE_LINK_MOVED) {
            buffer_text(&text, " ");
            topo_change_words(c, was, &text);
        }
    }
    array_fini(&changes);
    topology_unref(was);
    assert_string_equal(text.at, expected);
}

static void changes_are_told_once(void **state)
{
    struct world *w = settled("s1:p1-s2:p1/95");

    (void)state;
    next_round(w);
    assert_told(w, "s1:p1-s2:p1/95 s1:p2-s3:p1/80",
                "link.found s1 p2 -- s3 p1");
    assert_told(w, "s1:p1-s2:p1/95 s1:p2-s3:p1/80", "");
    next_round(w);
    assert_told(w, "s1:p1-s2:p1/95 s1:p2-s3:p1/80",
                "link.confirmed s1 p2 -- s3 p1");
    set_port(w, 0, 1, 2);
    look(w);
    assert_told(w, "s1:p1-s2:p1/95", "link.down s1 p2 -- s3 p1");
    set_port(w, 0, 1, 1);
    look(w);
    assert_told(w, "s1:p1-s2:p1/95 s1:p2-s3:p1/80", "link.up s1 p2 -- s3 p1");
    look(w);
    assert_told(w, "s1:p1-s2:p1/95# s1:p2-s3:p2/95",
                "link.changed s1 p1 -- s2 p1; "
                "link.moved s1 p2 -- s3 p2 was s1 p2 -- s3 p1");
    w->without_h = true;
    assert_told(w, "s1:p1-s2:p1/95# s1:p2-s3:p2/95", "");
    world_free(w);
}

static void segment_with_another_name_is_no_news(void **state)
{
    struct world *w = settled("s1:p1-~a:_/40 s2:p1-~a:_/40");
    struct wall first = w->t->links.at[0].life.first_seen;

    (void)state;
    next_round(w);
    assert_told(w, "s1:p1-~b:_/40 s2:p1-~b:_/40 s3:p1-~b:_/40",
                "link.found s3 p1 -- ~b");
    assert_int_equal(w->t->links.at[0].life.first_seen.ms, first.ms);
    assert_links(w, "s1 p1 -- ~b confirmed; s2 p1 -- ~b confirmed; "
                    "s3 p1 -- ~b candidate");
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_map_is_confirmed),
        cmocka_unit_test(doubt_of_inference_stays),
        cmocka_unit_test(one_sided_proof_needs_two_rounds),
        cmocka_unit_test(proof_of_both_ends_confirms_at_once),
        cmocka_unit_test(dead_port_keeps_its_link_as_down),
        cmocka_unit_test(unproven_link_grows_stale_and_goes),
        cmocka_unit_test(proof_ends_the_count),
        cmocka_unit_test(silent_device_loses_no_link),
        cmocka_unit_test(newer_proof_withdraws_at_once),
        cmocka_unit_test(first_round_may_be_wrong),
        cmocka_unit_test(links_go_with_their_device),
        cmocka_unit_test(neighbor_that_nobody_hears_stays_with_its_link),
        cmocka_unit_test(changes_are_told_once),
        cmocka_unit_test(segment_with_another_name_is_no_news),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
