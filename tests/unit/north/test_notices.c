/* Receivers of notifications as the master agent comes, goes and is another
 * one: what waits and what was told stays, and numbers go on. The master agent
 * is this test, the alerts are true ones. */
#include "fake_station.h"

#include "north/notice_queue.h"
#include "north/notices.h"
#include "station/changes.h"
#include "station/notify.h"
#include "station/store.h"

#include <unistd.h>

enum { PATH_LEN = 64, TOLD_MAX = 16384 };

struct scene {
    struct station station;
    struct state_scene *state;
    char dir[PATH_LEN], path[PATH_LEN + 16];
    struct receivers receivers;
    struct notices *notices;
    /* the master agent */
    bool away;
    bool busy; /* it takes its time to answer */
    uint64_t shown;
    uint32_t seq;                  /* notified() last */
    unsigned peers, sent;          /* SNMP: ways that were made; under way */
    bool fell;                     /* below the one before */
    uint64_t told[TOLD_MAX], last; /* the numbers that it took */
    size_t count;
    unsigned asked; /* to publish */
};

static struct scene *the; /* of the test that runs: stubs have no argument */

/* ---- what station*.c do ---- */

void station_listen_changes(struct station *s, const struct change_listener *l)
{
    (void)s, (void)l;
}

const struct receivers *station_receivers(const struct station *s)
{
    (void)s;
    return &the->receivers;
}

struct notify_peer *notify_peer_new(struct station *s, const struct receiver *r)
{
    (void)s, (void)r;
    the->peers++;
    return (struct notify_peer *)(void *)the;
}

void notify_peer_free(struct notify_peer *p)
{
    (void)p;
}

int notify_write(const struct station *s, struct oid trap,
                 const struct varbind *varbinds, size_t count,
                 struct buffer *out)
{
    (void)s, (void)trap, (void)varbinds, (void)count;
    buffer_text(out, "it");
    return 0;
}

int notify_read(const char *text, struct notify_said *out)
{
    (void)text;
    out->count = 0;
    return 0;
}

void notify_log(struct station *s, const struct notify_said *said)
{
    (void)s, (void)said;
}

void notify_send(struct notify_peer *p, const char *text, notify_fn done,
                 void *arg)
{
    (void)p, (void)text, (void)done, (void)arg;
    the->sent++; /* nobody acknowledges it yet */
}

/* ---- the master agent ---- */

static int on_notify(void *arg, uint64_t id, struct oid trap,
                     const struct varbind *varbinds, size_t count)
{
    struct scene *s = arg;

    (void)trap, (void)varbinds, (void)count;
    if (s->away)
        return -ENOTCONN;
    s->last = id;
    assert_true(s->count < TOLD_MAX);
    s->told[s->count++] = id;
    if (!s->busy)
        notices_on_master(s->notices, id, 0);
    return 0;
}

static void on_notified(void *arg, uint32_t seq)
{
    struct scene *s = arg;

    s->fell = s->fell || seq < s->seq;
    s->seq = seq;
}

static uint64_t on_shown(void *arg)
{
    return ((struct scene *)arg)->shown;
}

static void on_hasten(void *arg)
{
    ((struct scene *)arg)->asked++;
}

static void use_master(struct scene *s)
{
    const struct notice_master master = {on_notify, on_notified, on_shown,
                                         on_hasten, s};

    notices_use_master(s->notices, &master);
}

/* ---- the scene ---- */

static void turn(struct scene *s)
{
    for (int i = 0; i < 4; i++)
        event_base_loop(s->state->base, EVLOOP_NONBLOCK);
}

/* A second goes by, after which hours are looked at. */
static void wait_a_second(struct scene *s)
{
    usleep(1100000);
    turn(s);
}

static void start(struct scene *s)
{
    const struct store_options options = {.path = s->path};
    struct complaint why;

    assert_int_equal(store_open(NULL, &options, &s->station.store, &why), 0);
    assert_int_equal(
        notices_new(s->state->base, &s->station, &s->notices, &why), 0);
}

static void end(struct scene *s)
{
    notices_free(TAKE(s->notices));
    store_free(TAKE(s->station.store));
}

