/* late.h - answers that are to be sent later, by due time. */
#ifndef FARM_LATE_H
#define FARM_LATE_H

#include "base/bytes.h"
#include "base/own.h"

#include <netinet/in.h>

enum { LATE_MAX = 200000 };

struct late_answer {
    int64_t due_ms;
    struct sockaddr_in to;
    uint32_t from; /* source address, network byte order */
    uint8_t *octets;
    size_t len;
};

struct late;

struct late *late_new(void);
void late_free(struct late *l);
OWNED_BY(struct late, late_free)

/* Keeps a copy of octets. False, and nothing kept, beyond LATE_MAX. */
bool late_add(struct late *l, const struct late_answer *a, struct bytes octets);

/* The earliest, NULL if there is none; valid until it is dropped. */
const struct late_answer *late_first(const struct late *l);
void late_drop(struct late *l);

#endif
