/* Links, the way between two devices, and pictures of maps. */
#include "asking.h"

#include "station/maps.h"

/* ---- maps that note what is wanted of them ---- */

struct maps {
    char name[64];
    enum maps_format format;
    bool ports;
    maps_picture_fn done;
    void *arg;
    unsigned forgotten;
};

void maps_list(const struct maps *s, struct maps_entries *out)
{
    (void)s;
    *array_add(out) = (struct maps_entry){.name = "physical",
                                          .view = MAP_PHYSICAL,
                                          .nodes = 4,
                                          .links = 1,
                                          .laid_out = true,
                                          .changed = {1700000000000}};
}

void maps_picture(struct maps *s, const char *name, enum maps_format format,
                  const struct maps_view *view, maps_picture_fn done, void *arg)
{
    (void)snprintf(s->name, sizeof s->name, "%s", name);
    s->format = format;
    s->ports = view->ports;
    s->done = done;
    s->arg = arg;
}

void maps_forget(struct maps *s, const void *arg)
{
    s->forgotten += arg == s->arg;
    s->done = NULL;
}

bool maps_format_parse(const char *word, enum maps_format *out)
{
    static const char *const words[MAPS_FORMATS] = {
        ".svg", ".png", ".pdf", ".gv", ".json", ".graphml"};

    for (size_t i = 0; i < MAPS_FORMATS; i++)
        if (strcmp(words[i], word) == 0) {
            *out = (enum maps_format)i;
            return true;
        }
    return false;
}

const char *maps_format_type(enum maps_format f)
{
    return f == MAPS_SVG ? "image/svg+xml" : "something else";
}

/* ---- links and ways ---- */

static void links_are_told_with_both_ends_and_their_proof(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/links"), 200);
    assert_int_equal(told_count(a, "links"), 1);
    assert_string_equal(told(a, "links/0/a"), "core");
    assert_string_equal(told(a, "links/0/a_port"), "Gi0/1");
    assert_string_equal(told(a, "links/0/b"), "edge");
    assert_string_equal(told(a, "links/0/b_port"), "Gi0/1");
    assert_string_equal(told(a, "links/0/evidence"), "cdp");
    assert_int_equal(get(a, "/api/v1/links?device=edge"), 200);
    assert_int_equal(told_count(a, "links"), 1);
    assert_int_equal(get(a, "/api/v1/links?device=printer"), 200);
    assert_int_equal(told_count(a, "links"), 0);
    asking_free(a);
}

static void a_link_is_told_with_each_proof_and_its_age(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/links/why?a=edge&b=192.0.2.1"), 200);
    assert_int_equal(told_count(a, "links"), 1);
    assert_string_equal(told(a, "links/0/a_port"), "Gi0/1");
    assert_string_equal(told(a, "links/0/proofs/0/evidence"), "cdp");
    assert_string_equal(told(a, "links/0/proofs/0/by"), "core");
    assert_string_equal(told(a, "links/0/proofs/0/says"),
                        "core Gi0/1 hears edge Gi0/1");
    assert_string_equal(told(a, "links/0/a_hears"), "cdp");
    assert_string_equal(told(a, "links/0/b_hears"), "cdp");
    assert_int_equal(told_count(a, "lost"), 0);
    assert_int_equal(get(a, "/api/v1/links/why?a=edge&b=printer"), 200);
    assert_int_equal(told_count(a, "links"), 0);
    assert_int_equal(get(a, "/api/v1/links/why?a=edge&b=nobody"), 404);
    assert_int_equal(get(a, "/api/v1/links/why?a=edge"), 404);
    asking_free(a);
}

static void a_way_is_told_node_by_node(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    assert_int_equal(get(a, "/api/v1/path?from=core&to=192.0.2.2"), 200);
    assert_int_equal(told_count(a, "nodes"), 2);
    assert_int_equal(told_count(a, "links"), 1);
    assert_string_equal(told(a, "nodes/1"), "edge");
    asking_free(a);
}

static void ways_that_are_none_are_404(void **state)
{
    static const char *const paths[] = {"/api/v1/path",
                                        "/api/v1/path?from=core",
                                        "/api/v1/path?to=core",
                                        "/api/v1/path?from=core&to=nobody",
                                        "/api/v1/path?from=core&to=printer",
                                        "/api/v1/path?from=&to="};
    struct asking *a = asking_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        if (get(a, paths[i]) != 404)
            fail_msg("%s", paths[i]);
    asking_free(a);
}

