#include "wire/engine_parts.h"

#include "base/mem.h"

#include <errno.h>

#include <utlist.h>

enum { RESYNCS_MAX = 2 }; /* new attempts on one request for engine or time */

/* ---- discovery ---------------------------------------------------------- */

void v3_forget(struct agent *a)
{
    struct exchange *x = a->v3.discovery;

    a->v3.known = false;
    if (x == NULL)
        return;
    exchange_withdraw(x);
    exchange_free(x);
}

void v3_discover(struct agent *a)
{
    const struct request request = {.type = PDU_GET};
    struct exchange *x = exchange_queue(a, &request, true, NULL, NULL);

    x->discovery = true;
    a->v3.discovery = x;
}

static const char *key_fault(int rc)
{
    return rc == -EINVAL ? "the credential lacks a secret it needs"
                         : "this host's OpenSSL lacks the algorithm";
}

/* Takes the engine's id, and boots and time for what they are worth: the first
 * authentic message confirms or corrects them. */
static void learn(struct agent *a, const struct heard_message *h)
{
    const struct message_v3 *said = &h->m->v3;
    struct agent_v3 *v3 = &a->v3;

    memcpy(v3->id, said->engine_id.at, said->engine_id.len);
    v3->id_len = (uint8_t)said->engine_id.len;
    v3->boots = said->boots;
    v3->time_s = said->time_s;
    v3->told = h->now;
    v3->confirmed = false;
    if (v3->keys == NULL)
        v3->keys = mem_new(struct usm_keys);
    int rc =
        usm_keys_make(a->engine->usm, a->credential, said->engine_id, v3->keys);
    if (rc < 0)
        engine_end_waiting(a, -EACCES, key_fault(rc));
    else
        v3->known = true;
}

static void discovered(struct exchange *x, const struct heard_message *h)
{
    struct agent *a = x->agent;

    if ((h->m->v3.flags & (MESSAGE_AUTH | MESSAGE_PRIV)) != 0 ||
        h->m->v3.engine_id.len == 0) {
        exchange_spoil(x, -EBADMSG, "discovery answered without engine id");
        return;
    }
    agent_heard(a, x->tries == 1 ? ms_until_read(x, h) : -1, exchange_tries(x));
    exchange_withdraw(x);
    exchange_free(x);
    learn(a, h);
    engine_consider(a);
}

/* ---- reports ------------------------------------------------------------ */

static const char not_its_engine[] = "does not know its own engine id";
static const char not_its_time[] =
    "not in its time window, whatever time it says";
static const char no_privacy[] =
    "discovery was answered but this user is not: the privacy "
    "secret or protocol may be wrong";

static const char *const refusals[] = {
    [USM_UNSUPPORTED_LEVEL] = "security level not supported for this user",
    [USM_UNKNOWN_USER] = "unknown user",
    [USM_WRONG_DIGEST] = "wrong authentication secret or protocol",
    [USM_DECRYPTION_ERROR] = "wrong privacy secret or protocol",
};

enum agent_refusal agent_refusal(const struct agent *a)
{
    const struct {
        const char *text;
        enum agent_refusal kind;
    } kinds[] = {
        {refusals[USM_UNSUPPORTED_LEVEL], AGENT_REFUSED_LEVEL},
        {refusals[USM_UNKNOWN_USER], AGENT_REFUSED_USER},
        {refusals[USM_WRONG_DIGEST], AGENT_REFUSED_AUTH},
        {refusals[USM_DECRYPTION_ERROR], AGENT_REFUSED_PRIVACY},
        {no_privacy, AGENT_REFUSED_PRIVACY},
        {not_its_engine, AGENT_REFUSED_ENGINE},
        {not_its_time, AGENT_REFUSED_ENGINE},
    };

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (a->trouble == kinds[i].text)
            return kinds[i].kind;
    return AGENT_REFUSED_NOT;
}

static void refuse(struct exchange *x, const char *why)
{
    x->agent->engine->stats.refused++;
    exchange_end(x, -EACCES, why);
}

static void rediscover(struct exchange *x)
{
    if (x->resyncs++ >= RESYNCS_MAX) {
        refuse(x, not_its_engine);
        return;
    }
    v3_forget(x->agent);
    exchange_restart(x);
}

/* True if boots and time are later than all that was told: a slow clock is one
 * that is followed (RFC 3414, 3.2 7b). */
static bool is_newer(const struct agent_v3 *v3, const struct heard_message *h)
{
    const struct message_v3 *said = &h->m->v3;

    if (said->boots != v3->boots)
        return said->boots > v3->boots;
    return said->time_s > v3->time_s;
}

/* True if boots or time are behind what we knew. */
static bool is_behind(const struct agent_v3 *v3, const struct heard_message *h)
{
    const struct message_v3 *said = &h->m->v3;

    if (is_newer(v3, h))
        return false;
    if (said->boots != v3->boots)
        return true;
    return said->time_s < agent_v3_time_s(v3, h->now) - USM_WINDOW_S;
}

static void take_time(struct agent_v3 *v3, const struct heard_message *h)
{
    v3->boots = h->m->v3.boots;
    v3->time_s = h->m->v3.time_s;
    v3->told = h->now;
    v3->confirmed = true;
}

