/* fake_agent.h - an agent inside a test: on its own UDP socket, in the test's
 * event loop, with what it serves and how it misbehaves as data. */
#ifndef TESTS_FAKE_AGENT_H
#define TESTS_FAKE_AGENT_H

#include "base/mem.h"
#include "wire/usm.h"
#include "wire/walk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

enum { FAKE_VARBINDS = 4096, FAKE_GARBAGE_ALL = 1000000 };

struct fake_agent {
    int fd, other_fd; /* other_fd: sends from 127.0.0.2 */
    uint16_t port;
    struct event *readable;
    struct message_scratch *scratch;
    struct usm *usm;
    struct varbind served[FAKE_VARBINDS]; /* in the order of GETNEXT */
    struct oid_store names[FAKE_VARBINDS];
    size_t count;

    /* misbehaviour */
    unsigned drop;        /* requests not answered, from now on */
    const char *accepts;  /* the only community answered; NULL = any */
    unsigned drop_bulk;   /* GETBULK not answered */
    unsigned garbage;     /* answers that are no BER */
    unsigned cut;         /* answers cut in the middle */
    size_t octets_max;    /* tooBig beyond; 0 = no limit */
    size_t octets_lost;   /* longer answers get lost; 0 = none does */
    size_t varbinds_max;  /* in an answer; 0 = no limit */
    bool other_address;   /* answers come from there */
    bool other_community; /* answers carry another community */
    bool wrong_names;     /* of GET */
    unsigned damage;      /* answers whose last name is of something else */
    bool loop;            /* behind the last comes the first */
    bool endless;         /* each index has a successor */
    bool no_end;          /* noSuchName where endOfMibView belongs */
    int32_t fail_status;  /* of GETBULK and GETNEXT that would give ... */
    const struct varbind *fail_at; /* ... this one */
    int32_t fail_index;            /* told, -1 = the right one */

    /* v3 */
    const struct credential *user;
    struct usm_keys keys;
    uint8_t engine_id[12];
    int32_t boots, time_s;
    bool ignore_time;  /* accepts any */
    bool wrong_digest; /* in its answers */
    bool plain;        /* answers without any security */
    uint32_t report;   /* usmStats answered instead; 0 = none */

    /* what was seen */
    unsigned requests, gets, nexts, bulks, discoveries, too_bigs;
    uint32_t repetitions[64]; /* of the first GETBULKs */
    size_t longest;           /* answer, in octets */
    size_t names_max;         /* in a request */
    char community[64];       /* of the last request */
};

static inline void fake_serve(struct fake_agent *f, const char *name,
                              struct value value)
{
    assert(f->count < FAKE_VARBINDS);
    struct oid_store *store = &f->names[f->count];
    int rc = oid_parse(name, store);

    assert(rc == 0);
    f->served[f->count++] =
        (struct varbind){.name = oid_view(store), .value = value};
}

static inline struct value fake_counter(uint64_t number)
{
    return (struct value){.type = VALUE_COUNTER64, .number = number};
}

static inline struct value fake_text(const char *text)
{
    return (struct value){.type = VALUE_OCTETS, .octets = bytes_of_text(text)};
}

/* ---- what GETNEXT finds -------------------------------------------------- */

static inline const struct varbind *fake_exact(const struct fake_agent *f,
                                               struct oid name)
{
    for (size_t i = 0; i < f->count; i++) {
        if (oid_equal(f->served[i].name, name))
            return &f->served[i];
    }
    return NULL;
}

static inline const struct varbind *fake_next(const struct fake_agent *f,
                                              struct oid name)
{
    const struct varbind *here = fake_exact(f, name);
    const struct varbind *end = f->served + f->count;

    if (here != NULL && here + 1 == end)
        return f->loop ? f->served : NULL;
    if (here != NULL)
        return here + 1;
    for (here = f->served; here < end; here++) {
        if (oid_compare(here->name, name) > 0)
            return here;
    }
    return NULL;
}

/* The successor of name; of an endless table it is made in store. */
static inline struct varbind fake_follow(const struct fake_agent *f,
                                         struct oid name,
                                         struct oid_store *store)
{
    const struct varbind *next = fake_next(f, name);

    if (f->endless && name.len > 10) {
        oid_copy(store, name);
        store->sub[store->len - 1]++;
        return (struct varbind){oid_view(store), fake_counter(1)};
    }
    if (next != NULL)
        return *next;
    oid_copy(store, name);
    return (struct varbind){oid_view(store), {.type = VALUE_END_OF_VIEW}};
}

