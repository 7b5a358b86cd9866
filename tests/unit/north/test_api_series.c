/* Numbers and pictures of what a path names: a device, a port whose name may
 * have colons and slashes, one of several sensors. */
#include "asking.h"

#include "station/gaps.h"
#include "station/series.h"

/* ---- series that note what is wanted of them ---- */

struct series {
    char path[256], last_path[256], last_label[64], title[256], unit[32];
    struct series_query query;
    struct picture picture;
    series_rows_fn rows;
    series_picture_fn drawn;
    void *arg;
};

void series_fetch(struct series *s, const struct series_query *query,
                  series_rows_fn done, void *arg)
{
    (void)snprintf(s->path, sizeof s->path, "%s", query->path);
    s->query = *query;
    s->rows = done;
    s->arg = arg;
}

void series_picture(struct series *s, const struct picture *p,
                    series_picture_fn done, void *arg)
{
    const struct picture_object *last = &p->objects[p->count - 1];

    (void)snprintf(s->path, sizeof s->path, "%s", p->objects[0].path);
    (void)snprintf(s->last_path, sizeof s->last_path, "%s", last->path);
    (void)snprintf(s->last_label, sizeof s->last_label, "%s", last->label);
    (void)snprintf(s->title, sizeof s->title, "%s", p->title);
    (void)snprintf(s->unit, sizeof s->unit, "%s",
                   p->unit != NULL ? p->unit : "");
    s->picture = *p;
    s->drawn = done;
    s->arg = arg;
}

/* Polling, which is linked but never runs, adds to them. */
void series_add(struct series *s, const char *path, enum series_group group,
                struct wall at, const double *values)
{
    (void)s;
    (void)path;
    (void)group;
    (void)at;
    (void)values;
}

void series_forget(struct series *s, const void *arg)
{
    if (s->arg == arg)
        s->arg = NULL;
}

void series_file(const struct series *s, const char *path, struct buffer *out)
{
    (void)s;
    buffer_format(out, "/data/rrd/%s", path);
}

/* ---- the scene ---- */

struct drawing {
    struct asking *asking;
    struct series series;
};

static struct drawing *drawing_new(void)
{
    struct drawing *d = mem_new(struct drawing);

    d->asking = asking_new();
    d->asking->station.series = &d->series;
    d->asking->station.graphs = templates_load(NULL, 0, NULL, NULL);
    return d;
}

static void drawing_free(struct drawing *d)
{
    templates_free(d->asking->station.graphs);
    asking_free(d->asking);
    free(d);
}

/* Asks; the status, or 0 and the request open. */
static int want(struct drawing *d, const char *target)
{
    OWNED_BUFFER struct buffer path = {0};

    buffer_format(&path, "/api/v1/%s", target);
    return get(d->asking, path.at);
}

/* Ends the request that is open. */
static void give_rows(struct drawing *d)
{
    static const char *const names[] = {"usage_percent", "in_octets"};
    const double values[] = {1, NAN, 3, 4};
    struct series_rows rows = {.first_s = 1700000000,
                               .step_s = 60,
                               .names = names,
                               .columns = 2,
                               .rows = 2,
                               .at = values};

    d->series.rows(d->series.arg, 0, &rows, NULL);
}

/* ---- tests ---- */

static void paths_name_their_files(void **state)
{
    static const struct {
        const char *target, *file; /* NULL: 404 */
    } cases[] = {
        {"series/core/icmp", "core/icmp.rrd"},
        {"series/192.0.2.1/icmp", "core/icmp.rrd"},
        {"series/core/cpu", "core/cpu-1.rrd"},
        {"series/core/cpu:1", "core/cpu-1.rrd"},
        {"series/core/sensor:temperature-7", "core/sensor-temperature-7.rrd"},
        {"series/core:Gi0%2F1/traffic", "core/port-Gi0%2F1.rrd"},
        {"series/core:Gi0%2F2:3/errors", "core/port-Gi0%2F2%3A3.rrd"},
        {"series/192.0.2.1:Gi0%2F1/traffic", "core/port-Gi0%2F1.rrd"},
        {"series/2001:db8::1:Gi0%2F1/traffic", "core/port-Gi0%2F1.rrd"},
        {"series/2001:db8::1/cpu", "core/cpu-1.rrd"},
        {"series/core/traffic", NULL}, /* of which port? */
        {"series/core:Gi0%2F9/traffic", NULL},
        {"series/core:/traffic", NULL},
        {"series/nobody/icmp", NULL},
        {"series/core/cpu:2", NULL},
        {"series/core/nonsense", NULL},
        {"series/printer/cpu", NULL},
    };
    struct drawing *d = drawing_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int status = want(d, cases[i].target);

        if (cases[i].file == NULL) {
            if (status != 404)
                fail_msg("%s: %d", cases[i].target, status);
            continue;
        }
        if (status != 0 || strcmp(d->series.path, cases[i].file) != 0)
            fail_msg("%s: %d, %s", cases[i].target, status, d->series.path);
        give_rows(d);
        assert_int_equal(d->asking->api.status, 200);
    }
    drawing_free(d);
}

