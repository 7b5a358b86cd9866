/* agentx - the subagent as it is, with many devices and alarms, and beside it a
 * bare one whose table is computed from the index alone: both of one master.
 *
 * usage: agentx MASTER [DEVICES [ALARMS]]   default 10000 100000
 *        agentx MASTER bare ALARMS   the bare one alone
 *
 * Says "ready" when both are served, and when all contexts are. Ends by
 * SIGTERM, and says what our share of the answers was.
 */
#include "base/mem.h"
#include "north/agent_answer.h"
#include "north/agent_view.h"
#include "north/agentx_link.h"
#include "north/agentx_thread.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEVICES = 10000, ALARMS = 100000, CONTEXTS = 2000, ENTERPRISE = 32473 };
enum { BARE_COLUMN = 8, INDEX_LEN = 14, PER_S = 20 };

static volatile sig_atomic_t stopped;

static void on_stop(int number)
{
    (void)number;
    stopped = 1;
}

/* ---- what there is to show ---- */

static struct device_record *device_of(size_t i, struct objects *objects)
{
    struct device_record *d = mem_new(struct device_record);
    struct addr *addr = mem_new(struct addr);
    const uint8_t octets[4] = {127, (uint8_t)(i >> 16), (uint8_t)(i >> 8),
                               (uint8_t)i};
    char name[32];

    (void)snprintf(name, sizeof name, "switch-%06zu", i);
    d->refs = 1;
    d->name = mem_text(name);
    d->id = ident_new();
    d->credential = "lab";
    d->why = "";
    d->reach = REACH_UP;
    d->since = wall_now();
    *addr = addr_v4(octets);
    d->addrs = addr;
    d->addr_count = 1;
    d->facts = facts_new();
    d->objects[SERIES_ICMP] = 1;
    d->poll.rtt_ms = 1;
    d->poll.loss_percent = 0;
    const struct object_ref ref = {
        .class = OBJECT_DEVICE, .device = d->id, .part = ""};
    d->object = objects_know(objects, &ref);
    return d;
}

static const struct alert_record *
alarm_of(size_t i, const struct device_record *d, int64_t from_ms)
{
    size_t types;
    struct alert_record *a = mem_new(struct alert_record);

    *a = (struct alert_record){
        .refs = 1,
        .index = (uint32_t)i + 1,
        .state = ALERT_ACTIVE,
        .severity = SEVERITY_MAJOR,
        .worst = SEVERITY_MAJOR,
        .type = &alert_types(&types)[0],
        .object = {.class = OBJECT_DEVICE, .device = d->id, .part = ""},
        .qualifier = "",
        .name = d->name,
        .device = d->name,
        .text = "it does not answer",
        .rule = "",
        .unit = "",
        .value = NAN,
        .limit = NAN,
        .raised = {from_ms + (int64_t)i * 1000 / PER_S},
        .acknowledged = {.who = "", .text = ""},
        .count = 1};
    return a;
}

static struct snapshot *snapshot_of(size_t devices, size_t alarms)
{
    struct snapshot *s = mem_new(struct snapshot);
    struct alert_book *book = mem_new(struct alert_book);
    struct device_record **list = mem_array(devices, sizeof *list);
    const struct alert_record **active = mem_array(alarms, sizeof *active);
    struct objects *objects = objects_new(NULL);
    int64_t from_ms = wall_now().ms - (int64_t)alarms * 1000 / PER_S;

    for (size_t i = 0; i < devices; i++)
        list[i] = device_of(i, objects);
    for (size_t i = 0; i < alarms; i++)
        active[i] = alarm_of(i, list[i % devices], from_ms);
    book->refs = 1;
    book->active = active;
    book->active_count = alarms;
    s->refs = 1;
    s->devices = list;
    s->device_count = devices;
    s->alerts = book;
    s->objects = objects_book(objects);
    s->station = (struct station_record){
        .name = "bench", .version = "", .doubt = "", .enterprise = ENTERPRISE};
    s->at = wall_now();
    return s;
}

/* ---- the bare one: 100,000 rows of one column, index and value computed ----
 */

static size_t bare_rows;

static size_t rows_of_bare(const void *of)
{
    (void)of;
    return bare_rows;
}

/* As long as that of an alarm, of which the last two count. */
static void index_of_bare(size_t row, struct oid_store *out)
{
    enum { BASE = 1000 };

    for (size_t i = 0; i < INDEX_LEN - 2; i++)
        (void)oid_push(out, 11);
    (void)oid_push(out, (uint32_t)(row / BASE));
    (void)oid_push(out, (uint32_t)(row % BASE));
}

/* The row behind an index: by arithmetic. */
static size_t row_behind(struct oid index, bool include)
{
    enum { BASE = 1000 };

    if (index.len < INDEX_LEN)
        return 0;
    return (size_t)index.sub[INDEX_LEN - 2] * BASE + index.sub[INDEX_LEN - 1] +
           (include ? 0 : 1);
}

static const uint32_t bare_root[] = {1, 3, 6, 1, 4, 1, ENTERPRISE, 99, 1, 1};

static void on_bare_request(void *arg, const struct agentx_header *h,
                            struct bytes context, struct agentx_reader *r,
                            struct buffer *out)
{
    const struct agentx_header response = {.type = AGENTX_RESPONSE,
                                           .session = h->session,
                                           .transaction = h->transaction,
                                           .packet = h->packet};
    size_t begun = agentx_begin(out, &response);
    struct agentx_range range;

