/* A file that is laid out otherwise: RRDtool reads what we write, gaps stay
 * gaps, values stay equal, and new samples go on. */
#include "graphs/recast.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_LEN = 64, OCTETS_MAX = 1 << 24, MINUTE = 60 };

/* A moment at which every archive begins a row. */
static const int64_t begin_s = 1700006400;

struct file {
    char path[PATH_LEN];
};

static int make_file(void **state)
{
    struct file *f = mem_new(struct file);

    (void)snprintf(f->path, sizeof f->path, "/tmp/portolan-recast-XXXXXX");
    *state = f;
    int fd = mkstemp(f->path);
    return fd < 0 ? -1 : close(fd);
}

static int drop_file(void **state)
{
    struct file *f = *state;

    int rc = unlink(f->path);
    free(f);
    return rc;
}

static void run(const char *command)
{
    print_message("  %.200s\n", command);
    assert_int_equal(system(command), 0);
}

/* ---- what RRDtool makes and reads ---------------------------------------- */

static void create(const struct file *f, const struct layout *l,
                   enum series_group group)
{
    struct buffer OWNED_BUFFER command = {0};

    assert_int_equal(unlink(f->path), 0);
    buffer_format(&command, "rrdtool create %s", f->path);
    layout_create(l, group, begin_s, &command);
    run(command.at);
}

/* value(nth) of each minute from first to last; NaN: unknown. */
static void update(const struct file *f, int first, int last,
                   double (*value)(int))
{
    struct buffer OWNED_BUFFER command = {0};

    buffer_format(&command, "rrdtool update %s", f->path);
    for (int n = first; n <= last; n++) {
        buffer_format(&command, " %lld:", (long long)(begin_s + n * MINUTE));
        if (isnan(value(n)))
            buffer_char(&command, 'U');
        else
            buffer_format(&command, "%.10g", value(n));
    }
    run(command.at);
}

/* Rows of resolution_s that end behind from_s, up to to_s: NaN = unknown. The
 * first is of from_s + resolution_s. */
static size_t fetch(const struct file *f, const char *cf, int64_t resolution_s,
                    int64_t from_s, int64_t to_s, double *out, size_t room)
{
    struct buffer OWNED_BUFFER command = {0};
    char line[256];
    size_t count = 0;

    buffer_format(&command, "rrdtool fetch %s %s -r %lld -s %lld -e %lld",
                  f->path, cf, (long long)resolution_s, (long long)from_s,
                  (long long)to_s - 1);
    FILE *p = popen(command.at, "re");
    assert_non_null(p);
    while (fgets(line, sizeof line, p) != NULL) {
        long long at;
        char value[64];

        if (sscanf(line, "%lld: %63s", &at, value) != 2 || count == room)
            continue;
        assert_int_equal(at, from_s + (int64_t)(count + 1) * resolution_s);
        out[count++] = strtod(value, NULL);
    }
    assert_int_equal(pclose(p), 0);
    return count;
}

static void recast(const struct file *f, const struct layout *l,
                   enum series_group group)
{
    struct buffer OWNED_BUFFER octets = {0};
    OWNED(rrd_free) struct rrd *from = NULL;

    assert_int_equal(file_read(f->path, OCTETS_MAX, &octets), 0);
    assert_int_equal(rrd_read(buffer_view(&octets), &from), 0);
    OWNED(rrd_free) struct rrd *to = rrd_recast(from, l, group);
    buffer_clear(&octets);
    rrd_write(to, &octets);
    assert_int_equal(file_write(f->path, buffer_view(&octets), 0600), 0);
}

static void same(double have, double want)
{
    if (isnan(want))
        assert_true(isnan(have));
    else
        assert_true(fabs(have - want) <= 1e-9 * fabs(want));
}

/* ---- layouts and values -------------------------------------------------- */

static const struct series_keep short_fine[] = {{60000, 3600000},
                                                {300000, 86400000}};
static const struct series_keep half_fine[] = {{30000, 3600000},
                                               {300000, 86400000}};
static const struct series_keep long_fine[] = {{60000, 6 * 3600000},
                                               {600000, 86400000}};

static struct layout layout_of(int64_t step_ms, const struct series_keep *keep)
{
    return layout_make(step_ms, keep, COUNT_OF(short_fine));
}

/* Every seventh minute is unknown, and a quarter of an hour. */
static double holed(int n)
{
    return n % 7 == 3 || (n > 200 && n <= 215) ? (double)NAN : n;
}

static double known(int n)
{
    return n;
}

/* ---- tests --------------------------------------------------------------- */