static void numbers_come_as_rows_with_holes(void **state)
{
    struct drawing *d = drawing_new();

    (void)state;
    assert_int_equal(want(d, "series/core/cpu?from=1700000000&to=1700003600&"
                             "step=300&max=1"),
                     0);
    assert_int_equal(d->series.query.from.ms, 1700000000000);
    assert_int_equal(d->series.query.to.ms, 1700003600000);
    assert_int_equal(d->series.query.step_ms, 300000);
    assert_true(d->series.query.max);
    give_rows(d);
    char *text = json_dumps(d->asking->api.json, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, "{\"columns\":[\"usage_percent\"],\"gaps\":[]"
                              ",\"object\":\"core CPU\",\"row_gaps\":[null,"
                              "null],\"rows\":[[1700000000,1.0],[1700000060"
                              ",3.0]],\"step_s\":60,\"summary\":[{\"column"
                              "\":\"usage_percent\",\"last\":3.0,\"max\":3."
                              "0,\"mean\":2.0,\"min\":1.0,\"p95\":3.0,\"uni"
                              "t\":\"%\"}],\"units\":[\"%\"]}");
    free(text);
    drawing_free(d);
}

/* What is per second adds up, and holes stay holes. */
static void rates_have_a_total(void **state)
{
    struct drawing *d = drawing_new();

    (void)state;
    assert_int_equal(want(d, "series/core:Gi0%2F1/traffic"), 0);
    give_rows(d);
    char *text = json_dumps(d->asking->api.json, JSON_COMPACT | JSON_SORT_KEYS);
    assert_non_null(strstr(text, "\"rows\":"
                                 "[[1700000000,null],[1700000060,4.0]]"));
    assert_non_null(strstr(text, "\"total\":240.0,\"total_unit\":\"B\","
                                 "\"unit\":\"B/s\""));
    free(text);
    drawing_free(d);
}

/* Rows without the value asked for say why; those with it do not. */
static void holes_have_their_reason(void **state)
{
    struct drawing *d = drawing_new();
    struct gaps *gaps = d->asking->station.gaps;

    (void)state;
    gaps_open(gaps, "core", "", (struct wall){1699999970000}, GAP_TIMEOUT);
    gaps_close(gaps, "core", "", (struct wall){1700000030000});
    assert_int_equal(want(d, "series/core:Gi0%2F1/traffic?from=1699999000&"
                             "to=1700003600"),
                     0);
    give_rows(d);
    char *text = json_dumps(d->asking->api.json, JSON_COMPACT | JSON_SORT_KEYS);
    assert_non_null(strstr(text, "\"gaps\":[{\"from\":1699999970,"
                                 "\"reason\":\"timeout\",\"text\":"
                                 "\"no answer\",\"to\":1700000030}]"));
    assert_non_null(strstr(text, "\"row_gaps\":[\"timeout\",null]"));
    free(text);
    drawing_free(d);
}

static void times_out_of_order_are_refused(void **state)
{
    static const char *const times[] = {"from=now&to=-1h", "from=x", "to=x",
                                        "from=1700000000&to=1700000000"};
    struct drawing *d = drawing_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        OWNED_BUFFER struct buffer target = {0};

        buffer_format(&target, "series/core/cpu?%s", times[i]);
        if (want(d, target.at) != 400)
            fail_msg("%s", times[i]);
    }
    drawing_free(d);
}

static void a_series_of_which_nothing_is_known_yet_is_empty(void **state)
{
    struct drawing *d = drawing_new();

    (void)state;
    assert_int_equal(want(d, "series/core/cpu"), 0);
    d->series.rows(d->series.arg, -ENOENT, NULL, "there is no such file");
    assert_int_equal(d->asking->api.status, 200);
    char *text = json_dumps(d->asking->api.json, JSON_COMPACT | JSON_SORT_KEYS);
    assert_non_null(strstr(text, "\"rows\":[]"));
    assert_non_null(strstr(text, "\"columns\":[\"usage_percent\"]"));
    free(text);
    drawing_free(d);
}

