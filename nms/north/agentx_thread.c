#include "north/agentx_thread.h"

#include "base/crash.h"
#include "base/own.h"
#include "base/table.h"
#include "north/agent_admin.h"
#include "north/agent_answer.h"
#include "north/agent_device.h"
#include "north/agentx_link.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
    COUNTS_MS = 1000,      /* between tellings of how it does */
    WAIT_MS = 1000,        /* at most, for anything */
    STANDARD_REGIONS = 11, /* of the default context, besides our module */
    STATION_REGIONS = STANDARD_REGIONS + 1,
    OF_MASTER = 3,       /* from that one on the master has its own */
    CONTEXT_REGIONS = 2, /* of each device's */
    COMMITS_MAX = 16     /* that the loop has not answered yet */
};

/* A CommitSet that waits for the loop. */
struct commit {
    struct agentx_header header;
    size_t open; /* wishes without an answer; 0 = no commit */
    int error;
};

struct thread {
    struct agentx_work *work;
    struct agentx_link *link;
    struct agentx_host host;
    struct agent_view *view; /* NULL before the first */
    struct mib_set *tables;  /* of the enterprise */
    struct agent_devices *devices;
    struct oid_store root; /* of PORTOLAN-MIB */
    uint32_t enterprise, notify_seq;
    struct contexts ARRAY_OF(char *) contexts; /* to be registered; NULL: that
                                                  one is gone again */
    struct table *known;                       /* the same, to be found */
    uint64_t contexts_mark;
    struct wall zero;           /* of the master's sysUpTime */
    struct admin_wishes wishes; /* of the transaction under way */
    uint32_t transaction;
    struct commit commits[COMMITS_MAX];
    struct agentx_counts counts;
    struct mono counts_due;
    bool stop;
};

static void post(struct thread *t, const struct agentx_message *m)
{
    agentx_post_put(&t->work->out, m);
}

/* ---- what is registered ---- */

/* The standard modules that PORTOLAN-MIB goes with. */
static const struct oid standard[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 118), /* ALARM-MIB */
    OID_INIT(1, 3, 6, 1, 2, 1, 121), /* ITU-ALARM-MIB */
    OID_INIT(1, 3, 6, 1, 2, 1, 80),  /* DISMAN-PING-MIB */
    /* NOTIFICATION-LOG-MIB, as finely as Net-SNMP's master registers its own
       log: the better priority counts between equals alone */
    OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 1, 1, 0),
    OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 1, 2, 0),
    OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 1, 3),
    OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 2, 1, 0),
    OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 2, 2, 0),
    OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 2, 3),
    OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 3, 1),
    OID_INIT(1, 3, 6, 1, 2, 1, 92, 1, 3, 2),
};
_Static_assert(COUNT_OF(standard) == STANDARD_REGIONS, "each is registered");
static const struct oid of_devices[CONTEXT_REGIONS] = {
    OID_INIT(1, 3, 6, 1, 2, 1),    /* mib-2 */
    OID_INIT(1, 0, 8802, 1, 1, 2), /* LLDP-MIB */
};

/* Nothing before there is something to answer with. */
static bool region(void *arg, size_t n, struct agentx_region *out)
{
    const struct thread *t = arg;

    if (t->view == NULL)
        return false;
    if (n < STATION_REGIONS) {
        *out = (struct agentx_region){.context = "",
                                      .subtree = n == 0 ? oid_view(&t->root)
                                                        : standard[n - 1],
                                      .before_masters = n > OF_MASTER};
        return true;
    }
    n -= STATION_REGIONS;
    if (n / CONTEXT_REGIONS >= t->contexts.count)
        return false;
    *out =
        (struct agentx_region){.context = t->contexts.at[n / CONTEXT_REGIONS],
                               .subtree = of_devices[n % CONTEXT_REGIONS]};
    return true;
}

static void forget_contexts(struct thread *t)
{
    for (size_t i = 0; i < t->contexts.count; i++)
        free(t->contexts.at[i]);
    array_fini(&t->contexts);
    table_free(t->known);
    t->known = table_new();
    t->contexts_mark = 0;
}

/* Contexts of devices that went, or have another name. */
static void drop_contexts(struct thread *t)
{
    for (size_t i = 0; i < t->contexts.count; i++) {
        char *name = t->contexts.at[i];

        if (name == NULL ||
            agent_view_context(t->view, bytes_of_text(name)) != NULL)
            continue;
        for (size_t k = 0; k < CONTEXT_REGIONS; k++)
            agentx_link_withdraw(t->link,
                                 STATION_REGIONS + i * CONTEXT_REGIONS + k);
        (void)table_remove(t->known, bytes_of_text(name));
        free(name);
        t->contexts.at[i] = NULL;
    }
}

static void learn_contexts(struct thread *t)
{
    const struct agent_view *v = t->view;

    if (v->contexts_mark == t->contexts_mark)
        return;
    t->contexts_mark = v->contexts_mark;
    drop_contexts(t);
    for (size_t i = 0; i < v->contexts.count; i++) {
        const char *name = v->contexts.at[i].name;

        if (table_count(t->known) >= t->work->contexts ||
            table_find_text(t->known, name) != NULL)
            continue;
        char *own = mem_text(name);
        *array_add(&t->contexts) = own;
        (void)table_put_text(t->known, own, own);
    }
}

