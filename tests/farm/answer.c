#include "tests/farm/answer.h"

#include "tests/farm/pdu.h"
#include "tests/farm/recording.h"
#include "tests/farm/secure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OVERHEAD = 48,     /* octets of an answer around its varbinds */
    OVERHEAD_V3 = 180, /* with engine ids and USM parameters */
    COMMUNITY_MAX = 128
};

struct answerer {
    struct message_scratch *scratch; /* of the request */
    struct message_scratch *sealing; /* of an answer of v3 */
    struct secure *secure;
    struct pdu_work work;
    uint8_t list[MESSAGE_MAX + ANSWER_SCRATCH];
    uint8_t out[MESSAGE_MAX];
    uint8_t engine[ENGINE_ID_LEN];
};

struct answerer *answerer_new(void)
{
    struct answerer *a = mem_new(struct answerer);

    a->scratch = message_scratch_new();
    a->sealing = message_scratch_new();
    a->secure = secure_new();
    return a;
}

void answerer_free(struct answerer *a)
{
    if (a == NULL)
        return;
    message_scratch_free(a->scratch);
    message_scratch_free(a->sealing);
    secure_free(a->secure);
    free(a);
}

/* One question under way. */
struct question {
    struct farm *farm;
    uint32_t agent, faults;
    bool stranger; /* at an address of no agent: recordings by name alone */
    struct message message;
    struct view view;
    struct secure_result secure;
};

static bool suffers(const struct question *q, enum fault kind)
{
    return (q->faults & fault_bit(kind)) != 0;
}

/* True in the percentage of cases that the fault has as value. */
static bool strikes_now(struct question *q, enum fault kind)
{
    struct faults *f = &q->farm->faults;

    return suffers(q, kind) && faults_roll(f, 1, 100) <= f->of[kind].low;
}

/* ---- who is asked ----------------------------------------------------------
 */

/* The VLAN of a context: "10" behind a community, "vlan-10" in version 3; 0 if
 * it is none. */
static uint16_t context_vlan(const char *context, bool secure)
{
    static const char prefix[] = "vlan-";

    if (secure && strncmp(context, prefix, sizeof prefix - 1) != 0)
        return 0;
    if (secure)
        context += sizeof prefix - 1;
    long number = strtol(context, NULL, 10);

    return number > 0 && number < 4095 ? (uint16_t)number : 0;
}

/* The recording of the agent in a context: NAME@CONTEXT. NULL if there is none.
 */
static const struct recording *context_recording(const struct question *q,
                                                 const char *context)
{
    const struct agent_slot *a = &q->farm->agents.at[q->agent];
    struct buffer OWNED_BUFFER name = {0};

    if (a->name == NULL)
        return NULL;
    buffer_format(&name, "%s@%s", a->name, context);
    return table_find(q->farm->by_community, buffer_view(&name));
}

/* Looks at the agent in a context: a VLAN of a bridge, or what was recorded. */
static bool question_enter(struct question *q, const char *context)
{
    const struct recording *recording = context_recording(q, context);

    if (q->view.recording != NULL) {
        q->view.recording = recording;
        return recording != NULL;
    }
    q->view.vlan = context_vlan(context, q->message.version == SNMP_V3);
    return q->view.vlan != 0 && q->view.dev != NULL &&
           (q->view.dev->model->flags & MODEL_VLAN_CTX) != 0;
}

/* Takes the community apart and finds who is meant: the farm's own community,
 * with @CONTEXT or without, or the name of a recording. */
static bool question_admit(struct question *q)
{
    struct bytes c = q->message.community;
    char text[COMMUNITY_MAX];

    if (c.len == 0 || c.len >= sizeof text || memchr(c.at, '\0', c.len) != NULL)
        return false;
    memcpy(text, c.at, c.len);
    text[c.len] = '\0';
    if (!q->stranger && strcmp(text, q->farm->community) == 0)
        return true;
    struct recording *by_name = table_find(q->farm->by_community, c);

    if (by_name != NULL) {
        q->view.recording = by_name;
        return true;
    }
    char *context = strrchr(text, '@');

    if (context == NULL || q->stranger)
        return false;
    *context++ = '\0';
    return strcmp(text, q->farm->community) == 0 && question_enter(q, context);
}

/* ---- what is said ----------------------------------------------------------
 */

/* Does the job; out->type stays 0 for silence. */
static void question_respond(struct question *q, const struct pdu_job *job,
                             struct pdu *out)
{
    struct pdu_answer answer;

