/* Processors, memory and storage that most agents tell alike. */
#include "tests/unit/mibs/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HR "1.3.6.1.2.1.25."
#define LOAD HR "3.3.1.2."
#define DEVICE HR "3.2.1.3."
#define UCD "1.3.6.1.4.1.2021."
#define TYPE(n) HR "2.1." n

/* One row of hrStorageTable, in units of 1024 octets. */
#define STORAGE(index, type, descr, size, used)                                \
    {HR "2.3.1.2." index, 'o', TYPE(type)}, {HR "2.3.1.3." index, 's', descr}, \
        {HR "2.3.1.4." index, 'i', "1024"}, {HR "2.3.1.5." index, 'i', size},  \
    {                                                                          \
        HR "2.3.1.6." index, 'i', used                                         \
    }

static const struct mempool *pool(const struct facts *f, const char *class)
{
    for (size_t i = 0; i < f->mempools.count; i++)
        if (strcmp(f->mempools.at[i].class, class) == 0)
            return &f->mempools.at[i];
    return NULL;
}

static void assert_near(double got, double want)
{
    assert_true(fabs(got - want) < 1e-6);
}

static void each_core_is_a_processor(void **state)
{
    (void)state;
    static const struct said said[] = {
        {LOAD "196608", 'i', "12"},
        {DEVICE "196608", 's', "GenuineIntel: Intel Xeon"},
        {LOAD "196609", 'i', "0"},
        {DEVICE "196609", 's',
         "An electronic chip that makes the computer "
         "work."},
        {LOAD "196610", 'i', "101"}, /* no percentage */
        {UCD "11.11.0", 'i', "40"},  /* not needed */
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->processors.count, 2);
    assert_string_equal(f->processors.at[0].descr, "GenuineIntel: Intel Xeon");
    assert_string_equal(f->processors.at[0].index, "196608");
    assert_string_equal(f->processors.at[0].oid,
                        "1.3.6.1.2.1.25.3.3.1.2.196608");
    assert_near(f->processors.at[0].usage_percent, 12);
    assert_string_equal(f->processors.at[1].descr, "Processor");
    facts_unref(f);
}

static void idle_time_stands_in_for_processors(void **state)
{
    (void)state;
    static const struct said said[] = {{UCD "11.11.0", 'i', "40"}};
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->processors.count, 1);
    assert_near(f->processors.at[0].usage_percent, 60);
    facts_unref(f);
}

static void linux_memory_is_split_and_caches_are_free(void **state)
{
    (void)state;
    static const struct said said[] = {
        STORAGE("1", "2", "Physical memory", "1000", "900"),
        STORAGE("3", "3", "Virtual memory", "1500", "900"),
        STORAGE("6", "1", "Memory buffers", "1000", "100"),
        STORAGE("7", "1", "Cached memory", "400", "400"),
        STORAGE("8", "1", "Shared memory", "50", "50"),
        STORAGE("10", "3", "Swap space", "500", "0"),
        STORAGE("11", "1", "Available memory", "800", "0"),
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->mempools.count, 6);
    assert_int_equal(f->storages.count, 0);
    assert_near(pool(f, "system")->used_bytes, 400 * 1024);
    assert_near(pool(f, "system")->free_bytes, 600 * 1024);
    assert_near(pool(f, "system")->used_percent, 40);
    assert_near(pool(f, "cached")->total_bytes, 1000 * 1024);
    assert_near(pool(f, "cached")->used_percent, 40);
    assert_near(pool(f, "virtual")->used_percent, 60);
    assert_near(pool(f, "swap")->used_percent, 0);
    assert_near(pool(f, "shared")->used_bytes, 50 * 1024);
    facts_unref(f);
}