static void pictures_have_title_unit_and_bounds(void **state)
{
    struct drawing *d = drawing_new();

    (void)state;
    assert_int_equal(
        want(d, "graphs/core/sensor:temperature-7.svg?width=300&dark=1"), 0);
    assert_string_equal(d->series.unit, "C");
    assert_non_null(strstr(d->series.title, "core"));
    assert_non_null(strstr(d->series.title, "Intake"));
    assert_int_equal(d->series.picture.width, 300);
    assert_true(d->series.picture.dark);
    assert_int_equal(d->series.picture.format, PICTURE_SVG);
    d->series.drawn(d->series.arg, 0, bytes_of_text("<svg/>"), NULL);
    assert_string_equal(d->asking->api.type, "image/svg+xml");
    assert_string_equal(d->asking->api.text.at, "<svg/>");

    assert_int_equal(want(d, "graphs/core:Gi0%2F1/traffic.png?width=999999999"),
                     400);
    assert_int_equal(want(d, "graphs/core:Gi0%2F1/traffic.png?height=2001"),
                     400);
    assert_int_equal(want(d, "graphs/core:Gi0%2F1/traffic.png"), 0);
    assert_int_equal(d->series.picture.width, 0); /* the usual one */
    assert_int_equal((long)d->series.picture.speed_bps, 1000000000);
    assert_non_null(strstr(d->series.title, "uplink"));
    d->series.drawn(d->series.arg, 0, bytes_of_text("png"), NULL);
    assert_string_equal(d->asking->api.type, "image/png");
    drawing_free(d);
}

static void objects_share_a_picture(void **state)
{
    struct drawing *d = drawing_new();

    (void)state;
    assert_int_equal(want(d, "graphs/core:Gi0%2F1/traffic.png?stacked=1&"
                             "with=edge:Gi0/1&with=core:Gi0/2:3"),
                     0);
    assert_int_equal(d->series.picture.count, 3);
    assert_true(d->series.picture.stacked);
    assert_string_equal(d->series.path, "core/port-Gi0%2F1.rrd");
    assert_string_equal(d->series.last_path, "core/port-Gi0%2F2%3A3.rrd");
    assert_string_equal(d->series.last_label, "core Gi0/2:3");
    assert_string_equal(d->series.title, "Traffic");
    assert_int_equal((long)d->series.picture.speed_bps, 0);
    d->series.drawn(d->series.arg, 0, bytes_of_text("png"), NULL);

    assert_int_equal(want(d, "graphs/core:Gi0%2F1/traffic.png?"
                             "with=core:Gi0/2:3"),
                     0);
    assert_string_equal(d->series.last_label, "Gi0/2:3");
    assert_string_equal(d->series.title, "core · Traffic");
    d->series.drawn(d->series.arg, 0, bytes_of_text("png"), NULL);

    assert_int_equal(want(d, "graphs/core:Gi0%2F1/traffic.png?"
                             "with=edge:Gi0/1&with=edge:Gi0/2:3"),
                     0);
    assert_string_equal(d->series.last_label, "edge Gi0/2:3");
    d->series.drawn(d->series.arg, 0, bytes_of_text("png"), NULL);

    assert_int_equal(want(d, "graphs/core/sensor:temperature.png"), 0);
    assert_string_equal(d->series.path, "core/sensor-temperature-7.rrd");
    d->series.drawn(d->series.arg, 0, bytes_of_text("png"), NULL);

    assert_int_equal(want(d, "graphs/core/cpu.png?with=printer"), 404);
    assert_int_equal(want(d, "graphs/core/cpu.png?with=nobody"), 404);
    drawing_free(d);
}

static void a_picture_in_no_format_is_refused(void **state)
{
    static const char *const targets[] = {"graphs/core/cpu", "graphs/core/cpu.",
                                          "graphs/core/cpu.gif",
                                          "graphs/core/.svg"};
    struct drawing *d = drawing_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(targets); i++)
        if (want(d, targets[i]) != 404)
            fail_msg("%s", targets[i]);
    drawing_free(d);
}

static void files_of_a_device_or_a_port_are_listed(void **state)
{
    struct drawing *d = drawing_new();

    (void)state;
    assert_int_equal(want(d, "series/core"), 200);
    assert_int_equal(told_count(d->asking, "files"), 6);
    assert_string_equal(told(d->asking, "files/0/file"),
                        "/data/rrd/core/port-Gi0%2F1.rrd");
    assert_int_equal(want(d, "series/core:Gi0%2F1"), 200);
    assert_int_equal(told_count(d->asking, "files"), 1);
    assert_int_equal(want(d, "series/nobody"), 404);
    drawing_free(d);
}

static void a_client_that_leaves_is_forgotten(void **state)
{
    struct drawing *d = drawing_new();

    (void)state;
    assert_int_equal(want(d, "graphs/core/cpu.svg"), 0);
    struct api_request *r = d->asking->api.open;
    r->forget(r);
    assert_null(d->series.arg);
    answered(r, 0, "");
    drawing_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_name_their_files),
        cmocka_unit_test(numbers_come_as_rows_with_holes),
        cmocka_unit_test(rates_have_a_total),
        cmocka_unit_test(holes_have_their_reason),
        cmocka_unit_test(times_out_of_order_are_refused),
        cmocka_unit_test(a_series_of_which_nothing_is_known_yet_is_empty),
        cmocka_unit_test(pictures_have_title_unit_and_bounds),
        cmocka_unit_test(objects_share_a_picture),
        cmocka_unit_test(a_picture_in_no_format_is_refused),
        cmocka_unit_test(files_of_a_device_or_a_port_are_listed),
        cmocka_unit_test(a_client_that_leaves_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
