#include "wire/engine_parts.h"

#include <errno.h>
#include <string.h>

enum { SPOILED_MAX = 3 }; /* broken answers to one request before it ends */

/* ---- answers that cannot be believed ------------------------------------ */

void exchange_spoil(struct exchange *x, int result, const char *why)
{
    struct agent *a = x->agent;

    a->consecutive_timeouts = a->gave_up = 0; /* it lives */
    x->why = why;
    x->refused = result == -EACCES;
    if (x->place != EXCHANGE_FLYING)
        return;
    if (++x->spoiled < SPOILED_MAX && exchange_tries(x) < agent_tries(a))
        exchange_resend(x);
    else
        exchange_end(x, result, why);
}

/* Octets that cannot be read. If exactly one request to their sender is under
 * way, they are its answer; if several are, their timeouts will tell. */
static void take_garbage(struct engine *e, const struct datagram *d,
                         const char *why)
{
    uint8_t room[ADDRESS_KEY_MAX];
    struct agent *a =
        table_find(e->by_address, address_key(&d->from, d->port, room));

    e->stats.malformed++;
    if (a == NULL)
        return;
    agent_note_quirk(a, QUIRK_BAD_ENCODING);
    if (a->flying != NULL && a->flying->next == NULL)
        exchange_spoil(a->flying, -EBADMSG, why);
}

/* ---- answers ------------------------------------------------------------ */

static bool is_same_name(struct bytes a, struct bytes b)
{
    uint32_t subs[2 * OID_MAX];
    struct ber_scratch scratch = {.subs = subs, .room = COUNT_OF(subs)};

    if (bytes_equal(a, b))
        return true;
    struct oid name = ber_name(a, &scratch), other = ber_name(b, &scratch);
    return oid_equal(name, other); /* one OID, written in another way */
}

/* True if the varbinds that came have the names that were asked for. */
static bool are_names_asked(const struct exchange *x, const struct pdu *pdu)
{
    struct ber_scratch none = {0};
    struct cursor c = cursor_over(x->list);
    struct cursor list = ber_open(&c, BER_SEQUENCE, "VarBindList: bad");
    struct bytes name = {0};
    struct value null;

    for (size_t i = 0; i < x->count && i < pdu->count; i++) {
        ber_skim(&list, &none, &name, &null);
        if (!is_same_name(name, pdu->encoded[i]))
            return false;
    }
    return true;
}

/* NULL if an answer can be believed: its status exists, and of GET its names
 * are those asked. Else what is wrong. */
static const char *answer_fault(struct exchange *x, const struct pdu *pdu)
{
    if (pdu->error_status < 0 || pdu->error_status > ERROR_LAST)
        return "answers with an error status that does not exist";
    if (x->type != PDU_GET || pdu->error_status != ERROR_NONE)
        return NULL;
    if (!are_names_asked(x, pdu)) {
        agent_note_quirk(x->agent, QUIRK_WRONG_NAMES);
        return "answers other names than asked";
    }
    if (pdu->count < x->count)
        agent_note_quirk(x->agent, QUIRK_TRUNCATED);
    return pdu->count == x->count ? NULL : "answers fewer or more than asked";
}

static bool is_bulk(const struct exchange *x)
{
    return x->type == PDU_GET_BULK && x->agent->credential->version != SNMP_V1;
}

/* Hands an answer on: the request is over before its callback runs, which may
 * free the agent. */
static void deliver(struct exchange *x, const struct heard_message *h)
{
    struct agent *a = x->agent;
    struct pdu *pdu = &h->m->pdu;
    answer_fn done = x->done;
    void *arg = x->arg;
    struct mono sent = request_sent(x, pdu->request_id);
    struct answer answer = {
        .error_status = pdu->error_status,
        .error_index = pdu->error_index,
        .varbinds = pdu->varbinds,
        .encoded = pdu->encoded,
        .count = pdu->count,
        .rows = x->columns != NULL ? &a->engine->scratch->rows : NULL,
        .list_octets = pdu->octets.len,
        .stamp = {.sent = sent,
                  .received = mono_reached(h->now, sent) ? h->now : sent,
                  .has_boots = a->v3.confirmed,
                  .boots = (uint32_t)a->v3.boots,
                  .engine_s = (uint32_t)h->m->v3.time_s},
        .from = h->datagram->from,
        .tries = exchange_tries(x),
        .octets = h->datagram->octets.len,
    };

    agent_heard(a, x->tries == 1 ? ms_until_read(x, h) : -1, exchange_tries(x));
    if (is_bulk(x) && pdu->error_status == ERROR_NONE) {
        a->bulk_works = true;
        a->quirks &= ~(uint32_t)QUIRK_NO_BULK;
    }
    if (!x->skim)
        pdu_read_names(a->engine->scratch, pdu, 0);
    a->engine->stats.answers++;
    a->trouble = NULL;
    exchange_withdraw(x);
    exchange_free(x);
    engine_consider(a);
    done(arg, &answer);
}

