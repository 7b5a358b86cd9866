/* A backup is what was put into it, or it is refused. */
#include "station/bundle.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_LEN = 64, LARGE = 200000 };
static const char passphrase[] = "correct horse battery";

struct place {
    char dir[PATH_LEN], path[PATH_LEN + 16];
    char *large;
};

static int make_place(void **state)
{
    struct place *p = mem_new(struct place);

    snprintf(p->dir, sizeof p->dir, "/tmp/portolan-bundle-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    snprintf(p->path, sizeof p->path, "%s/backup", p->dir);
    p->large = mem_zero(LARGE);
    for (unsigned i = 0; i < LARGE; i++)
        p->large[i] = (char)(i * 2654435761U >> 13);
    *state = p;
    return 0;
}

static int remove_place(void **state)
{
    struct place *p = *state;

    (void)unlink(p->path);
    int rc = rmdir(p->dir); /* nothing else is left there */
    free(p->large);
    free(p);
    return rc;
}

static void add(struct bundle_out *b, const char *name, const char *at,
                size_t len)
{
    assert_int_equal(
        bundle_whole(b,
                     &(struct bundle_member){.name = name,
                                             .mtime_ns = 1700000000500000000,
                                             .mode = 0640},
                     (struct bytes){(const uint8_t *)at, len}),
        0);
}

static void write_backup(const struct place *p, const char *with)
{
    struct complaint why = {.what = ""};
    struct bundle_out *b = NULL;

    (void)unlink(p->path);
    assert_int_equal(bundle_create(p->path, with, &b, &why), 0);
    add(b, "data/empty", "", 0);
    add(b, "data/large", p->large, LARGE);
    add(b, "data/rrd/core/port-Gi0%2F1.rrd", "RRD", 3);
    assert_int_equal(access(p->path, F_OK), -1); /* not before it is whole */
    assert_int_equal(bundle_finish(b, &why), 0);
    bundle_out_free(b);
}

/* Reads all of it: 0, or what it was refused with. */
static int read_backup(const struct place *p, const char *with,
                       struct complaint *why)
{
    struct bundle_in *opened = NULL;
    struct bundle_member m;
    size_t members = 0, octets = 0;
    bool same = true; /* told at the end alone */
    char part[5000];
    ssize_t len;
    int rc = bundle_open(p->path, with, &opened, why);
    OWNED(bundle_in_free) struct bundle_in *b = opened;

    while (rc == 0 && (rc = bundle_next(b, &m, why)) > 0) {
        members++;
        same = same && m.mode == 0640 && m.mtime_ns / 1000000000 == 1700000000;
        if (members == 2)
            same = same && strcmp(m.name, "data/large") == 0;
        for (size_t at = 0;
             members != 3 && (len = bundle_read(b, part, sizeof part)) > 0;
             at += (size_t)len, octets += (size_t)len)
            same = same && at + (size_t)len <= LARGE &&
                   memcmp(part, p->large + at, (size_t)len) == 0;
        rc = 0;
    }
    if (rc == 0) {
        assert_int_equal(members, 3);
        assert_true(same);
        assert_int_equal(octets, LARGE);
    }
    return rc;
}

static void test_is_what_was_written(void **state)
{
    const struct place *p = *state;
    struct complaint why = {.what = ""};
    struct stat about;

    write_backup(p, NULL);
    assert_int_equal(read_backup(p, NULL, &why), 0);
    assert_int_equal(read_backup(p, passphrase, &why), 0);
    assert_int_equal(stat(p->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    write_backup(p, passphrase);
    assert_int_equal(read_backup(p, passphrase, &why), 0);
    assert_int_equal(read_backup(p, "correct horse batterz", &why), -EACCES);
    assert_non_null(strstr(why.what, "not the passphrase"));
    assert_int_equal(read_backup(p, NULL, &why), -EACCES);
}

/* Writes octets in place of the backup, and reads them. */
static int read_octets(const struct place *p, const char *at, size_t len,
                       const char *with)
{
    struct complaint why = {.what = ""};

    assert_int_equal(
        file_write(p->path, (struct bytes){(const uint8_t *)at, len}, 0600), 0);
    int rc = read_backup(p, with, &why);
    assert_true(rc == 0 || why.what[0] != '\0');
    return rc;
}

static void test_is_whole_or_refused(void **state)
{
    static const char *const with[] = {NULL, passphrase};
    const struct place *p = *state;

    for (size_t n = 0; n < COUNT_OF(with); n++) {
        struct buffer OWNED_BUFFER whole = {0};

        write_backup(p, with[n]);
        assert_int_equal(file_read(p->path, 1 << 20, &whole), 0);
        /* Sealed, each costs a third of a second. */
        size_t step = with[n] != NULL ? whole.len / 2 : whole.len / 23;
        for (size_t len = 0; len < whole.len; len += step)
            assert_true(read_octets(p, whole.at, len, with[n]) < 0);
        assert_true(read_octets(p, whole.at, whole.len - 1, with[n]) < 0);
        for (size_t at = 30; at < whole.len; at += step) {
            whole.at[at] ^= 1;
            assert_true(read_octets(p, whole.at, whole.len, with[n]) < 0);
            whole.at[at] ^= 1;
        }
        assert_int_equal(read_octets(p, whole.at, whole.len, with[n]), 0);
    }
    assert_int_equal(read_octets(p, "what is no backup at all", 24, NULL),
                     -EBADMSG);
}

/* Chunks are 65536 octets: around their ends. */
static int keep(void *arg, const void *at, size_t len)
{
    buffer_add(arg, at, len);
    return 0;
}

static ssize_t give(void *arg, void *at, size_t room)
{
    struct bytes *rest = arg;
    size_t len = rest->len < room ? rest->len : room;

    memcpy(at, rest->at, len);
    rest->at += len;
    rest->len -= len;
    return (ssize_t)len;
}

static ssize_t open_all(struct bytes sealed, struct buffer *out)
{
    struct complaint why;
    struct unseal *u = NULL;
    const void *at;
    ssize_t len;

    assert_int_equal(unseal_new(passphrase, give, &sealed, &u, &why), 0);
    while ((len = unseal_read(u, &at)) > 0)
        buffer_add(out, at, (size_t)len);
    unseal_free(u);
    return len;
}

static void test_sealed_to_the_last_octet(void **state)
{
    static const size_t lens[] = {0, 65535, 65536, 65537, 131072};
    const struct place *p = *state;

    for (size_t i = 0; i < COUNT_OF(lens); i++) {
        struct buffer OWNED_BUFFER sealed = {0};
        struct buffer OWNED_BUFFER opened = {0};
        struct complaint why;
        struct seal *s = NULL;

        assert_int_equal(seal_new(passphrase, keep, &sealed, &s, &why), 0);
        assert_int_equal(seal_write(s, p->large, lens[i]), 0);
        assert_int_equal(seal_end(s), 0);
        seal_free(s);
        assert_int_equal(open_all(buffer_view(&sealed), &opened), 0);
        assert_int_equal(opened.len, lens[i]);
        if (lens[i] > 0)
            assert_memory_equal(opened.at, p->large, lens[i]);
        /* Cut where a chunk ends: it was not the last. */
        if (lens[i] > 65536)
            assert_int_equal(
                open_all((struct bytes){(uint8_t *)sealed.at, 51 + 65536 + 16},
                         &opened),
                -EBADMSG);
    }
}

/* A tar of one member without octets. */
static void make_tar(char type, const char *name, char tar[1024 + 512])
{
    unsigned sum = 0;

    memset(tar, 0, 1024 + 512);
    snprintf(tar, 100, "%s", name);
    memcpy(tar + 100,
           "0000640\0000000000\0000000000\00000000000000\000"
           "00000000000\000        ",
           56);
    tar[156] = type;
    memcpy(tar + 157, "/etc", 4);
    memcpy(tar + 257, "ustar\00000", 8);
    for (size_t i = 0; i < 512; i++)
        sum += (uint8_t)tar[i];
    snprintf(tar + 148, 8, "%06o", sum);
}

static void test_leads_nowhere_else(void **state)
{
    static const struct {
        char type;
        const char *name;
        bool fine;
    } cases[] = {
        {'0', "data/maps/a.gv", true}, {'0', "data/../../evil", false},
        {'0', "/tmp/evil", false},     {'0', "..", false},
        {'0', "data/./x", false},      {'0', "data//x", false},
        {'0', "data/", false},         {'0', "data/a\nb", false},
        {'1', "data/hard", false},     {'2', "data/link", false},
        {'3', "data/device", false},   {'5', "data/dir", false},
        {'6', "data/pipe", false},
    };
    const struct place *p = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char tar[1024 + 512];
        struct complaint why = {.what = ""};
        struct bundle_in *b = NULL;
        struct bundle_member m;

        make_tar(cases[i].type, cases[i].name, tar);
        assert_int_equal(file_write(p->path,
                                    (struct bytes){(uint8_t *)tar, sizeof tar},
                                    0600),
                         0);
        assert_int_equal(bundle_open(p->path, NULL, &b, &why), 0);
        int rc = bundle_next(b, &m, &why);
        if ((rc > 0) != cases[i].fine)
            print_message("%s: %d %s\n", cases[i].name, rc, why.what);
        assert_true((rc > 0) == cases[i].fine);
        if (rc > 0) /* its sums are not there */
            assert_int_equal(bundle_next(b, &m, &why), -EBADMSG);
        bundle_in_free(b);
    }
}

static void test_given_up_it_leaves_nothing(void **state)
{
    const struct place *p = *state;
    struct complaint why = {.what = ""};
    struct bundle_out *b = NULL;

    assert_int_equal(bundle_create(p->path, NULL, &b, &why), 0);
    add(b, "data/large", p->large, LARGE);
    bundle_out_free(b);
    assert_int_equal(access(p->path, F_OK), -1);
    /* A member that is shorter than it says is no backup. */
    assert_int_equal(bundle_create(p->path, NULL, &b, &why), 0);
    (void)bundle_begin(b, &(struct bundle_member){.name = "x", .size = 9});
    (void)bundle_add(b, "short", 5);
    assert_true(bundle_end(b) < 0);
    assert_true(bundle_finish(b, &why) < 0);
    bundle_out_free(b);
    assert_int_equal(access(p->path, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_is_what_was_written, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(test_is_whole_or_refused, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(test_sealed_to_the_last_octet,
                                        make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_leads_nowhere_else, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(test_given_up_it_leaves_nothing,
                                        make_place, remove_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
