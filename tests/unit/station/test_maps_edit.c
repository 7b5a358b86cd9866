/* What people do to maps: kept on disk, over restarts and rediscovery, and lost
 * neither by damage nor by a full disk. */
#include "maps_scene.h"

#include <sys/resource.h>

/* What was answered. */
struct reply {
    unsigned count;
    int result;
    uint64_t revision;
    json_t *told;
    struct complaint why;
};

static void on_reply(void *arg, const struct maps_answer *a)
{
    struct reply *r = arg;

    r->count++;
    r->result = a->result;
    r->revision = a->revision;
    json_decref(r->told);
    r->told = json_incref(a->told);
    r->why = *a->why;
}

static int put(struct bench *b, struct reply *r, struct maps_question *q)
{
    unsigned before = r->count;

    q->who = q->who != NULL ? q->who : "ann";
    if (q->matches == 0)
        q->matches = q->seen = UINT64_MAX;
    maps_ask(b->maps, q, on_reply, r);
    json_decref(q->edits);
    while (r->count == before)
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
    return r->result;
}

static int edit(struct bench *b, struct reply *r, const char *map,
                const char *operation)
{
    return put(b, r,
               &(struct maps_question){.deed = MAPS_EDIT,
                                       .name = map,
                                       .edits = json_pack("[s]", operation)});
}

static int deed(struct bench *b, struct reply *r, enum maps_deed what,
                const char *map, const char *document)
{
    return put(b, r,
               &(struct maps_question){.deed = what,
                                       .name = map,
                                       .document = bytes_of_text(document),
                                       .format = MAP_FROM_CSV});
}

/* How edit nth of a map stands: "in force". */
static const char *status(struct bench *b, struct reply *r, const char *map,
                          size_t nth)
{
    assert_int_equal(deed(b, r, MAPS_EDITS, map, NULL), 0);
    const json_t *e = json_array_get(json_object_get(r->told, "edits"), nth);
    return json_string_value(json_object_get(e, "status"));
}

static void shows(struct bench *b, const char *map, const char *text, bool yes)
{
    struct answer a = {0};

    ask(b, map, MAPS_JSON, &a);
    assert_int_equal(a.result, 0);
    if ((strstr(a.picture.at, text) != NULL) != yes)
        fail_msg("%s\n%s", text, a.picture.at);
    buffer_fini(&a.picture);
}

static void reply_fini(struct reply *r)
{
    json_decref(r->told);
}

static void rename_there(struct bench *b, const char *from, const char *to)
{
    struct buffer OWNED_BUFFER x = {0}, OWNED_BUFFER y = {0};

    buffer_format(&x, "%s/maps/%s", b->dir, from);
    buffer_format(&y, "%s/maps/%s", b->dir, to);
    assert_int_equal(rename(x.at, y.at), 0);
}

/* Names of maps were ASCII alone; who asks by such a name, or by that of today,
 * finds what was placed and edited, before and after a restart. */
static void edits_go_with_a_map_that_is_called_otherwise_by_now(void **state)
{
    static const char *const first[] = {"near-核心-1", "near--------1"};
    struct bench *b = *state;
    struct reply r = {0};

    b->topology.nodes.at[1].name = "核心";
    for (size_t i = 0; i < COUNT_OF(first); i++) {
        refresh(b);
        assert_int_equal(
            edit(b, &r, "near-核心-1", i == 0 ? "move:core=711,-5" : "undo"),
            0);
        if (i > 0)
            assert_int_equal(edit(b, &r, "near-核心-1", "redo"), 0);
        rename_there(b, "near-核心-1.gv", "near--------1.gv");
        rename_there(b, "near-核心-1.edits", "near--------1.edits");
        reopen(b, NULL);
        refresh(b);
        shows(b, first[i], "\"x\":711.0", true);
        assert_true(is_there(b, "near-核心-1.gv"));
        assert_true(is_there(b, "near-核心-1.edits"));
        assert_false(is_there(b, "near--------1.gv"));
        assert_false(is_there(b, "near--------1.edits"));
        shows(b, "near--------1", "\"x\":711.0", true);
        reopen(b, NULL);
        refresh(b);
        shows(b, "near-核心-1", "\"x\":711.0", true);
    }
    reply_fini(&r);
}

