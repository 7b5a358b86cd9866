/* echo.h - raw sockets for ICMP and ICMPv6 echo: requests out and replies in,
 * in batches of one system call. Knows no checks and no schedule. */
#ifndef WIRE_ECHO_H
#define WIRE_ECHO_H

#include "wire/icmp.h"

enum { ECHO_BATCH = 64 };

/* A non-blocking raw socket that gets echo replies of this identifier alone and
 * stamps their arrival, or -errno. */
int echo_open(bool v6, uint16_t id) __attribute__((warn_unused_result));

struct echo_request {
    struct addr to;
    uint16_t id, sequence;
    uint64_t token;
    struct mono left; /* told by echo_send(): the middle of its share of the
                         time that the call took */
};

/* Sends up to ECHO_BATCH requests and tells when each left; gives how many did,
 * at least 1, or -errno for the first of them. */
int echo_send(int fd, bool v6, struct echo_request *requests, size_t count)
    __attribute__((warn_unused_result));

struct echo_reply {
    struct addr from;
    struct mono came; /* by the kernel's stamp */
    bool ours;        /* decoded: an echo reply with a token */
    bool foreign;     /* else: an answer to another program */
    struct icmp_echo echo;
};

/* Reads what has come, at most ECHO_BATCH; gives how many, 0 if none. *dropped
 * becomes how many the socket ever lost for want of room, if it says so (that
 * is for replies to tell). */
size_t echo_receive(int fd, bool v6, struct echo_reply *out, uint32_t *dropped);

/* Appends nothing and allocates nothing: writes the ICMP message of a request
 * into out and gives its length. For the test of the decoder too. */
enum { ECHO_MESSAGE_LEN = 32 };
size_t echo_encode(bool v6, const struct echo_request *request,
                   uint8_t out[ECHO_MESSAGE_LEN]);

#endif
