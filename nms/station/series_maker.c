#include "station/series_maker.h"

#include "station/series_allowance.h"
#include "station/series_asker.h"
#include "station/series_blanks.h"
#include "station/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_MAX = 240 };
/* What takes long by the clock alone keeps the disk from others; what rrdcached
 * takes of its processor shows by the clock alone, and not all of that is it.
 */
enum { DISK_PART = 25, RRDCACHED_PART = 4 };

struct job {
    struct job *next;
    struct maker *m;
    struct layout layout;
    struct maker_orders orders;
    maker_fn done;
    void *arg;
    size_t at; /* the order that rrdcached has */
    uint64_t made, tried;
    int64_t cost_ns; /* as of series_allowance.h */
    struct mono asked;
    char why[WHY_MAX];
};

struct maker {
    struct blanks *blanks; /* the worker's; NULL: rrdcached makes files */
    struct worker *worker;
    struct asker *asker;
    struct job *first, **last; /* for rrdcached; the first is under way */
    struct layout layout;
    struct allowance allowance;
    uint64_t made;
};

void maker_order(struct maker_orders *orders, struct bytes path,
                 enum series_group group, int64_t first_ms)
{
    struct maker_order *o = array_add(orders);

    o->path = mem_text_of(path.at, path.len);
    o->group = group;
    o->first_ms = first_ms;
}

static void note(struct job *j, const struct maker_order *o, const char *why)
{
    snprintf(j->why, sizeof j->why, "%.60s cannot be made: %.150s", o->path,
             why);
}

static void finish(struct job *j)
{
    struct maker *m = j->m;

    m->made += j->made;
    allowance_spend(&m->allowance, j->tried, j->cost_ns);
    j->done(j->arg, j->why);
    for (size_t i = 0; i < j->orders.count; i++)
        free(j->orders.at[i].path);
    array_fini(&j->orders);
    free(j);
}

/* ---- by the thread ---- */

static void make_files(void *arg)
{
    struct job *j = arg;
    struct mono began = mono_now();
    int64_t before_ns = thread_ns();

    for (size_t i = 0; i < j->orders.count; i++) {
        const struct maker_order *o = &j->orders.at[i];
        int rc = blanks_make(j->m->blanks, &j->layout, o->path, o->group,
                             o->first_ms);

        j->made += rc == 0;
        if (rc < 0 && rc != -EEXIST)
            note(j, o, strerror(-rc));
    }
    j->tried = j->orders.count;
    int64_t cpu_ns = thread_ns() - before_ns;
    int64_t disk_ns = (mono_now().ns - began.ns) / DISK_PART;
    j->cost_ns = cpu_ns > disk_ns ? cpu_ns : disk_ns;
}

static void on_files_made(void *arg, bool worked)
{
    struct job *j = arg;

    if (!worked)
        snprintf(j->why, sizeof j->why, "the station ends");
    finish(j);
}

/* ---- by rrdcached ---- */

static void ask(struct maker *m)
{
    struct buffer OWNED_BUFFER command = {0};
    struct job *j = m->first;

    if (j == NULL)
        return;
    const struct maker_order *o = &j->orders.at[j->at];
    cached_create(o->path, &j->layout, o->group, o->first_ms, &command);
    j->asked = mono_now();
    asker_ask(m->asker, command.at);
}

static struct job *take_first(struct maker *m)
{
    struct job *j = m->first;

    m->first = j->next;
    if (m->first == NULL)
        m->last = &m->first;
    return j;
}

static void on_line(void *arg, const char *line)
{
    (void)arg;
    (void)line;
}

static void on_answer(void *arg, int result, const char *words)
{
    struct maker *m = arg;
    struct job *j = m->first;
    bool exists =
        result == -EPROTO && cached_failure_of(words) == CACHED_EXISTS;

    j->made += result == 0;
    j->tried++;
    j->cost_ns += (mono_now().ns - j->asked.ns) / RRDCACHED_PART;
    if (result < 0 && !exists)
        note(j, &j->orders.at[j->at], words);
    j->at++;
    if (result < 0 && result != -EPROTO)
        j->at = j->orders.count; /* it is away */
    bool ends = j->at == j->orders.count;
    if (ends)
        (void)take_first(m);
    ask(m);
    if (ends)
        finish(j);
}

/* ---- what callers use ---- */

void maker_make(struct maker *m, struct maker_orders *orders, maker_fn done,
                void *arg)
{
    struct job *j = mem_new(struct job);
    bool idle = m->first == NULL;

    j->m = m;
    j->layout = m->layout;
    j->orders = *orders;
    *orders = (struct maker_orders){0};
    j->done = done;
    j->arg = arg;
    if (m->blanks != NULL) {
        worker_do(m->worker, make_files, on_files_made, j);
        return;
    }
    *m->last = j;
    m->last = &j->next;
    if (idle)
        ask(m);
}

uint64_t maker_allows(struct maker *m, uint64_t files)
{
    return allowance_files(&m->allowance, mono_now(), files);
}

void maker_lay_out(struct maker *m, const struct layout *layout)
{
    m->layout = *layout;
}

uint64_t maker_made(const struct maker *m)
{
    return m->made;
}

void maker_free(struct maker *m)
{
    if (m == NULL)
        return;
    worker_free(m->worker);
    asker_free(m->asker);
    while (m->first != NULL)
        finish(take_first(m));
    blanks_free(m->blanks);
    free(m);
}

struct maker *maker_new(struct event_base *base,
                        const struct maker_options *options)
{
    struct maker *m = mem_new(struct maker);
    struct asker_events answers = {on_line, on_answer, m};

    m->layout = *options->layout;
    m->last = &m->first;
    allowance_init(&m->allowance, mono_now());
    if (options->root != NULL) {
        m->blanks = blanks_new(options->root);
        m->worker = worker_new(base);
    } else {
        m->asker = asker_new(base, options->address, &answers);
    }
    return m;
}