/* One of another that is called alike is not touched. */
static void edits_of_another_map_stay_where_they_are(void **state)
{
    struct bench *b = *state;
    struct reply r = {0};

    b->topology.nodes.at[1].name = "核心";
    b->topology.nodes.at[2].name = "上海";
    refresh(b);
    assert_int_equal(edit(b, &r, "near-核心-1", "move:core=711,-5"), 0);
    rename_there(b, "near-核心-1.gv", "near--------1.gv");
    rename_there(b, "near-核心-1.edits", "near--------1.edits");
    reopen(b, NULL);
    refresh(b);
    shows(b, "near-上海-1", "711", false);
    assert_true(is_there(b, "near--------1.edits"));
    shows(b, "near-核心-1", "711", true);
    reply_fini(&r);
}

static void edits_outlive_rediscovery_and_the_process(void **state)
{
    struct bench *b = *state;
    struct reply r = {0};

    refresh(b);
    assert_int_equal(edit(b, &r, "physical", "rename:core=Heart"), 0);
    assert_int_equal(r.revision, 1);
    assert_int_equal(edit(b, &r, "physical", "move:lonely=5,6"), 0);
    assert_int_equal(edit(b, &r, "physical", "add:fw,label=Wall"), 0);
    b->devices[0].name = b->topology.nodes.at[0].name = "called otherwise";
    refresh(b);
    shows(b, "physical", "\"name\":\"Heart\"", true);
    reopen(b, NULL);
    shows(b, "physical", "\"name\":\"Heart\"", true);
    shows(b, "physical", "\"x\":5.0,\"y\":6.0", true);
    shows(b, "physical", "\"revision\":3", true);
    assert_string_equal(status(b, &r, "physical", 0), "in force");
    assert_int_equal(edit(b, &r, "physical", "undo"), 0);
    shows(b, "physical", "Wall", false);
    refresh(b);
    shows(b, "physical", "\"name\":\"Heart\"", true);
    reply_fini(&r);
}

static void edits_and_documents_stand_in_for_each_other(void **state)
{
    struct bench *b = *state;
    struct reply r = {0};

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    assert_int_equal(deed(b, &r, MAPS_NEW, "plan", NULL), 0);
    assert_int_equal(edit(b, &r, "plan", "add:a"), 0);
    refresh(b);
    assert_int_equal(edit(b, &r, "physical", "rename:core=Heart"), 0);
    /* The documents are damaged: the edits are the map, or find it again. */
    put_file(b, "plan.gv", "graph {");
    put_file(b, "physical.gv", "graph {");
    reopen(b, NULL);
    shows(b, "plan", "\"id\":\"a\"", true);
    refresh(b);
    shows(b, "physical", "Heart", true);
    /* The edits are damaged: the document shows them, they are set aside. */
    put_file(b, "plan.edits", "{\"edits\": [");
    reopen(b, NULL);
    shows(b, "plan", "\"id\":\"a\"", true);
    assert_true(is_there(b, "plan.edits.broken"));
    put_file(b, "plan.edits", "again");
    reopen(b, NULL);
    assert_true(is_there(b, "plan.edits.broken-2"));
    log_open(LOG_LEVEL_NOTICE, LOG_TO_STDERR);
    reply_fini(&r);
}