static void what_is_not_changed_is_written_as_it_was(void **state)
{
    struct file *f = *state;
    struct layout l = layout_of(60000, short_fine);
    struct buffer OWNED_BUFFER before = {0}, after = {0};
    OWNED(rrd_free) struct rrd *from = NULL;

    create(f, &l, SERIES_MEMORY);
    assert_int_equal(file_read(f->path, OCTETS_MAX, &before), 0);
    assert_int_equal(rrd_read(buffer_view(&before), &from), 0);
    assert_int_equal(from->step_s, 60);
    assert_int_equal(from->updated_s, begin_s);
    assert_int_equal(from->sources, 3);
    assert_string_equal(from->source[1].name, "used_bytes");
    assert_int_equal(from->source[1].heartbeat_s, l.heartbeat_s);
    assert_int_equal(from->archives, 3);
    assert_string_equal(from->archive[2].cf, "MAX");
    rrd_write(from, &after);
    assert_int_equal(after.len, before.len);
    assert_int_equal(layout_size(&l, SERIES_MEMORY), after.len);
}

/* An hour of minutes becomes six: what only rows of five minutes told is as
 * fine as it was; of the last hour each unknown minute stays unknown. */
static void longer_archives_fill_no_gap(void **state)
{
    enum { LAST = 300 };
    struct file *f = *state;
    struct layout before = layout_of(60000, short_fine);
    struct layout after = layout_of(60000, long_fine);
    double fine[LAST], five[LAST / 5], ten[LAST / 10];

    create(f, &before, SERIES_CPU);
    update(f, 1, LAST, holed);
    assert_int_equal(fetch(f, "AVERAGE", 300, begin_s, begin_s + 5 * 60 * 60,
                           five, LAST / 5),
                     60);
    recast(f, &after, SERIES_CPU);
    assert_int_equal(
        fetch(f, "AVERAGE", 60, begin_s, begin_s + LAST * 60, fine, LAST),
        LAST);
    for (int n = LAST - 59; n <= LAST; n++)
        same(fine[n - 1], holed(n));
    for (int n = 1; n <= LAST - 60; n++)
        same(fine[n - 1], five[(n - 1) / 5]);
    assert_true(isnan(fine[210 - 1])); /* of the quarter of an hour */
    assert_int_equal(
        fetch(f, "AVERAGE", 600, begin_s, begin_s + LAST * 60, ten, LAST / 10),
        30);
    for (int row = 0; row < 30; row++) {
        double sum = 0, count = 0;

        for (int n = row * 10 + 1; n <= row * 10 + 10; n++) {
            double value = fine[n - 1];
            sum += isnan(value) ? 0 : value;
            count += isnan(value) ? 0 : 1;
        }
        same(ten[row], count >= 5 ? sum / count : (double)NAN);
    }
}

static void shorter_archives_drop_the_oldest_alone(void **state)
{
    enum { LAST = 300 };
    struct file *f = *state;
    struct layout before = layout_of(60000, long_fine);
    struct layout after = layout_of(60000, short_fine);
    double fine[60], five[60], most[60];

    create(f, &before, SERIES_CPU);
    update(f, 1, LAST, holed);
    recast(f, &after, SERIES_CPU);
    int64_t from_s = begin_s + (LAST - 60) * MINUTE;
    assert_int_equal(
        fetch(f, "AVERAGE", 60, from_s, from_s + 3600, fine, COUNT_OF(fine)),
        60);
    for (int n = 0; n < 60; n++)
        same(fine[n], holed(LAST - 60 + n + 1));
    assert_int_equal(fetch(f, "AVERAGE", 300, begin_s, begin_s + LAST * 60,
                           five, COUNT_OF(five)),
                     60);
    assert_int_equal(fetch(f, "MAX", 300, begin_s, begin_s + LAST * 60, most,
                           COUNT_OF(most)),
                     60);
    for (int row = 0; row < 60; row++) {
        double sum = 0, count = 0, top = (double)NAN;

        for (int n = row * 5 + 1; n <= row * 5 + 5; n++) {
            double value = holed(n);
            sum += isnan(value) ? 0 : value;
            count += isnan(value) ? 0 : 1;
            top = isnan(value) ? top : value;
        }
        same(five[row], count >= 3 ? sum / count : (double)NAN);
        same(most[row], count >= 3 ? top : (double)NAN);
    }
}

