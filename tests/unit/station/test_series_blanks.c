/* New files appear whole or not at all, whatever their size, and take nobody's
 * place. */
#include "station/series_blanks.h"

#include "base/file.h"
#include "base/mem.h"
#include "graphs/rrd.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { DIR_LEN = 64, PATH_LEN = 2 * DIR_LEN };
static const int64_t FIRST_MS = 1700006460400;

struct place {
    char root[DIR_LEN]; /* with the slash at its end */
    struct blanks *blanks;
};

static int make_place(void **state)
{
    struct place *p = mem_new(struct place);

    snprintf(p->root, sizeof p->root, "/tmp/portolan-blanks-XXXXXX");
    if (mkdtemp(p->root) == NULL)
        return -1;
    strcat(p->root, "/");
    p->blanks = blanks_new(p->root);
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
    int rc = nftw(p->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);

    blanks_free(p->blanks);
    free(p);
    return rc;
}

static void whole_path(const struct place *p, const char *path,
                       char out[PATH_LEN])
{
    snprintf(out, PATH_LEN, "%s%s", p->root, path);
}

static struct layout layout_of(int64_t days)
{
    const struct series_keep keep[] = {{60000, days * 86400000},
                                       {300000, days * 2 * 86400000}};

    return layout_make(60000, keep, COUNT_OF(keep));
}

/* It is one of RRDtool's, as large as foretold, and all of it is unknown. */
static void assert_is_blank(const struct place *p, const char *path,
                            const struct layout *l, enum series_group group)
{
    struct buffer OWNED_BUFFER octets = {0};
    OWNED(rrd_free) struct rrd *rrd = NULL;
    char whole[PATH_LEN];

    whole_path(p, path, whole);
    assert_int_equal(file_read(whole, RRD_OCTETS_MAX, &octets), 0);
    double foretold = (double)layout_size(l, group);
    assert_true(fabs((double)octets.len - foretold) <= foretold / 20);
    assert_int_equal(rrd_read(buffer_view(&octets), &rrd), 0);
    assert_int_equal(rrd->sources, series_group_values(group));
    assert_int_equal(rrd->updated_s, 1700006400);
    for (size_t a = 0; a < rrd->archives; a++)
        for (size_t i = 0; i < rrd->archive[a].rows * rrd->sources; i++)
            assert_true(isnan(rrd->archive[a].values[i]));
}

static void files_of_any_size_are_whole(void **state)
{
    static const struct {
        const char *name, *path;
        int64_t days;
        enum series_group group;
    } cases[] = {
        {"some pages", "sw1/cpu-1.rrd", 1, SERIES_CPU},
        {"many", "sw1/port-1.rrd", 2, SERIES_PORT},
        {"its folder is there", "sw1/port-2.rrd", 2, SERIES_PORT},
        {"small behind large", "sw2/icmp.rrd", 2, SERIES_ICMP},
        {"more than is written at once", "sw2/port-1.rrd", 60, SERIES_PORT},
        {"small again", "sw3/cpu-1.rrd", 1, SERIES_CPU},
    };
    struct place *p = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct layout l = layout_of(cases[i].days);

        print_message("  %s\n", cases[i].name);
        assert_int_equal(
            blanks_make(p->blanks, &l, cases[i].path, cases[i].group, FIRST_MS),
            0);
        assert_is_blank(p, cases[i].path, &l, cases[i].group);
    }
}

static void file_that_is_there_stays(void **state)
{
    static const char text[] = "history";
    struct place *p = *state;
    struct layout l = layout_of(1);
    struct buffer OWNED_BUFFER octets = {0};
    char whole[PATH_LEN];

    assert_int_equal(
        blanks_make(p->blanks, &l, "sw1/cpu-1.rrd", SERIES_CPU, FIRST_MS), 0);
    whole_path(p, "sw1/cpu-1.rrd", whole);
    assert_int_equal(file_write(whole, bytes_of_text(text), 0600), 0);
    assert_int_equal(
        blanks_make(p->blanks, &l, "sw1/cpu-1.rrd", SERIES_CPU, FIRST_MS),
        -EEXIST);
    assert_int_equal(file_read(whole, RRD_OCTETS_MAX, &octets), 0);
    assert_string_equal(octets.at, text);
}

/* A disk that is full leaves nothing half made; what was left by a kill is in
 * nobody's way. */
static void what_cannot_be_made_leaves_nothing(void **state)
{
    struct place *p = *state;
    struct layout l = layout_of(2);
    struct rlimit before, small;
    char whole[PATH_LEN], half[PATH_LEN];

    whole_path(p, "sw1", whole);
    whole_path(p, "sw1/port-1.rrd.new", half);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){50000, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc =
        blanks_make(p->blanks, &l, "sw1/port-1.rrd", SERIES_PORT, FIRST_MS);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(rc < 0);
    assert_int_equal(rmdir(whole), 0); /* it is empty */

    assert_int_equal(mkdir(whole, 0700), 0);
    assert_int_equal(file_write(half, bytes_of_text("half"), 0600), 0);
    assert_int_equal(
        blanks_make(p->blanks, &l, "sw1/port-1.rrd", SERIES_PORT, FIRST_MS), 0);
    assert_is_blank(p, "sw1/port-1.rrd", &l, SERIES_PORT);
    assert_true(access(half, F_OK) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_of_any_size_are_whole, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(file_that_is_there_stays, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(what_cannot_be_made_leaves_nothing,
                                        make_place, drop_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
