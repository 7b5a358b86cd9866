/* agent.h - an agent that says what a test wrote down, asked by a collector. */
#ifndef TESTS_AGENT_H
#define TESTS_AGENT_H

#include "mibs/collector.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One variable. type: i INTEGER, g Gauge32, c Counter64, t TimeTicks, s text,
 * x octets as hexadecimal digits, o OBJECT IDENTIFIER, a IpAddress. */
struct said {
    const char *oid;
    char type;
    const char *value;
};

/* How many variables a list holds that may end before its room does. */
static inline size_t count_said(const struct said *said, size_t room)
{
    size_t count = 0;

    while (count < room && said[count].oid != NULL)
        count++;
    return count;
}

struct variable {
    struct oid_store name, oid;
    uint8_t octets[512];
    struct value value;
};

struct agent {
    struct variable *at;
    size_t count;
    const char *context; /* what it says only there; NULL = everywhere */
};

static inline size_t agent_hex(const char *digits, uint8_t *out)
{
    size_t len = 0;

    for (; digits[0] != '\0' && digits[1] != '\0'; digits += 2) {
        char two[3] = {digits[0], digits[1], '\0'};
        out[len++] = (uint8_t)strtoul(two, NULL, 16);
    }
    return len;
}

static inline void agent_learn(struct variable *v, const struct said *s)
{
    struct addr a;
    size_t len;

    assert(oid_parse(s->oid, &v->name) == 0);
    switch (s->type) {
    case 'i':
        v->value.type = VALUE_INTEGER;
        v->value.integer = strtoll(s->value, NULL, 10);
        return;
    case 'g':
    case 'c':
    case 't':
        v->value.type = s->type == 'g'   ? VALUE_GAUGE32
                        : s->type == 'c' ? VALUE_COUNTER64
                                         : VALUE_TICKS;
        v->value.number = strtoull(s->value, NULL, 10);
        return;
    case 'o':
        assert(oid_parse(s->value, &v->oid) == 0);
        v->value.type = VALUE_OID;
        v->value.oid = oid_view(&v->oid);
        return;
    case 'a':
        assert(addr_parse(s->value, &a) == 0);
        v->value.type = VALUE_IP;
        v->value.octets = addr_octets(&a);
        memcpy(v->octets, v->value.octets.at, v->value.octets.len);
        v->value.octets.at = v->octets;
        return;
    default:
        v->value.type = VALUE_OCTETS;
        len =
            s->type == 'x' ? agent_hex(s->value, v->octets) : strlen(s->value);
        if (s->type != 'x')
            memcpy(v->octets, s->value, len);
        v->value.octets = (struct bytes){v->octets, len};
    }
}

static inline struct agent agent_of(const struct said *said, size_t count)
{
    struct agent a = {.at = mem_array(count, sizeof *a.at), .count = count};

    for (size_t i = 0; i < count; i++)
        agent_learn(&a.at[i], &said[i]);
    return a;
}

static inline void agent_forget_all(struct agent *a)
{
    free(a->at);
}

/* The variable at column and index, NULL if there is none. */
static inline const struct variable *
agent_find(const struct agent *a, struct oid column, struct oid index)
{
    for (size_t i = 0; i < a->count; i++) {
        struct oid name = oid_view(&a->at[i].name);

        if (oid_begins(name, column) &&
            oid_equal(oid_tail(name, column.len), index))
            return &a->at[i];
    }
    return NULL;
}

/* Any variable below a beginning; NULL if there is none. */
static inline const struct variable *agent_below(const struct agent *a,
                                                 struct oid begin)
{
    for (size_t i = 0; i < a->count; i++)
        if (oid_begins(oid_view(&a->at[i].name), begin) &&
            a->at[i].name.len > begin.len)
            return &a->at[i];
    return NULL;
}

static inline void agent_say(const struct agent *a, struct collector *c,
                             const struct ask *ask, unsigned id,
                             struct oid index)
{
    static const struct stamp stamp = {.has_uptime = false};
    const struct oid *columns = ask->count > 0 ? ask->columns : ask->scalars;
    size_t count = ask->count > 0 ? ask->count : ask->scalar_count;
    struct value *values = mem_array(count, sizeof *values);

    for (size_t i = 0; i < count; i++) {
        const struct variable *v = ask->below
                                       ? agent_below(a, columns[i])
                                       : agent_find(a, columns[i], index);

        values[i].type = VALUE_NO_INSTANCE;
        if (v != NULL)
            values[i] = v->value;
        else if (ask->count > 0)
            values[i].type = VALUE_NONE;
    }
    const struct row row = {index, values, count, &stamp, NULL};
    collector_row(c, id, &row);
    free(values);
}

/* True if variable i is the first of its row in the columns of ask. */
static inline bool agent_is_first(const struct agent *a, const struct ask *ask,
                                  size_t i, struct oid *index)
{
    for (size_t k = 0; k < ask->count; k++) {
        struct oid name = oid_view(&a->at[i].name);

        if (!oid_begins(name, ask->columns[k]))
            continue;
        *index = oid_tail(name, ask->columns[k].len);
        for (size_t m = 0; m < ask->count; m++) {
            const struct variable *v = agent_find(a, ask->columns[m], *index);
            if (v != NULL && v < &a->at[i])
                return false;
        }
        return true;
    }
    return false;
}

static inline void agent_answer(const struct agent *a, struct collector *c,
                                const struct ask *ask, unsigned id)
{
    struct oid index;

    if (ask->scalar_count > 0) {
        agent_say(a, c, ask, id, (struct oid){0});
        return;
    }
    for (size_t i = 0; i < a->count; i++)
        if (agent_is_first(a, ask, i, &index))
            agent_say(a, c, ask, id, index);
}

/* Everything that a collector makes of an agent. */
static inline struct facts *facts_of_agent(const struct said *said,
                                           size_t count)
{
    struct agent a = agent_of(said, count);
    struct collector *c = collector_new(NULL, COLLECT_ALL, NULL);
    struct facts *f;
    struct ask ask;
    unsigned id;

    while (collector_next(c, &ask, &id)) {
        agent_answer(&a, c, &ask, id);
        collector_end(c, id, 0);
    }
    assert(collector_done(c));
    f = collector_take(c);
    collector_free(c);
    agent_forget_all(&a);
    return f;
}

#define FACTS_OF(said) facts_of_agent((said), COUNT_OF(said))

#endif
