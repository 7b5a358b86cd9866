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
    /* the last question */
    enum maps_deed deed;
    uint64_t matches, seen;
    size_t edits, document;
    enum map_import_format from;
    bool replace;
    maps_answer_fn answer;
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

void maps_ask(struct maps *s, const struct maps_question *q,
              maps_answer_fn done, void *arg)
{
    (void)snprintf(s->name, sizeof s->name, "%s", q->name);
    s->deed = q->deed;
    s->matches = q->matches;
    s->seen = q->seen;
    s->edits = json_array_size(q->edits);
    s->document = q->document.len;
    s->from = q->format;
    s->replace = q->replace;
    s->answer = done;
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
        ".svg", ".png", ".pdf", ".gv", ".json", ".graphml", ".csv"};

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
    assert_int_equal(get(a, "/api/v1/links?limit=1&after=here"), 400);
    assert_int_equal(
        get(a, "/api/v1/links?after=000000000000000000000000000000ff"), 410);
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
        maps.done(maps.arg, 0, bytes_of_text("picture"), 7, NULL);
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
              (struct bytes){NULL, 0}, 0, &why);
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

/* ---- what people do ---- */

static void questions_reach_the_maps(void **state)
{
    static const struct {
        enum api_method method;
        const char *target, *body, *name;
        enum maps_deed deed;
        size_t edits;
        uint64_t matches, seen;
    } cases[] = {
        {API_POST, "maps", "{\"name\":\"plan\"}", "plan", MAPS_NEW, 0,
         UINT64_MAX, UINT64_MAX},
        {API_POST, "maps/plan.csv", "a,b", "plan", MAPS_IMPORT, 0, UINT64_MAX,
         UINT64_MAX},
        {API_POST, "maps/a.b.graphml?replace=1", "<x/>", "a.b", MAPS_IMPORT, 0,
         UINT64_MAX, UINT64_MAX},
        {API_PATCH, "maps/plan", "[\"undo\"]", "plan", MAPS_EDIT, 1, UINT64_MAX,
         UINT64_MAX},
        {API_PATCH, "maps/plan",
         "{\"edits\":[\"pin:a\",\"pin:b\"],\"revision\":3,\"seen\":2}", "plan",
         MAPS_EDIT, 2, 3, 2},
        {API_GET, "maps/plan/edits", NULL, "plan", MAPS_EDITS, 0, UINT64_MAX,
         UINT64_MAX},
        {API_DELETE, "maps/plan", NULL, "plan", MAPS_DELETE, 0, UINT64_MAX,
         UINT64_MAX},
    };
    struct asking *a = asking_new();
    struct maps maps = {.name = ""};

    (void)state;
    a->station.maps = &maps;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED_BUFFER struct buffer path = {0};
        struct maps_answer answer = {.revision = 4, .told = json_object()};

        buffer_format(&path, "/api/v1/%s", cases[i].target);
        assert_int_equal(ask(a, cases[i].method, path.at, cases[i].body), 0);
        if (strcmp(maps.name, cases[i].name) != 0 ||
            maps.deed != cases[i].deed || maps.edits != cases[i].edits ||
            maps.matches != cases[i].matches || maps.seen != cases[i].seen)
            fail_msg("%s", cases[i].target);
        maps.answer(maps.arg, &answer);
        json_decref(answer.told);
        assert_int_equal(a->api.status,
                         cases[i].method == API_POST ? 201 : 200);
        assert_int_equal(a->api.tag, 4);
    }
    asking_free(a);
}

static void what_is_in_the_way_is_told(void **state)
{
    struct asking *a = asking_new();
    struct maps maps = {.name = ""};
    struct complaint why;
    struct maps_answer answer = {.revision = 4, .why = &why};

    (void)state;
    a->station.maps = &maps;
    assert_int_equal(ask(a, API_PATCH, "/api/v1/maps/plan", "[\"undo\"]"), 0);
    answer.told = json_pack("{s:i,s:[s]}", "revision", 4, "edits", "theirs");
    answer.result = complain(&why, -EALREADY, "plan", "look", "changed");
    maps.answer(maps.arg, &answer);
    json_decref(answer.told);
    assert_string_equal(a->api.detail, "changed");
    assert_string_equal(told(a, "changes/0"), "theirs");
    asking_free(a);
}

static void questions_that_are_none_are_refused(void **state)
{
    static const struct {
        enum api_method method;
        const char *target, *body;
    } cases[] = {
        {API_POST, "maps", "{}"},
        {API_POST, "maps/plan", "text"},
        {API_POST, "maps/plan.docx", "text"},
        {API_PATCH, "maps/plan", "{}"},
        {API_PATCH, "maps/plan", "{\"edits\":7}"},
        {API_PATCH, "maps/plan", NULL},
    };
    struct asking *a = asking_new();
    struct maps maps = {.name = ""};

    (void)state;
    a->station.maps = &maps;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED_BUFFER struct buffer path = {0};

        buffer_format(&path, "/api/v1/%s", cases[i].target);
        if (ask(a, cases[i].method, path.at, cases[i].body) != 400)
            fail_msg("%s", cases[i].target);
    }
    asking_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_reach_the_maps),
        cmocka_unit_test(what_is_in_the_way_is_told),
        cmocka_unit_test(questions_that_are_none_are_refused),
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
