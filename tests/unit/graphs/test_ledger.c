/* What waits on disk is read as it was written, however it was cut or spoilt;
 * and is gathered by file into lines that are in order. */
#include "graphs/gather.h"

#include "graphs/cached.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct wanted everything = {0};

static void add_cpu(struct ledger *l, const char *path, int64_t at_s,
                    double value)
{
    ledger_add(l, path, SERIES_CPU, at_s * 1000, &value, 1);
}

static void samples_are_read_as_they_were_written(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};
    struct ledger l = {0};
    double port[PORT_VALUES] = {
        0,      1,        1.0 / 3, (double)NAN, 12345678901234.0,  16777217,
        1e-300, -2.5e300, 5,       7e9,         -(double)INFINITY, 0.1};
    struct ledger_sample s;
    double got[SERIES_VALUES_MAX];

    ledger_add(&l, "sw1/port-ge-0.rrd", SERIES_PORT, 1700000000123, port,
               PORT_VALUES);
    ledger_add(&l, "sw1/port-ge-1.rrd", SERIES_PORT, 1699999999000, port, 3);
    ledger_add(&l, "sw1/cpu-1.rrd", SERIES_CPU, -5, port + 1, 1);
    ledger_seal(&l, &out);
    ledger_seal(&l, &out); /* nothing */
    add_cpu(&l, "sw2/cpu-1.rrd", 7, 8);
    ledger_seal(&l, &out);
    struct ledger_reader r = {.rest = buffer_view(&out)};

    assert_true(ledger_next(&r, &s));
    assert_string_equal(r.path, "sw1/port-ge-0.rrd");
    assert_int_equal(s.at_ms, 1700000000123);
    assert_int_equal(s.group, SERIES_PORT);
    assert_int_equal(s.count, PORT_VALUES);
    ledger_values(s.packed, s.count, got);
    for (size_t i = 0; i < PORT_VALUES; i++) {
        print_message("  %g\n", port[i]);
        if (!isfinite(port[i]))
            assert_true(isnan(got[i]));
        else if (port[i] == floor(port[i]))
            assert_true(got[i] == port[i]);
        else
            assert_true(fabs(got[i] - port[i]) <= 1e-7 * fabs(port[i]));
    }
    assert_true(ledger_next(&r, &s));
    assert_string_equal(r.path, "sw1/port-ge-1.rrd");
    assert_int_equal(s.at_ms, 1699999999000);
    assert_int_equal(s.count, 3);
    assert_true(ledger_next(&r, &s));
    assert_string_equal(r.path, "sw1/cpu-1.rrd");
    assert_int_equal(s.at_ms, -5);
    assert_true(ledger_next(&r, &s));
    assert_string_equal(r.path, "sw2/cpu-1.rrd");
    assert_false(ledger_next(&r, &s));
    assert_int_equal(r.spoilt, 0);
    ledger_fini(&l);
}

/* Three blocks of ten samples; where each ends. */
static void make_blocks(struct buffer *out, size_t ends[3])
{
    struct ledger l = {0};

    for (int n = 0; n < 30; n++) {
        add_cpu(&l, n % 2 != 0 ? "a/cpu-1.rrd" : "b/cpu-1.rrd", 60 * (n + 1),
                n);
        if (n % 10 == 9) {
            ledger_seal(&l, out);
            ends[n / 10] = out->len;
        }
    }
    ledger_fini(&l);
}

static void cut_anywhere_the_blocks_before_it_are_whole(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};
    size_t ends[3];
    uint64_t spoilt;

    make_blocks(&out, ends);
    for (size_t len = 0; len <= out.len; len++) {
        size_t whole = 0;

        while (whole < 3 && ends[whole] <= len)
            whole++;
        char *cut = mem_text_of(out.at, len);
        uint64_t count =
            gather_count((struct bytes){(uint8_t *)cut, len}, &spoilt);
        assert_int_equal(count, 10 * whole);
        assert_int_equal(spoilt, len - (whole > 0 ? ends[whole - 1] : 0));
        free(cut);
    }
}

/* Of a block with a wrong octet nothing is believed, of the others all. */
static void a_wrong_octet_spoils_its_block_alone(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};
    size_t ends[3];
    uint64_t spoilt;

    make_blocks(&out, ends);
    for (size_t at = 0; at < out.len; at++) {
        out.at[at] ^= 0x10;
        uint64_t count = gather_count(buffer_view(&out), &spoilt);
        bool is_count = (at >= 8 && at < 12) ||
                        (at >= ends[0] + 8 && at < ends[0] + 12) ||
                        (at >= ends[1] + 8 && at < ends[1] + 12);
        if (!is_count)
            assert_int_equal(count, 20);
        assert_true(count <= 30);
        out.at[at] ^= 0x10;
    }
    assert_int_equal(gather_count(buffer_view(&out), &spoilt), 30);
    assert_int_equal(spoilt, 0);
}

