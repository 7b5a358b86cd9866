/* A file that knows nothing yet is what rrdtool creates, whatever its step, and
 * wherever its rings begin. */
#include "graphs/blank.h"

#include "base/file.h"
#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { OCTETS_MAX = 1 << 24, DIR_LEN = 64, TEXT_MAX = 1 << 16 };

struct place {
    char dir[DIR_LEN];
};

static int make_place(void **state)
{
    struct place *p = mem_new(struct place);

    (void)snprintf(p->dir, sizeof p->dir, "/tmp/portolan-blank-XXXXXX");
    *state = p;
    return mkdtemp(p->dir) != NULL ? 0 : -1;
}

static void run(const char *command)
{
    print_message("  %.150s\n", command);
    assert_int_equal(system(command), 0);
}

static int drop_place(void **state)
{
    struct place *p = *state;
    struct buffer OWNED_BUFFER command = {0};

    buffer_format(&command, "rm -rf %s", p->dir);
    int rc = system(command.at);
    free(p);
    return rc;
}

static void write_blank(const char *path, const struct layout *l,
                        enum series_group group, int64_t begin_s, uint64_t turn)
{
    struct buffer OWNED_BUFFER octets = {0};
    OWNED(rrd_free) struct rrd *blank = blank_new(l, group);
    double nan = NAN;

    blank_begin(blank, begin_s);
    rrd_write_head(blank, turn, &octets);
    assert_int_equal(octets.len % sizeof nan, 0);
    for (uint64_t left = blank_rows_len(blank); left > 0; left -= sizeof nan)
        buffer_add(&octets, &nan, sizeof nan);
    assert_int_equal(file_write(path, buffer_view(&octets), 0600), 0);
}

/* What "rrdtool COMMAND FILE" says, without the file's name and where rings
 * begin, which is by chance. */
static void ask(const char *command, const char *path, struct buffer *out)
{
    struct buffer OWNED_BUFFER line = {0};
    char text[256];

    buffer_format(&line,
                  "rrdtool %s %s | grep -v 'filename\\|cur_row' | "
                  "tr -d -",
                  command, path);
    FILE *p = popen(line.at, "re");
    assert_non_null(p);
    while (fgets(text, sizeof text, p) != NULL)
        buffer_text(out, text);
    assert_int_equal(pclose(p), 0);
    assert_true(out->len > 0 && out->len < TEXT_MAX);
}

static void assert_same(const char *command, const char *one, const char *two)
{
    struct buffer OWNED_BUFFER first = {0};
    struct buffer OWNED_BUFFER second = {0};

    ask(command, one, &first);
    ask(command, two, &second);
    assert_string_equal(first.at, second.at);
}

/* Forty samples, into both. */
static void update(const char *one, const char *two, const struct layout *l,
                   enum series_group group, int64_t begin_s)
{
    struct buffer OWNED_BUFFER command = {0};

    buffer_format(&command, "for f in %s %s; do rrdtool update $f", one, two);
    for (int n = 1; n <= 40; n++) {
        buffer_format(&command, " %lld",
                      (long long)begin_s + n * (long long)l->step_s);
        for (size_t v = 0; v < series_group_values(group); v++)
            buffer_format(&command, ":%d", n % 11);
    }
    buffer_text(&command, " || exit 1; done");
    run(command.at);
}

static void create(const char *path, const struct layout *l,
                   enum series_group group, int64_t begin_s)
{
    struct buffer OWNED_BUFFER command = {0};

    buffer_format(&command, "rm -f %s; rrdtool create %s", path, path);
    layout_create(l, group, begin_s, &command);
    run(command.at);
}

static void blank_is_what_rrdtool_creates(void **state)
{
    static const struct series_keep keep[] = {
        {60000, 600000}, {300000, 3600000}, {1800000, 14400000}};
    static const struct {
        const char *name;
        int64_t step_ms, begin_s;
        enum series_group group;
        uint64_t turn;
    } cases[] = {
        {"where every archive begins a row", 60000, 1700006400, SERIES_CPU, 0},
        {"within a step, rings begin anywhere", 60000, 1700006437, SERIES_PORT,
         0x123456789abcdef},
        {"between rows, any value", 60000, 1700006820, SERIES_SENSOR, 7},
        {"another step", 15000, 1700006411, SERIES_MEMORY, UINT64_MAX},
    };
    struct place *p = *state;
    struct buffer OWNED_BUFFER ours = {0};
    struct buffer OWNED_BUFFER theirs = {0};

    buffer_format(&ours, "%s/ours.rrd", p->dir);
    buffer_format(&theirs, "%s/theirs.rrd", p->dir);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct layout l = layout_make(cases[i].step_ms, keep, COUNT_OF(keep));

        print_message("  %s\n", cases[i].name);
        create(theirs.at, &l, cases[i].group, cases[i].begin_s);
        write_blank(ours.at, &l, cases[i].group, cases[i].begin_s,
                    cases[i].turn);
        assert_same("info", ours.at, theirs.at);
        update(ours.at, theirs.at, &l, cases[i].group, cases[i].begin_s);
        assert_same("info", ours.at, theirs.at);
        assert_same("dump", ours.at, theirs.at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blank_is_what_rrdtool_creates,
                                        make_place, drop_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
