#include "north/agentx.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "north/agent_admin.h"
#include "north/agent_view.h"
#include "north/agentx_thread.h"
#include "station/alerts.h"
#include "station/silences.h"
#include "station/station.h"
#include "station/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

enum {
    VIEW_MS = 1000, /* between views, at least */
    VIEW_QUICK_MS = 50,
    MS_PER_S = 1000,
    VIEW_SHARE = 20, /* and so many times what one takes to make */
    END_MAX_S = 1
};

/* Who did it: VACM of the master knows whom it lets write. */
static const char requester[] = "snmp";

struct agentx {
    struct event_base *base;
    struct station *station;
    char *master;
    struct agentx_work work;
    pthread_t thread;
    bool running;
    struct worker *worker; /* makes views */
    struct event *post, *tick;
    bool here;
    const char *why;                 /* it is not, as logged last; static */
    struct mono why_due;             /* to be logged again, if it changed */
    size_t notices;                  /* that the thread has */
    struct agentx_listener listener; /* NULL in it: nobody listens */
    struct agent_view *last;         /* the last that was made */
    /* of the view that is being made */
    bool making, again; /* again: another one is wanted after it */
    struct snapshot *snapshot;
    struct agent_view *before; /* it; NULL: there was none */
    struct agent_view *made;   /* the thread's, with the next, meanwhile */
    int64_t made_ms;
    int64_t took_ms; /* to make the last one */
    struct mono view_due;
};

static void post(struct agentx *a, const struct agentx_message *m)
{
    agentx_post_put(&a->work.in, m);
}

/* ---- views ---- */

static void make_view(void *arg)
{
    struct agentx *a = arg;
    struct mono began = mono_now();

    a->made = agent_view_new(a->snapshot, a->before);
    a->made_ms = mono_ms_between(began, mono_now());
}

static void on_view(void *arg, bool worked);

/* Only a master that is there asks for what a view shows. */
static void want_view(struct agentx *a)
{
    if (!a->here || a->making)
        return;
    a->making = true;
    a->again = false;
    a->snapshot = station_snapshot(a->station);
    a->before = a->last != NULL ? agent_view_ref(a->last) : NULL;
    worker_do(a->worker, make_view, on_view, a);
}

static void on_view(void *arg, bool worked)
{
    struct agentx *a = arg;

    a->making = false;
    snapshot_unref(TAKE(a->snapshot));
    agent_view_unref(TAKE(a->before));
    if (!worked)
        return;
    a->took_ms = a->made_ms;
    int64_t apart_ms = a->took_ms * VIEW_SHARE;
    a->view_due =
        mono_after_ms(mono_now(), apart_ms > VIEW_MS ? apart_ms : VIEW_MS);
    agent_view_unref(a->last);
    a->last = TAKE(a->made);
    const struct agentx_message m = {.verb = POST_VIEW,
                                     .view = agent_view_ref(a->last)};
    post(a, &m);
    if (a->again)
        want_view(a);
    if (a->listener.shown != NULL)
        a->listener.shown(a->listener.arg);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct agentx *a = arg;

    (void)fd;
    (void)what;
    if (mono_reached(mono_now(), a->view_due))
        want_view(a);
}

/* ---- what the thread tells ---- */

static void on_master(struct agentx *a, bool here, const char *why)
{
    a->here = here;
    station_tell_master(a->station, a->work.master, here, why);
    if (here)
        want_view(a);
    else
        agent_view_unref(TAKE(a->last)); /* and the snapshot that it has */
}

/* An operator who looks for the reason finds it; in turn, as addresses of a
 * host have them, reasons do not fill the log. */
static void log_why(struct agentx *a, const struct agentx_counts *c)
{
    enum { APART_MS = 60000 };
    struct mono now = mono_now();

    if (c->here || c->why[0] == '\0' || c->why == a->why ||
        !mono_reached(now, a->why_due))
        return;
    a->why = c->why;
    a->why_due = mono_after_ms(now, APART_MS);
    log_notice("agentx: no master agent at %s: %s", a->master, c->why);
}

