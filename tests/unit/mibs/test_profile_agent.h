/* test_profile_agent.h - an agent made of a few variables, for the tests of
 * profiles: answers what a reading asks, and gives the facts. */
#ifndef TEST_PROFILE_AGENT_H
#define TEST_PROFILE_AGENT_H

#include "base/mem.h"
#include "mibs/profile.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One variable: text of an OCTET STRING, or a number. In tables the last one
 * has oid NULL. */
struct said {
    const char *oid;
    const char *text; /* NULL: number counts */
    int64_t number;
};

enum { SAID_MAX = 64 };

struct agent_tale {
    struct oid_store names[SAID_MAX];
    struct value values[SAID_MAX];
    size_t count;
};

__attribute__((unused)) static void tale_of(const struct said *said,
                                            struct agent_tale *out)
{
    *out = (struct agent_tale){.count = 0};
    for (; said->oid != NULL; said++) {
        struct value *v = &out->values[out->count];

        assert_true(out->count < SAID_MAX);
        assert_int_equal(oid_parse(said->oid, &out->names[out->count]), 0);
        if (said->text != NULL)
            *v = (struct value){.type = VALUE_OCTETS,
                                .octets = bytes_of_text(said->text)};
        else
            *v = (struct value){.type = VALUE_INTEGER, .integer = said->number};
        out->count++;
    }
}

__attribute__((unused)) static struct value
tale_value(const struct agent_tale *t, struct oid column, struct oid index)
{
    for (size_t i = 0; i < t->count; i++) {
        struct oid name = oid_view(&t->names[i]);

        if (oid_begins(name, column) &&
            oid_equal(oid_tail(name, column.len), index))
            return t->values[i];
    }
    return (struct value){.type = VALUE_NONE};
}

/* The rows of one ask: an index once, however many columns have it. */
__attribute__((unused)) static void tale_walk(const struct agent_tale *t,
                                              const struct ask *ask, size_t n,
                                              struct profile_reading *r)
{
    struct oid seen[SAID_MAX];
    size_t seen_count = 0;

    for (size_t i = 0; i < t->count; i++)
        for (size_t c = 0; c < ask->count; c++) {
            struct oid name = oid_view(&t->names[i]);
            struct oid index = oid_tail(name, ask->columns[c].len);
            struct value values[ASK_COLUMNS_MAX];
            bool known = !oid_begins(name, ask->columns[c]);

            for (size_t k = 0; k < seen_count; k++)
                known |= oid_equal(seen[k], index);
            if (known)
                continue;
            seen[seen_count++] = index;
            for (size_t k = 0; k < ask->count; k++)
                values[k] = tale_value(t, ask->columns[k], index);
            profile_row(r, n,
                        &(struct row){.index = index,
                                      .values = values,
                                      .count = ask->count});
        }
}

__attribute__((unused)) static void tale_get(const struct agent_tale *t,
                                             const struct ask *ask, size_t n,
                                             struct profile_reading *r)
{
    struct value values[ASK_COLUMNS_MAX];

    for (size_t k = 0; k < ask->scalar_count; k++)
        values[k] = tale_value(t, ask->scalars[k], (struct oid){0});
    profile_row(r, n,
                &(struct row){.values = values, .count = ask->scalar_count});
}

/* Reads what profile p wants of the agent into f. */
__attribute__((unused)) static void agent_read(const struct profile *p,
                                               const struct said *said,
                                               struct facts *f, bool identity,
                                               bool metrics)
{
    OWNED(profile_reading_free)
    struct profile_reading *r =
        profile_reading_new(p, identity, metrics, false);
    struct agent_tale tale;
    struct ask ask;

    tale_of(said, &tale);
    for (size_t n = 0; profile_ask(r, n, &ask); n++) {
        assert_true(ask.count > 0 || ask.scalar_count > 0);
        assert_true(ask.count == 0 || ask.scalar_count == 0);
        if (ask.scalar_count > 0)
            tale_get(&tale, &ask, n, r);
        else
            tale_walk(&tale, &ask, n, r);
    }
    profile_finish(r, f);
}

/* A set of one file; faults fail the test. */
__attribute__((unused)) static void fault_fails(const struct complaint *why,
                                                void *arg)
{
    (void)arg;
    print_error("%s: %s; %s\n", why->place, why->what, why->remedy);
    fail();
}

__attribute__((unused)) static struct profiles *set_of(const char *yaml)
{
    const struct profile_file file = {"t.yaml", yaml, strlen(yaml)};
    size_t faults = 0;

    return profiles_of_files(&file, 1, fault_fails, NULL, &faults);
}

#endif