    (void)arg;
    (void)context;
    agentx_put_u32(out, 0);
    agentx_put_u32(out, 0);
    while (cursor_left(&r->c) > 0) {
        struct oid_store name;
        struct value v = {.type = VALUE_GAUGE32, .number = 6};

        agentx_read_range(r, &range);
        oid_copy(&name, (struct oid){bare_root, COUNT_OF(bare_root)});
        (void)oid_push(&name, BARE_COLUMN);
        size_t row =
            row_behind(oid_tail(oid_view(&range.from), COUNT_OF(bare_root) + 1),
                       range.include);
        if (row < rows_of_bare(NULL)) {
            index_of_bare(row, &name);
        } else {
            v.type = VALUE_END_OF_VIEW;
            name = range.from;
        }
        agentx_put_varbind(out, oid_view(&name), &v);
    }
    agentx_end(out, begun);
}

static bool bare_region(void *arg, size_t n, struct agentx_region *out)
{
    (void)arg;
    *out = (struct agentx_region){
        .context = "", .subtree = {bare_root, COUNT_OF(bare_root) - 2}};
    return n == 0;
}

static void on_told(void *arg, uint64_t id, int error)
{
    (void)arg;
    (void)id;
    (void)error;
}

static void on_bare_master(void *arg, bool here, const char *why)
{
    (void)arg;
    (void)why;
    if (here)
        printf("bare is here\n");
    (void)fflush(stdout);
}

/* ---- both ---- */

struct bench {
    struct agentx_work work;
    struct agent_view *view;
    struct agentx_counts counts;
    struct mono began;
    size_t devices;
    bool all;
};

static double since_s(const struct bench *b)
{
    return (double)mono_ms_between(b->began, mono_now()) / 1000;
}

static void on_counts(struct bench *b, const struct agentx_counts *counts)
{
    b->counts = *counts;
    if (b->all || counts->contexts < CONTEXTS)
        return;
    b->all = true;
    printf("contexts=%u registered_s=%.1f\n", (unsigned)counts->contexts,
           since_s(b));
    (void)fflush(stdout);
}

static void take_posts(struct bench *b)
{
    struct agentx_messages m = agentx_post_take(&b->work.out);

    for (size_t i = 0; i < m.count; i++) {
        if (m.at[i].verb == POST_MASTER && m.at[i].number != 0) {
            const struct agentx_message view = {
                .verb = POST_VIEW, .view = agent_view_ref(b->view)};

            agentx_post_put(&b->work.in, &view);
            printf("ready\n");
            (void)fflush(stdout);
        } else if (m.at[i].verb == POST_COUNTS) {
            on_counts(b, &m.at[i].counts);
        }
    }
    agentx_messages_drop(&m);
}

static void turn(struct bench *b, struct agentx_link *bare)
{
    struct pollfd fds[] = {
        {.fd = b->work.out.fd, .events = POLLIN},
        {.fd = agentx_link_fd(bare),
         .events =
             (short)(POLLIN | (agentx_link_wants_write(bare) ? POLLOUT : 0))}};

    (void)poll(fds, COUNT_OF(fds), 100);
    take_posts(b);
    agentx_link_turn(bare, mono_now());
}

/* Beside a station that serves its own. */
static void bare_alone(struct agentx_link *bare)
{
    while (!stopped) {
        struct pollfd fd = {
            .fd = agentx_link_fd(bare),
            .events = (short)(POLLIN |
                              (agentx_link_wants_write(bare) ? POLLOUT : 0))};

        (void)poll(&fd, 1, 100);
        agentx_link_turn(bare, mono_now());
    }
    agentx_link_free(bare);
}

int main(int argc, char **argv)
{
    const struct agentx_host host = {.on_request = on_bare_request,
                                     .region = bare_region,
                                     .on_told = on_told,
                                     .on_master = on_bare_master};
    const struct agentx_message stop = {.verb = POST_STOP};
    struct bench b = {.devices = DEVICES};
    pthread_t thread;

    if (argc < 2)
        return 2;
    (void)signal(SIGTERM, on_stop);
    if (argc > 3 && strcmp(argv[2], "bare") == 0) {
        bare_rows = strtoul(argv[3], NULL, 10);
        bare_alone(agentx_link_new(argv[1], &host));
        return 0;
    }
    if (argc > 2)
        b.devices = strtoul(argv[2], NULL, 10);
    bare_rows = argc > 3 ? strtoul(argv[3], NULL, 10) : ALARMS;
    b.work.master = argv[1];
    b.work.contexts = CONTEXTS;
    if (agentx_post_init(&b.work.in) < 0 || agentx_post_init(&b.work.out) < 0)
        return 1;
    struct snapshot *s = snapshot_of(b.devices, bare_rows);
    struct mono from = mono_now();
    b.view = agent_view_new(s, NULL);
    printf("first_view_ms=%lld ", (long long)mono_ms_between(from, mono_now()));
    from = mono_now();
    struct agent_view *again = agent_view_new(s, b.view);
    printf("next_view_ms=%lld\n", (long long)mono_ms_between(from, mono_now()));
    agent_view_unref(again);
    b.began = mono_now();
    struct agentx_link *bare = agentx_link_new(argv[1], &host);
    (void)pthread_create(&thread, NULL, agentx_thread, &b.work);
    while (!stopped)
        turn(&b, bare);
    printf("requests=%llu mean_us=%.1f max_ms=%.3f\n",
           (unsigned long long)b.counts.requests,
           b.counts.answer_ms_sum * 1000 / (double)b.counts.requests,
           b.counts.answer_ms_max);
    agentx_post_put(&b.work.in, &stop);
    (void)pthread_join(thread, NULL);
    agentx_link_free(bare);
    return 0;
}
