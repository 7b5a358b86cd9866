/* Pictures are drawn by a real rrdtool; one that dies, hangs or talks nonsense
 * is ended and harms no other picture. */
#include "station/series_painter.h"

#include "base/clock.h"
#include "graphs/template.h"
#include "station/series_drawer.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

enum { DIR_LEN = 64, LIMIT_S = 30, STEP_S = 60, SAMPLES = 200 };
static const int64_t BEGIN_S = 1700006400;

struct place {
    char dir[DIR_LEN], path[512];
    struct event_base *base;
    struct painter *painter;
    struct graph_templates *templates;
};

/* rrdtool in place of the one in PATH, until the test ends. */
static void put_rrdtool(struct place *p, const char *script)
{
    OWNED_BUFFER struct buffer file = {0}, OWNED_BUFFER path = {0};

    buffer_format(&file, "%s/bin", p->dir);
    assert_int_equal(mkdir(file.at, 0755), 0);
    buffer_text(&file, "/rrdtool");
    FILE *out = fopen(file.at, "we");
    assert_non_null(out);
    assert_true(fprintf(out, "#!/bin/sh\n%s\n", script) > 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(file.at, 0755), 0);
    buffer_format(&path, "%s/bin:%s", p->dir, p->path);
    assert_int_equal(setenv("PATH", path.at, 1), 0);
}

