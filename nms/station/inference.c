#include "station/inference.h"

#include "base/table.h"
#include "mibs/facts_pack.h"
#include "station/card.h"
#include "station/chronicle.h"
#include "station/news.h"
#include "station/vantage.h"
#include "station/worker.h"
#include "topology/dominators.h"
#include "topology/life.h"

#include <malloc.h>
#include <stdlib.h>

struct inference {
    inferred_fn done;
    void *arg;
    struct worker *worker;
    bool running;
};

/* What the thread works on, and what comes of it. */
struct task {
    struct inference *inference;
    struct snapshot *of;     /* until it was read */
    struct inferred *before; /* may be NULL */
    struct life_look *looks;
    struct device_record **records; /* of the devices */
    size_t count;
    struct addr *seeds;
    size_t seed_count;
    uint64_t round;
    bool under_way;
    struct topo_traffics traffic;
    struct inferred *result;
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
    for (size_t n = 0; i->cards != NULL && n < i->input.count; n++)
        card_unref(i->cards[n]);
    survey_free(i->survey);
    topology_unref(i->topology);
    past_free(i->rows);
    array_fini(&i->news);
    cabling_fini(&i->cabling);
    free(i->above);
    table_free(i->nodes);
    arena_free(i->arena);
    free(i);
}

struct inferred *inferred_empty(struct wall at)
{
    struct inferred *i = mem_new(struct inferred);

    i->refs = 1;
    i->arena = arena_new();
    i->nodes = table_new();
    i->at = at;
    i->root = UINT32_MAX;
    return i;
}

uint32_t inferred_node(const struct inferred *i, const struct ident *id)
{
    const struct topo_device *d = table_find(i->nodes, ident_key(id));

    return d != NULL ? (uint32_t)(d - i->input.devices) : UINT32_MAX;
}

/* What topology needs of a snapshot. */
static struct inferred *inferred_new(const struct snapshot *of,
                                     struct life_look *looks)
{
    struct inferred *result = inferred_empty(of->at);
    size_t count = of->device_count;

    struct topo_device *devices =
        arena_zero(result->arena, (count + 1) * sizeof *devices);
    result->cards =
        arena_zero(result->arena, (count + 1) * sizeof(struct card *));
    for (size_t i = 0; i < count; i++) {
        const struct device_record *d = of->devices[i];

        result->cards[i] = card_ref(d->card);
        devices[i] = (struct topo_device){
            .id = d->id,
            .name = d->name,
            .facts = facts_ref(d->facts),
            .addrs = d->addrs,
            .addr_count = d->addr_count,
            .kind = d->kind,
            .station = d->station,
        };
        looks[i] = (struct life_look){
            .at = d->collected_at,
            .tells = d->station || d->credential[0] != '\0',
            .silent = d->reach == REACH_DOWN,
        };
        (void)table_put(result->nodes, ident_key(&devices[i].id), &devices[i]);
    }
    result->input = (struct topo_input){.devices = devices, .count = count};
    return result;
}

/* The ports of a device of which polling tells otherwise than its facts do,
 * which are older. */
static void note_turned(const struct device_record *d,
                        const struct facts *facts, size_t device,
                        struct keymap *turned)
{
    for (size_t i = 0; i < d->port_count; i++) {
        const struct port_record *p = &d->ports[i];
        const struct interface *told = p->at.ms > d->collected_at.ms
                                           ? facts_interface(facts, p->if_index)
                                           : NULL;
        bool down = if_is_down(p->admin_status, p->oper_status);

        if (told != NULL &&
            down != if_is_down(told->admin_status, told->oper_status))
            keymap_set(turned, life_port_key(device, p->if_index), down);
    }
}

static const struct topology *topology_before(const struct task *t)
{
    return t->before != NULL ? t->before->topology : NULL;
}

