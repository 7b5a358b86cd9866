/* http_listen.h - the port of the page and the API. */
#ifndef NORTH_HTTP_LISTEN_H
#define NORTH_HTTP_LISTEN_H

#include "base/addr.h"
#include "base/complaint.h"

/* Binds and listens: a descriptor, or -errno and *why. */
int http_listen_open(const struct addr *at, uint16_t port,
                     struct complaint *why) __attribute__((warn_unused_result));

#endif
