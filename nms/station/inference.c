#include "station/inference.h"

#include "base/table.h"
#include "mibs/facts_pack.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/eventfd.h>

#include <event2/event.h>

struct inference {
    inferred_fn done;
    void *arg;
    struct event *finished;
    int wake; /* eventfd: the thread has ended its work */
    pthread_t thread;
    struct inferred *job;          /* the thread's, while running */
    const struct inventory *again; /* asked for meanwhile */
    bool running;
};

struct inferred *inferred_ref(const struct inferred *i)
{
    struct inferred *shared = (struct inferred *)i;

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void inferred_unref(struct inferred *i)
{
    if (i == NULL || __atomic_sub_fetch(&i->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t n = 0; n < i->input.count; n++)
        facts_unref((struct facts *)i->input.devices[n].facts);
    topology_unref(i->topology);
    table_free(i->nodes);
    arena_free(i->arena);
    free(i);
}

uint32_t inferred_node(const struct inferred *i, const struct ident *id)
{
    const struct topo_device *d = table_find(i->nodes, ident_key(id));

    return d != NULL ? (uint32_t)(d - i->input.devices) : UINT32_MAX;
}

/* A copy of what topology needs of the inventory. */
static struct inferred *job_new(const struct inventory *inv)
{
    struct inferred *job = mem_new(struct inferred);
    size_t count = inventory_count(inv);

    job->refs = 1;
    job->arena = arena_new();
    job->nodes = table_new();
    job->at = wall_now();
    struct topo_device *devices =
        arena_zero(job->arena, (count + 1) * sizeof *devices);
    for (size_t i = 0; i < count; i++) {
        const struct device *d = inventory_at(inv, i);
        struct bytes addrs = {(const uint8_t *)d->addrs.at,
                              d->addrs.count * sizeof d->addrs.at[0]};

        devices[i] = (struct topo_device){
            .id = d->id,
            .name = arena_text(job->arena, d->name),
            .facts = facts_ref(d->facts),
            .addr_count = d->addrs.count,
            .kind = d->kind,
            .station = d->station,
        };
        struct addr *copy = arena_zero(job->arena, addrs.len + 1);
        for (size_t n = 0; n < d->addrs.count; n++)
            copy[n] = d->addrs.at[n];
        devices[i].addrs = copy;
        (void)table_put(job->nodes, ident_key(&devices[i].id), &devices[i]);
    }
    job->input = (struct topo_input){devices, count};
    return job;
}

/* Facts are open while they are looked at, and not longer. */
static void infer(struct inferred *job)
{
    struct topo_device *open = mem_array(job->input.count + 1, sizeof *open);

    for (size_t i = 0; i < job->input.count; i++) {
        open[i] = job->input.devices[i];
        open[i].facts = facts_open(open[i].facts);
    }
    job->topology =
        topology_infer(&(struct topo_input){open, job->input.count});
    for (size_t i = 0; i < job->input.count; i++)
        facts_unref((struct facts *)open[i].facts); /* our reference */
    free(open);
}

static void *work(void *arg)
{
    struct inference *i = arg;
    uint64_t one = 1;

    infer(i->job);
    (void)malloc_trim(0); /* of what it took, little is kept */
    while (write(i->wake, &one, sizeof one) < 0 && errno == EINTR)
        ;
    return NULL;
}

static void start(struct inference *i, const struct inventory *inv)
{
    i->job = job_new(inv);
    i->running = true;
    if (pthread_create(&i->thread, NULL, work, i) == 0)
        return;
    /* No thread to be had: do it here, late rather than never. */
    infer(i->job);
    i->running = false;
    i->done(i->arg, TAKE(i->job));
}

static void on_finished(evutil_socket_t fd, short what, void *arg)
{
    struct inference *i = arg;
    const struct inventory *again = i->again;
    uint64_t count;

    (void)what;
    if (read(fd, &count, sizeof count) < 0)
        return;
    pthread_join(i->thread, NULL);
    i->running = false;
    i->again = NULL;
    struct inferred *result = TAKE(i->job);
    if (again != NULL)
        start(i, again);
    i->done(i->arg, result);
}

struct inference *inference_new(struct event_base *base, inferred_fn done,
                                void *arg)
{
    struct inference *i = mem_new(struct inference);

    i->done = done;
    i->arg = arg;
    i->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    i->finished =
        event_new(base, i->wake, EV_READ | EV_PERSIST, on_finished, i);
    event_add(i->finished, NULL);
    return i;
}

void inference_free(struct inference *i)
{
    if (i == NULL)
        return;
    if (i->running)
        pthread_join(i->thread, NULL);
    inferred_unref(i->job);
    event_free(i->finished);
    close(i->wake);
    free(i);
}

void inference_request(struct inference *i, const struct inventory *inv)
{
    if (i->running)
        i->again = inv;
    else
        start(i, inv);
}

bool inference_busy(const struct inference *i)
{
    return i->running;
}