/* ---- answers ------------------------------------------------------------- */

struct fake_answer {
    struct varbind varbinds[FAKE_VARBINDS];
    struct oid_store names[FAKE_VARBINDS];
    struct pdu pdu;
};

static inline void fake_add(struct fake_agent *f, struct fake_answer *a,
                            struct oid name, size_t index, int32_t version)
{
    size_t i = a->pdu.count;

    if (i == FAKE_VARBINDS || (f->varbinds_max > 0 && i >= f->varbinds_max) ||
        a->pdu.error_status != 0)
        return;
    struct varbind vb = fake_follow(f, name, &a->names[i]);
    bool over =
        vb.value.type == VALUE_END_OF_VIEW && (version == SNMP_V1 || f->no_end);
    bool failed = f->fail_at != NULL && oid_equal(vb.name, f->fail_at->name);
    if (over || failed) {
        a->pdu.error_status = over ? ERROR_NO_SUCH_NAME : f->fail_status;
        a->pdu.error_index =
            f->fail_index >= 0 && failed ? f->fail_index : (int32_t)index;
    }
    a->varbinds[i] = vb;
    a->pdu.count++;
}

static inline void fake_get(struct fake_agent *f, struct fake_answer *a,
                            const struct pdu *asked, int32_t version)
{
    for (size_t i = 0; i < asked->count && a->pdu.error_status == 0; i++) {
        const struct varbind *found = fake_exact(f, asked->varbinds[i].name);
        struct varbind vb = {asked->varbinds[i].name,
                             {.type = VALUE_NO_INSTANCE}};

        if (found == NULL && version == SNMP_V1) {
            a->pdu.error_status = ERROR_NO_SUCH_NAME;
            a->pdu.error_index = (int32_t)i + 1;
        }
        a->varbinds[a->pdu.count++] = found != NULL ? *found : vb;
        if (f->wrong_names)
            a->varbinds[a->pdu.count - 1].name = f->served[0].name;
    }
}

static inline void fake_bulk(struct fake_agent *f, struct fake_answer *a,
                             const struct pdu *asked)
{
    size_t first = (size_t)asked->non_repeaters;
    struct oid at[REQUEST_NAMES_MAX];

    for (size_t i = 0; i < asked->count; i++)
        at[i] = asked->varbinds[i].name;
    for (size_t i = 0; i < first; i++)
        fake_add(f, a, at[i], i + 1, SNMP_V2C);
    for (int32_t n = 0; n < asked->max_repetitions; n++) {
        for (size_t i = first; i < asked->count; i++) {
            size_t before = a->pdu.count;

            fake_add(f, a, at[i], i + 1, SNMP_V2C);
            if (a->pdu.count > before)
                at[i] = a->varbinds[before].name;
        }
    }
}

static inline void fake_fill(struct fake_agent *f, struct fake_answer *a,
                             const struct message *m)
{
    const struct pdu *asked = &m->pdu;

    a->pdu = (struct pdu){.type = PDU_RESPONSE,
                          .request_id = asked->request_id,
                          .varbinds = a->varbinds};
    if (asked->type == PDU_GET)
        fake_get(f, a, asked, m->version);
    else if (asked->type == PDU_GET_BULK)
        fake_bulk(f, a, asked);
    else
        for (size_t i = 0; i < asked->count; i++)
            fake_add(f, a, asked->varbinds[i].name, i + 1, m->version);
    if (f->damage > 0 && a->pdu.count > 0) {
        f->damage--;
        a->varbinds[a->pdu.count - 1].name = f->served[0].name;
    }
    if (a->pdu.error_status != 0) {
        a->pdu.varbinds = asked->varbinds;
        a->pdu.count = asked->count;
    }
}

/* ---- v3 ------------------------------------------------------------------ */

static inline void fake_v3(struct fake_agent *f, int32_t boots, int32_t time_s,
                           const struct credential *user)
{
    static const uint8_t id[12] = {0x80, 0, 0x1f, 0x88, 4, 'f', 'a', 'k', 'e'};

    memcpy(f->engine_id, id, sizeof id);
    f->boots = boots;
    f->time_s = time_s;
    f->user = user;
    int rc =
        usm_keys_make(f->usm, user, (struct bytes){id, sizeof id}, &f->keys);
    assert(rc == 0);
}

