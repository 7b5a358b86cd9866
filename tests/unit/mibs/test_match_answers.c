/* What an agent is asked before it is known which profile it is of: only where
 * rules with the longest prefix need it, all at once. */
#include "mibs/collector.h"
#include "mibs/profile.h"
#include "tests/unit/mibs/agent.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SYS "1.3.6.1.2.1.1."
#define NET "1.3.6.1.4.1.8072"
#define BOX "1.3.6.1.4.1.9999"

static const char yaml[] =
    "profiles:\n"
    "- {profile: generic}\n"
    "- {profile: linux, match: [{object_id: " NET ".3, descr: Linux}]}\n"
    "- profile: nas\n"
    "  match:\n"
    "  - object_id: " NET ".3\n"
    "    descr: Linux\n"
    "    get: {oid: " BOX ".1.0, exists: true}\n"
    "    except: {get: {oid: " BOX ".2.0, contains: Camera}}\n"
    "- profile: gate\n"
    "  match:\n"
    "  - object_id: " NET ".3\n"
    "    descr: Linux\n"
    "    get: [[{oid: " BOX ".3.0, more: 5}, {oid: " BOX ".4.0, in: [a, b]}]]\n"
    "- {profile: ap, match: [{object_id: " NET ".4, get: {column: " BOX
    ".5.1.2, starts: UAP}}]}\n"
    "- {profile: bare, match: [{object_id: " NET ".4, get: {column: " BOX
    ".5.1.2, exists: false}}]}\n";

/* A net-snmp agent on Linux. */
#define LINUX                         \
    {SYS "1.0", 's', "Linux"},        \
    {                                 \
        SYS "2.0", 'o', NET ".3.2.10" \
    }

enum { SAID_MAX = 8, ASKS_MAX = 8 };

static const struct {
    const char *name;
    struct said said[SAID_MAX];
    const char *asked; /* names of what is asked before the profile is known */
    const char *profile;
} cases[] = {
    {"a rule that asks nothing",
     {{SYS "1.0", 's', "Box"}, {SYS "2.0", 'o', "1.3.6.1.4.1.1"}},
     "",
     "generic"},
    {"no answer", {LINUX}, "4 instances", "linux"},
    {"an answer", {LINUX, {BOX ".1.0", 's', "NAS"}}, "4 instances", "nas"},
    {"an answer that excepts",
     {LINUX, {BOX ".1.0", 's', "NAS"}, {BOX ".2.0", 's', "A Camera"}},
     "4 instances",
     "linux"},
    {"one of two that are wanted",
     {LINUX, {BOX ".3.0", 'i', "6"}, {BOX ".4.0", 's', "c"}},
     "4 instances",
     "linux"},
    {"both that are wanted",
     {LINUX, {BOX ".3.0", 'i', "6"}, {BOX ".4.0", 's', "b"}},
     "4 instances",
     "gate"},
    {"other terms that do not hold",
     {{SYS "1.0", 's', "Solaris"}, {SYS "2.0", 'o', NET ".3.2.10"}},
     "",
     "generic"},
    {"any row of a column",
     {{SYS "1.0", 's', "Linux"},
      {SYS "2.0", 'o', NET ".4"},
      {BOX ".5.1.2.1", 's', "Other"},
      {BOX ".5.1.2.2", 's', "UAP-AC"}},
     "1 column",
     "ap"},
    {"no row of a column",
     {{SYS "1.0", 's', "Linux"}, {SYS "2.0", 'o', NET ".4"}},
     "1 column",
     "bare"},
};

static void agents_are_asked_what_tells_them_apart(void **state)
{
    (void)state;
    const struct profile_file file = {"t.yaml", yaml, sizeof yaml - 1};
    size_t faults = 0;
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, NULL, NULL, &faults);

    assert_int_equal(faults, 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct agent a =
            agent_of(cases[i].said, count_said(cases[i].said, SAID_MAX));
        struct collector *c = collector_new(set, COLLECT_IDENTITY, NULL);
        char asked[ASKS_MAX * 16] = "";
        struct ask ask;
        unsigned id;

        print_message("  %s\n", cases[i].name);
        while (collector_next(c, &ask, &id)) {
            if (strcmp(ask.name, "match") == 0)
                (void)snprintf(asked, sizeof asked, "%s%zu %s",
                               asked[0] != '\0' ? "twice " : "",
                               ask.count + ask.scalar_count,
                               ask.count > 0 ? "column" : "instances");
            agent_answer(&a, c, &ask, id);
            collector_end(c, id, 0);
        }
        assert_true(collector_done(c));
        struct facts *f = collector_take(c);

        assert_string_equal(asked, cases[i].asked);
        assert_string_equal(f->identity.profile, cases[i].profile);
        for (size_t k = 0; k < f->reports.count; k++)
            assert_string_not_equal(f->reports.at[k].name, "match");
        facts_unref(f);
        collector_free(c);
        agent_forget_all(&a);
    }
}

/* An agent that falls silent when it is asked gets a profile all the same. */
static void silence_leaves_the_rules_that_ask_nothing(void **state)
{
    (void)state;
    static const struct said said[] = {{SYS "1.0", 's', "Linux"},
                                       {SYS "2.0", 'o', NET ".3.2.10"},
                                       {BOX ".1.0", 's', "NAS"}};
    const struct profile_file file = {"t.yaml", yaml, sizeof yaml - 1};
    OWNED(profiles_free)
    struct profiles *set = profiles_of_files(&file, 1, NULL, NULL, NULL);
    struct agent a = agent_of(said, COUNT_OF(said));
    struct collector *c = collector_new(set, COLLECT_IDENTITY, NULL);
    struct ask ask;
    unsigned id;

    while (collector_next(c, &ask, &id)) {
        bool silent = strcmp(ask.name, "match") == 0;

        if (!silent)
            agent_answer(&a, c, &ask, id);
        collector_end(c, id, silent ? -ETIMEDOUT : 0);
    }
    assert_true(collector_done(c));
    struct facts *f = collector_take(c);

    assert_string_equal(f->identity.profile, "linux");
    facts_unref(f);
    collector_free(c);
    agent_forget_all(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agents_are_asked_what_tells_them_apart),
        cmocka_unit_test(silence_leaves_the_rules_that_ask_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