    if (!pdu_respond(job, &answer))
        return;
    out->type = PDU_RESPONSE;
    out->request_id = q->message.pdu.request_id ^
                      (strikes_now(q, FAULT_WRONG_ID) ? 0x5555 : 0);
    out->error_status = answer.status;
    out->error_index = answer.index;
    if (answer.echo) {
        job->list->len = job->list->count = 0;
        for (size_t i = 0; i < q->message.pdu.count; i++)
            (void)varbind_add(job->list, q->message.pdu.varbinds[i].name,
                              &(struct value){.type = VALUE_NULL});
    }
}

/* The octets that varbinds of an answer may have. */
static size_t list_room(const struct question *q)
{
    const struct message *m = &q->message;
    size_t most = q->farm->max_size;
    size_t overhead =
        m->version == SNMP_V3 ? OVERHEAD_V3 : OVERHEAD + m->community.len;

    if (m->version == SNMP_V3 && m->v3.max_size >= 484 &&
        (size_t)m->v3.max_size < most)
        most = (size_t)m->v3.max_size;
    if (suffers(q, FAULT_TOO_BIG))
        most = MESSAGE_MAX;
    return most > overhead ? most - overhead : 0;
}

/* Wraps the varbind list of a v1 or v2c answer. */
static struct bytes wrap_plain(struct answerer *a, const struct question *q,
                               const struct pdu *pdu,
                               const struct varbind_list *list)
{
    struct ber_builder b = ber_builder_over(a->out, sizeof a->out);

    ber_put_raw(&b, (struct bytes){list->at, list->len});
    ber_wrap(&b, BER_SEQUENCE, 0);
    ber_put_int(&b, BER_INTEGER, pdu->error_index);
    ber_put_int(&b, BER_INTEGER, pdu->error_status);
    ber_put_int(&b, BER_INTEGER, pdu->request_id);
    ber_wrap(&b, PDU_RESPONSE, 0);
    ber_put_octets(&b, BER_OCTETS, q->message.community);
    ber_put_int(&b, BER_INTEGER, q->message.version);
    ber_wrap(&b, BER_SEQUENCE, 0);
    return ber_built(&b);
}

/* Reads the list again as varbinds, and seals them. */
static struct bytes wrap_secure(struct answerer *a, struct question *q,
                                struct pdu *pdu,
                                const struct varbind_list *list)
{
    struct ber_builder b = ber_builder_over(a->out, sizeof a->out);
    struct cursor c = cursor_over((struct bytes){list->at, list->len});
    struct message reply = q->message;

    a->sealing->ber.used = 0;
    for (pdu->count = 0; cursor_left(&c) > 0; pdu->count++)
        ber_varbind(&c, &a->sealing->ber, &a->sealing->varbinds[pdu->count]);
    pdu->varbinds = a->sealing->varbinds;
    reply.pdu = *pdu;
    if (secure_seal(a->secure, &q->view, &reply, &q->secure, &b) < 0)
        return (struct bytes){NULL, 0};
    return ber_built(&b);
}

/* A report of USM: 1.3.6.1.6.3.15.1.1.N.0. */
static void report_make(const struct question *q, struct varbind_list *list,
                        struct pdu *pdu)
{
    const uint32_t name[] = {1, 3, 6, 1, 6, 3, 15, 1, 1, q->secure.report, 0};
    const struct value value = {.type = VALUE_COUNTER32, .number = 1};

    pdu->type = PDU_REPORT;
    pdu->request_id = q->message.pdu.request_id;
    (void)varbind_add(list, (struct oid){name, COUNT_OF(name)}, &value);
}

/* The PDU of the answer and its varbinds; pdu->type stays 0 for silence. */
static void question_answer(struct answerer *a, struct question *q,
                            struct varbind_list *list, struct pdu *pdu)
{
    const struct pdu_job job = {
        .mib = q->farm->mib,
        .view = &q->view,
        .asked = &q->message.pdu,
        .v1 = q->message.version == SNMP_V1,
        .faults = q->faults,
        .settings = &q->farm->faults,
        .work = &a->work,
        .list = list,
    };

    question_respond(q, &job, pdu);
}

/* The same of v3; an unknown context is no context. */
static bool question_open_secure(struct answerer *a, struct question *q,
                                 struct bytes request)
{
    const struct secure_job job = {q->farm, q->agent,    &q->view,
                                   request, &q->message, a->scratch};
    enum secure_verdict verdict = secure_open(a->secure, &job, &q->secure);
    struct bytes context = q->message.v3.context;
    const struct recording *whole = q->view.recording;
    char text[COMMUNITY_MAX] = "";

    if (context.len > 0 && context.len < sizeof text)
        memcpy(text, context.at, context.len);
    if (text[0] != '\0' && !question_enter(q, text))
        q->view.recording = whole;
    q->farm->stats.refused += verdict != SECURE_GOOD;
    return verdict != SECURE_DROP;
}

