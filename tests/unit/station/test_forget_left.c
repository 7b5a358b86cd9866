/* What is left of a name in files: what people wrote, and copies of earlier
 * states; not what the station makes anew. */
#include "station/forget_left.h"

#include "base/own.h"
#include "tests/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DIR_LEN = 48 };

static const char secret[] = "router-of-ann";

struct scene {
    char dir[DIR_LEN];
    struct redaction names;
    struct left_search search;
};

static int set_up(void **state)
{
    struct scene *s = mem_new(struct scene);

    (void)snprintf(s->dir, sizeof s->dir, "/tmp/test_left.XXXXXX");
    if (mkdtemp(s->dir) == NULL)
        return -1;
    redaction_add(&s->names, secret, "forgotten-1");
    s->search.data = mem_text(s->dir);
    s->search.names = &s->names;
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;

    left_search_fini(&s->search);
    redaction_fini(&s->names);
    int rc = scratch_remove(s->dir) ? 0 : -1;
    free(s);
    return rc;
}

static void put(struct scene *s, const char *below, const char *text)
{
    assert_true(scratch_put(s->dir, below, text));
}

/* Why a file below the directory was told; NULL: it was not. */
static const char *why(const struct scene *s, const char *below)
{
    struct buffer OWNED_BUFFER path = {0};

    buffer_format(&path, "%s/%s", s->dir, below);
    for (size_t i = 0; i < s->search.found.count; i++)
        if (strcmp(s->search.found.at[i].where, path.at) == 0)
            return s->search.found.at[i].why;
    return NULL;
}

static void what_people_wrote_and_copies_are_told(void **state)
{
    static const struct {
        const char *below, *text;
        const char *word; /* of the reason; NULL: it is not told */
    } cases[] = {
        {"maps/plan.gv", "graph { \"router-of-ann\"; }", "edit the map"},
        {"maps/other.gv", "graph { \"router-of-anna\"; }", NULL},
        {"maps/physical.gv", "graph { \"router-of-ann\"; }", NULL}, /* anew */
        {"maps/physical.edits", "{\"id\": \"router-of-ann\"}", "edit the map"},
        {"maps/plan.edits.broken", "router-of-ann {", "set aside"},
        {"maps/plan.gv.broken-2", "nothing", NULL},
        {"maps/.hidden.edits", "router-of-ann", NULL},
        {"maps/plan.txt", "router-of-ann", NULL},
        {"settings.yaml", "{\"seeds\": [\"router-of-ann\"]}", "by hand"},
        {"state.db.version-7", "whatever", "go back"},
        {"state.db.damaged-2026", "whatever", "go back"},
        {"state.db", "router-of-ann", NULL}, /* the store has gone through it */
        {"backups/noc.backup", "sealed", "go back"},
        {"backups/noc.backup.state-7", "a copy", "not completed"},
        {".before-restore-2026", "whatever", "go back"},
        {"backups/.hidden", "router-of-ann", NULL},
        {"backups/readme", "router-of-ann", NULL},
    };
    struct scene *s = *state;
    size_t expected = 0;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        put(s, cases[i].below, cases[i].text);
        expected += cases[i].word != NULL;
    }
    left_search(&s->search);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *told = why(s, cases[i].below);

        if ((told != NULL) != (cases[i].word != NULL) ||
            (told != NULL && strstr(told, cases[i].word) == NULL))
            fail_msg("%s: %s", cases[i].below, told != NULL ? told : "-");
    }
    assert_int_equal(s->search.found.count, expected);
}

static void the_configuration_and_backups_lie_where_they_are_set(void **state)
{
    struct scene *s = *state;
    struct buffer OWNED_BUFFER path = {0};

    put(s, "etc/p.yaml", "discovery: {seeds: [router-of-ann]}");
    put(s, "elsewhere/a.backup", "x");
    put(s, "backups/b.backup", "x");
    buffer_format(&path, "%s/etc/p.yaml", s->dir);
    s->search.config = mem_text(path.at);
    buffer_clear(&path);
    buffer_format(&path, "%s/elsewhere", s->dir);
    s->search.backups = mem_text(path.at);
    left_search(&s->search);
    assert_non_null(why(s, "etc/p.yaml"));
    assert_non_null(why(s, "elsewhere/a.backup"));
    assert_null(why(s, "backups/b.backup"));
}

/* They lie beside the directory, which has a name of its own then. */
static void what_a_restore_set_aside_is_told(void **state)
{
    struct scene *s = *state;
    struct buffer OWNED_BUFFER path = {0};

    put(s, "data/state.db", "router-of-ann");
    put(s, "data.before-restore-2026/state.db", "whatever");
    put(s, "data.restoring/state.db", "whatever");
    put(s, "database.before-restore-2026/state.db", "another's");
    put(s, "etc/p.yaml.before-restore-2026", "seeds: [router-of-ann]");
    put(s, "etc/p.yaml.restored", "seeds: []");
    buffer_format(&path, "%s/etc/p.yaml", s->dir);
    s->search.config = mem_text(path.at);
    buffer_clear(&path);
    buffer_format(&path, "%s/data", s->dir);
    free(s->search.data);
    s->search.data = mem_text(path.at);
    left_search(&s->search);
    assert_non_null(strstr(why(s, "data.before-restore-2026"), "go back"));
    assert_non_null(strstr(why(s, "data.restoring"), "not completed"));
    assert_non_null(why(s, "etc/p.yaml.before-restore-2026"));
    assert_int_equal(s->search.found.count, 3);
}

/* What is not there, or cannot be read, has nothing. */
static void an_empty_directory_has_nothing(void **state)
{
    struct scene *s = *state;

    s->search.config = mem_text("");
    put(s, "maps/plan.gv/within", "router-of-ann");
    left_search(&s->search);
    assert_int_equal(s->search.found.count, 0);
}

int main(void)
{
#define IN_A_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(what_people_wrote_and_copies_are_told),
        IN_A_FOLDER(the_configuration_and_backups_lie_where_they_are_set),
        IN_A_FOLDER(what_a_restore_set_aside_is_told),
        IN_A_FOLDER(an_empty_directory_has_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
