/* What tables tell beyond nodes and links, and the maps that are made of it. */
#include "topology/map_doc.h"
#include "topology/map_generate.h"
#include "topology/survey_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* root - a - b - host, a - c; VLANs 10 and 20; b stands elsewhere. */
enum { ROOT, A, B, C, HOST, COUNT };

struct world {
    struct facts *facts[COUNT];
    struct topo_device devices[COUNT];
    struct addr addrs[COUNT];
    struct topology topology;
    struct topo_input input;
    struct survey *survey;
};

static const uint8_t root_id[8] = {0x80, 0, 2, 0, 0, 0, 0, ROOT};

static void add_device(struct world *w, uint32_t i, const char *name,
                       const char *location)
{
    struct facts *f = w->facts[i] = facts_new();
    struct topo_node *n = array_add(&w->topology.nodes);
    char text[ADDR_TEXT_MAX];

    snprintf(text, sizeof text, "192.0.2.%u", i + 1);
    assert_int_equal(addr_parse(text, &w->addrs[i]), 0);
    f->system.location = location;
    f->bridge.base_mac = (struct mac){{2, 0, 0, 0, 0, (uint8_t)i}};
    w->devices[i] = (struct topo_device){.id = {.octets = {(uint8_t)(i + 1)}},
                                         .name = name,
                                         .facts = f,
                                         .addrs = &w->addrs[i],
                                         .addr_count = 1,
                                         .kind = KIND_SWITCH,
                                         .station = i == HOST};
    *n = (struct topo_node){.origin = NODE_DEVICE,
                            .id = w->devices[i].id,
                            .name = name,
                            .device = i,
                            .kind = KIND_SWITCH,
                            .descr = ""};
}

static void add_link(struct world *w, uint32_t a, uint32_t b, uint32_t a_port,
                     uint32_t b_port)
{
    *array_add(&w->topology.links) =
        (struct topo_link){.id = {.octets = {(uint8_t)a, (uint8_t)b, 9}},
                           .a = a,
                           .b = b,
                           .a_if_index = a_port,
                           .b_if_index = b_port,
                           .a_port = "",
                           .b_port = "",
                           .layer = 2,
                           .why = ""};
}

static void add_vlan(struct world *w, uint32_t i, uint16_t id, const char *name)
{
    *array_add(&w->facts[i]->vlans) = (struct vlan){id, name};
}

static void learn(struct world *w, uint32_t i, uint32_t port, uint16_t vlan)
{
    *array_add(&w->facts[i]->fdb) = (struct fdb_entry){
        .mac = {{4}}, .if_index = port, .vlan = vlan, .status = 3};
}

static int set_up(void **state)
{
    struct world *w = mem_new(struct world);

    add_device(w, ROOT, "root", "Hall 1");
    add_device(w, A, "a", "Hall 1, rack 2");
    add_device(w, B, "b", "Hall 2");
    add_device(w, C, "c", "");
    add_device(w, HOST, "host", "");
    w->input = (struct topo_input){.devices = w->devices, .count = COUNT};
    add_link(w, ROOT, A, 1, 1);
    add_link(w, A, B, 2, 1);
    add_link(w, A, C, 3, 1);
    add_link(w, B, HOST, 2, 0);
    for (uint32_t i = ROOT; i <= B; i++) {
        add_vlan(w, i, 10, i == A ? "users" : "");
        w->facts[i]->bridge.stp_root = (struct bytes){root_id, sizeof root_id};
    }
    add_vlan(w, C, 20, "cameras");
    /* Twice on one port, and on the bundle (100) of port 2. */
    learn(w, A, 1, 10);
    learn(w, A, 1, 10);
    learn(w, A, 100, 10);
    *array_add(&w->facts[A]->stack) = (struct stack_entry){100, 2, true};
    learn(w, B, 2, 10);
    w->survey = survey_new(&w->input, &w->topology);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    survey_free(w->survey);
    for (size_t i = 0; i < COUNT; i++)
        facts_unref(w->facts[i]);
    array_fini(&w->topology.nodes);
    array_fini(&w->topology.links);
    free(w);
    return 0;
}

