/* When rrdcached writes: gathered as far as its memory bears, and never so that
 * its journal goes before what it has is written. */
#include "station/series_keeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const size_t counts[] = {0,      100,    19999,  20000,
                                100000, 240000, 500000, 5000000};
static const int64_t steps[] = {1000, 10000, 60000, 300000, 3600000};

static void few_files_are_current_and_written_at_the_end(void **state)
{
    (void)state;
    struct keeper_times few = keeper_times(5000, 60000);

    assert_true(few.write_s + few.spread_s <= 120);
    assert_true(few.write_all);
    assert_false(keeper_times(200000, 60000).write_all);
}

/* About half of what may wait for a file waits: within 60 MB. */
static void memory_is_bounded(void **state)
{
    (void)state;
    enum { SAMPLE_OCTETS = 150, MEMORY_MAX = 75000000 };

    for (size_t files = 50000; files <= 350000; files += 50000) {
        struct keeper_times times = keeper_times(files, 60000);
        double waiting = (double)(times.write_s + times.spread_s / 2) / 60 / 2;

        print_message("  %zu files: written each %lld s\n", files,
                      (long long)times.write_s);
        assert_true(waiting * (double)files * SAMPLE_OCTETS < MEMORY_MAX);
        assert_true(waiting >= 1);
    }
}

static void journal_outlives_what_it_has(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        for (size_t n = 0; n < sizeof steps / sizeof steps[0]; n++) {
            struct keeper_times times = keeper_times(counts[i], steps[n]);

            print_message("  %zu files each %lld ms\n", counts[i],
                          (long long)steps[n]);
            assert_true(times.write_s > 0 && times.spread_s > 0);
            assert_true(times.flush_s >= times.write_s + times.spread_s);
            assert_true(times.write_s <= 3600);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_files_are_current_and_written_at_the_end),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(journal_outlives_what_it_has),
    };
    return cmocka_run_group_tests_name("series_keeper", tests, NULL, NULL);
}
