/* Asks one address once, for whoever thinks of beginning there. */
#include "station/interview.h"
#include "station/probe.h"
#include "station/station_parts.h"

#include "mibs/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include <event2/event.h>

enum {
    PROBE_MS = 9000, /* what is known by then is told */
    PROBE_TIMEOUT_MS = 1000,
    PROBE_TRIES = 2,
    PROBES_MAX = 8
};

/* It has an engine of its own, whose fence permits that address alone: what is
 * asked is what a person named, and nothing else. */
struct station_probe {
    struct station *station;
    struct fence *fence;
    struct engine *engine;
    struct agent *agent;
    struct credential *credential; /* outlives a new configuration */
    struct addr addr;
    struct interview *interview;
    struct facts *identity, *facts; /* what is known; NULL */
    int result;
    struct event *timer, *ended;
    probe_fn done;
    void *arg;
    struct station_probe *next, **link;
};

static void probe_free(struct station_probe *p)
{
    *p->link = p->next;
    if (p->next != NULL)
        p->next->link = p->link;
    if (p->interview != NULL)
        interview_cancel(p->interview);
    if (p->agent != NULL)
        agent_free(p->agent);
    if (p->engine != NULL)
        engine_free(p->engine);
    fence_free(p->fence);
    credential_free(p->credential);
    facts_unref(p->identity);
    facts_unref(p->facts);
    if (p->timer != NULL) {
        event_free(p->timer);
        event_free(p->ended);
    }
    free(p);
}

void station_probe_cancel(struct station_probe *p)
{
    probe_free(p);
}

void station_probes_end(struct station *s)
{
    while (s->probes != NULL)
        probe_free(s->probes);
}

/* Not within a callback of its engine. */
static void on_ended(evutil_socket_t fd, short what, void *arg)
{
    struct station_probe *p = arg;
    const struct probe_report report = {
        .result = p->result,
        .trouble = agent_trouble(p->agent),
        .addr = p->addr,
        .facts = p->facts != NULL ? p->facts : p->identity,
        .whole = p->facts != NULL,
    };

    (void)fd;
    (void)what;
    p->done(p->arg, &report);
    probe_free(p);
}

static void end_soon(struct station_probe *p, int result)
{
    p->result = result;
    event_active(p->ended, EV_TIMEOUT, 1);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
    struct station_probe *p = arg;

    (void)fd;
    (void)what;
    end_soon(p, p->identity != NULL ? 0 : -ETIMEDOUT);
}

static void on_whole(void *arg, int result, struct facts *facts)
{
    struct station_probe *p = arg;

    (void)result; /* what fell silent on the way told something */
    p->interview = NULL;
    p->facts = facts;
    end_soon(p, 0);
}

static void on_identity(void *arg, int result, struct facts *facts)
{
    struct station_probe *p = arg;

    p->interview = NULL;
    p->identity = facts;
    if (result < 0) {
        end_soon(p, result);
        return;
    }
    p->interview = interview_start(p->agent, p->station->profiles, COLLECT_ALL,
                                   NULL, on_whole, p);
    if (p->interview == NULL)
        end_soon(p, 0);
}

/* Is there a way at all? No packet is sent for it. */
static bool has_route(const struct addr *addr)
{
    struct sockaddr_storage to;
    socklen_t len = addr_to_sockaddr(addr, 161, &to);
    int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool reached = fd < 0 ||
                   connect(fd, (const struct sockaddr *)&to, len) == 0 ||
                   (errno != ENETUNREACH && errno != EHOSTUNREACH);

    if (fd >= 0)
        close(fd);
    return reached;
}

/* The credential that is told, by the schema of the configuration. */
static int read_credential(struct station_probe *p, json_t *told,
                           struct complaint *why)
{
    json_t *doc = json_pack("{s:[O],s:{s:[]}}", "credentials", told,
                            "discovery", "seeds");
    char *text = json_dumps(doc, JSON_COMPACT);
    OWNED(config_free) struct config *c = NULL;
    int rc = text == NULL
                 ? complain(why, -EINVAL, "credential", "write UTF-8",
                            "a text is none")
                 : config_parse("credential", text, strlen(text), &c, why);

    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
    json_decref(doc);
    if (rc == 0)
        p->credential = credential_copy(c->credentials.at[0]);
    return rc;
}

static int choose_credential(struct station_probe *p,
                             const struct probe_question *q,
                             struct complaint *why)
{
    const struct config *c = p->station->config;
    const struct credential *known = NULL;

    if (q->credential != NULL) {
        int rc = settings_check_credential(q->credential, why);

        return rc < 0 ? rc : read_credential(p, q->credential, why);
    }
    if (q->name != NULL)
        known = config_credential(c, q->name);
    else if (c->credentials.count > 0)
        known = c->credentials.at[0];
    if (known == NULL)
        return complain(why, -ENOENT, "credential", "see GET credentials",
                        "there is no such credential");
    p->credential = credential_copy(known);
    return 0;
}

static size_t count_probes(const struct station *s)
{
    size_t count = 0;

    for (const struct station_probe *p = s->probes; p != NULL; p = p->next)
        count++;
    return count;
}

static int begin(struct station_probe *p, const struct probe_question *q,
                 struct complaint *why)
{
    struct station *s = p->station;
    struct prefix only = prefix_of(&p->addr, p->addr.family == 4 ? 32 : 128);
    int rc = choose_credential(p, q, why);

    if (rc < 0)
        return rc;
    p->fence = fence_new();
    fence_permit(p->fence, &only);
    p->engine =
        engine_new(s->base, &(struct engine_options){.fence = p->fence});
    if (p->engine == NULL)
        return complain(why, -EIO, "probe", "see the limits of the process",
                        "no socket can be opened");
    p->agent = agent_new(p->engine, &p->addr,
                         (uint16_t)s->config->discovery.port, p->credential);
    agent_patience(p->agent, PROBE_TIMEOUT_MS, PROBE_TRIES);
    p->timer = evtimer_new(s->base, on_late, p);
    p->ended = evtimer_new(s->base, on_ended, p);
    event_add(p->timer, &(struct timeval){.tv_sec = PROBE_MS / 1000});
    if (has_route(&p->addr))
        p->interview = interview_start(p->agent, s->profiles, COLLECT_IDENTITY,
                                       NULL, on_identity, p);
    if (p->interview == NULL)
        end_soon(p, -ENETUNREACH);
    return 0;
}

int station_probe(struct station *s, const struct probe_question *q,
                  probe_fn done, void *arg, struct station_probe **out,
                  struct complaint *why)
{
    struct addr addr;

    *out = NULL;
    if (q->address == NULL || addr_parse(q->address, &addr) < 0 ||
        addr_is_multicast(&addr) || addr_is_unspecified(&addr))
        return complain(why, -EINVAL, "address", "write 192.0.2.1",
                        "that is not the address of a device");
    if (count_probes(s) >= PROBES_MAX)
        return complain(why, -EBUSY, "probe", "ask again in a few seconds",
                        "too many are asked at once");
    struct station_probe *p = mem_new(struct station_probe);
    p->station = s;
    p->addr = addr;
    p->done = done;
    p->arg = arg;
    p->next = s->probes;
    p->link = &s->probes;
    if (p->next != NULL)
        p->next->link = &p->next;
    s->probes = p;
    int rc = begin(p, q, why);
    if (rc < 0)
        probe_free(p);
    else
        *out = p;
    return rc;
}