/* The names of a map's nodes in order, and how many links. */
static void assert_map(const struct world *w, const char *name,
                       const char *nodes, size_t links)
{
    struct map_sources from = {
        .topology = &w->topology, .input = &w->input, .survey = w->survey};
    struct buffer OWNED_BUFFER seen = {0};
    struct map_subject subject;

    assert_true(map_subject_parse(name, &subject));
    OWNED(map_free) struct map *m = map_generate(&subject, &from);
    if (m == NULL)
        fail_msg("%s: no map", name);
    assert_string_equal(map_name(m), name);
    buffer_text(&seen, "");
    for (size_t i = 0; i < m->nodes.count; i++)
        buffer_format(&seen, "%s%s%s", i > 0 ? " " : "", m->nodes.at[i].label,
                      m->nodes.at[i].focus ? "!" : "");
    if (strcmp(seen.at, nodes) != 0 || m->links.count != links)
        fail_msg("%s: \"%s\", %zu links", name, seen.at, m->links.count);
}

static void assert_no_map(const struct world *w, const char *name)
{
    struct map_sources from = {
        .topology = &w->topology, .input = &w->input, .survey = w->survey};
    struct map_subject subject;

    assert_true(map_subject_parse(name, &subject));
    struct map *m = map_generate(&subject, &from);
    if (m != NULL)
        fail_msg("%s: a map of nothing", name);
}

static void vlans_are_known_with_their_names(void **state)
{
    const struct world *w = *state;

    assert_int_equal(w->survey->vlans.count, 2);
    assert_string_equal(survey_find_vlan(w->survey, 10)->name, "users");
    assert_int_equal(survey_find_vlan(w->survey, 10)->devices, 3);
    assert_null(survey_find_vlan(w->survey, 11));
}

/* Links that carry it, through a bundle too, to the host that was learned; the
 * cable to c, of which no table tells VLANs, would do if c had the VLAN. */
static void a_vlan_shows_who_has_it_and_what_carries_it(void **state)
{
    const struct world *w = *state;

    assert_map(w, "vlan-10", "root a b host", 3);
    assert_map(w, "vlan-20", "c", 0);
    assert_no_map(w, "vlan-30");
}

/* Both ends of a cable say what they let through: a VLAN that one keeps out is
 * not on it, however much the other has it. */
static void ports_that_tell_their_vlans_are_believed(void **state)
{
    struct world *w = *state;
    static const uint8_t ten[] = {0, 0x20}, twenty[] = {0, 0, 0x08};

    add_vlan(w, C, 10, "");
    *array_add(&w->facts[C]->port_vlans) =
        (struct port_vlans){.if_index = 1, .member = {ten, sizeof ten}};
    survey_free(w->survey);
    w->survey = survey_new(&w->input, &w->topology);
    assert_map(w, "vlan-10", "root a b c host", 4);
    *array_add(&w->facts[A]->port_vlans) =
        (struct port_vlans){.if_index = 3, .member = {twenty, sizeof twenty}};
    survey_free(w->survey);
    w->survey = survey_new(&w->input, &w->topology);
    assert_map(w, "vlan-10", "root a b c host", 3);
}

/* By bridge port and by ifIndex, and of the bundle (100) that the port is in:
 * that is one end. */
static void an_end_that_tells_its_vlans_twice_is_one(void **state)
{
    struct world *w = *state;
    static const uint8_t ten[] = {0, 0x20};
    static const struct {
        uint32_t device, if_index;
    } rows[] = {{A, 2}, {A, 2}, {A, 100}, {B, 1}, {B, 1}};

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        *array_add(&w->facts[rows[i].device]->port_vlans) = (struct port_vlans){
            .if_index = rows[i].if_index, .member = {ten, sizeof ten}};
    survey_free(w->survey);
    w->survey = survey_new(&w->input, &w->topology);
    assert_map(w, "vlan-10", "root a b host", 3);
}

