/* http_socket.h - the control socket's place in the file system. */
#ifndef NORTH_HTTP_SOCKET_H
#define NORTH_HTTP_SOCKET_H

#include "base/complaint.h"

/* Makes the socket and listens: a descriptor, or -errno and *why. A stale one
 * is replaced, one that answers is -EADDRINUSE, what is no socket -EEXIST. uid
 * and gid own it then; root makes it as they where the directory is theirs. */
int http_socket_open(const char *path, unsigned uid, unsigned gid,
                     struct complaint *why) __attribute__((warn_unused_result));

#endif