static void on_counts(struct agentx *a, const struct agentx_counts *c)
{
    struct agentx_record record = {.state = c->here ? AGENTX_IS_HERE
                                                    : AGENTX_IS_AWAY,
                                   .contexts = c->contexts,
                                   .regions = c->regions,
                                   .refused = c->refused,
                                   .requests = c->requests,
                                   .sessions = c->sessions,
                                   .answer_ms_max = c->answer_ms_max,
                                   .answer_ms_sum = c->answer_ms_sum};

    if (!c->here && c->why[0] != '\0')
        (void)snprintf(record.why, sizeof record.why, "%s: %s", a->master,
                       c->why);
    log_why(a, c);
    station_tell_agentx(a->station, &record);
}

/* Silences what an alarm is about, from now on for so long. */
static int silence(struct agentx *a, const struct agentx_wish *wish,
                   struct wall now, struct complaint *why)
{
    struct alert_book *book = alerts_book(station_alerts(a->station));
    const struct alert_record *r = alert_book_find(book, wish->alarm);
    struct buffer OWNED_BUFFER object = {0};
    admin_pattern(r != NULL ? r->name : "", &object);
    const struct silence_wish silence = {
        .object = object.at,
        .who = requester,
        .text = "",
        .time = {.from = now,
                 .until = {now.ms + (int64_t)wish->seconds * MS_PER_S}}};
    uint32_t number;
    int rc = r == NULL
                 ? complain(why, -ENOENT, "agentx", "see the list of them",
                            "there is no such alarm")
                 : silences_add(station_silences(a->station), &silence, now,
                                &number, why);

    alert_book_unref(book);
    return rc;
}

static int do_deed(struct agentx *a, const struct agentx_wish *wish,
                   struct complaint *why)
{
    struct alerts *alerts = station_alerts(a->station);
    struct wall now = wall_now(), until = {0};

    switch (wish->deed) {
    case DEED_ACKNOWLEDGE:
        return alerts_acknowledge(alerts, wish->alarm, requester, "", now, why);
    case DEED_UNACKNOWLEDGE:
        return alerts_unacknowledge(alerts, wish->alarm, requester, now, why);
    case DEED_SHELVE:
        if (wish->seconds > 0)
            until.ms = now.ms + (int64_t)wish->seconds * MS_PER_S;
        return alerts_shelve(alerts, wish->alarm, until, requester, now, why);
    case DEED_SILENCE:
        return silence(a, wish, now, why);
    }
    return -EINVAL;
}

static int grant(struct agentx *a, const struct agentx_wish *wish)
{
    struct complaint why;
    int rc = do_deed(a, wish, &why);

    if (rc < 0)
        log_warning("agentx: alarm %u: %s; %s", (unsigned)wish->alarm, why.what,
                    why.remedy);
    return rc;
}

static void on_message(struct agentx *a, const struct agentx_message *m)
{
    if (m->verb == POST_MASTER) {
        on_master(a, m->number != 0, m->text);
    } else if (m->verb == POST_COUNTS) {
        on_counts(a, &m->counts);
    } else if (m->verb == POST_TOLD) {
        a->notices--;
        if (a->listener.told != NULL)
            a->listener.told(a->listener.arg, m->id, m->error);
    } else if (m->verb == POST_WISH) {
        const struct agentx_message done = {
            .verb = POST_DONE, .id = m->id, .error = grant(a, &m->wish)};

        post(a, &done);
        want_view(a);
    }
}

static void on_post(evutil_socket_t fd, short what, void *arg)
{
    struct agentx *a = arg;
    struct agentx_messages m = agentx_post_take(&a->work.out);

    (void)fd;
    (void)what;
    for (size_t i = 0; i < m.count; i++)
        on_message(a, &m.at[i]);
    agentx_messages_drop(&m);
}