/* notInTimeWindow: an authentic report tells what the time is. */
static void synchronise(struct exchange *x, const struct heard_message *h)
{
    struct agent *a = x->agent;

    if ((h->m->v3.flags & MESSAGE_AUTH) == 0) {
        rediscover(x);
        return;
    }
    if (x->resyncs++ >= RESYNCS_MAX) {
        refuse(x, not_its_time);
        return;
    }
    if (a->v3.confirmed && is_behind(&a->v3, h))
        a->v3.doubted = true;
    take_time(&a->v3, h);
    if (x->place != EXCHANGE_FLYING)
        return;
    x->tries--; /* this one was our clock's fault */
    exchange_resend(x);
}

const char *v3_silence(const struct agent *a)
{
    if (a->v3.known && !a->v3.confirmed && a->credential->version == SNMP_V3 &&
        a->credential->priv != PRIV_NONE)
        return no_privacy;
    return NULL;
}

/* usmStats and snmpTargetObjects that reports name (RFC 3414, 5; RFC 3413). */
static const uint32_t usm_stats[] = {1, 3, 6, 1, 6, 3, 15, 1, 1};
static const uint32_t target_stats[] = {1, 3, 6, 1, 6, 3, 12, 1};

static void reported(struct exchange *x, const struct heard_message *h)
{
    struct pdu *pdu = &h->m->pdu;
    pdu_read_names(x->agent->engine->scratch, pdu, 0);
    struct oid name = pdu->count > 0 ? pdu->varbinds[0].name : (struct oid){0};
    const struct oid usm = {usm_stats, COUNT_OF(usm_stats)};
    const struct oid target = {target_stats, COUNT_OF(target_stats)};
    uint32_t stat =
        oid_begins(name, usm) && name.len > usm.len ? name.sub[usm.len] : 0;

    agent_heard(x->agent, -1, 1);
    if (stat == USM_NOT_IN_TIME_WINDOW)
        synchronise(x, h);
    else if (stat == USM_UNKNOWN_ENGINE)
        rediscover(x);
    else if (stat < COUNT_OF(refusals) && refusals[stat] != NULL)
        refuse(x, refusals[stat]);
    else if (oid_begins(name, target))
        refuse(x, "unknown context");
    else
        refuse(x, "refused without a reason we know");
}

/* ---- what comes in ------------------------------------------------------ */

/* Verifies the digest and decrypts as far as flags say. NULL, or why not. */
static const char *unseal(struct agent *a, const struct heard_message *h,
                          struct bytes *body)
{
    struct engine *e = a->engine;
    struct message *m = h->m;
    const struct usm_keys *keys = a->v3.keys;

    *body = m->body;
    if ((m->v3.flags & MESSAGE_AUTH) == 0)
        return NULL;
    if (keys == NULL || !bytes_equal(m->v3.engine_id, agent_engine_id(a)))
        return "answer of another engine";
    if (!usm_verify(e->usm, h->datagram->octets, m, keys))
        return "answer with a wrong digest";
    if ((m->v3.flags & MESSAGE_PRIV) == 0)
        return NULL;
    if (usm_decrypt(e->usm, m, keys, e->plain, MESSAGE_MAX, body) < 0)
        return "answer that cannot be decrypted";
    return NULL;
}

/* A response to hand on must be as secure as the request was, of the same
 * engine, and of now. NULL, or why not. */
static const char *response_fault(struct exchange *x,
                                  const struct heard_message *h)
{
    struct agent *a = x->agent;
    const struct credential *c = a->credential;
    uint8_t level = usm_flags(c->auth, c->priv);

    if ((h->m->v3.flags & (MESSAGE_AUTH | MESSAGE_PRIV)) != level)
        return "answer with another security level";
    if (!bytes_equal(h->m->v3.engine_id, agent_engine_id(a)))
        return "answer of another engine";
    if (h->m->pdu.request_id != h->m->v3.msg_id)
        return "answer to another request";
    if (level == 0)
        return NULL;
    if (is_behind(&a->v3, h))
        return "answer outside the time window";
    a->v3.confirmed = true;
    if (a->v3.doubted) /* it takes what it says itself: its state is lost */
        agent_note_quirk(a, QUIRK_TIME_BACK);
    a->v3.doubted = false;
    if (is_newer(&a->v3, h))
        take_time(&a->v3, h);
    return NULL;
}

bool v3_open(struct exchange *x, const struct heard_message *h)
{
    struct agent *a = x->agent;
    struct bytes body;
    struct cursor pdu;

    const char *why = x->discovery ? NULL : unseal(a, h, &body);
    if (x->discovery)
        body = h->m->body;
    if (why != NULL) { /* where secrets were right before, it is damaged */
        exchange_spoil(x, a->v3.confirmed ? -EBADMSG : -EACCES, why);
        return false;
    }
    struct cursor c = cursor_over(body);
    if (message_skim_head(&c, a->engine->scratch, h->m, &pdu) < 0 ||
        message_skim_list(&c, &pdu, a->engine->scratch, x->columns, h->m) < 0) {
        a->engine->stats.malformed++;
        agent_note_quirk(a, QUIRK_BAD_ENCODING);
        exchange_spoil(x, -EBADMSG, c.why);
        return false;
    }
    if (x->discovery && h->m->pdu.type == PDU_REPORT) {
        discovered(x, h);
        return false;
    }
    if (h->m->pdu.type == PDU_REPORT) {
        reported(x, h);
        return false;
    }
    if (x->discovery || h->m->pdu.type != PDU_RESPONSE)
        why = "neither response nor report";
    else
        why = response_fault(x, h);
    if (why != NULL)
        exchange_spoil(x, -EBADMSG, why);
    return why == NULL;
}
