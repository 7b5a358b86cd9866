/* The busiest links: by the higher of their two directions, ties as they come,
 * without those that carry nothing, are down, or of which nothing is known. */
#include "asking.h"

enum { FIRST_IF_INDEX = 100, LINKS_MAX = 160 };

static const double SPEED_BPS = 1e9;

/* What a link sends and gets, as shares of its speed. */
struct traffic {
    const char *name; /* its port */
    double sent, got;
    enum link_state state;
};

/* Links of core to the printer, which tells nothing of its own ports. */
struct network {
    struct asking *a;
    struct device_record *core;
    const struct port_record *had_ports;
    size_t had_count;
    const struct topology *had;
    struct topology topology;
    struct port_record ports[LINKS_MAX];
    char names[LINKS_MAX][16];
};

static struct network *network_new(void)
{
    struct network *n = mem_new(struct network);
    struct snapshot *s;

    n->a = asking_new();
    s = n->a->station.snapshot;
    for (size_t i = 0; i < s->device_count; i++)
        if (strcmp(s->devices[i]->name, "core") == 0)
            n->core = s->devices[i];
    assert_non_null(n->core);
    n->had_ports = n->core->ports;
    n->had_count = n->core->port_count;
    n->had = s->topology;
    n->topology = *n->had;
    n->topology.links = (struct topo_links){0};
    n->core->ports = n->ports;
    n->core->port_count = 0;
    s->topology = &n->topology;
    return n;
}

static void network_free(struct network *n)
{
    n->core->ports = n->had_ports;
    n->core->port_count = n->had_count;
    n->a->station.snapshot->topology = n->had;
    array_fini(&n->topology.links);
    asking_free(n->a);
    free(n);
}

static uint32_t node_called(const struct topology *t, const char *name)
{
    for (uint32_t i = 0; i < t->nodes.count; i++)
        if (strcmp(t->nodes.at[i].name, name) == 0)
            return i;
    fail_msg("there is no %s", name);
    return 0;
}

static void connect_by(struct network *n, const struct traffic *t)
{
    size_t at = n->core->port_count++;
    struct port_record *p = &n->ports[at];

    assert_true(at < LINKS_MAX);
    p->if_index = FIRST_IF_INDEX + (uint32_t)at;
    p->rates[PORT_OUT_OCTETS] = (float)(t->sent * SPEED_BPS / 8);
    p->rates[PORT_IN_OCTETS] = (float)(t->got * SPEED_BPS / 8);
    (void)snprintf(n->names[at], sizeof n->names[at], "%s", t->name);
    *array_add(&n->topology.links) =
        (struct topo_link){.id = {.octets = {(uint8_t)(at + 1)}},
                           .a = node_called(&n->topology, "core"),
                           .b = node_called(&n->topology, "printer"),
                           .a_if_index = p->if_index,
                           .a_port = n->names[at],
                           .b_port = "",
                           .layer = 2,
                           .state = t->state,
                           .speed_bps = (uint64_t)SPEED_BPS,
                           .why = ""};
}

/* "p1 p2 ...": ports of the links that are told. */
static const char *ports_told(const struct asking *a, struct buffer *out)
{
    const json_t *links = json_object_get(a->api.json, "links");

    buffer_clear(out);
    for (size_t i = 0; i < json_array_size(links); i++)
        buffer_format(out, "%s%s", i > 0 ? " " : "",
                      json_string_value(
                          json_object_get(json_array_get(links, i), "a_port")));
    return out->at != NULL ? out->at : "";
}

static double number_told(const struct asking *a, size_t link, const char *key)
{
    const json_t *o =
        json_array_get(json_object_get(a->api.json, "links"), link);

    return json_number_value(json_object_get(o, key));
}

static void the_busiest_direction_orders_links(void **state)
{
    static const struct traffic cases[] = {
        {"some", 0.2, 0.1, LINK_CONFIRMED},
        {"got", 0.05, 0.9, LINK_CONFIRMED},
        {"idle", 0, 0, LINK_CONFIRMED},
        {"unknown", NAN, NAN, LINK_CONFIRMED},
        {"half", 0.5, NAN, LINK_BLOCKED},
        {"dead", 0.99, 0.99, LINK_DOWN},
        {"equal", 0.1, 0.5, LINK_CANDIDATE},
        {"over", 1.04, 0.3, LINK_CONFIRMED},
    };
    struct network *n = network_new();
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        connect_by(n, &cases[i]);
    assert_int_equal(get(n->a, "/api/v1/links/busiest"), 200);
    assert_string_equal(ports_told(n->a, &text), "over got half equal some");
    assert_true(fabs(number_told(n->a, 0, "load_ab") - 1.04) < 1e-9);
    assert_true(fabs(number_told(n->a, 1, "load_ab") - 0.05) < 1e-9);
    assert_true(fabs(number_told(n->a, 1, "load_ba") - 0.9) < 1e-9);
    assert_true(number_told(n->a, 1, "speed_bps") >= SPEED_BPS);
    assert_true(json_is_null(json_object_get(
        json_array_get(json_object_get(n->a->api.json, "links"), 2),
        "load_ba")));
    assert_string_equal(told(n->a, "links/0/b"), "printer");
    network_free(n);
}

/* However they come, the limit takes the busiest, the first of equal ones. */
static void the_limit_leaves_the_others_out(void **state)
{
    static const struct {
        const char *query;
        size_t count;
    } cases[] = {{"", 15},
                 {"?limit=1", 1},
                 {"?limit=7", 7},
                 {"?limit=100", 100},
                 {"?limit=", 15}};
    struct network *n = network_new();

    (void)state;
    for (unsigned i = 0; i < LINKS_MAX; i++) { /* each load twice, scattered */
        char name[16];
        double load = (double)(i * 37 % (LINKS_MAX / 2) + 1) / LINKS_MAX;

        (void)snprintf(name, sizeof name, "p%u", i);
        connect_by(n, &(struct traffic){name, load, 0, LINK_CONFIRMED});
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER path = {0};

        buffer_format(&path, "/api/v1/links/busiest%s", cases[i].query);
        assert_int_equal(get(n->a, path.at), 200);
        assert_int_equal(told_count(n->a, "links"), cases[i].count);
        for (size_t k = 0; k < cases[i].count; k++) {
            double expected =
                (double)(LINKS_MAX / 2 - k / 2) / LINKS_MAX; /* in pairs */

            assert_true(fabs(number_told(n->a, k, "load_ab") - expected) <
                        0.001);
        }
    }
    network_free(n);
}

static void before_anything_is_known_there_are_none(void **state)
{
    struct network *n = network_new();

    (void)state;
    n->a->station.snapshot->topology = NULL;
    assert_int_equal(get(n->a, "/api/v1/links/busiest"), 200);
    assert_int_equal(told_count(n->a, "links"), 0);
    network_free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_busiest_direction_orders_links),
        cmocka_unit_test(the_limit_leaves_the_others_out),
        cmocka_unit_test(before_anything_is_known_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
