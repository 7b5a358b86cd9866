/* agentx_socket.h - the stream to a master agent; never waits for it. */
#ifndef NORTH_AGENTX_SOCKET_H
#define NORTH_AGENTX_SOCKET_H

#include "base/bytes.h"

/* Connects to a path or tcp:HOST:PORT (or begins to). 0, or -errno. A name of a
 * host is looked up, which takes its time: for a thread that has it. attempt
 * chooses among the addresses of the host, in turn: whether somebody is there
 * shows later. */
int agentx_socket_connect(const char *master, unsigned attempt, int *fd)
    __attribute__((warn_unused_result));

/* Appends what is there, at most limit octets: how many, 0 if there is nothing,
 * -errno if the stream ended. */
int agentx_socket_read(int fd, size_t limit, struct buffer *in)
    __attribute__((warn_unused_result));

/* Writes what is taken from *sent on; empties out when all was. 0 or -errno. */
int agentx_socket_write(int fd, struct buffer *out, size_t *sent)
    __attribute__((warn_unused_result));

#endif
