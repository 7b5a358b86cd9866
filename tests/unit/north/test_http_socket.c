/* The control socket takes the place of a stale one, and of nothing else; and
 * root does not make it where the station's user may put another thing. */
#include "north/http_socket.h"

#include "base/mem.h"
#include "tests/scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SOMEBODY = 65534 };

struct scene {
    char dir[SCRATCH_LEN], path[SCRATCH_LEN + 16];
};

static int set_up(void **state)
{
    struct scene *s = mem_new(struct scene);

    *state = s;
    if (!scratch_make("socket", s->dir) || chmod(s->dir, 0755) < 0)
        return -1;
    (void)snprintf(s->path, sizeof s->path, "%s/run/control", s->dir);
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    int rc = scratch_remove(s->dir) ? 0 : -1;

    free(s);
    return rc;
}

static int open_as(const struct scene *s, unsigned id)
{
    struct complaint why;

    return http_socket_open(s->path, id, id, &why);
}

static void a_stale_one_is_replaced_and_one_that_answers_is_not(void **state)
{
    struct scene *s = *state;
    int fd = open_as(s, (unsigned)-1);

    assert_true(fd >= 0);
    assert_int_equal(open_as(s, (unsigned)-1), -EADDRINUSE);
    close(fd);
    fd = open_as(s, (unsigned)-1);
    assert_true(fd >= 0);
    close(fd);
}

static void what_is_no_socket_is_not_removed(void **state)
{
    struct scene *s = *state;
    struct buffer OWNED_BUFFER kept = {0};

    assert_true(scratch_put(s->dir, "run/control", "a map\n"));
    assert_int_equal(open_as(s, (unsigned)-1), -EEXIST);
    assert_int_equal(file_read(s->path, 100, &kept), 0);
    assert_string_equal(kept.at, "a map\n");
}

static void all_may_pass_to_the_socket_that_root_made(void **state)
{
    struct scene *s = *state;
    struct stat st;
    struct buffer OWNED_BUFFER above = {0};

    if (geteuid() != 0)
        skip();
    (void)snprintf(s->path, sizeof s->path, "%s/noc/run/c", s->dir);
    mode_t before = umask(027);
    int fd = open_as(s, SOMEBODY);
    (void)umask(before);
    assert_true(fd >= 0);
    close(fd);
    buffer_format(&above, "%s/noc", s->dir);
    assert_int_equal(stat(above.at, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0755);
    assert_int_equal(st.st_uid, 0);
    assert_int_equal(stat(s->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0660);
    assert_int_equal(st.st_uid, SOMEBODY);
    assert_int_equal(st.st_gid, SOMEBODY);
}

/* As them: it fails where they may not, and root would have done it. */
static void in_a_directory_of_theirs_it_is_made_as_they(void **state)
{
    struct scene *s = *state;
    struct buffer OWNED_BUFFER run = {0};
    struct stat st;

    if (geteuid() != 0)
        skip();
    buffer_format(&run, "%s/run", s->dir);
    assert_int_equal(mkdir(run.at, 0500), 0);
    assert_int_equal(chown(run.at, SOMEBODY, SOMEBODY), 0);
    assert_int_equal(open_as(s, SOMEBODY), -EACCES);
    assert_int_equal(geteuid(), 0);
    assert_int_equal(getegid(), getgid());

    assert_int_equal(chmod(run.at, 0700), 0);
    int fd = open_as(s, SOMEBODY);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(geteuid(), 0);
    assert_int_equal(stat(s->path, &st), 0);
    assert_int_equal(st.st_uid, SOMEBODY);
    assert_int_equal(st.st_gid, SOMEBODY);
    assert_int_equal(st.st_mode & 07777, 0660);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_stale_one_is_replaced_and_one_that_answers_is_not, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_socket_is_not_removed,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            all_may_pass_to_the_socket_that_root_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            in_a_directory_of_theirs_it_is_made_as_they, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
