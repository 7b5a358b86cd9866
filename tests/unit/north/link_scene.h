/* link_scene.h - a way to a master agent that is a socket of the test. */
#ifndef TESTS_LINK_SCENE_H
#define TESTS_LINK_SCENE_H

#include "north/agentx_link.h"

#include "base/mem.h"
#include "base/own.h"
#include "north/agentx_socket.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static const uint32_t root[] = {1, 3, 6, 1, 4, 1, 4711, 1};

struct scene {
    char directory[32], path[64];
    int listener, master; /* the master's end; -1 */
    struct agentx_link *link;
    struct agentx_host host;
    struct mono now;
    size_t regions; /* that there are */
    size_t gone;    /* of these; 0: none */
    unsigned requests, came, went;
    size_t answer; /* octets of each */
    uint64_t told;
    int told_error;
    unsigned told_count;
};

static inline void on_request(void *arg, const struct agentx_header *h,
                              struct bytes context, struct agentx_reader *r,
                              struct buffer *out)
{
    struct scene *s = arg;

    (void)r;
    if (s->answer > 0) {
        char *octets = mem_array(s->answer, 1);

        buffer_add(out, octets, s->answer);
        free(octets);
    }
    assert_int_equal(h->type, AGENTX_GET);
    assert_true(bytes_equal(context, bytes_of_text("dev-a")));
    s->requests++;
}

static inline bool region(void *arg, size_t n, struct agentx_region *out)
{
    const struct scene *s = arg;

    if (s->gone > 0 && n == s->gone) {
        *out = (struct agentx_region){.context = NULL};
        return true;
    }
    *out = (struct agentx_region){.context = n == 0 ? "" : "dev-a",
                                  .subtree = {root, COUNT_OF(root)}};
    return n < s->regions;
}

static inline void on_told(void *arg, uint64_t id, int error)
{
    struct scene *s = arg;

    s->told = id;
    s->told_error = error;
    s->told_count++;
}

static inline void on_master(void *arg, bool here, const char *why)
{
    struct scene *s = arg;

    (void)why;
    if (here)
        s->came++;
    else
        s->went++;
}

static inline struct scene *scene_new(void)
{
    struct scene *s = mem_new(struct scene);
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    (void)snprintf(s->directory, sizeof s->directory, "/tmp/test_link.XXXXXX");
    assert_non_null(mkdtemp(s->directory));
    (void)snprintf(s->path, sizeof s->path, "%s/master", s->directory);
    memcpy(at.sun_path, s->path, strlen(s->path) + 1);
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(s->listener, (const struct sockaddr *)&at, sizeof at),
                     0);
    assert_int_equal(listen(s->listener, 4), 0);
    s->master = -1;
    s->regions = 2;
    s->now.ns = 1000000000;
    s->host = (struct agentx_host){.on_request = on_request,
                                   .region = region,
                                   .on_told = on_told,
                                   .on_master = on_master,
                                   .arg = s};
    s->link = agentx_link_new(s->path, &s->host);
    return s;
}

static inline void scene_free(struct scene *s)
{
    agentx_link_free(s->link);
    if (s->master >= 0)
        close(s->master);
    if (s->listener >= 0)
        close(s->listener);
    (void)unlink(s->path);
    (void)rmdir(s->directory);
    free(s);
}

static inline void turn(struct scene *s, int64_t later_ms)
{
    s->now = mono_after_ms(s->now, later_ms);
    agentx_link_turn(s->link, s->now);
}

/* The next message that the master receives; its payload in out. */
static inline struct agentx_header received(struct scene *s, struct buffer *out)
{
    uint8_t octets[AGENTX_HEADER];
    struct agentx_header h;

    assert_int_equal(recv(s->master, octets, sizeof octets, MSG_WAITALL),
                     AGENTX_HEADER);
    assert_int_equal(
        agentx_header_read((struct bytes){octets, sizeof octets}, &h), 0);
    buffer_clear(out);
    for (uint32_t i = 0; i < h.len; i++) {
        assert_int_equal(recv(s->master, octets, 1, 0), 1);
        buffer_add(out, octets, 1);
    }
    return h;
}

static inline bool nothing_received(const struct scene *s)
{
    char octet;

    return recv(s->master, &octet, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static inline bool nothing_waits(const struct scene *s)
{
    char octet;

    return recv(s->master, &octet, 1, MSG_DONTWAIT | MSG_PEEK) <= 0;
}

static inline void respond(struct scene *s, const struct agentx_header *to,
                           uint16_t error)
{
    struct buffer OWNED_BUFFER b = {0};
    const struct agentx_header h = {.type = AGENTX_RESPONSE,
                                    .session = 77,
                                    .transaction = to->transaction,
                                    .packet = to->packet};
    size_t begun = agentx_begin(&b, &h);

    agentx_put_u32(&b, 4200); /* sysUpTime */
    agentx_put_u16(&b, error);
    agentx_put_u16(&b, 0);
    agentx_end(&b, begun);
    assert_int_equal(send(s->master, b.at, b.len, 0), (ssize_t)b.len);
}

/* The master takes up the connection: what was sent first. */
static inline struct agentx_header accept_link(struct scene *s,
                                               struct buffer *b)
{
    turn(s, 0);
    if (s->master >= 0)
        close(s->master);
    s->master = accept(s->listener, NULL, NULL);
    assert_true(s->master >= 0);
    return received(s, b);
}

/* Until the session is open and everything is registered. */
static inline void open_session(struct scene *s)
{
    struct buffer OWNED_BUFFER b = {0};
    struct agentx_header h = accept_link(s, &b);

    assert_int_equal(h.type, AGENTX_OPEN);
    respond(s, &h, AGENTX_NO_ERROR);
    turn(s, 1);
    for (size_t i = 0; i < s->regions; i++) {
        h = received(s, &b);
        assert_int_equal(h.type, AGENTX_REGISTER);
        assert_int_equal(h.session, 77);
        assert_int_equal((h.flags & AGENTX_NON_DEFAULT_CONTEXT) != 0, i > 0);
        respond(s, &h, AGENTX_NO_ERROR);
    }
    turn(s, 1);
}

static inline struct agentx_link_stats stats_of(const struct scene *s)
{
    struct agentx_link_stats stats;

    agentx_link_stats(s->link, &stats);
    return stats;
}

#endif