static inline struct oid fake_stat(uint32_t stat, struct oid_store *store)
{
    oid_copy(store, OID(1, 3, 6, 1, 6, 3, 15, 1, 1, stat, 0));
    return oid_view(store);
}

/* 0 or the usmStats counter that says what is wrong. */
static inline uint32_t fake_v3_fault(const struct fake_agent *f,
                                     const struct message *m,
                                     struct bytes whole)
{
    int32_t behind = f->time_s - m->v3.time_s;

    if (f->report != 0)
        return f->report;
    if (!bytes_equal(m->v3.engine_id,
                     (struct bytes){f->engine_id, sizeof f->engine_id}))
        return USM_UNKNOWN_ENGINE;
    if (!bytes_equal(m->v3.user, bytes_of_text(f->user->user)))
        return USM_UNKNOWN_USER;
    if ((m->v3.flags & 3) != usm_flags(f->keys.auth, f->keys.priv))
        return USM_UNSUPPORTED_LEVEL;
    if (f->keys.auth != AUTH_NONE && !usm_verify(f->usm, whole, m, &f->keys))
        return USM_WRONG_DIGEST;
    if (f->ignore_time || f->keys.auth == AUTH_NONE)
        return 0;
    return m->v3.boots != f->boots || behind > 150 || behind < -150
               ? USM_NOT_IN_TIME_WINDOW
               : 0;
}

static inline struct bytes fake_answer_v3(struct fake_agent *f,
                                          struct message *m, struct bytes whole,
                                          struct fake_answer *a,
                                          struct ber_builder *b)
{
    static uint8_t plain[MESSAGE_MAX];
    struct oid_store name;
    uint32_t fault = fake_v3_fault(f, m, whole);
    struct bytes body = m->body;
    uint8_t flags = m->v3.flags & 3;
    int rc = 0;

    if (fault == USM_UNKNOWN_ENGINE)
        f->discoveries++;
    if (fault == 0 && (flags & MESSAGE_PRIV) != 0)
        rc = usm_decrypt(f->usm, m, &f->keys, plain, sizeof plain, &body);
    struct cursor c = cursor_over(body);
    if (rc == 0 && (fault == 0 || (flags & MESSAGE_PRIV) == 0))
        rc = message_decode_pdu(&c, f->scratch, m);
    if (rc < 0)
        return (struct bytes){0};
    fake_fill(f, a, m);
    if (fault != 0) {
        a->pdu.type = PDU_REPORT;
        a->varbinds[0] = (struct varbind){fake_stat(fault, &name),
                                          {.type = VALUE_COUNTER32}};
        a->pdu.count = 1;
        a->pdu.varbinds = a->varbinds;
        flags = fault == USM_NOT_IN_TIME_WINDOW ? MESSAGE_AUTH : 0;
    }
    struct message reply = {.version = SNMP_V3, .v3 = m->v3, .pdu = a->pdu};
    reply.v3.flags = f->plain ? 0 : flags;
    reply.v3.engine_id = reply.v3.context_engine_id =
        (struct bytes){f->engine_id, sizeof f->engine_id};
    reply.v3.boots = f->boots;
    reply.v3.time_s = f->time_s;
    rc = usm_seal(f->usm, b, &reply, &f->keys, 77);
    assert(rc == 0);
    if (f->wrong_digest && flags != 0)
        b->at[b->room - 1] ^= 1;
    return ber_built(b);
}

/* ---- the socket ---------------------------------------------------------- */

static inline struct bytes fake_encode(struct fake_agent *f, struct message *m,
                                       struct bytes whole,
                                       struct fake_answer *a, uint8_t *out)
{
    struct ber_builder b = ber_builder_over(out, MESSAGE_MAX);

    if (m->version == SNMP_V3)
        return fake_answer_v3(f, m, whole, a, &b);
    fake_fill(f, a, m);
    struct message reply = {
        .version = m->version,
        .community = f->other_community ? bytes_of_text("other") : m->community,
        .pdu = a->pdu};
    int rc = message_encode(&b, &reply);
    assert(rc == 0);
    if (f->octets_max == 0 || ber_built(&b).len <= f->octets_max)
        return ber_built(&b);
    f->too_bigs++;
    reply.pdu.error_status = ERROR_TOO_BIG;
    reply.pdu.error_index = 0;
    reply.pdu.count = 0;
    b = ber_builder_over(out, MESSAGE_MAX);
    rc = message_encode(&b, &reply);
    assert(rc == 0);
    return ber_built(&b);
}