static int make_place(void **state)
{
    struct place *p = mem_new(struct place);
    OWNED_BUFFER struct buffer root = {0};

    snprintf(p->dir, sizeof p->dir, "/tmp/portolan-painter-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    snprintf(p->path, sizeof p->path, "%s", getenv("PATH"));
    buffer_format(&root, "%s/", p->dir);
    p->base = event_base_new();
    p->painter = painter_new(p->base, root.at, NULL, p->dir);
    p->templates = templates_load(NULL, 0, NULL, NULL);
    *state = p;
    return 0;
}

static int remove_one(const char *path, const struct stat *about, int kind,
                      struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

static int drop_place(void **state)
{
    struct place *p = *state;

    painter_free(p->painter);
    templates_free(p->templates);
    event_base_free(p->base);
    setenv("PATH", p->path, 1);
    int rc = nftw(p->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(p);
    return rc;
}

/* Makes the file of an object with samples; sources that are named are left
 * out. */
static void put_file(struct place *p, const char *device,
                     enum series_group group, const char *without)
{
    static const struct series_keep keep[] = {{60000, 86400000},
                                              {300000, 30 * 86400000LL}};
    struct layout l = layout_make(STEP_S * 1000, keep, COUNT_OF(keep));
    OWNED_BUFFER struct buffer path = {0}, OWNED_BUFFER create = {0};
    char command[128];

    buffer_format(&path, "%s/%s", p->dir, device);
    (void)mkdir(path.at, 0755); /* it may be there */
    buffer_clear(&path);
    layout_path(device, group, "1", &path);
    layout_create(&l, group, BEGIN_S, &create);
    char *left_out = without != NULL ? strstr(create.at, without) : NULL;
    if (left_out != NULL)
        memset(left_out, ' ', strcspn(left_out, " "));
    snprintf(command, sizeof command, "cd %s && exec rrdtool - >/dev/null",
             p->dir);
    FILE *rrdtool = popen(command, "we");
    assert_non_null(rrdtool);
    fprintf(rrdtool, "create %s %s\nupdate %s", path.at, create.at, path.at);
    for (int n = 1; n <= SAMPLES; n++) {
        fprintf(rrdtool, " %lld", (long long)(BEGIN_S + n * STEP_S));
        for (size_t i = left_out != NULL; i < series_group_values(group); i++)
            fprintf(rrdtool, ":%d", n % 49);
    }
    fprintf(rrdtool, "\n");
    assert_int_equal(pclose(rrdtool), 0);
}

struct drawn {
    bool told;
    int result;
    struct buffer picture, why;
};

static void drawn_fini(struct drawn *d)
{
    buffer_fini(&d->picture);
    buffer_fini(&d->why);
}
#define OWNED_DRAWN __attribute__((cleanup(drawn_fini)))

static void on_picture(void *arg, int result, struct bytes picture,
                       const char *why)
{
    struct drawn *d = arg;

    assert_false(d->told);
    d->told = true;
    d->result = result;
    buffer_add(&d->picture, picture.at, picture.len);
    buffer_text(&d->why, why != NULL ? why : "");
}

static void ask(struct place *p, const char *name, struct picture picture,
                struct drawn *d)
{
    picture.what = templates_find(p->templates, name);
    if (picture.to_s == 0) {
        picture.from_s = BEGIN_S;
        picture.to_s = BEGIN_S + SAMPLES * STEP_S;
    }
    painter_draw(p->painter, &picture, on_picture, d);
    assert_false(d->told);
}

static void wait_for(struct place *p, const struct drawn *d)
{
    struct mono limit = mono_after_ms(mono_now(), LIMIT_S * 1000);
    struct timeval tick = {.tv_usec = 20000};

    while (!d->told && !mono_reached(mono_now(), limit)) {
        event_base_loopexit(p->base, &tick);
        event_base_dispatch(p->base);
    }
    assert_true(d->told);
}

static void draw(struct place *p, const char *name, struct picture picture,
                 struct drawn *d)
{
    ask(p, name, picture, d);
    wait_for(p, d);
}

/* One object of its own group. */
static void draw_one(struct place *p, const char *name, struct drawn *d)
{
    const struct graph_template *what = templates_find(p->templates, name);
    OWNED_BUFFER struct buffer path = {0};

    layout_path("sw1", (enum series_group)what->group, "1", &path);
    struct picture_object object = {.path = path.at};
    draw(p, name, (struct picture){.objects = &object, .count = 1}, d);
}

static void assert_png(const struct drawn *d)
{
    if (d->result != 0)
        fail_msg("%d: %s", d->result, d->why.at);
    assert_true(d->picture.len > 1000);
    assert_memory_equal(d->picture.at, "\x89PNG\r\n\x1a\n", 8);
}

static void every_template_is_drawn(void **state)
{
    static const char nasty[] = "a:b\\c%s <&\"'> $(x) 100% \xe6\xb8\xac \xff";
    struct place *p = *state;

    for (int group = 0; group < SERIES_GROUPS; group++)
        put_file(p, "sw1", (enum series_group)group, NULL);
    for (size_t i = 0; i < templates_count(p->templates); i++) {
        const struct graph_template *t = templates_at(p->templates, i);
        OWNED_BUFFER struct buffer path = {0};
        struct drawn OWNED_DRAWN d = {0}, OWNED_DRAWN wide = {0};

        layout_path("sw1", (enum series_group)t->group, "1", &path);
        struct picture_object objects[] = {{.path = path.at, .label = nasty},
                                           {.path = path.at, .label = nasty}};
        struct picture_gap gap = {BEGIN_S, BEGIN_S + 3600, nasty};
        struct picture picture = {.objects = objects,
                                  .count = 1,
                                  .title = nasty,
                                  .unit = nasty,
                                  .speed_bps = 1e9,
                                  .gaps = &gap,
                                  .gap_count = 1,
                                  .dark = i % 2 == 0};
        draw(p, t->name, picture, &d);
        assert_png(&d);
        picture.count = 2;
        picture.stacked = i % 2 == 1;
        picture.from_s = BEGIN_S - 86400 * 20; /* with its peaks */
        picture.to_s = BEGIN_S + SAMPLES * STEP_S;
        draw(p, t->name, picture, &wide);
        assert_png(&wide);
    }
}

static void svg_says_what_it_shows(void **state)
{
    struct place *p = *state;
    struct drawn OWNED_DRAWN d = {0};
    struct picture_object objects[] = {
        {.path = "sw1/port-1.rrd", .label = "sw1 <1>"},
        {.path = "sw2/port-1.rrd", .label = "sw2 1"}};
    struct picture_gap gaps[] = {
        {BEGIN_S + 600, BEGIN_S + 1200, "no answer & no reason"}};

    put_file(p, "sw1", SERIES_PORT, NULL);
    put_file(p, "sw2", SERIES_PORT, NULL);
    draw(p, "traffic",
         (struct picture){.format = PICTURE_SVG,
                          .objects = objects,
                          .count = 2,
                          .title = "two ports",
                          .gaps = gaps,
                          .gap_count = 1},
         &d);
    assert_int_equal(d.result, 0);
    assert_memory_equal(d.picture.at, "<?xml ve", 8);
    assert_non_null(strstr(d.picture.at, "<svg "));
    assert_null(strstr(d.picture.at, "pt\" height"));
    assert_non_null(strstr(d.picture.at, "<title>two ports</title>"));
    assert_non_null(strstr(d.picture.at, "sw1 &lt;1&gt; in: last "));
    assert_non_null(strstr(d.picture.at, "sum in: last 64.0 bit/s, mean "));
    assert_non_null(
        strstr(d.picture.at, "no answer &amp; no reason: 1 gap, 10 min"));
    assert_non_null(strstr(d.picture.at, "</svg>"));
}

static void what_files_lack_is_left_out(void **state)
{
    struct place *p = *state;
    struct drawn OWNED_DRAWN d = {0}, OWNED_DRAWN part = {0},
                             OWNED_DRAWN none = {0};
    struct picture_object objects[] = {
        {.path = "none/port-1.rrd", .label = "nobody"},
        {.path = "sw1/port-1.rrd", .label = "sw1"}};

    put_file(p, "sw1", SERIES_ICMP, "DS:jitter_ms");
    put_file(p, "sw1", SERIES_PORT, NULL);
    draw_one(p, "icmp", &d);
    assert_png(&d);
    draw(
        p, "traffic",
        (struct picture){.format = PICTURE_SVG, .objects = objects, .count = 2},
        &part);
    assert_int_equal(part.result, 0);
    assert_non_null(strstr(part.picture.at, "nobody in: no data"));
    draw(p, "traffic", (struct picture){.objects = objects, .count = 1}, &none);
    assert_int_equal(none.result, -ENOENT);
    assert_string_equal(none.why.at, "there is no such series yet");
}

/* Not the one whose path is the end of the missing one's. */
static void the_missing_one_alone_has_no_data(void **state)
{
    struct place *p = *state;
    struct drawn OWNED_DRAWN d = {0};
    struct picture_object objects[] = {
        {.path = "sw1/port-1.rrd", .label = "this"},
        {.path = "core-sw1/port-1.rrd", .label = "that"}};

    put_file(p, "sw1", SERIES_PORT, NULL);
    draw(
        p, "traffic",
        (struct picture){.format = PICTURE_SVG, .objects = objects, .count = 2},
        &d);
    assert_int_equal(d.result, 0);
    assert_non_null(strstr(d.picture.at, "that in: no data"));
    assert_non_null(strstr(d.picture.at, "this in: last "));
}

static void paths_of_others_are_refused(void **state)
{
    struct place *p = *state;
    struct drawn OWNED_DRAWN d = {0};
    struct picture_object object = {.path = "../../etc/passwd"};

    draw(p, "cpu", (struct picture){.objects = &object, .count = 1}, &d);
    assert_int_equal(d.result, -ENOENT);
}

static void one_that_dies_is_started_again(void **state)
{
    struct place *p = *state;
    struct drawn OWNED_DRAWN d = {0};
    OWNED_BUFFER struct buffer script = {0};

    put_file(p, "sw1", SERIES_CPU, NULL);
    buffer_format(&script,
                  "[ -e %s/died ] || { touch %s/died; read x; exit 1; }\n"
                  "PATH=%s exec rrdtool -",
                  p->dir, p->dir, p->path);
    put_rrdtool(p, script.at);
    draw_one(p, "cpu", &d);
    assert_png(&d);
}

static void one_that_always_dies_is_told(void **state)
{
    struct place *p = *state;
    struct drawn OWNED_DRAWN d = {0};

    put_rrdtool(p, "read x; echo it is broken >&2; exit 1");
    draw_one(p, "cpu", &d);
    assert_int_equal(d.result, -EIO);
    assert_non_null(strstr(d.why.at, "it is broken"));
}

static void nonsense_is_no_picture(void **state)
{
    struct place *p = *state;
    struct drawn OWNED_DRAWN d = {0};

    put_rrdtool(p, "while read x; do echo 'print[0] = 5'; echo OK; done");
    draw_one(p, "cpu", &d);
    assert_int_equal(d.result, -EBADMSG);
}

/* The process that a script wrote down, once it has. */
static pid_t written_down(struct place *p)
{
    struct mono limit = mono_after_ms(mono_now(), LIMIT_S * 1000);
    struct timeval tick = {.tv_usec = 20000};
    OWNED_BUFFER struct buffer path = {0};
    long pid = 0;

    buffer_format(&path, "%s/pid", p->dir);
    while (pid == 0 && !mono_reached(mono_now(), limit)) {
        FILE *file = fopen(path.at, "re");

        if (file != NULL && fscanf(file, "%ld", &pid) != 1)
            pid = 0;
        if (file != NULL)
            fclose(file);
        event_base_loopexit(p->base, &tick);
        event_base_dispatch(p->base);
    }
    return (pid_t)pid;
}

struct answered {
    bool told;
    int result;
};

static void on_answer(void *arg, int result, const struct talk *answer,
                      const char *why)
{
    struct answered *a = arg;

    (void)answer;
    a->told = true;
    a->result = result;
    assert_true(result == 0 || why[0] != '\0');
}

static int ask_drawer(struct place *p, struct drawer *d, char *what)
{
    struct picture_argv argv = {.at = &what, .count = 1};
    struct mono limit = mono_after_ms(mono_now(), LIMIT_S * 1000);
    struct timeval tick = {.tv_usec = 20000};
    struct answered a = {0};

    drawer_ask(d, &argv, on_answer, &a);
    assert_false(a.told);
    while (!a.told && !mono_reached(mono_now(), limit)) {
        event_base_loopexit(p->base, &tick);
        event_base_dispatch(p->base);
    }
    assert_true(a.told && drawer_is_free(d));
    return a.result;
}

/* The process is killed when its time is over, and another one takes the next
 * question. */
static void an_answer_has_its_time(void **state)
{
    struct place *p = *state;
    OWNED_BUFFER struct buffer script = {0};
    char hang[] = "hang", good[] = "good";
    OWNED(drawer_free) struct drawer *d = drawer_new(p->base, p->dir, 500);

    buffer_format(&script,
                  "while read x; do case $x in *hang*) echo $$ >%s/pid; exec "
                  "sleep 1000;; *) echo OK;; esac; done",
                  p->dir);
    put_rrdtool(p, script.at);
    assert_int_equal(ask_drawer(p, d, good), 0);
    assert_int_equal(ask_drawer(p, d, hang), -ETIMEDOUT);
    assert_int_equal(kill(written_down(p), 0), -1);
    assert_int_equal(ask_drawer(p, d, good), 0);
}

/* Hung ones hold up the queue, which is bounded, and are gone when the painter
 * is. */
static void hung_ones_end_with_the_painter(void **state)
{
    enum { MANY = 200 };
    struct place *p = *state;
    struct drawn d[MANY] = {0};
    struct picture_object object = {.path = "sw1/cpu-1.rrd"};
    size_t busy = 0;
    OWNED_BUFFER struct buffer script = {0};

    buffer_format(&script, "echo $$ >%s/pid; exec sleep 1000", p->dir);
    put_rrdtool(p, script.at);
    for (size_t i = 0; i < MANY; i++)
        ask(p, "cpu", (struct picture){.objects = &object, .count = 1}, &d[i]);
    painter_forget(p->painter, &d[0]);
    pid_t pid = written_down(p);
    assert_true(pid > 1);
    for (size_t i = 0; i < MANY; i++)
        busy += d[i].told && d[i].result == -EBUSY;
    assert_int_equal(busy, MANY - 128);
    painter_free(p->painter);
    p->painter = NULL;
    assert_int_equal(kill(pid, 0), -1);
    assert_false(d[0].told);
    assert_int_equal(d[1].result, -ECANCELED);
    for (size_t i = 0; i < MANY; i++)
        drawn_fini(&d[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_template_is_drawn, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(svg_says_what_it_shows, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(what_files_lack_is_left_out, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(the_missing_one_alone_has_no_data,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(paths_of_others_are_refused, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(one_that_dies_is_started_again,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(one_that_always_dies_is_told,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(nonsense_is_no_picture, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(an_answer_has_its_time, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(hung_ones_end_with_the_painter,
                                        make_place, drop_place),
    };
    return cmocka_run_group_tests_name("painter", tests, NULL, NULL);
}