/* Rows that are under way when it happens are as if it had not. */
static void samples_go_on_within_a_row(void **state)
{
    enum { LAST = 120 };
    struct file *f = *state, twin = {"/tmp/portolan-recast-twin"};
    struct layout before = layout_of(60000, short_fine);
    struct layout after = layout_of(60000, long_fine);
    double have[LAST], want[LAST];
    static const char *const cfs[] = {"AVERAGE", "MAX"};

    int fd = mkstemp(memcpy(twin.path, "/tmp/portolan-recast-XXXXXX",
                            sizeof "/tmp/portolan-recast-XXXXXX"));
    assert_true(fd >= 0 && close(fd) == 0);
    create(f, &before, SERIES_CPU);
    create(&twin, &after, SERIES_CPU);
    update(&twin, 1, LAST, holed);
    for (int n = 1; n <= LAST; n += 8) {
        update(f, n, n + 7, holed);
        if (n > 48) /* beyond what the shorter archive holds */
            continue;
        recast(f, n % 16 == 1 ? &after : &before, SERIES_CPU);
        recast(f, n % 16 == 1 ? &before : &after, SERIES_CPU);
    }
    recast(f, &after, SERIES_CPU);
    assert_int_equal(
        fetch(f, "AVERAGE", 60, begin_s, begin_s + 7200, have, LAST), LAST);
    for (int n = 1; n <= LAST; n++)
        same(have[n - 1], holed(n));
    for (size_t i = 0; i < COUNT_OF(cfs); i++) {
        size_t rows =
            fetch(f, cfs[i], 600, begin_s, begin_s + 7200, have, LAST);
        assert_int_equal(rows, 12);
        assert_int_equal(
            fetch(&twin, cfs[i], 600, begin_s, begin_s + 7200, want, LAST), 12);
        for (size_t row = 0; row < rows; row++)
            same(have[row], want[row]);
    }
    assert_int_equal(unlink(twin.path), 0);
}

/* Half minutes repeat the minute; minutes that become five are their mean. */
static void another_step_keeps_what_was(void **state)
{
    enum { LAST = 40 };
    struct file *f = *state;
    struct layout minute = layout_of(60000, short_fine);
    struct layout half = layout_of(30000, half_fine);
    struct layout five = layout_of(300000, short_fine);
    double rows[2 * LAST];

    create(f, &minute, SERIES_CPU);
    update(f, 1, LAST, holed);
    recast(f, &half, SERIES_CPU);
    assert_int_equal(fetch(f, "AVERAGE", 30, begin_s, begin_s + LAST * 60, rows,
                           COUNT_OF(rows)),
                     2 * LAST);
    for (int i = 0; i < 2 * LAST; i++)
        same(rows[i], holed(i / 2 + 1));
    recast(f, &five, SERIES_CPU);
    update(f, LAST + 5, LAST + 5, known);
    assert_int_equal(fetch(f, "AVERAGE", 300, begin_s,
                           begin_s + (LAST + 5) * 60, rows, COUNT_OF(rows)),
                     LAST / 5 + 1);
    same(rows[0], (1 + 2 + 4 + 5) / 4.0);
    same(rows[LAST / 5], LAST + 5);
}

static void sources_are_known_by_name(void **state)
{
    enum { LAST = 10 };
    struct file *f = *state;
    struct layout l = layout_of(60000, short_fine);
    struct buffer OWNED_BUFFER octets = {0};
    OWNED(rrd_free) struct rrd *from = NULL;

    create(f, &l, SERIES_CPU);
    update(f, 1, LAST, known);
    assert_int_equal(file_read(f->path, OCTETS_MAX, &octets), 0);
    assert_int_equal(rrd_read(buffer_view(&octets), &from), 0);
    strcpy(from->source[0].name, "used_bytes");
    OWNED(rrd_free) struct rrd *to = rrd_recast(from, &l, SERIES_MEMORY);
    assert_int_equal(to->sources, 3);
    for (uint64_t row = 0; row < to->archive[0].rows; row++) {
        const double *made = to->archive[0].values + row * 3;
        double was = from->archive[0].values[row];

        assert_true(isnan(made[0]) && isnan(made[2]));
        same(made[1], was);
    }
    assert_true(isnan(to->source[0].sum) || to->source[0].unknown_s == 0);
}

static void other_octets_are_refused(void **state)
{
    struct file *f = *state;
    struct layout l = layout_of(60000, short_fine);
    struct buffer OWNED_BUFFER octets = {0};
    struct rrd *rrd;

    create(f, &l, SERIES_CPU);
    assert_int_equal(file_read(f->path, OCTETS_MAX, &octets), 0);
    for (size_t len = 0; len < octets.len; len += len < 2000 ? 1 : 997) {
        struct bytes cut = {(const uint8_t *)octets.at, len};
        assert_int_equal(rrd_read(cut, &rrd), -EBADMSG);
        assert_null(rrd);
    }
    buffer_char(&octets, 0); /* one too many */
    assert_int_equal(rrd_read(buffer_view(&octets), &rrd), -EBADMSG);
    octets.len--;
    octets.at[0] = 'X';
    assert_int_equal(rrd_read(buffer_view(&octets), &rrd), -EBADMSG);
}

#define FILED(test) cmocka_unit_test_setup_teardown(test, make_file, drop_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILED(what_is_not_changed_is_written_as_it_was),
        FILED(longer_archives_fill_no_gap),
        FILED(shorter_archives_drop_the_oldest_alone),
        FILED(samples_go_on_within_a_row),
        FILED(another_step_keeps_what_was),
        FILED(sources_are_known_by_name),
        FILED(other_octets_are_refused),
    };
    return cmocka_run_group_tests_name("recast", tests, NULL, NULL);
}