/* ---- notifications ---- */

void agentx_listen(struct agentx *a, const struct agentx_listener *listener)
{
    a->listener = *listener;
}

uint64_t agentx_shown(const struct agentx *a)
{
    if (!a->here)
        return UINT64_MAX;
    return a->last != NULL ? a->last->snapshot->alerts->version : 0;
}

void agentx_hasten(struct agentx *a)
{
    if (a->took_ms > VIEW_QUICK_MS)
        return; /* its turn comes */
    if (a->making)
        a->again = true;
    else
        want_view(a);
}

int agentx_notify(struct agentx *a, uint64_t id, struct oid trap,
                  const struct varbind *varbinds, size_t count)
{
    if (!a->here)
        return -ENOTCONN;
    if (a->notices == AGENTX_NOTICES_MAX)
        return -EAGAIN;
    a->notices++;
    const struct agentx_message m = {
        .verb = POST_NOTICE,
        .id = id,
        .notice = agentx_notice_new(trap, varbinds, count)};
    post(a, &m);
    return 0;
}

void agentx_notified(struct agentx *a, uint32_t seq)
{
    const struct agentx_message m = {.verb = POST_SEQ, .number = seq};

    post(a, &m);
}

/* ---- its life ---- */

/* Signals are the loop's. */
static int start_thread(struct agentx *a)
{
    sigset_t all, before;

    (void)sigfillset(&all);
    sandbox_spare_signals(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&a->thread, NULL, agentx_thread, &a->work);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    a->running = rc == 0;
    return -rc;
}

int agentx_new(struct event_base *base, struct station *station,
               const struct agentx_options *options, struct agentx **out,
               struct complaint *why)
{
    struct agentx *a = mem_new(struct agentx);
    const struct timeval second = {.tv_sec = 1};

    *out = NULL;
    a->base = base;
    a->station = station;
    a->work.in.fd = a->work.out.fd = -1;
    a->master = mem_text(options->master);
    a->work.master = a->master;
    a->work.contexts = options->contexts;
    a->work.writable = options->writable;
    a->worker = worker_new(base);
    int rc = agentx_post_init(&a->work.in);
    if (rc == 0)
        rc = agentx_post_init(&a->work.out);
    if (rc == 0)
        rc = start_thread(a);
    if (rc < 0) {
        agentx_free(a);
        return complain(why, rc, "agentx", "see the limits of the process",
                        "the subagent cannot start: %s", strerror(-rc));
    }
    a->post = event_new(base, a->work.out.fd, EV_READ | EV_PERSIST, on_post, a);
    a->tick = event_new(base, -1, EV_PERSIST, on_tick, a);
    event_add(a->post, NULL);
    event_add(a->tick, &second);
    *out = a;
    return 0;
}

/* False if it waits for a name server that does not answer; then it ends when
 * that is over, and what it has must stay. */
static bool end_thread(struct agentx *a)
{
    const struct agentx_message stop = {.verb = POST_STOP};
    struct timespec until;

    if (!a->running)
        return true;
    post(a, &stop);
    (void)clock_gettime(CLOCK_REALTIME, &until); /* as timedjoin wants it */
    until.tv_sec += END_MAX_S;
    if (pthread_timedjoin_np(a->thread, NULL, &until) == 0)
        return true;
    (void)pthread_detach(a->thread);
    return false;
}

void agentx_free(struct agentx *a)
{
    if (a == NULL)
        return;
    bool ended = end_thread(a);
    worker_free(a->worker);
    if (a->post != NULL) {
        event_free(a->post);
        event_free(a->tick);
    }
    if (!ended)
        return;
    snapshot_unref(a->snapshot);
    agent_view_unref(a->before);
    agent_view_unref(a->made);
    agent_view_unref(a->last);
    agentx_post_fini(&a->work.in);
    agentx_post_fini(&a->work.out);
    free(a->master);
    free(a);
}
