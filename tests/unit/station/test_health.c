/* When the station's own health asks for somebody, and when no more. */
#include "station/health.h"

#include "base/mem.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const struct health_facts well = {.interval_ms = 60000,
                                         .lateness_p99_ms = 100,
                                         .lag_mean_ms = 3,
                                         .spool_octets = 1000,
                                         .spool_max = 1000000000,
                                         .disk_free = 50000000000,
                                         .disk_octets = 100000000000,
                                         .memory_octets = 300000000,
                                         .memory_max = 4000000000,
                                         .descriptors = 50,
                                         .descriptors_max = 4096,
                                         .commit_ms = 4};

static void each_begins_and_is_clearly_over(void **state)
{
    (void)state;
    struct health_facts late = well, sooner = well, at_least = well;
    struct health_facts lag = well, spool = well, full = well, large = well;
    struct health_facts memory = well, files = well, slow = well, many = well;
    struct health_facts helpers = well, one = well;

    late.lateness_p99_ms = 6100;
    sooner.lateness_p99_ms = 3100;
    at_least.interval_ms = 1000; /* not below 2 s, however often it polls */
    at_least.lateness_p99_ms = 1900;
    lag.lag_mean_ms = 150;
    spool.spool_octets = 450000000;
    full.disk_free = 4000000000;
    large.disk_octets = 1000000000000; /* a twentieth of it is much */
    large.disk_free = 40000000000;
    memory.memory_octets = 3500000000;
    files.descriptors = 3300;
    slow.commit_ms = 6000;
    many.store_waiting = 60000;
    helpers.helper_ends = 5;
    one.helper_ends = 1;
    const struct {
        const char *name;
        enum health_trouble trouble;
        const struct health_facts *facts;
        bool begins, goes_on;
    } cases[] = {
        {"late", HEALTH_LATE, &late, true, true},
        {"less late", HEALTH_LATE, &sooner, false, true},
        {"polls often", HEALTH_LATE, &at_least, false, true},
        {"lags", HEALTH_LAG, &lag, false, true},
        {"spool", HEALTH_SPOOL, &spool, false, true},
        {"disk", HEALTH_DISK, &full, true, true},
        {"large disk", HEALTH_DISK, &large, false, false},
        {"memory", HEALTH_MEMORY, &memory, true, true},
        {"descriptors", HEALTH_DESCRIPTORS, &files, true, true},
        {"slow database", HEALTH_DATABASE, &slow, true, true},
        {"many changes", HEALTH_DATABASE, &many, true, true},
        {"helpers", HEALTH_HELPERS, &helpers, true, true},
        {"one helper", HEALTH_HELPERS, &one, false, true},
    };

    for (unsigned t = 0; t < HEALTH_TROUBLES; t++) {
        assert_false(health_holds((enum health_trouble)t, &well, false));
        assert_false(health_holds((enum health_trouble)t, &well, true));
        assert_false(health_holds((enum health_trouble)t,
                                  &(struct health_facts){0}, true));
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("  %s\n", cases[i].name);
        assert_int_equal(health_holds(cases[i].trouble, cases[i].facts, false),
                         cases[i].begins);
        assert_int_equal(health_holds(cases[i].trouble, cases[i].facts, true),
                         cases[i].goes_on);
    }
}

static struct mono at_minute(int64_t minute)
{
    return (struct mono){.ns = (1000 + minute) * 60 * 1000000000};
}

static void ends_count_for_ten_minutes(void **state)
{
    (void)state;
    struct health_ends e = {0};

    assert_int_equal(health_ends_note(&e, 7, at_minute(0)), 0); /* before */
    assert_int_equal(health_ends_note(&e, 9, at_minute(0)), 2);
    assert_int_equal(health_ends_note(&e, 10, at_minute(3)), 3);
    assert_int_equal(health_ends_note(&e, 10, at_minute(9)), 3);
    assert_int_equal(health_ends_note(&e, 10, at_minute(10)), 1);
    assert_int_equal(health_ends_note(&e, 10, at_minute(13)), 0);
    assert_int_equal(health_ends_note(&e, 12, at_minute(500)), 2);
}

static void looking_tells_of_this_process(void **state)
{
    (void)state;
    struct health_process p = {0};
    struct mono now = {.ns = 1000000000};
    volatile unsigned work = 0;

    health_look(&p, now);
    assert_true(p.memory_octets > 100000);
    assert_true(p.memory_max > p.memory_octets);
    assert_true(p.descriptors >= 3 && p.descriptors < p.descriptors_max);
    uint32_t before = p.descriptors;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    for (unsigned i = 0; i < 50000000; i++)
        work += i;
    assert_int_not_equal(work, 1);
    now.ns += 1000000000;
    health_look(&p, now);
    assert_int_equal(p.descriptors, before + 1);
    assert_true(p.cpu_percent > 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_begins_and_is_clearly_over),
        cmocka_unit_test(ends_count_for_ten_minutes),
        cmocka_unit_test(looking_tells_of_this_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