static inline bool fake_note(struct fake_agent *f, const struct message *m)
{
    size_t len = m->community.len < sizeof f->community - 1
                     ? m->community.len
                     : sizeof f->community - 1;

    memset(f->community, 0, sizeof f->community);
    if (len > 0)
        memcpy(f->community, m->community.at, len);
    assert(m->pdu.type != PDU_GET_BULK || m->pdu.max_repetitions > 0);
    if (m->pdu.type == PDU_GET_BULK && f->bulks < 64)
        f->repetitions[f->bulks] = (uint32_t)m->pdu.max_repetitions;
    f->gets += m->pdu.type == PDU_GET;
    f->nexts += m->pdu.type == PDU_GET_NEXT;
    f->bulks += m->pdu.type == PDU_GET_BULK;
    if (m->pdu.count > f->names_max)
        f->names_max = m->pdu.count;
    if (m->pdu.type != PDU_GET_BULK || f->drop_bulk == 0)
        return true;
    f->drop_bulk--;
    return false;
}

static inline void fake_on_readable(evutil_socket_t fd, short what, void *arg)
{
    static uint8_t in[MESSAGE_MAX], out[MESSAGE_MAX];
    static struct fake_answer answer;
    struct fake_agent *f = arg;
    struct sockaddr_in from;
    socklen_t from_len = sizeof from;
    ssize_t got =
        recvfrom(fd, in, sizeof in, 0, (struct sockaddr *)&from, &from_len);
    struct message m;

    (void)what;
    if (got <= 0)
        return;
    struct bytes whole = {in, (size_t)got};
    struct cursor c = cursor_over(whole);
    int rc = message_decode(&c, &m);
    assert(rc == 0);
    if (m.version != SNMP_V3) {
        c = cursor_over(m.body);
        rc = message_decode_pdu(&c, f->scratch, &m);
        assert(rc == 0);
    }
    f->requests++;
    if (!fake_note(f, &m) ||
        (f->accepts != NULL && strcmp(f->community, f->accepts) != 0))
        return;
    if (f->drop > 0) {
        f->drop--;
        return;
    }
    struct bytes reply = fake_encode(f, &m, whole, &answer, out);
    if (reply.len > f->longest)
        f->longest = reply.len;
    if (f->garbage > 0 && reply.len > 0) {
        f->garbage--;
        reply = (struct bytes){(const uint8_t *)"\x30\x84garbage", 9};
    }
    if (f->cut > 0) {
        f->cut--;
        reply.len = reply.len * 2 / 3;
    }
    bool lost = f->octets_lost > 0 && reply.len > f->octets_lost;
    if (reply.len > 0 && !lost)
        (void)sendto(f->other_address ? f->other_fd : f->fd, reply.at,
                     reply.len, 0, (struct sockaddr *)&from, from_len);
}

/* *port 0: any, and told. */
static inline int fake_socket(uint32_t host, uint16_t *port)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_port = htons(*port),
                               .sin_addr.s_addr = htonl(host)};
    socklen_t len = sizeof name;
    int size = 4 << 20;

    assert(fd >= 0);
    int rc = bind(fd, (struct sockaddr *)&name, sizeof name);
    assert(rc == 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    rc = getsockname(fd, (struct sockaddr *)&name, &len);
    assert(rc == 0);
    *port = ntohs(name.sin_port);
    return fd;
}

static inline struct fake_agent *fake_new_at(struct event_base *base,
                                             uint32_t host, uint16_t port)
{
    struct fake_agent *f = mem_new(struct fake_agent);
    uint16_t other = 0;

    f->port = port;
    f->fd = fake_socket(host, &f->port);
    f->other_fd = fake_socket(INADDR_LOOPBACK + 1, &other);
    f->scratch = message_scratch_new();
    f->usm = usm_new();
    f->fail_index = -1;
    f->readable =
        event_new(base, f->fd, EV_READ | EV_PERSIST, fake_on_readable, f);
    event_add(f->readable, NULL);
    return f;
}

static inline struct fake_agent *fake_new(struct event_base *base)
{
    return fake_new_at(base, INADDR_LOOPBACK, 0);
}

static inline void fake_free(struct fake_agent *f)
{
    event_free(f->readable);
    close(f->fd);
    close(f->other_fd);
    message_scratch_free(f->scratch);
    usm_free(f->usm);
    free(f);
}

#endif