/* A disk that is full. */
static void what_cannot_be_written_is_not_done(void **state)
{
    struct bench *b = *state;
    struct reply r = {0};
    struct rlimit had, none;

    assert_int_equal(deed(b, &r, MAPS_NEW, "plan", NULL), 0);
    assert_int_equal(edit(b, &r, "plan", "add:a"), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &had), 0);
    none = (struct rlimit){.rlim_cur = 1, .rlim_max = had.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    int rc = edit(b, &r, "plan", "add:b");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &had), 0);
    assert_int_equal(rc, -EBUSY);
    assert_non_null(strstr(r.why.what, "nothing was changed"));
    shows(b, "plan", "\"id\":\"b\"", false);
    shows(b, "plan", "\"id\":\"a\"", true);
    assert_int_equal(edit(b, &r, "plan", "add:b"), 0);
    assert_int_equal(r.revision, 2);
    reply_fini(&r);
}

static void a_map_that_cannot_be_written_is_not_there(void **state)
{
    struct bench *b = *state;
    struct reply r = {0};
    struct rlimit had, none;
    struct maps_question again = {.deed = MAPS_IMPORT,
                                  .name = "table",
                                  .document = bytes_of_text("a,b\nx,z\n"),
                                  .format = MAP_FROM_CSV,
                                  .replace = true};

    assert_int_equal(deed(b, &r, MAPS_IMPORT, "table", "a,b\nx,y\n"), 0);
    assert_int_equal(edit(b, &r, "table", "rename:x=Ex"), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &had), 0);
    none = (struct rlimit){.rlim_cur = 1, .rlim_max = had.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    assert_int_equal(deed(b, &r, MAPS_NEW, "plan", NULL), -EBUSY);
    assert_non_null(strstr(r.why.what, "nothing was changed"));
    assert_int_equal(deed(b, &r, MAPS_IMPORT, "other", "a,b\nx,y\n"), -EBUSY);
    assert_int_equal(put(b, &r, &again), -EBUSY);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &had), 0);
    assert_int_equal(deed(b, &r, MAPS_EDITS, "plan", NULL), -ENOENT);
    shows(b, "table", "\"id\":\"y\"", true);
    shows(b, "table", "\"id\":\"z\"", false);
    shows(b, "table", "\"name\":\"Ex\"", true);
    /* It is asked for again. */
    assert_int_equal(deed(b, &r, MAPS_NEW, "plan", NULL), 0);
    assert_int_equal(put(b, &r, &again), 0);
    reopen(b, NULL);
    assert_int_equal(deed(b, &r, MAPS_EDITS, "plan", NULL), 0);
    shows(b, "table", "\"id\":\"z\"", true);
    shows(b, "table", "\"name\":\"Ex\"", true);
    reply_fini(&r);
}

static void a_map_whose_file_stays_is_not_deleted(void **state)
{
    struct bench *b = *state;
    struct reply r = {0};
    char path[128];

    (void)snprintf(path, sizeof path, "%s/maps/plan.gv", b->dir);
    assert_int_equal(deed(b, &r, MAPS_NEW, "plan", NULL), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0); /* which is not to be unlinked */
    assert_int_equal(deed(b, &r, MAPS_DELETE, "plan", NULL), -EBUSY);
    assert_non_null(strstr(r.why.what, "cannot be removed"));
    assert_int_equal(deed(b, &r, MAPS_EDITS, "plan", NULL), 0);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(deed(b, &r, MAPS_DELETE, "plan", NULL), 0);
    assert_int_equal(deed(b, &r, MAPS_EDITS, "plan", NULL), -ENOENT);
    reply_fini(&r);
}

static void on_renamed(void *arg, size_t count)
{
    size_t *edits = arg;

    *edits = count;
}

/* How many edits got another name. */
static size_t rename_person(struct bench *b, const char *from, const char *to)
{
    size_t count = SIZE_MAX;

    maps_rename_person(b->maps, from, to, on_renamed, &count);
    assert_true(count == SIZE_MAX); /* never from within */
    while (count == SIZE_MAX)
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
    return count;
}

static bool file_names(struct bench *b, const char *name, const char *person)
{
    struct buffer OWNED_BUFFER text = {0};
    char path[128];

    snprintf(path, sizeof path, "%s/maps/%s", b->dir, name);
    assert_int_equal(file_read(path, 1 << 20, &text), 0);
    return strstr(text.at, person) != NULL;
}