static void a_spanning_tree_shows_its_root(void **state)
{
    const struct world *w = *state;

    assert_int_equal(w->survey->trees.count, 1);
    assert_int_equal(w->survey->trees.at[0].bridges, 3);
    assert_map(w, "stp-root", "root! a b", 2);
    assert_no_map(w, "stp-a");
}

static void a_root_that_nobody_knows_is_called_by_its_address(void **state)
{
    struct world *w = *state;
    static const uint8_t far[8] = {0x80, 30, 2, 0, 0, 0, 0xaa, 1};

    for (uint32_t i = ROOT; i <= B; i++)
        w->facts[i]->bridge.stp_root = (struct bytes){far, sizeof far};
    survey_free(w->survey);
    w->survey = survey_new(&w->input, &w->topology);
    assert_map(w, "stp-02-00-00-00-aa-01-vlan-30", "root a b", 2);
}

static void sites_are_where_devices_say_they_are(void **state)
{
    const struct world *w = *state;

    /* What tells no site stands where its neighbors stand; the other hall is
     * one node that leads on. */
    assert_map(w, "sites", "root a b c host Hall 1 Hall 2", 5);
    assert_map(w, "site-Hall-1", "root a c Hall 2", 3);
    assert_map(w, "site-Hall-2", "b host Hall 1", 2);
    assert_no_map(w, "site-Hall-3");
}

static void neighbourhoods_reach_so_far(void **state)
{
    const struct world *w = *state;

    assert_map(w, "near-host-1", "b host!", 1);
    assert_map(w, "near-host-2", "a b host!", 2);
    assert_map(w, "near-192.0.2.1-1", "root! a", 1);
    assert_map(w, "near-a-9", "root a! b c host", 4);
    assert_no_map(w, "near-nobody-2");
}

/* Those on one unmanaged segment are neighbors. */
static void a_segment_is_no_step(void **state)
{
    struct world *w = *state;
    struct topo_node *n = array_add(&w->topology.nodes);

    *n = (struct topo_node){.origin = NODE_SEGMENT,
                            .id = {.octets = {77}},
                            .name = "~segment-1",
                            .descr = ""};
    add_link(w, HOST, COUNT, 0, 0);
    add_link(w, ROOT, COUNT, 0, 0);
    survey_free(w->survey);
    w->survey = survey_new(&w->input, &w->topology);
    assert_map(w, "near-host-1", "root b host! ~segment-1", 3);
}

static void the_station_shows_what_it_is_plugged_into(void **state)
{
    const struct world *w = *state;

    assert_map(w, "station", "b host!", 1);
}

/* A bundle (100) tells it of port 2. */
static void ends_of_links_are_what_their_ports_are_to_the_tree(void **state)
{
    struct world *w = *state;

    *array_add(&w->facts[ROOT]->bridge.ports) = (struct bridge_port){
        .if_index = 1, .stp_role = STP_ROLE_DESIGNATED, .stp_state = 5};
    *array_add(&w->facts[A]->bridge.ports) = (struct bridge_port){
        .if_index = 100, .stp_role = STP_ROLE_ALTERNATE, .stp_state = 2};
    survey_free(w->survey);
    w->survey = survey_new(&w->input, &w->topology);
    assert_int_equal(w->survey->ends[0].a.role, STP_ROLE_DESIGNATED);
    assert_int_equal(w->survey->ends[0].b.role, STP_ROLE_UNKNOWN);
    assert_int_equal(w->survey->ends[1].a.role, STP_ROLE_ALTERNATE);
    assert_int_equal(w->survey->ends[1].a.state, 2);
    OWNED(survey_texts_free)
    struct survey_texts *texts = survey_texts_new(w->survey, &w->topology);
    assert_string_equal(texts->links[0], "told stp=3500 vlans=10");
    survey_free(w->survey);
    w->survey = survey_of_texts(&w->topology, texts, NULL, 0);
    assert_int_equal(w->survey->ends[1].a.role, STP_ROLE_ALTERNATE);
    assert_int_equal(w->survey->ends[1].a.state, 2);
    assert_int_equal(w->survey->ends[2].a.role, STP_ROLE_UNKNOWN);
}