/* ---- answering ---- */

static struct agent_scene scene_of(struct thread *t)
{
    enum { TICK_MS = 10 };
    struct agentx_link_stats stats;
    struct wall now = wall_now();

    agentx_link_stats(t->link, &stats);
    int64_t since_ms = mono_ms_between(stats.uptime_at, mono_now());
    uint32_t uptime_cs = stats.uptime_cs + (uint32_t)(since_ms / TICK_MS);
    t->zero = agent_zero(now, uptime_cs, t->zero);
    return (struct agent_scene){.view = t->view,
                                .now = now,
                                .uptime_cs = uptime_cs,
                                .zero = t->zero,
                                .notify_seq = t->notify_seq,
                                .contexts = t->known,
                                .enterprise = t->enterprise};
}

static void answer(struct thread *t, const struct agentx_header *h,
                   struct bytes context, struct agentx_reader *r,
                   struct buffer *out)
{
    struct agent_scene scene = scene_of(t);

    if (context.len == 0) {
        agent_answer(t->tables, &scene, h, r, out);
        return;
    }
    const struct device_record *d = agent_view_context(t->view, context);
    const struct object_row *o =
        d != NULL ? agent_view_object(t->view, d->object) : NULL;
    const struct device_scene *device =
        d != NULL ? agent_devices_open(t->devices, d, t->enterprise,
                                       o != NULL ? o->worst : SEVERITY_CLEARED)
                  : NULL;
    agent_answer(device != NULL ? agent_devices_tables(t->devices) : NULL,
                 device, h, r, out);
}

/* ---- writing ---- */

static void test_set(struct thread *t, const struct agentx_header *h,
                     struct bytes context, struct agentx_reader *r,
                     struct buffer *out)
{
    struct agent_scene scene = scene_of(t);
    uint16_t index = 1, error = AGENTX_NOT_WRITABLE;

    t->wishes.count = 0;
    t->transaction = h->transaction;
    if (t->work->writable && context.len == 0)
        error = admin_test(&scene, r, &t->wishes, &index);
    if (error != AGENTX_NO_ERROR)
        t->wishes.count = 0;
    agent_refuse(h, error, index, out);
}

static struct commit *free_commit(struct thread *t)
{
    for (size_t i = 0; i < COMMITS_MAX; i++)
        if (t->commits[i].open == 0)
            return &t->commits[i];
    return NULL;
}

/* The loop does it; the master is answered when it did. */
static void commit_set(struct thread *t, const struct agentx_header *h,
                       struct buffer *out)
{
    struct commit *c = free_commit(t);

    if (c == NULL || t->wishes.count == 0 || t->transaction != h->transaction) {
        agent_refuse(h, AGENTX_COMMIT_FAILED, 1, out);
        return;
    }
    *c = (struct commit){.header = *h, .open = t->wishes.count};
    for (size_t i = 0; i < t->wishes.count; i++) {
        const struct agentx_message m = {.verb = POST_WISH,
                                         .id = (uint64_t)(c - t->commits),
                                         .wish = t->wishes.at[i]};

        post(t, &m);
    }
    t->wishes.count = 0;
}

static void on_done(struct thread *t, const struct agentx_message *m)
{
    struct commit *c = &t->commits[m->id];

    if (m->error < 0)
        c->error = m->error;
    if (c->open == 0 || --c->open > 0)
        return;
    if (c->error < 0)
        agentx_link_answer(t->link, &c->header, AGENTX_COMMIT_FAILED, 1);
    else
        agentx_link_answer(t->link, &c->header, AGENTX_NO_ERROR, 0);
}

/* ---- what the link tells ---- */

/* By the processor's time: what others do on the machine is not our share. */
static void count_answer(struct thread *t, int64_t began_ns)
{
    const double ns_per_ms = 1e6;
    double ms = (double)(thread_ns() - began_ns) / ns_per_ms;

    t->counts.requests++;
    t->counts.answer_ms_sum += ms;
    if (ms > t->counts.answer_ms_max)
        t->counts.answer_ms_max = ms;
}

static void on_request(void *arg, const struct agentx_header *h,
                       struct bytes context, struct agentx_reader *r,
                       struct buffer *out)
{
    int64_t began_ns = thread_ns();
    struct thread *t = arg;

    if (t->view == NULL)
        agent_refuse(h, AGENTX_GEN_ERROR, 0, out);
    else if (h->type == AGENTX_TEST_SET)
        test_set(t, h, context, r, out);
    else if (h->type == AGENTX_COMMIT_SET)
        commit_set(t, h, out);
    else if (h->type == AGENTX_UNDO_SET)
        agent_refuse(h, AGENTX_UNDO_FAILED, 1, out);
    else if (h->type == AGENTX_CLEANUP_SET) /* has no response */
        t->wishes.count = 0;
    else
        answer(t, h, context, r, out);
    count_answer(t, began_ns);
}