/* Facts are open while they are looked at, and not longer. */
static void infer(const struct task *t, struct inferred *job)
{
    struct topo_device *open = mem_array(job->input.count + 1, sizeof *open);
    const struct topo_input input = {.devices = open,
                                     .count = job->input.count,
                                     .traffic = t->traffic.at,
                                     .traffic_count = t->traffic.count};
    struct keymap turned = {0};
    const struct life_moment moment = {.input = &input,
                                       .looks = t->looks,
                                       .turned = &turned,
                                       .round = job->round,
                                       .under_way = t->under_way,
                                       .now = job->at};

    for (size_t i = 0; i < job->input.count; i++) {
        open[i] = job->input.devices[i];
        open[i].facts = facts_open(open[i].facts);
        note_turned(t->records[i], open[i].facts, i, &turned);
    }
    job->topology = topology_infer(&input);
    life_continue(job->topology, topology_before(t), &moment);
    job->root = vantage_node(job->topology, &input, t->seeds, t->seed_count);
    if (job->root != UINT32_MAX)
        job->above = topology_dominators(job->topology, job->root);
    job->survey = survey_new(&input, job->topology);
    cabling_look(&job->cabling, job->topology, open, input.count, job->arena);
    for (size_t i = 0; i < job->input.count; i++)
        facts_unref((struct facts *)open[i].facts); /* our reference */
    keymap_fini(&turned);
    free(open);
}

/* What is other than before: to be kept and told. */
static void compare(const struct task *t, struct inferred *job)
{
    struct topo_changes changes = {0};

    topology_diff(topology_before(t), job->topology, &changes);
    job->rows = chronicle_rows(&changes, job);
    chronicle_survey_rows(t->before, job, &job->rows);
    news_write(&changes, topology_before(t), t->under_way, job);
    array_fini(&changes);
}

static void task_clear(struct task *t)
{
    snapshot_unref(TAKE(t->of));
    inferred_unref(TAKE(t->before));
    for (size_t i = 0; i < t->count; i++)
        device_record_unref(t->records[i]);
    t->count = 0;
    free(TAKE(t->records));
    free(TAKE(t->looks));
    free(TAKE(t->seeds));
    array_fini(&t->traffic);
}

/* In the thread. The snapshot is let go first: while somebody reads it, what is
 * published instead takes memory of its own. */
static void infer_work(void *arg)
{
    struct task *t = arg;

    t->looks = mem_array(t->of->device_count + 1, sizeof *t->looks);
    t->result = inferred_new(t->of, t->looks);
    t->count = t->of->device_count;
    t->records = mem_array(t->count + 1, sizeof(struct device_record *));
    for (size_t i = 0; i < t->count; i++)
        t->records[i] = device_record_ref(t->of->devices[i]);
    t->result->round = t->round;
    snapshot_unref(TAKE(t->of));
    infer(t, t->result);
    compare(t, t->result);
    task_clear(t);
    (void)malloc_trim(0); /* of what it took, little is kept */
}

static void on_inferred(void *arg, bool worked)
{
    struct task *t = arg;
    struct inference *i = t->inference;

    i->running = false;
    if (worked && i->done != NULL)
        i->done(i->arg, TAKE(t->result));
    inferred_unref(t->result);
    task_clear(t);
    free(t);
}

struct inference *inference_new(struct event_base *base, inferred_fn done,
                                void *arg)
{
    struct inference *i = mem_new(struct inference);

    i->done = done;
    i->arg = arg;
    i->worker = worker_new(base);
    return i;
}

void inference_free(struct inference *i)
{
    if (i == NULL)
        return;
    i->done = NULL; /* who wanted to know is ending */
    worker_free(i->worker);
    free(i);
}

void inference_request(struct inference *i, const struct snapshot *of,
                       const struct inference_past *past)
{
    struct task *t = mem_new(struct task);

    t->inference = i;
    t->of = snapshot_ref(of);
    t->before = past->before != NULL ? inferred_ref(past->before) : NULL;
    t->round = past->round;
    t->under_way = past->under_way;
    t->seed_count = past->seed_count;
    t->seeds = mem_array(past->seed_count + 1, sizeof *t->seeds);
    for (size_t n = 0; n < past->seed_count; n++)
        t->seeds[n] = past->seeds[n];
    if (past->flows != NULL)
        flows_verdicts(past->flows, &t->traffic);
    i->running = true;
    worker_do(i->worker, infer_work, on_inferred, t);
}

bool inference_busy(const struct inference *i)
{
    return i->running;
}

static void discard_work(void *arg)
{
    inferred_unref(arg);
}

static void on_discarded(void *arg, bool worked)
{
    if (!worked)
        inferred_unref(arg);
}

void inference_discard(struct inference *i, struct inferred *result)
{
    if (result != NULL)
        worker_do(i->worker, discard_work, on_discarded, result);
}
