/* A master agent that says anything, in pieces, and answers rightly as often as
 * the first octet says: what is told of it agrees with what was asked, and each
 * notification is told of once. */
#include "north/agentx_link.h"

#include "base/mem.h"
#include "base/own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REGIONS = 3, NOTIFICATIONS = 2, HONEST_MAX = 8, TURNS_MAX = 64 };

static const uint32_t root[] = {1, 3, 6, 1, 4, 1, 4711, 1};

struct scene {
    int listener, master; /* -1: it was not accepted */
    struct agentx_link *link;
    struct mono now;
    unsigned honest; /* answers that are left */
    unsigned sent, told[NOTIFICATIONS];
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void on_request(void *arg, const struct agentx_header *h,
                       struct bytes context, struct agentx_reader *r,
                       struct buffer *out)
{
    (void)arg;
    (void)context;
    (void)r;
    (void)out;
    must(h->type != AGENTX_RESPONSE && h->len <= AGENTX_PAYLOAD_MAX);
}

static bool region(void *arg, size_t n, struct agentx_region *out)
{
    (void)arg;
    *out = (struct agentx_region){.context = n == 0 ? "" : "dev-a",
                                  .subtree = {root, COUNT_OF(root)}};
    return n < REGIONS;
}

static void on_told(void *arg, uint64_t id, int error)
{
    struct scene *s = arg;

    (void)error;
    must(id < NOTIFICATIONS && s->told[id] == 0);
    s->told[id]++;
}

static void on_master(void *arg, bool here, const char *why)
{
    struct scene *s = arg;

    must(why != NULL);
    if (here && s->sent < NOTIFICATIONS &&
        agentx_link_notify(s->link, s->sent, (struct oid){root, COUNT_OF(root)},
                           NULL, 0) == 0)
        s->sent++;
}

/* The path of one listener, for all inputs. */
static int listen_once(char path[64])
{
    static int listener = -1;
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    (void)snprintf(path, 64, "/tmp/portolan-fuzz-link-%d", (int)getpid());
    if (listener >= 0)
        return listener;
    memcpy(at.sun_path, path, strlen(path) + 1);
    (void)unlink(path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    must(bind(listener, (const struct sockaddr *)&at, sizeof at) == 0);
    must(listen(listener, 4) == 0);
    return listener;
}

static void respond(const struct scene *s, const struct agentx_header *to)
{
    struct buffer OWNED_BUFFER b = {0};
    const struct agentx_header h = {.type = AGENTX_RESPONSE,
                                    .session = 77,
                                    .transaction = to->transaction,
                                    .packet = to->packet};
    size_t begun = agentx_begin(&b, &h);

    agentx_put_u32(&b, 4200);
    agentx_put_u16(&b, AGENTX_NO_ERROR);
    agentx_put_u16(&b, 0);
    agentx_end(&b, begun);
    (void)!send(s->master, b.at, b.len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* What the link sends is whole; some of it is answered as it should be. */
static void read_link(struct scene *s)
{
    uint8_t room[4096];
    struct agentx_header h;

    while (recv(s->master, room, AGENTX_HEADER, MSG_DONTWAIT) ==
           AGENTX_HEADER) {
        must(agentx_header_read((struct bytes){room, AGENTX_HEADER}, &h) == 0);
        must(h.len <= sizeof room);
        if (h.len > 0)
            must(recv(s->master, room, h.len, MSG_DONTWAIT) == (ssize_t)h.len);
        if (s->honest > 0 && h.type != AGENTX_CLOSE) {
            s->honest--;
            respond(s, &h);
        }
    }
}

static void turn(struct scene *s)
{
    struct agentx_link_stats stats;

    agentx_link_turn(s->link, s->now);
    agentx_link_stats(s->link, &stats);
    must(stats.registered + stats.refused <= REGIONS);
    if (s->master < 0)
        s->master = accept(s->listener, NULL, NULL);
    if (s->master >= 0)
        read_link(s);
}

static void tell(struct scene *s, const uint8_t *data, size_t size)
{
    size_t piece = 1 + data[0] % 64;

    for (size_t at = 1, n = 0; at < size && n < TURNS_MAX; n++) {
        size_t len = size - at < piece ? size - at : piece;

        if (s->master >= 0)
            (void)!send(s->master, data + at, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        at += len;
        piece += piece / 2;
        turn(s);
        if (agentx_link_fd(s->link) < 0)
            return; /* it was left */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scene s = {.master = -1, .now = {1000000000}};
    struct agentx_host host = {on_request, region, on_told, on_master, &s};
    char path[64];

    if (size < 2)
        return 0;
    s.listener = listen_once(path);
    s.honest = data[0] % HONEST_MAX;
    s.link = agentx_link_new(path, &host);
    for (unsigned i = 0; i < 3; i++) /* connects, opens, registers */
        turn(&s);
    tell(&s, data + 1, size - 1);
    s.now = mono_after_ms(s.now, AGENTX_SILENT_MS);
    turn(&s);
    agentx_link_renew(s.link, s.now, "it is over");
    for (unsigned i = 0; i < s.sent; i++)
        must(s.told[i] == 1);
    agentx_link_free(s.link);
    if (s.master >= 0)
        (void)close(s.master);
    return 0;
}