/* As texts and back: the same maps, and the same texts. */
static void texts_of_the_past_tell_the_same(void **state)
{
    struct world *w = *state;
    const char *names[] = {[10] = "users", [20] = "cameras"};
    OWNED(survey_texts_free)
    struct survey_texts *texts = survey_texts_new(w->survey, &w->topology);

    assert_string_equal(texts->nodes[ROOT], "root!=8000020000000000 vlans=10");
    assert_string_equal(texts->nodes[A], "root=8000020000000000 vlans=10");
    assert_string_equal(texts->nodes[HOST], "");
    assert_string_equal(texts->links[0], "told vlans=10");
    assert_string_equal(texts->links[2], "");
    survey_free(w->survey);
    w->survey = survey_of_texts(&w->topology, texts, names, COUNT_OF(names));
    OWNED(survey_texts_free)
    struct survey_texts *again = survey_texts_new(w->survey, &w->topology);
    for (size_t n = 0; n < COUNT; n++)
        assert_string_equal(again->nodes[n], texts->nodes[n]);
    for (size_t l = 0; l < w->topology.links.count; l++)
        assert_string_equal(again->links[l], texts->links[l]);
    assert_string_equal(survey_find_vlan(w->survey, 10)->name, "users");
    assert_map(w, "vlan-10", "root a b host", 3);
    assert_map(w, "vlan-20", "c", 0);
    assert_map(w, "stp-root", "root! a b", 2);
}

/* A text that cannot be read says nothing; it takes no other along. */
static void damaged_texts_are_left_out(void **state)
{
    static const struct {
        const char *text, *read;
    } cases[] = {
        {"vlans=1-4,10,4094", "vlans=1-4,10,4094"},
        {"vlans=4090-99999999999999999999", "vlans=4090-4094"},
        {"vlans=9-3,x", ""},
        {"vlans=,7", ""},
        {"vlans=-1", ""},
        {"root=80", ""},
        {"root=8000020000000zzz vlans=7", "vlans=7"},
        {"root", ""},
        {" vlans=7  root=8000020000000000", "root=8000020000000000 vlans=7"},
    };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *nodes[COUNT] = {cases[i].text, "", "", "", ""};
        const char *links[] = {"", "", "", ""};
        struct survey_texts texts = {nodes, links, NULL};
        OWNED(survey_free)
        struct survey *s = survey_of_texts(&w->topology, &texts, NULL, 0);
        OWNED(survey_texts_free)
        struct survey_texts *again = survey_texts_new(s, &w->topology);

        assert_string_equal(again->nodes[0], cases[i].read);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(vlans_are_known_with_their_names),
        TEST(a_vlan_shows_who_has_it_and_what_carries_it),
        TEST(ports_that_tell_their_vlans_are_believed),
        TEST(an_end_that_tells_its_vlans_twice_is_one),
        TEST(a_spanning_tree_shows_its_root),
        TEST(a_root_that_nobody_knows_is_called_by_its_address),
        TEST(ends_of_links_are_what_their_ports_are_to_the_tree),
        TEST(texts_of_the_past_tell_the_same),
        TEST(damaged_texts_are_left_out),
        TEST(sites_are_where_devices_say_they_are),
        TEST(neighbourhoods_reach_so_far),
        TEST(a_segment_is_no_step),
        TEST(the_station_shows_what_it_is_plugged_into),
    };
#undef TEST

    return cmocka_run_group_tests_name("survey", tests, NULL, NULL);
}