/* Reads and admits the request; false if nobody answers it, true with
 * q->secure.report set if a report does. */
static bool question_open(struct answerer *a, struct question *q,
                          struct bytes request)
{
    struct farm_stats *stats = &q->farm->stats;
    struct cursor c = cursor_over(request);
    bool good = message_decode(&c, &q->message) == 0;

    if (good && q->message.version == SNMP_V3)
        return !q->stranger && question_open_secure(a, q, request);
    if (good) {
        c = cursor_over(q->message.body);
        good = message_decode_pdu(&c, a->scratch, &q->message) == 0;
    }
    stats->malformed += !good;
    if (!good)
        return false;
    bool admitted = question_admit(q);

    stats->refused += !admitted;
    return admitted;
}

/* ---- what goes wrong on the way --------------------------------------------
 */

static void reply_spoil(struct answerer *a, struct question *q,
                        struct reply *out)
{
    struct faults *f = &q->farm->faults;

    out->copies = suffers(q, FAULT_TWICE) ? 2 : 1;
    out->other_source = suffers(q, FAULT_SOURCE);
    if (suffers(q, FAULT_DELAY))
        out->delay_ms =
            faults_roll(f, f->of[FAULT_DELAY].low, f->of[FAULT_DELAY].high);
    if (strikes_now(q, FAULT_TRUNCATED))
        out->octets.len /= 2;
    if (strikes_now(q, FAULT_GARBAGE) && out->octets.len > 0) {
        uint8_t *at = a->out + (out->octets.at - a->out);

        for (unsigned i = 0; i < 8; i++)
            at[faults_roll(f, 0, (int64_t)out->octets.len - 1)] =
                (uint8_t)faults_roll(f, 0, 255);
    }
}

/* tooBig for what is longer than the fault allows; without varbinds. */
static bool reply_is_too_big(const struct question *q, struct bytes octets)
{
    return suffers(q, FAULT_TOO_BIG) &&
           (int64_t)octets.len > q->farm->faults.of[FAULT_TOO_BIG].low;
}

static struct bytes question_wrap(struct answerer *a, struct question *q,
                                  struct pdu *pdu, struct varbind_list *list)
{
    bool secure = q->message.version == SNMP_V3;
    struct bytes out =
        secure ? wrap_secure(a, q, pdu, list) : wrap_plain(a, q, pdu, list);

    if (pdu->type != PDU_RESPONSE || !reply_is_too_big(q, out))
        return out;
    pdu->error_status = ERROR_TOO_BIG;
    pdu->error_index = 0;
    list->len = list->count = 0;
    return secure ? wrap_secure(a, q, pdu, list) : wrap_plain(a, q, pdu, list);
}

/* By community a recording answers at any address; else there must be an
 * agent, alive. */
static bool question_begin(struct question *q, struct farm *f, uint32_t agent,
                           int64_t now_ms, uint8_t *engine)
{
    q->farm = f;
    q->agent = agent;
    q->message = (struct message){0};
    q->secure = (struct secure_result){0};
    q->stranger = agent >= f->agents.count;
    if (q->stranger) {
        if (f->recordings.count == 0 || f->agents.count == 0)
            return false;
        farm_view(f, 0, now_ms, engine, &q->view);
        q->view.dev = NULL;
        q->agent = 0;
        q->faults = 0;
        return true;
    }
    q->faults = f->agents.at[agent].faults;
    if (suffers(q, FAULT_DEAD) || strikes_now(q, FAULT_LOSS))
        return false;
    farm_view(f, agent, now_ms, engine, &q->view);
    if (q->view.interfaces > 0 && strikes_now(q, FAULT_SPIKE))
        q->view.spiked_slot = (uint32_t)faults_roll(
            &f->faults, 0, (int64_t)q->view.interfaces - 1);
    return true;
}

void answerer_ask(struct answerer *a, struct farm *f, uint32_t agent,
                  int64_t now_ms, struct bytes request, struct reply *out)
{
    struct question q;
    struct varbind_list list = {.at = a->list};
    struct pdu pdu = {0};

    *out = (struct reply){0};
    f->stats.requests++;
    if (agent < f->agents.count)
        f->agents.at[agent].packets++;
    if (!question_begin(&q, f, agent, now_ms, a->engine)) {
        f->stats.dropped++;
        return;
    }
    if (!question_open(a, &q, request))
        return;
    list.room = list_room(&q);
    if (q.secure.report != 0)
        report_make(&q, &list, &pdu);
    else
        question_answer(a, &q, &list, &pdu);
    if (pdu.type == 0)
        return;
    out->octets = question_wrap(a, &q, &pdu, &list);
    f->stats.answers += out->octets.len > 0;
    reply_spoil(a, &q, out);
}
