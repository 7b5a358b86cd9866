#include "north/cli_session.h"

#include "base/mem.h"
#include "north/cli_source.h"
#include "station/config.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

enum { SNMP_PORT = 161 };

/* ---- whom to ask ---- */

static void take_addresses(struct session *s, const struct addrinfo *found)
{
    for (; found != NULL; found = found->ai_next) {
        struct addr addr = addr_from_sockaddr(found->ai_addr, NULL);

        if (!addr_is_set(&addr))
            continue;
        if (!addr_is_set(&s->addr))
            s->addr = addr;
        else if (s->other_count < COUNT_OF(s->others))
            s->others[s->other_count++] = addr;
    }
}

/* An address, or those of a name that this machine knows. */
static int find_address(const char *text, struct session *s,
                        struct complaint *why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found = NULL;

    if (addr_parse(text, &s->addr) == 0)
        return 0;
    int failed = getaddrinfo(text, NULL, &hints, &found);
    if (failed == 0)
        take_addresses(s, found);
    if (found != NULL)
        freeaddrinfo(found);
    if (failed == 0 && addr_is_set(&s->addr))
        return 0;
    return complain(why, -EINVAL, "", "write an address, such as 192.0.2.1",
                    "\"%s\" is no address and no host that is known: %s", text,
                    failed != 0 ? gai_strerror(failed) : "no IP address");
}

/* The port of the command line, of the configuration, or SNMP's own. */
static uint16_t port_of(const struct cli *c, const struct config *config)
{
    if (c->values.port > 0)
        return (uint16_t)c->values.port;
    return config != NULL ? (uint16_t)config->discovery.port : SNMP_PORT;
}

/* ---- its life ---- */

static int open_engine(struct session *s, struct complaint *why)
{
    static const struct engine_options options = {0};

    s->base = event_base_new();
    s->engine = s->base != NULL ? engine_new(s->base, &options) : NULL;
    if (s->engine == NULL)
        return complain(why, -errno, "", "see the limits of the process",
                        "no socket can be opened: %s", strerror(errno));
    s->agent = agent_new(s->engine, &s->addr, s->port, s->credential);
    return 0;
}

enum cli_exit session_open(const struct cli *c, const char *address,
                           struct session *s, struct complaint *why)
{
    enum cli_exit code = source_config(&c->values, &s->config, why);

    if (code == CLI_DONE)
        code = source_credential(&c->values, s->config, &s->credential, why);
    if (code != CLI_DONE)
        return code;
    if (find_address(address, s, why) < 0)
        return CLI_FAILED;
    s->port = port_of(c, s->config);
    s->profiles = source_profiles(&c->values, s->config);
    return cli_exit_of(open_engine(s, why));
}

void session_close(struct session *s)
{
    facts_unref(s->facts);
    if (s->agent != NULL)
        agent_free(s->agent);
    if (s->engine != NULL)
        engine_free(s->engine);
    if (s->base != NULL)
        event_base_free(s->base);
    profiles_free(s->profiles);
    credential_free(s->credential);
    config_free(s->config);
}

/* ---- asking ---- */

static void on_done(void *arg, int result, struct facts *facts)
{
    struct session *s = arg;

    s->result = result;
    s->facts = facts;
    event_base_loopbreak(s->base);
}

static int explain(const struct session *s, struct complaint *why)
{
    char addr[ADDR_TEXT_MAX];
    const char *who = addr_format(&s->addr, addr, sizeof addr);
    const char *trouble = agent_trouble(s->agent);
    const char *colon = trouble == NULL ? "" : ": ";

    if (trouble == NULL)
        trouble = "";
    switch (-s->result) {
    case ETIMEDOUT:
        return complain(why, s->result, "",
                        "check its address and port, that it runs SNMP, its "
                        "community or user, and that it may answer this host",
                        "no answer from %s port %u%s%s", who, s->port, colon,
                        trouble);
    case ECONNREFUSED:
        return complain(why, s->result, "",
                        "start its SNMP agent, or name its --port",
                        "nothing listens at %s port %u", who, s->port);
    case EACCES:
        return complain(why, s->result, "",
                        "check user, protocols and secrets; a context is "
                        "named by --context",
                        "%s refused the credential%s%s", who, colon, trouble);
    default:
        return complain(why, s->result, "", "check that it is an SNMP agent",
                        "%s port %u: %s%s%s", who, s->port,
                        strerror(-s->result), colon, trouble);
    }
}

/* Silence takes some seconds to be sure of: whoever watches knows why. */
static void say_waiting(const struct session *s, bool waiting)
{
    char addr[ADDR_TEXT_MAX];

    if (isatty(STDERR_FILENO) != 1)
        return;
    if (waiting)
        (void)fprintf(stderr, "asking %s port %u ...",
                      addr_format(&s->addr, addr, sizeof addr), s->port);
    else
        (void)fputs("\r\033[K", stderr);
    (void)fflush(stderr);
}

static void interview(struct session *s, enum collect_scope scope)
{
    say_waiting(s, true);
    if (interview_start(s->agent, s->profiles, scope, NULL, on_done, s) != NULL)
        (void)event_base_dispatch(s->base);
    say_waiting(s, false);
}

/* To the next address of the host. False: there is none, or the credential was
 * refused, which somebody answered. */
static bool turn_to_next(struct session *s)
{
    if (s->other_count == 0 || s->result == -EACCES)
        return false;
    s->addr = s->others[0];
    s->other_count--;
    memmove(s->others, s->others + 1, s->other_count * sizeof s->others[0]);
    agent_free(s->agent);
    s->agent = agent_new(s->engine, &s->addr, s->port, s->credential);
    return s->agent != NULL;
}

int session_interview(struct session *s, enum collect_scope scope,
                      struct complaint *why)
{
    struct mono started = mono_now();

    interview(s, scope);
    while (s->facts == NULL && turn_to_next(s))
        interview(s, scope);
    s->took_ms = mono_ms_between(started, mono_now());
    return s->facts != NULL ? 0 : explain(s, why);
}