static void who_is_forgotten_is_named_by_no_map(void **state)
{
    struct bench *b = *state;
    struct reply r = {0};
    struct maps_question bob = {.deed = MAPS_EDIT,
                                .name = "plan",
                                .who = "bob",
                                .edits = json_pack("[s]", "add:b")};
    struct rlimit had, none;

    assert_int_equal(deed(b, &r, MAPS_NEW, "plan", NULL), 0);
    assert_int_equal(edit(b, &r, "plan", "add:a"), 0);
    assert_int_equal(put(b, &r, &bob), 0);
    assert_int_equal(rename_person(b, "carol", "person-1"), 0);
    assert_int_equal(rename_person(b, "ann", "person-2"), 1);
    assert_false(file_names(b, "plan.edits", "ann"));
    assert_true(file_names(b, "plan.edits", "person-2"));
    reopen(b, NULL);
    shows(b, "plan", "\"id\":\"a\"", true);
    /* What the disk does not take is known as not done. */
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &had), 0);
    none = (struct rlimit){.rlim_cur = 1, .rlim_max = had.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    assert_int_equal(rename_person(b, "bob", "person-3"), 1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &had), 0);
    assert_true(file_names(b, "plan.edits", "bob"));
    reply_fini(&r);
}

static void maps_of_people_come_and_go(void **state)
{
    static const struct {
        enum maps_deed what;
        const char *map, *document;
        int rc;
    } cases[] = {
        {MAPS_NEW, "plan", NULL, 0},
        {MAPS_NEW, "plan", NULL, -EEXIST},
        {MAPS_NEW, "上海", NULL, 0},
        {MAPS_NEW, "", NULL, -EINVAL},
        {MAPS_NEW, "../x", NULL, -EINVAL},
        {MAPS_NEW, ".x", NULL, -EINVAL},
        {MAPS_NEW, "-x", NULL, -EINVAL},
        {MAPS_NEW, "x.svg", NULL, -EINVAL},
        {MAPS_NEW, "a\xff", NULL, -EINVAL},
        {MAPS_NEW, "physical", NULL, -EPERM},
        {MAPS_IMPORT, "prefix-192.0.2.0-24", "a,b\nx,y\n", -EPERM},
        {MAPS_IMPORT, "plan", "a,b\nx,y\n", -EEXIST},
        {MAPS_IMPORT, "table", "a,b\nx,\"y\n", -EINVAL},
        {MAPS_IMPORT, "table", "a,b\nx,y\n", 0},
        {MAPS_DELETE, "plan", NULL, 0},
        {MAPS_DELETE, "plan", NULL, -ENOENT},
        {MAPS_DELETE, "physical", NULL, -EPERM},
        {MAPS_EDITS, "plan", NULL, -ENOENT},
    };
    struct bench *b = *state;
    struct reply r = {0};

    refresh(b);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (deed(b, &r, cases[i].what, cases[i].map, cases[i].document) !=
            cases[i].rc)
            fail_msg("%zu: %s: %d %s", i, cases[i].map, r.result, r.why.what);
    assert_false(is_there(b, "plan.gv") || is_there(b, "plan.edits"));
    assert_int_equal(edit(b, &r, "table", "rename:x=Ex"), 0);
    struct maps_question again = {.deed = MAPS_IMPORT,
                                  .name = "table",
                                  .document = bytes_of_text("a,b\nx,z\n"),
                                  .format = MAP_FROM_CSV,
                                  .replace = true};
    assert_int_equal(put(b, &r, &again), 0);
    shows(b, "table", "\"name\":\"Ex\"", true);
    shows(b, "table", "\"id\":\"y\"", false);
    reply_fini(&r);
}