static void what_is_no_memory_is_not_taken_for_it(void **state)
{
    (void)state;
    static const struct said said[] = {
        STORAGE("1", "2", "UMA: UMA Kegs", "10", "9"),
        STORAGE("2", "2", "re0:devtmpfs, mounted on /dev", "10", "9"),
        STORAGE("3", "3", "Swap space", "0", "0"),
        STORAGE("4", "3", "procfs: process file system, mounted on: /proc", "4",
                "4"),
        STORAGE("5", "2", "Physical memory", "-5", "0"),
        STORAGE("6", "1", "Flash", "77", "7"),
    };
    struct facts *f = FACTS_OF(said);

    /* the negative size is a large one that has wrapped */
    assert_int_equal(f->mempools.count, 1);
    assert_near(f->mempools.at[0].total_bytes, 4294967291.0 * 1024);
    facts_unref(f);
}

static void memory_of_ucd_stands_in(void **state)
{
    (void)state;
    static const struct said said[] = {
        {UCD "4.3.0", 'i', "500"},  {UCD "4.4.0", 'i', "400"},
        {UCD "4.5.0", 'i', "1000"}, {UCD "4.6.0", 'i', "100"},
        {UCD "4.14.0", 'i', "100"}, {UCD "4.15.0", 's', "300 kB"},
    };
    struct facts *f = FACTS_OF(said);

    assert_near(pool(f, "system")->used_bytes, 500 * 1024);
    assert_near(pool(f, "swap")->used_bytes, 100 * 1024);
    assert_near(pool(f, "cached")->used_percent, 30);
    assert_null(pool(f, "shared"));
    facts_unref(f);
}

static void disks_are_told_and_pseudo_files_are_not(void **state)
{
    (void)state;
    static const struct said said[] = {
        STORAGE("31", "4", "/", "1000", "250"),
        STORAGE("32", "4", "/proc", "1", "1"),
        STORAGE("33", "4", "/sys/fs/cgroup", "100", "0"),
        STORAGE("34", "4", "/run/user/1000", "100", "0"),
        STORAGE("35", "9", "Flash", "64", "32"),
        STORAGE("36", "10", "/net/home", "1000", "1"),
        STORAGE("37", "5", "D:\\", "0", "0"),
        STORAGE("38", "4", "/empty", "0", "0"),
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->storages.count, 2);
    assert_string_equal(f->storages.at[0].descr, "/");
    assert_near(f->storages.at[0].used_percent, 25);
    assert_near(f->storages.at[0].total_bytes, 1000 * 1024);
    assert_string_equal(f->storages.at[1].descr, "Flash");
    facts_unref(f);
}

/* bsnmpd of FreeBSD: the type is that of the file system. */
static void file_systems_stand_for_disks(void **state)
{
    (void)state;
#define FILE_SYSTEM(index, type, descr)                                        \
    {HR "2.3.1.2." index, 'o', "1.3.6.1.2.1.25.3.9." type},                    \
        {HR "2.3.1.3." index, 's', descr}, {HR "2.3.1.4." index, 'i', "4096"}, \
        {HR "2.3.1.5." index, 'i', "100"},                                     \
    {                                                                          \
        HR "2.3.1.6." index, 'i', "25"                                         \
    }
    static const struct said said[] = {
        FILE_SYSTEM("1", "3", "/, type: ufs, dev: /dev/ada0p2"),
        FILE_SYSTEM("2", "1", "/jail/dev, type: devfs, dev: devfs"),
        FILE_SYSTEM("3", "14", "/home, type: nfs, dev: server:/home"),
    };
    struct facts *f = FACTS_OF(said);

    assert_int_equal(f->storages.count, 1);
    assert_string_equal(f->storages.at[0].index, "1");
    assert_near(f->storages.at[0].used_percent, 25);
    facts_unref(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_core_is_a_processor),
        cmocka_unit_test(file_systems_stand_for_disks),
        cmocka_unit_test(idle_time_stands_in_for_processors),
        cmocka_unit_test(linux_memory_is_split_and_caches_are_free),
        cmocka_unit_test(what_is_no_memory_is_not_taken_for_it),
        cmocka_unit_test(memory_of_ucd_stands_in),
        cmocka_unit_test(disks_are_told_and_pseudo_files_are_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
