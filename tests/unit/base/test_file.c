/* Files are read with a bound and written whole; tables are sorted text. */
#include "base/file.h"
#include "base/mem.h"
#include "base/tsv.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int setup(void **state)
{
    char *dir = mem_text("/tmp/test_file.XXXXXX");

    *state = dir;
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -r %s", (char *)*state);
    int rc = system(command);
    free(*state);
    return rc;
}

static char *path_in(const char *dir, const char *name)
{
    struct buffer path = {0};

    buffer_format(&path, "%s/%s", dir, name);
    return buffer_take(&path);
}

static unsigned entries_of(const char *dir)
{
    DIR *d = opendir(dir);
    unsigned count = 0;

    assert_non_null(d);
    while (readdir(d) != NULL)
        count++;
    (void)closedir(d);
    return count - 2; /* . and .. */
}

static void what_is_written_is_read(void **state)
{
    OWNED(free) char *path = path_in(*state, "a");
    struct buffer OWNED_BUFFER out = {0};
    struct stat st;

    assert_int_equal(file_write(path, bytes_of_text("old"), 0600), 0);
    assert_int_equal(file_write(path, bytes_of_text("newer"), 0640), 0);
    buffer_text(&out, ">");
    assert_int_equal(file_read(path, 5, &out), 0);
    assert_string_equal(out.at, ">newer");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(entries_of(*state), 1); /* no temporary file stays */
}

static void what_cannot_be_is_said(void **state)
{
    OWNED(free) char *path = path_in(*state, "b");
    OWNED(free) char *nowhere = path_in(*state, "no/such");
    struct buffer OWNED_BUFFER out = {0};

    assert_int_equal(file_read(path, 9, &out), -ENOENT);
    assert_int_equal(file_write(nowhere, bytes_of_text("x"), 0600), -ENOENT);
    assert_int_equal(file_write(path, bytes_of_text("12345"), 0600), 0);
    assert_int_equal(file_read(path, 4, &out), -EFBIG);
    assert_int_equal(file_read(*state, 4, &out), -EISDIR);
    /* The target cannot be replaced: nothing is left beside it. */
    unsigned before = entries_of(*state);
    OWNED(free) char *dir = path_in(*state, "dir");
    assert_int_equal(mkdir(dir, 0700), 0);
    assert_int_equal(file_write(dir, bytes_of_text("x"), 0600), -EISDIR);
    assert_int_equal(entries_of(*state), before + 1);
}

static void directories_are_made_with_those_above(void **state)
{
    OWNED(free) char *deep = path_in(*state, "x/y//z/");
    OWNED(free) char *file = path_in(*state, "x/file");
    OWNED(free) char *below = path_in(*state, "x/file/dir");
    struct stat st;

    assert_int_equal(file_make_dir(deep, 0750), 0);
    assert_int_equal(file_make_dir(deep, 0750), 0);
    assert_int_equal(stat(deep, &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(file_write(file, bytes_of_text(""), 0600), 0);
    assert_int_equal(file_make_dir(file, 0750), -ENOTDIR);
    assert_int_equal(file_make_dir(below, 0750), -ENOTDIR);
}

static void tables_are_sorted_as_people_count(void **state)
{
    (void)state;
    OWNED(tsv_free) struct tsv *t = tsv_new("name port  note");
    struct buffer OWNED_BUFFER out = {0};
    static const char *const ports[] = {"Gi1/0/10", "Gi1/0/2", "Gi1/0/02", ""};

    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        tsv_text(t, "sw");
        tsv_text(t, ports[i]);
        tsv_row(t);
    }
    tsv_text(t, "core");
    tsv_text(t, NULL);
    tsv_text(t, "a\tb\\c\nd");
    tsv_row(t);
    tsv_print(t, &out);
    assert_string_equal(out.at, "name\tport\tnote\n"
                                "core\t\ta\\tb\\\\c\\nd\n"
                                "sw\t\t\n"
                                "sw\tGi1/0/02\t\n"
                                "sw\tGi1/0/2\t\n"
                                "sw\tGi1/0/10\t\n");
}

static void numbers_are_short(void **state)
{
    (void)state;
    static const struct {
        double number;
        int digits;
        const char *text;
    } cases[] = {
        {1.5, 2, "1.5"},    {100, 0, "100"},   {100, 2, "100"},
        {0.005, 2, "0.01"}, {-0.001, 2, "0"},  {-1.25, 3, "-1.25"},
        {NAN, 2, ""},       {INFINITY, 2, ""}, {1e15, 1, "1000000000000000"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(tsv_free) struct tsv *t = tsv_new("n");
        struct buffer OWNED_BUFFER out = {0};
        tsv_number(t, cases[i].number, cases[i].digits);
        tsv_row(t);
        tsv_print(t, &out);
        out.at[out.len - 1] = '\0';
        assert_string_equal(out.at + 2, cases[i].text);
    }
}

static void cells_take_any_form(void **state)
{
    OWNED(tsv_free) struct tsv *t = tsv_new("a b");
    struct buffer OWNED_BUFFER out = {0};
    OWNED(free) char *path = path_in(*state, "t.tsv");

    tsv_count(t, UINT64_MAX);
    tsv_format(t, "%s-%d", "x", 1);
    tsv_row(t);
    tsv_number(t, -1e308, 2); /* the longest number that there is */
    tsv_row(t);
    assert_int_equal(tsv_save(t, *state, "t.tsv"), 0);
    assert_int_equal(file_read(path, 4096, &out), 0);
    assert_non_null(strstr(out.at, "18446744073709551615\tx-1\n"));
    assert_true(tsv_save(t, "/no/such/dir", "t.tsv") < 0);
}

static void a_path_is_the_same_from_any_directory(void **state)
{
    OWNED(free) char *here = getcwd(NULL, 0);

    assert_non_null(here);
    assert_int_equal(chdir(*state), 0);
    OWNED(free) char *full = file_absolute("a/b.yaml");
    OWNED(free) char *same = file_absolute("/etc/b.yaml");
    assert_int_equal(chdir(here), 0);
    OWNED(free) char *want = path_in(*state, "a/b.yaml");
    assert_string_equal(full, want);
    assert_string_equal(same, "/etc/b.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_cannot_be_is_said),
        cmocka_unit_test(directories_are_made_with_those_above),
        cmocka_unit_test(a_path_is_the_same_from_any_directory),
        cmocka_unit_test(tables_are_sorted_as_people_count),
        cmocka_unit_test(numbers_are_short),
        cmocka_unit_test(cells_take_any_form),
    };
    return cmocka_run_group_tests_name("file", tests, setup, teardown);
}
