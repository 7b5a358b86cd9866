/* Any text as a file of profiles: it loads, or complains with a place; and what
 * loads can be matched and read with whatever an agent says. */
#include "mibs/profile.h"

#include "base/mem.h"

#include <stdlib.h>

enum { ASKS_MAX = 64, VALUES_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void hear(const struct complaint *why, void *arg)
{
    size_t *heard = arg;

    must(strncmp(why->place, "fuzz.yaml", 9) == 0);
    must(why->what[0] != '\0');
    (*heard)++;
}

/* A value made of the input, of a type that changes from one to the next. */
static struct value value_of(const uint8_t *data, size_t size, size_t n)
{
    struct bytes octets = {data, size < 40 ? size : 40};

    switch (n % 4) {
    case 0:
        return (struct value){.type = VALUE_INTEGER,
                              .integer = size > n ? data[n] : -1};
    case 1:
        return (struct value){.type = VALUE_OCTETS, .octets = octets};
    case 2:
        return (struct value){.type = VALUE_COUNTER64, .number = UINT64_MAX};
    default:
        return (struct value){.type = VALUE_NONE};
    }
}

static void rows_give(struct profile_reading *r, size_t n,
                      const struct ask *ask, const uint8_t *data, size_t size)
{
    static const uint32_t index[] = {1, 4, 65, 66, 67, 4294967295u};
    struct value values[VALUES_MAX];
    size_t count = ask->count + ask->scalar_count;

    must(count > 0 && count <= VALUES_MAX);
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < count; i++)
            values[i] = value_of(data, size, i + k);
        profile_row(r, n,
                    &(struct row){.index = {index, ask->count > 0 ? k * 3 : 0},
                                  .values = values,
                                  .count = count});
    }
}

static void texts_must_be(const struct facts *f)
{
    must(f->identity.os[0] != '\0' && f->identity.hardware != NULL);
    for (size_t i = 0; i < f->sensors.count; i++)
        must(f->sensors.at[i].class[0] != '\0' &&
             f->sensors.at[i].descr != NULL && !isnan(f->sensors.at[i].value));
    for (size_t i = 0; i < f->processors.count; i++)
        must(f->processors.at[i].usage_percent >= 0 &&
             f->processors.at[i].usage_percent <= 100);
    for (size_t i = 0; i < f->mempools.count; i++)
        must(f->mempools.at[i].used_percent >= 0 &&
             f->mempools.at[i].used_percent <= 100);
}

static void profile_use(const struct profile *p, const uint8_t *data,
                        size_t size)
{
    struct profile_reading *r = profile_reading_new(p, true, true, false);
    struct facts *f = facts_new();
    struct ask ask;

    f->system.descr = arena_text_of(f->arena, data, size < 80 ? size : 80);
    for (size_t n = 0; n < ASKS_MAX && profile_ask(r, n, &ask); n++)
        rows_give(r, n, &ask, data, size);
    profile_finish(r, f);
    texts_must_be(f);
    profile_reading_free(r);
    facts_unref(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct profile_file file = {"fuzz.yaml", (const char *)data, size};
    const struct system_facts said = {.object_id = "1.3.6.1.4.1.9.1.1",
                                      .descr = "Cisco"};
    size_t heard = 0, faults = 0;
    struct profiles *set = profiles_of_files(&file, 1, hear, &heard, &faults);

    must(heard == faults);
    must(profiles_match(set, &said, NULL) != NULL ||
         profiles_find(set, "generic") == NULL);
    for (size_t i = 0; i < profiles_count(set); i++)
        profile_use(profiles_at(set, i), data, size);
    profiles_free(set);
    return 0;
}
