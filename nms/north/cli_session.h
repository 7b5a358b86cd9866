/* cli_session.h - one agent, asked by this command itself: no station is
 * needed. */
#ifndef NORTH_CLI_SESSION_H
#define NORTH_CLI_SESSION_H

#include "mibs/profile.h"
#include "north/cli.h"
#include "station/interview.h"

struct config;
struct event_base;

enum { SESSION_OTHERS_MAX = 7 };

struct session {
    struct event_base *base;
    struct engine *engine;
    struct agent *agent;
    struct config *config; /* NULL: none was needed */
    struct credential *credential;
    struct profiles *profiles;
    struct addr addr;
    struct addr others[SESSION_OTHERS_MAX]; /* of a host: asked after it */
    size_t other_count;
    uint16_t port;
    /* of the interview */
    struct facts *facts; /* NULL: it told nothing */
    int result;          /* 0 or -errno */
    int64_t took_ms;
};

/* Reads options, configuration and profiles; opens the sockets. address is a
 * word of the command line, a name of a host too. Anything but CLI_DONE comes
 * with *why. */
enum cli_exit session_open(const struct cli *c, const char *address,
                           struct session *s, struct complaint *why);
void session_close(struct session *s);
#define OWNED_SESSION __attribute__((cleanup(session_close)))

/* Asks all that scope wants and waits for it; of a host, at its next address
 * where one does not answer. 0 if facts are there, if only in
 * part (s->result), else -errno and *why. */
int session_interview(struct session *s, enum collect_scope scope,
                      struct complaint *why)
    __attribute__((warn_unused_result));

#endif