/* Seconds are counted of it: what overflows there is no time of a sample. */
static void a_time_beyond_all_clocks_is_spoilt(void **state)
{
    (void)state;
    static const int64_t never[] = {INT64_MAX, INT64_MAX - 54, INT64_MIN,
                                    INT64_MIN + 1};
    const double value = 1;

    for (size_t i = 0; i < COUNT_OF(never); i++) {
        struct buffer OWNED_BUFFER out = {0};
        struct ledger l = {0};
        struct gathered g = {0};
        uint64_t spoilt;

        ledger_add(&l, "sw1/cpu-1.rrd", SERIES_CPU, never[i], &value, 1);
        ledger_seal(&l, &out);
        add_cpu(&l, "sw1/cpu-1.rrd", 7, 8);
        ledger_seal(&l, &out);
        assert_int_equal(gather_count(buffer_view(&out), &spoilt), 1);
        assert_true(spoilt > 0);
        gather(buffer_view(&out), &everything, &g);
        assert_int_equal(g.samples, 1);
        gathered_fini(&g);
        ledger_fini(&l);
    }
}

static void assert_line(const struct gathered *g, size_t nth, const char *text)
{
    struct bytes line = parcel_line(g, &g->parcels.at[nth]);

    assert_int_equal(line.len, strlen(text));
    assert_memory_equal(line.at, text, line.len);
}

static void a_file_has_one_line_in_order_of_time(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};
    struct ledger l = {0};
    struct gathered g = {0};

    add_cpu(&l, "a/cpu-1.rrd", 120, 2);
    add_cpu(&l, "a/cpu-2.rrd", 60, 0.5);
    add_cpu(&l, "a/cpu-1.rrd", 60, 1);
    add_cpu(&l, "a/cpu-1.rrd", 120, 7); /* the first stays */
    ledger_seal(&l, &out);
    add_cpu(&l, "a/cpu-1.rrd", 180, (double)NAN);
    ledger_seal(&l, &out);
    gather(buffer_view(&out), &everything, &g);
    assert_int_equal(g.parcels.count, 2);
    assert_int_equal(g.samples, 4);
    assert_int_equal(g.repeated, 1);
    assert_line(&g, 0, "UPDATE a/cpu-1.rrd 60:1 120:2 180:U\n");
    assert_line(&g, 1, "UPDATE a/cpu-2.rrd 60:0.5\n");
    assert_int_equal(g.parcels.at[0].first_ms, 60000);
    gathered_fini(&g);
    ledger_fini(&l);
}

/* A group that gained data sources since. */
static void values_that_lack_are_unknown(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};
    struct ledger l = {0};
    struct gathered g = {0};
    double one = 5;

    ledger_add(&l, "a/icmp.rrd", SERIES_ICMP, 60000, &one, 1);
    ledger_seal(&l, &out);
    gather(buffer_view(&out), &everything, &g);
    assert_line(&g, 0, "UPDATE a/icmp.rrd 60:5:U:U\n");
    gathered_fini(&g);
    ledger_fini(&l);
}

static void long_waits_make_layers(void **state)
{
    (void)state;
    enum { COUNT = 300, FILES = 3 };
    struct buffer OWNED_BUFFER out = {0};
    struct ledger l = {0};
    struct gathered g = {0};
    double port[PORT_VALUES];
    char path[32];
    uint64_t samples = 0;

    for (int n = 0; n < COUNT; n++) {
        for (int file = 0; file < FILES; file++) {
            for (size_t i = 0; i < PORT_VALUES; i++)
                port[i] = n * 123456.789;
            snprintf(path, sizeof path, "sw/port-%d.rrd", file);
            ledger_add(&l, path, SERIES_PORT, (int64_t)n * 60000, port,
                       PORT_VALUES);
        }
    }
    ledger_seal(&l, &out);
    gather(buffer_view(&out), &everything, &g);
    assert_int_equal(g.samples, COUNT * FILES);
    for (size_t i = 0; i < g.parcels.count; i++) {
        assert_int_equal(g.parcels.at[i].layer, i / FILES);
        assert_true(g.parcels.at[i].len < CACHED_LINE_MAX);
        samples += g.parcels.at[i].samples;
    }
    assert_int_equal(samples, COUNT * FILES);
    assert_true(g.parcels.count < (size_t)FILES * COUNT / 20);
    gathered_fini(&g);
    ledger_fini(&l);
}

static void what_is_wanted_alone_is_gathered(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0}, again = {0};
    OWNED(table_free) struct table *paths = table_new();
    struct wanted path = {.paths = paths}, folder = {.folder = "b/"};
    struct gathered g = {0};
    size_t ends[3];
    uint64_t spoilt;

    make_blocks(&out, ends);
    (void)table_put_text(paths, "a/cpu-1.rrd", paths);
    gather(buffer_view(&out), &path, &g);
    assert_int_equal(g.parcels.count, 1);
    assert_int_equal(g.samples, 15);
    gathered_fini(&g);
    gather(buffer_view(&out), &folder, &g);
    assert_int_equal(g.samples, 15);
    gathered_fini(&g);
    assert_int_equal(gather_again(buffer_view(&out), &path, &again), 15);
    assert_int_equal(gather_count(buffer_view(&again), &spoilt), 15);
    buffer_fini(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_read_as_they_were_written),
        cmocka_unit_test(cut_anywhere_the_blocks_before_it_are_whole),
        cmocka_unit_test(a_wrong_octet_spoils_its_block_alone),
        cmocka_unit_test(a_time_beyond_all_clocks_is_spoilt),
        cmocka_unit_test(a_file_has_one_line_in_order_of_time),
        cmocka_unit_test(values_that_lack_are_unknown),
        cmocka_unit_test(long_waits_make_layers),
        cmocka_unit_test(what_is_wanted_alone_is_gathered),
    };
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