static void take_answer(struct exchange *x, const struct heard_message *h)
{
    struct agent *a = x->agent;
    const char *why = answer_fault(x, &h->m->pdu);

    if (a->engine->scratch->ber.odd > 0)
        agent_note_quirk(a, QUIRK_BAD_ENCODING);
    if (!addr_equal(&h->datagram->from, &a->addr))
        agent_note_quirk(a, QUIRK_OTHER_ADDRESS);
    a->octets_in += h->datagram->octets.len;
    if (why != NULL)
        exchange_spoil(x, -EBADMSG, why);
    else
        deliver(x, h);
}

/* x if it was asked in a message of that version; NULL if nobody was. */
static struct exchange *asked(struct engine *e, struct exchange *x,
                              int32_t version)
{
    if (x == NULL || (int32_t)x->agent->credential->version != version) {
        e->stats.unexpected++;
        return NULL;
    }
    return x;
}

/* From whom it was asked, the community does not matter: some agents drop the
 * "@context" or have one of their own. From elsewhere it has to be right. */
static bool is_from(const struct exchange *x, const struct heard_message *h)
{
    const struct agent *a = x->agent;
    struct bytes told = h->m->community;

    if (addr_equal(&h->datagram->from, &a->addr))
        return true;
    struct bytes base = bytes_of_text(a->credential->community);
    struct bytes context = bytes_of_text(x->context);
    if (bytes_equal(told, base))
        return true;
    return told.len == base.len + 1 + context.len &&
           memcmp(told.at, base.at, base.len) == 0 &&
           told.at[base.len] == '@' &&
           memcmp(told.at + base.len + 1, context.at, context.len) == 0;
}

static void take_community(struct engine *e, struct heard_message *h)
{
    struct cursor c = cursor_over(h->m->body), body;
    struct exchange *x = NULL;
    int rc = message_skim_head(&c, e->scratch, h->m, &body);

    if (rc == 0) {
        x = request_table_find(&e->requests, h->m->pdu.request_id);
        rc = message_skim_list(&c, &body, e->scratch,
                               x != NULL ? x->columns : NULL, h->m);
    }
    if (rc < 0) {
        take_garbage(e, h->datagram, c.why);
        return;
    }
    x = asked(e, x, h->m->version);
    if (x == NULL)
        return;
    if (h->m->pdu.type == PDU_RESPONSE && is_from(x, h))
        take_answer(x, h);
    else
        e->stats.unexpected++;
}

static void take_v3(struct engine *e, struct heard_message *h)
{
    struct exchange *x =
        asked(e, request_table_find(&e->requests, h->m->v3.msg_id), SNMP_V3);

    if (x != NULL && v3_open(x, h))
        take_answer(x, h);
}

void engine_take(struct engine *e, const struct datagram *d)
{
    struct cursor c = cursor_over(d->octets);
    struct message m;
    struct heard_message h = {.datagram = d, .m = &m, .now = d->came};

    e->stats.octets_in += d->octets.len;
    if (message_decode(&c, &m) < 0)
        take_garbage(e, d, c.why);
    else if (m.version == SNMP_V3)
        take_v3(e, &h);
    else
        take_community(e, &h);
}

void answer_read_names(struct agent *a, const struct answer *answer,
                       size_t first)
{
    struct pdu pdu = {.encoded = answer->encoded, .count = answer->count};

    pdu_read_names(a->engine->scratch, &pdu, first);
}
