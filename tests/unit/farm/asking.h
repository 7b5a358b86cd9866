/* asking.h - a manager for tests: puts questions to a farm without sockets,
 * reads the answers. */
#ifndef TEST_FARM_ASKING_H
#define TEST_FARM_ASKING_H

#include "tests/farm/answer.h"
#include "tests/farm/plan.h"

enum { ASKING_BASE = 0x7f100001 };

struct asking {
    struct farm *farm;
    struct answerer *answerer;
    struct message_scratch *scratch;
    const char *community;
    int32_t version; /* enum snmp_version */
    int64_t now_ms;
    uint8_t out[2048];
    struct reply reply;    /* the last answer as it was sent */
    struct message answer; /* and as it was read; version -1: unreadable */
};

static inline void asking_init(struct asking *a, struct network *net)
{
    *a = (struct asking){.farm = farm_new(net, ASKING_BASE, 3),
                         .answerer = answerer_new(),
                         .scratch = message_scratch_new(),
                         .community = "public",
                         .version = SNMP_V2C,
                         .now_ms = 1000};
}

static inline void asking_fini(struct asking *a)
{
    farm_free(a->farm);
    answerer_free(a->answerer);
    message_scratch_free(a->scratch);
}

/* Puts octets to an agent; true if an answer came. */
static inline bool asking_send(struct asking *a, uint32_t agent,
                               struct bytes octets)
{
    answerer_ask(a->answerer, a->farm, agent, a->now_ms, octets, &a->reply);
    a->answer = (struct message){.version = -1};
    return a->reply.octets.len > 0;
}

/* Reads the last answer; false if it is none. */
static inline bool asking_read(struct asking *a)
{
    struct cursor c = cursor_over(a->reply.octets);

    if (message_decode(&c, &a->answer) < 0 || a->answer.version == SNMP_V3)
        return false;
    c = cursor_over(a->answer.body);
    return message_decode_pdu(&c, a->scratch, &a->answer) == 0;
}

/* Asks by a PDU; true if an answer came that can be read. */
static inline bool asking_put(struct asking *a, uint32_t agent, struct pdu pdu)
{
    struct ber_builder b = ber_builder_over(a->out, sizeof a->out);
    const struct message m = {.version = a->version,
                              .community = bytes_of_text(a->community),
                              .pdu = pdu};

    pdu.request_id = 77;
    if (message_encode(&b, &m) < 0 || !asking_send(a, agent, ber_built(&b)))
        return false;
    return asking_read(a);
}

static inline bool asking_get(struct asking *a, uint32_t agent, struct oid name)
{
    return asking_put(
        a, agent, (struct pdu){.type = PDU_GET, .names = &name, .count = 1});
}

static inline bool asking_bulk(struct asking *a, uint32_t agent,
                               struct oid name, int32_t repetitions)
{
    return asking_put(a, agent,
                      (struct pdu){.type = PDU_GET_BULK,
                                   .max_repetitions = repetitions,
                                   .names = &name,
                                   .count = 1});
}

/* The value that the last answer begins with, as a number. */
static inline uint64_t asking_number(const struct asking *a)
{
    return a->answer.pdu.count == 0
               ? 0
               : value_unsigned(&a->answer.pdu.varbinds[0].value, 0);
}

#endif