static void a_faulty_import_names_its_line(void **state)
{
    struct bench *b = *state;
    struct reply r = {0};

    assert_int_equal(deed(b, &r, MAPS_IMPORT, "t", "a,b\nx,y\nz,\"open"),
                     -EINVAL);
    assert_non_null(strstr(r.why.what, "line 3, column 3"));
    reply_fini(&r);
}

static void who_is_the_user_at_the_other_end(void **state)
{
    struct bench *b = *state;
    struct reply r = {0};
    struct maps_question q = {.deed = MAPS_EDIT,
                              .name = "plan",
                              .uid = 4242424,
                              .matches = UINT64_MAX,
                              .seen = UINT64_MAX};

    assert_int_equal(deed(b, &r, MAPS_NEW, "plan", NULL), 0);
    q.edits = json_pack("[s]", "add:a");
    unsigned before = r.count;
    maps_ask(b->maps, &q, on_reply, &r);
    json_decref(q.edits);
    while (r.count == before)
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
    const json_t *e = json_array_get(json_object_get(r.told, "edits"), 0);
    assert_string_equal(json_string_value(json_object_get(e, "who")),
                        "uid-4242424");
    reply_fini(&r);
}

/* Whoever left hears nothing; what was begun is done. */
static void a_client_that_left_is_not_told(void **state)
{
    struct bench *b = *state;
    struct reply r = {0}, other = {0};
    struct maps_question q = {.deed = MAPS_NEW, .name = "plan", .who = "ann"};

    maps_ask(b->maps, &q, on_reply, &r);
    maps_forget(b->maps, &r);
    assert_int_equal(deed(b, &other, MAPS_EDITS, "plan", NULL), 0);
    assert_int_equal(r.count, 0);
    q.name = "last";
    maps_ask(b->maps, &q, on_reply, &other);
    maps_free(TAKE(b->maps)); /* the end: it is told */
    assert_int_equal(other.count, 2);
    b->maps = maps_open(b, NULL);
    reply_fini(&other);
}

/* What is answered with success is there after a restart, or it is refused. */
static void an_import_that_could_not_be_read_again_is_refused(void **state)
{
    struct bench *b = *state;
    struct reply r = {.count = 0};
    struct buffer OWNED_BUFFER text = {0};
    struct buffer OWNED_BUFFER ports = {0};

    for (unsigned i = 0; i < 500; i++)
        buffer_char(&ports, '\\'); /* two octets each in a document */
    buffer_text(&text, "a,b,a_port,b_port\n");
    for (unsigned i = 0; i < 34000; i++)
        buffer_format(&text, "n%u,n%u,%s,%s\n", i % 100, i % 77, ports.at,
                      ports.at);
    assert_int_equal(deed(b, &r, MAPS_IMPORT, "big", text.at), -EFBIG);
    assert_true(r.why.what[0] != '\0' && r.why.remedy[0] != '\0');
    assert_false(is_there(b, "big.gv"));
    json_decref(r.told);
}

int main(void)
{
#define ON_A_BENCH(test) \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(edits_go_with_a_map_that_is_called_otherwise_by_now),
        CASE(edits_of_another_map_stay_where_they_are),
        CASE(an_import_that_could_not_be_read_again_is_refused),
        ON_A_BENCH(edits_outlive_rediscovery_and_the_process),
        ON_A_BENCH(edits_and_documents_stand_in_for_each_other),
        ON_A_BENCH(what_cannot_be_written_is_not_done),
        ON_A_BENCH(a_map_that_cannot_be_written_is_not_there),
        ON_A_BENCH(a_map_whose_file_stays_is_not_deleted),
        ON_A_BENCH(who_is_forgotten_is_named_by_no_map),
        ON_A_BENCH(maps_of_people_come_and_go),
        ON_A_BENCH(a_faulty_import_names_its_line),
        ON_A_BENCH(who_is_the_user_at_the_other_end),
        ON_A_BENCH(a_client_that_left_is_not_told),
    };

    return cmocka_run_group_tests_name("maps edited", tests, NULL, NULL);
}
