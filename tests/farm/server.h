/* server.h - the sockets of the farm: requests in batches, answers in batches,
 * late ones later, and commands. Nothing leaves the loopback device. */
#ifndef FARM_SERVER_H
#define FARM_SERVER_H

#include "base/complaint.h"
#include "tests/farm/farm.h"

struct server;

struct server_options {
    uint16_t port;
    const char *control; /* path of a UNIX socket for commands; NULL = none */
    bool commands;       /* read commands from standard input */
    int64_t run_ms;      /* end after that; 0 = never */
};

/* Opens everything. 0, or -errno with *why. */
int server_new(struct farm *f, const struct server_options *options,
               struct server **out, struct complaint *why)
    __attribute__((warn_unused_result));
void server_free(struct server *s);
OWNED_BY(struct server, server_free)

/* Serves until SIGTERM, SIGINT, the command "quit" or the end of its time. */
void server_run(struct server *s);

#endif