static void on_told(void *arg, uint64_t id, int error)
{
    const struct agentx_message m = {
        .verb = POST_TOLD, .id = id, .error = error};

    post(arg, &m);
}

static void on_master(void *arg, bool here, const char *why)
{
    const struct agentx_message m = {
        .verb = POST_MASTER, .number = here, .text = why};
    struct thread *t = arg;

    if (!here) { /* what is served when it returns is to be new */
        agent_view_unref(TAKE(t->view));
        forget_contexts(t);
        memset(t->commits, 0, sizeof t->commits);
    }
    post(t, &m);
}

/* ---- what the loop posts ---- */

static void use_enterprise(struct thread *t, uint32_t enterprise)
{
    if (t->enterprise == enterprise)
        return;
    bool renew = t->enterprise != 0;
    t->enterprise = enterprise;
    mib_set_free(t->tables);
    t->tables = agent_station_set(enterprise);
    oid_copy(&t->root, OID(1, 3, 6, 1, 4, 1, enterprise, 1));
    if (renew)
        agentx_link_renew(t->link, mono_now(),
                          "PORTOLAN-MIB has another number");
}

static void take_view(struct thread *t, struct agent_view *view)
{
    struct agentx_link_stats stats;

    use_enterprise(t, view->snapshot->station.enterprise);
    agentx_link_stats(t->link, &stats);
    if (!stats.here) { /* it came too late: a new one is asked for */
        agent_view_unref(view);
        return;
    }
    agent_view_unref(t->view);
    t->view = view;
    learn_contexts(t);
    agentx_link_more(t->link);
}

static void send_notice(struct thread *t, struct agentx_message *m)
{
    struct agentx_notice *n = m->notice;
    int rc = agentx_link_notify(t->link, m->id, oid_view(&n->trap), n->varbinds,
                                n->count);

    agentx_notice_free(TAKE(m->notice));
    if (rc < 0)
        on_told(t, m->id, -1);
}

static void take_posts(struct thread *t)
{
    struct agentx_messages m = agentx_post_take(&t->work->in);

    for (size_t i = 0; i < m.count; i++) {
        struct agentx_message *at = &m.at[i];

        if (at->verb == POST_VIEW)
            take_view(t, TAKE(at->view));
        else if (at->verb == POST_NOTICE)
            send_notice(t, at);
        else if (at->verb == POST_DONE)
            on_done(t, at);
        else if (at->verb == POST_SEQ)
            t->notify_seq = (uint32_t)at->number;
        else if (at->verb == POST_STOP)
            t->stop = true;
    }
    agentx_messages_drop(&m);
}

/* ---- its life ---- */

static void tell_counts(struct thread *t, struct mono now)
{
    struct agentx_link_stats stats;

    if (!mono_reached(now, t->counts_due))
        return;
    t->counts_due = mono_after_ms(now, COUNTS_MS);
    agentx_link_stats(t->link, &stats);
    t->counts.here = stats.here;
    t->counts.why = stats.why;
    t->counts.regions = (uint32_t)stats.registered;
    t->counts.refused = (uint32_t)stats.refused;
    t->counts.sessions = stats.sessions;
    t->counts.contexts =
        stats.registered > STATION_REGIONS
            ? (uint32_t)(stats.registered - STATION_REGIONS) / CONTEXT_REGIONS
            : 0;
    const struct agentx_message m = {.verb = POST_COUNTS, .counts = t->counts};
    post(t, &m);
}

static void wait_for_news(const struct thread *t, struct mono now)
{
    int64_t ms = mono_ms_between(now, agentx_link_due(t->link)) + 1;
    struct pollfd fds[] = {
        {.fd = t->work->in.fd, .events = POLLIN},
        {.fd = agentx_link_fd(t->link),
         .events = (short)((agentx_link_wants_read(t->link) ? POLLIN : 0) |
                           (agentx_link_wants_write(t->link) ? POLLOUT : 0))}};

    if (ms < 0)
        ms = 0;
    (void)poll(fds, COUNT_OF(fds), ms < WAIT_MS ? (int)ms : WAIT_MS);
}

void *agentx_thread(void *arg)
{
    struct thread t = {.work = arg};
    struct crash_stack stack;

    crash_watch_thread(&stack);
    t.host = (struct agentx_host){.on_request = on_request,
                                  .region = region,
                                  .on_told = on_told,
                                  .on_master = on_master,
                                  .arg = &t};
    t.link = agentx_link_new(t.work->master, &t.host);
    t.devices = agent_devices_new();
    t.known = table_new();
    while (!t.stop) {
        wait_for_news(&t, mono_now());
        take_posts(&t);
        agentx_link_turn(t.link, mono_now());
        tell_counts(&t, mono_now());
    }
    agentx_link_free(t.link);
    agent_devices_free(t.devices);
    forget_contexts(&t);
    table_free(t.known);
    mib_set_free(t.tables);
    agent_view_unref(t.view);
    return NULL;
}
