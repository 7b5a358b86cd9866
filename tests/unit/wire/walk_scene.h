/* walk_scene.h - a table of one agent and what a walk of it yields, for tests
 * of the walker. */
#ifndef TESTS_WALK_SCENE_H
#define TESTS_WALK_SCENE_H

#include "fake_agent.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATIENCE_S = 20, ROWS_SEEN = 3000, COLUMNS_SEEN = 32 };

static const uint32_t timeout_ms = 30;

static char public[] = "public";
static const struct credential v1 = {.version = SNMP_V1, .community = public};
static const struct credential v2c = {.version = SNMP_V2C, .community = public};

/* What the walk yielded: numbers, -1 for a hole, -2 for an exception. */
struct seen {
    char index[OID_TEXT_MAX > 40 ? 40 : OID_TEXT_MAX];
    int64_t values[COLUMNS_SEEN];
    bool has_uptime;
    int64_t boots, engine_s; /* -1: not told */
};

struct scene {
    struct event_base *base;
    struct engine *engine;
    struct fake_agent *fake;
    struct agent *agent;
    struct walk *walk;
    struct seen rows[ROWS_SEEN];
    size_t count, cancel_at;
    bool ended;
    int result;
    char text[64];  /* of the first value of octets */
    unsigned texts; /* values of octets that equal it */
};

static inline struct scene *scene_new(const struct credential *credential)
{
    const struct engine_options options = {.timeout_ms = timeout_ms,
                                           .retries = 2};
    struct scene *s = mem_new(struct scene);
    struct addr loopback = addr_v4((const uint8_t[]){127, 0, 0, 1});

    s->base = event_base_new();
    s->engine = engine_new(s->base, &options);
    assert_non_null(s->engine);
    s->fake = fake_new(s->base);
    s->agent = agent_new(s->engine, &loopback, s->fake->port, credential);
    fake_serve(s->fake, "1.3.6.1.2.1.1.3.0",
               (struct value){.type = VALUE_TICKS, .number = 4711});
    return s;
}

static inline void scene_free(struct scene *s)
{
    agent_free(s->agent);
    fake_free(s->fake);
    engine_free(s->engine);
    event_base_free(s->base);
    free(s);
}

static inline int64_t number_of(struct scene *s, const struct value *v)
{
    if (v->type == VALUE_OCTETS) {
        if (s->texts == 0)
            snprintf(s->text, sizeof s->text, "%.*s", (int)v->octets.len,
                     (const char *)v->octets.at);
        s->texts += bytes_equal(v->octets, bytes_of_text(s->text));
    }
    if (v->type == VALUE_NONE)
        return -1;
    return value_exists(v) ? value_integer(v, 0) : -2;
}

static inline void on_row(void *arg, const struct row *row)
{
    struct scene *s = arg;
    struct seen *seen = &s->rows[s->count];

    assert_true(s->count < ROWS_SEEN);
    assert_true(row->count <= COLUMNS_SEEN);
    assert_true(row->stamp->received.ns >= row->stamp->sent.ns);
    oid_format(row->index, seen->index, sizeof seen->index);
    for (size_t i = 0; i < row->count; i++)
        seen->values[i] = number_of(s, &row->values[i]);
    seen->has_uptime = row->stamp->has_uptime && row->stamp->uptime_cs == 4711;
    seen->boots = seen->engine_s = -1;
    if (row->stamp->has_boots) {
        seen->boots = row->stamp->boots;
        seen->engine_s = row->stamp->engine_s;
    }
    if (++s->count == s->cancel_at) {
        walk_cancel(s->walk);
        event_base_loopbreak(s->base);
    }
}

static inline void on_end(void *arg, int result)
{
    struct scene *s = arg;

    assert_false(s->ended);
    s->ended = true;
    s->result = result;
    event_base_loopbreak(s->base);
}

static inline void walk(struct scene *s, const struct ask *ask)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};

    s->count = 0;
    s->ended = false;
    s->walk = walk_start(s->agent, ask, on_row, on_end, s);
    assert_false(s->ended || s->count > 0); /* not from within */
    event_base_loopexit(s->base, &patience);
    event_base_dispatch(s->base);
    assert_true(s->ended || s->cancel_at > 0);
}

/* ---- tables -------------------------------------------------------------- */

/* Column n of the table that all walk: 1.3.6.1.2.1.2.2.1.N */
static const struct oid columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 1),
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 2),
    OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 3),
};

static inline struct ask ask_for(const struct oid *oids, size_t count)
{
    return (struct ask){.name = "ifTable", .columns = oids, .count = count};
}

/* Serves column n with rows, in the order given. The value of column n at
 * index i is n * 1000000 + i. */
static inline void serve(struct scene *s, unsigned column, const unsigned *rows,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[64];

        snprintf(name, sizeof name, "1.3.6.1.2.1.2.2.1.%u.%u", column, rows[i]);
        fake_serve(s->fake, name, fake_counter(column * 1000000U + rows[i]));
    }
}

static inline void serve_range(struct scene *s, unsigned column, unsigned first,
                               unsigned last, unsigned step)
{
    for (unsigned row = first; row <= last; row += step)
        serve(s, column, &row, 1);
}

/* What follows the table, so that leaving a column is seen as such. */
static inline void serve_end(struct scene *s)
{
    fake_serve(s->fake, "1.3.6.1.2.1.31.1.1.1.1.1", fake_text("lo"));
}

static inline void assert_row(const struct scene *s, size_t i,
                              const char *index, int64_t a, int64_t b,
                              int64_t c)
{
    assert_true(i < s->count);
    assert_string_equal(s->rows[i].index, index);
    assert_int_equal(s->rows[i].values[0], a);
    assert_int_equal(s->rows[i].values[1], b);
    assert_int_equal(s->rows[i].values[2], c);
}

/* Rows first..last, complete, in order. */
static inline void assert_range(const struct scene *s, unsigned first,
                                unsigned last)
{
    assert_int_equal(s->result, 0);
    assert_int_equal(s->count, last - first + 1);
    for (unsigned row = first; row <= last; row++) {
        char index[16];

        snprintf(index, sizeof index, "%u", row);
        assert_row(s, row - first, index, 1000000 + row, 2000000 + row,
                   3000000 + row);
    }
}

static inline struct scene *
scene_with_table(const struct credential *credential, unsigned rows)
{
    struct scene *s = scene_new(credential);

    for (unsigned column = 1; column <= 3; column++)
        serve_range(s, column, 1, rows, 1);
    serve_end(s);
    return s;
}

static const struct ask three = {
    .name = "ifTable", .columns = columns, .count = 3, .with_uptime = true};

#endif