static int make_scene(void **state)
{
    struct scene *s = mem_new(struct scene);

    the = s;
    s->shown = UINT64_MAX;
    s->state = state_scene_new();
    s->station.alerts = s->state->alerts;
    s->station.snapshot = scene_publish(s->state);
    snprintf(s->dir, sizeof s->dir, "/tmp/portolan-notices-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    snprintf(s->path, sizeof s->path, "%s/state.db", s->dir);
    start(s);
    *state = s;
    return 0;
}

static int drop_scene(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct scene *s = *state;
    char path[PATH_LEN + 32];

    end(s);
    snapshot_unref(s->station.snapshot);
    state_scene_free(s->state);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        snprintf(path, sizeof path, "%s%s", s->path, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(s->dir);
    free(s);
    return 0;
}

static void tell(struct scene *s, const char *name, enum severity severity)
{
    uint64_t id = bytes_hash(bytes_of_text(name));
    struct object_ref object = {OBJECT_DEVICE, {{0}}, ""};

    memcpy(&object.device, &id, sizeof id);
    alerts_tell(s->station.alerts,
                &(struct condition){.object = object,
                                    .type = alert_type_find("temperature"),
                                    .severity = severity,
                                    .at = wall_now(),
                                    .calm_ms = -1,
                                    .name = name,
                                    .device = name,
                                    .text = "is too hot",
                                    .value = NAN,
                                    .limit = NAN});
}

static size_t waiting;

static void on_status(void *arg, const struct notice_status *status)
{
    (void)arg;
    if (status->receiver->kind == RECEIVER_MASTER)
        waiting = status->waiting;
}

static size_t waiting_for_master(struct scene *s)
{
    waiting = 0;
    notices_list(s->notices, on_status, NULL);
    return waiting;
}

/* ---- what holds ---- */

static void another_master_gets_what_waited_and_numbers_go_on(void **state)
{
    struct scene *s = *state;

    s->away = true;
    use_master(s);
    wait_a_second(s);
    tell(s, "core", SEVERITY_MAJOR);
    tell(s, "edge", SEVERITY_MAJOR);
    turn(s);
    tell(s, "core", SEVERITY_CLEARED);
    turn(s);
    assert_int_equal(waiting_for_master(s), 3);
    notices_use(s->notices); /* the configuration is another one */
    notices_leave_master(s->notices);
    tell(s, "printer", SEVERITY_MAJOR);
    turn(s);
    assert_int_equal(waiting_for_master(s), 4);
    s->away = false;
    use_master(s);
    turn(s);
    wait_a_second(s);
    assert_int_equal(waiting_for_master(s), 0);
    assert_int_equal(s->count, 4); /* what was told is not told again */
    for (size_t i = 0; i < s->count; i++)
        assert_int_equal(s->told[i], i + 1);
}

static void what_waited_goes_as_soon_as_the_master_is_back(void **state)
{
    struct scene *s = *state;

    s->away = true;
    use_master(s);
    wait_a_second(s);
    tell(s, "core", SEVERITY_MAJOR);
    tell(s, "edge", SEVERITY_MAJOR);
    turn(s);
    s->away = false;
    turn(s);
    assert_int_equal(s->count, 0); /* it is not known yet */
    notices_on_shown(s->notices);
    turn(s);
    assert_int_equal(s->count, 2);
}

static void no_master_forgets_what_waits_but_numbers_go_on(void **state)
{
    struct scene *s = *state;

    s->away = true;
    use_master(s);
    wait_a_second(s);
    tell(s, "core", SEVERITY_MAJOR);
    tell(s, "edge", SEVERITY_MAJOR);
    turn(s);
    notices_use_master(s->notices, NULL);
    turn(s);
    assert_int_equal(waiting_for_master(s), 0);
    s->away = false;
    use_master(s);
    assert_int_equal(s->seq, 2);
    wait_a_second(s);
    assert_int_equal(s->count, 2); /* they last, and are told as new */
    assert_int_equal(s->told[0], 3);
}

static void the_number_that_is_served_never_falls(void **state)
{
    struct scene *s = *state;

    s->away = true;
    use_master(s);
    wait_a_second(s);
    tell(s, "core", SEVERITY_MAJOR);
    tell(s, "edge", SEVERITY_MAJOR);
    tell(s, "printer", SEVERITY_MAJOR);
    turn(s);
    end(s);
    s->seq = 0;
    s->fell = false;
    start(s);
    s->away = false;
    use_master(s);
    assert_int_equal(s->seq, 0); /* none was sent yet */
    turn(s);
    assert_int_equal(s->count, 3);
    assert_int_equal(s->seq, 3);
    assert_false(s->fell);
}

static uint64_t version_of(struct scene *s)
{
    struct alert_book *book = alerts_book(s->station.alerts);
    uint64_t version = book->version;

    alert_book_unref(book);
    return version;
}

/* Views are behind the alerts as long as these change, but not at a stand. */
static void a_storm_flows_though_tables_are_always_a_little_behind(void **state)
{
    enum { CHANGES = 1000, BEHIND = 2 };
    struct scene *s = *state;
    uint64_t past[BEHIND] = {0};
    char name[16];

    use_master(s);
    wait_a_second(s);
    for (size_t i = 0; i < CHANGES; i++) {
        snprintf(name, sizeof name, "port-%zu", i / 2);
        tell(s, name, i % 2 == 0 ? SEVERITY_MAJOR : SEVERITY_CLEARED);
        s->shown = past[i % BEHIND];
        past[i % BEHIND] = version_of(s);
        turn(s);
        assert_true(s->count <= i); /* none before its table */
    }
    assert_true(s->count >= CHANGES - 2 * BEHIND);
}

static void what_a_full_queue_dropped_under_way_holds_nothing_up(void **state)
{
    struct scene *s = *state;
    char name[16];

    use_master(s);
    wait_a_second(s);
    s->busy = true;
    for (size_t i = 0; i <= NOTICES_WAITING_MAX; i++) {
        snprintf(name, sizeof name, "port-%zu", i / 2);
        tell(s, name, i % 2 == 0 ? SEVERITY_MAJOR : SEVERITY_CLEARED);
        turn(s);
    }
    assert_int_equal(s->count, 1);
    s->busy = false;
    notices_on_master(s->notices, 1, 0);
    for (size_t i = 0; i < NOTICES_WAITING_MAX && s->count > 0; i += 4)
        turn(s);
    assert_int_equal(waiting_for_master(s), 0);
    assert_int_equal(s->count, NOTICES_WAITING_MAX + 1); /* none is left out */
}

static void a_reload_sends_nothing_twice(void **state)
{
    static char noc[] = "noc", one[] = "one", other[] = "other";
    struct scene *s = *state;
    struct credential c = {.version = SNMP_V2C, .community = one};
    struct receiver r = {.name = noc,
                         .kind = RECEIVER_SNMP,
                         .addr = scene_addr("192.0.2.99"),
                         .port = 162,
                         .credential = &c,
                         .severity = SEVERITY_INDETERMINATE,
                         .inform = true};

    *array_add(&s->receivers) = &r;
    s->busy = true;
    use_master(s);
    wait_a_second(s);
    tell(s, "core", SEVERITY_MAJOR);
    turn(s);
    assert_int_equal(s->sent, 1);
    assert_int_equal(s->count, 1);
    notices_use(s->notices);
    turn(s);
    assert_int_equal(s->sent, 1);
    assert_int_equal(s->count, 1);
    c.community = other; /* it may be that it never took the other one */
    notices_use(s->notices);
    turn(s);
    assert_int_equal(s->sent, 2);
    assert_int_equal(s->peers, 2);
    assert_int_equal(s->count, 1);
    array_fini(&s->receivers);
    notices_use(s->notices);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            another_master_gets_what_waited_and_numbers_go_on, make_scene,
            drop_scene),
        cmocka_unit_test_setup_teardown(
            what_waited_goes_as_soon_as_the_master_is_back, make_scene,
            drop_scene),
        cmocka_unit_test_setup_teardown(
            no_master_forgets_what_waits_but_numbers_go_on, make_scene,
            drop_scene),
        cmocka_unit_test_setup_teardown(the_number_that_is_served_never_falls,
                                        make_scene, drop_scene),
        cmocka_unit_test_setup_teardown(
            a_storm_flows_though_tables_are_always_a_little_behind, make_scene,
            drop_scene),
        cmocka_unit_test_setup_teardown(
            what_a_full_queue_dropped_under_way_holds_nothing_up, make_scene,
            drop_scene),
        cmocka_unit_test_setup_teardown(a_reload_sends_nothing_twice,
                                        make_scene, drop_scene),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