static void before_the_first_topology_there_is_nothing(void **state)
{
    struct asking *a = asking_new();

    (void)state;
    inferred_unref(a->scene->inferred);
    a->scene->inferred = NULL;
    snapshot_unref(a->station.snapshot);
    a->station.snapshot = scene_publish(a->scene);
    assert_int_equal(get(a, "/api/v1/links"), 200);
    assert_int_equal(told_count(a, "links"), 0);
    assert_int_equal(get(a, "/api/v1/path?from=core&to=edge"), 404);
    assert_int_equal(get(a, "/api/v1/export/links.tsv"), 200);
    asking_free(a);
}

/* ---- maps ---- */

static void maps_are_listed(void **state)
{
    struct asking *a = asking_new();
    struct maps maps = {.name = ""};

    (void)state;
    a->station.maps = &maps;
    assert_int_equal(get(a, "/api/v1/maps"), 200);
    assert_string_equal(told(a, "maps/0/name"), "physical");
    assert_string_equal(told(a, "maps/0/view"), "physical");
    asking_free(a);
}

static void names_tell_map_and_format(void **state)
{
    static const struct {
        const char *target, *name;
        enum maps_format format;
        bool ports;
    } cases[] = {
        {"physical.svg", "physical", MAPS_SVG, false},
        {"physical.svg?ports=1", "physical", MAPS_SVG, true},
        {"physical", "physical", MAPS_JSON, false},
        {"prefix-192.0.2.0-24.png", "prefix-192.0.2.0-24", MAPS_PNG, false},
        {"prefix-192.0.2.0-24", "prefix-192.0.2.0-24", MAPS_JSON, false},
        {".svg", "", MAPS_SVG, false},
        {"..%2Fx.gv", "../x", MAPS_GV, false},
    };
    struct asking *a = asking_new();
    struct maps maps = {.name = ""};

    (void)state;
    a->station.maps = &maps;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED_BUFFER struct buffer path = {0};

        buffer_format(&path, "/api/v1/maps/%s", cases[i].target);
        assert_int_equal(get(a, path.at), 0); /* not yet */
        if (strcmp(maps.name, cases[i].name) != 0 ||
            maps.format != cases[i].format || maps.ports != cases[i].ports)
            fail_msg("%s", cases[i].target);
        maps.done(maps.arg, 0, bytes_of_text("picture"), NULL);
        assert_int_equal(a->api.status, 200);
        assert_string_equal(a->api.type, maps_format_type(cases[i].format));
        assert_string_equal(a->api.text.at, "picture");
    }
    asking_free(a);
}

static void a_map_that_cannot_be_drawn_says_why(void **state)
{
    struct asking *a = asking_new();
    struct maps maps = {.name = ""};
    struct complaint why;

    (void)state;
    a->station.maps = &maps;
    assert_int_equal(get(a, "/api/v1/maps/nothing.svg"), 0);
    maps.done(maps.arg,
              complain(&why, -ENOENT, "nothing", "see map list", "no map"),
              (struct bytes){NULL, 0}, &why);
    assert_int_equal(a->api.status, 404);
    assert_string_equal(a->api.detail, "no map");
    asking_free(a);
}

static void a_client_that_leaves_is_forgotten(void **state)
{
    struct asking *a = asking_new();
    struct maps maps = {.name = ""};

    (void)state;
    a->station.maps = &maps;
    assert_int_equal(get(a, "/api/v1/maps/physical.svg"), 0);
    struct api_request *r = a->api.open;
    assert_non_null(r->forget);
    r->forget(r);
    assert_int_equal(maps.forgotten, 1);
    answered(r, 0, "");
    asking_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_told_with_both_ends_and_their_proof),
        cmocka_unit_test(a_link_is_told_with_each_proof_and_its_age),
        cmocka_unit_test(a_way_is_told_node_by_node),
        cmocka_unit_test(ways_that_are_none_are_404),
        cmocka_unit_test(before_the_first_topology_there_is_nothing),
        cmocka_unit_test(maps_are_listed),
        cmocka_unit_test(names_tell_map_and_format),
        cmocka_unit_test(a_map_that_cannot_be_drawn_says_why),
        cmocka_unit_test(a_client_that_leaves_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
