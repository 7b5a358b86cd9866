#include "wire/message.h"

#include "base/mem.h"

#include <errno.h>

/* ---- reading ------------------------------------------------------------ */

/* HeaderData (RFC 3412, 6). */
static void read_header_data(struct cursor *c, struct message_v3 *v3)
{
    struct cursor head =
        ber_open(c, BER_SEQUENCE, "msgGlobalData: no SEQUENCE");

    v3->msg_id = ber_int32(&head, "msgID: bad");
    v3->max_size = ber_int32(&head, "msgMaxSize: bad");
    struct bytes flags = ber_octets(&head, "msgFlags: bad");
    if (cursor_ok(&head) && flags.len != 1)
        cursor_break(&head, "msgFlags: not one octet");
    v3->flags = cursor_ok(&head) ? flags.at[0] : 0;
    if ((v3->flags & (MESSAGE_AUTH | MESSAGE_PRIV)) == MESSAGE_PRIV)
        cursor_break(&head, "msgFlags: privacy without authentication");
    v3->security_model = ber_int32(&head, "msgSecurityModel: bad");
    if (v3->security_model != MESSAGE_SECURITY_USM)
        cursor_break(&head, "msgSecurityModel: not USM");
    cursor_join(c, &head);
}

/* UsmSecurityParameters (RFC 3414, 2.4), a SEQUENCE in an OCTET STRING. */
static void read_usm(struct cursor *c, struct message_v3 *v3)
{
    struct cursor octets =
        ber_open(c, BER_OCTETS, "msgSecurityParameters: bad");
    struct cursor usm =
        ber_open(&octets, BER_SEQUENCE, "msgSecurityParameters: no SEQUENCE");

    v3->engine_id = ber_octets(&usm, "msgAuthoritativeEngineID: bad");
    v3->boots = ber_int32(&usm, "msgAuthoritativeEngineBoots: bad");
    v3->time_s = ber_int32(&usm, "msgAuthoritativeEngineTime: bad");
    v3->user = ber_octets(&usm, "msgUserName: bad");
    v3->auth = ber_octets(&usm, "msgAuthenticationParameters: bad");
    v3->priv = ber_octets(&usm, "msgPrivacyParameters: bad");
    if (v3->engine_id.len > MESSAGE_ENGINE_ID_MAX)
        cursor_break(&usm, "msgAuthoritativeEngineID: too long");
    if (v3->user.len > MESSAGE_USER_MAX)
        cursor_break(&usm, "msgUserName: too long");
    cursor_join(&octets, &usm);
    cursor_join(c, &octets);
}

static void read_v3(struct cursor *c, struct message *m)
{
    read_header_data(c, &m->v3);
    read_usm(c, &m->v3);
    struct cursor body;
    if ((m->v3.flags & MESSAGE_PRIV) != 0)
        body = ber_open(c, BER_OCTETS, "encryptedPDU: bad");
    else
        body = ber_open(c, BER_SEQUENCE, "ScopedPDU: no SEQUENCE");
    m->body = cursor_bytes(&body, cursor_left(&body));
}

int message_decode(struct cursor *c, struct message *out)
{
    struct cursor all = ber_open(c, BER_SEQUENCE, "Message: no SEQUENCE");

    *out = (struct message){0};
    out->version = ber_int32(&all, "version: bad");
    if (out->version == SNMP_V3) {
        read_v3(&all, out);
    } else if (out->version == SNMP_V1 || out->version == SNMP_V2C) {
        out->community = ber_octets(&all, "community: bad");
        out->body = cursor_bytes(&all, cursor_left(&all));
    } else {
        cursor_break(&all, "version: none that we know");
    }
    cursor_join(c, &all);
    if (cursor_ok(c))
        return 0;
    *out = (struct message){0};
    return -EBADMSG;
}

/* Trap-PDU (RFC 1157, 4.1.6), up to its variable bindings. */
static void read_trap_v1(struct cursor *c, struct ber_scratch *scratch,
                         struct trap_v1 *out)
{
    struct cursor body;
    struct value ticks;

    out->enterprise = ber_oid(c, scratch, "enterprise: bad");
    if (ber_any(c, &body) != VALUE_IP)
        cursor_break(c, "agent-addr: bad");
    out->agent_addr = cursor_bytes(&body, cursor_left(&body));
    out->generic = ber_int32(c, "generic-trap: bad");
    out->specific = ber_int32(c, "specific-trap: bad");
    ber_value(c, scratch, &ticks);
    out->uptime_cs = ticks.type == VALUE_TICKS ? (uint32_t)ticks.number : 0;
}

static void read_pdu_head(struct cursor *c, struct ber_scratch *scratch,
                          struct pdu *out)
{
    switch ((enum pdu_type)out->type) {
    case PDU_TRAP_V1:
        read_trap_v1(c, scratch, &out->trap);
        return;
    case PDU_GET:
    case PDU_GET_NEXT:
    case PDU_RESPONSE:
    case PDU_SET:
    case PDU_GET_BULK:
    case PDU_INFORM:
    case PDU_TRAP_V2:
    case PDU_REPORT:
        out->request_id = ber_int32(c, "request-id: bad");
        out->error_status = ber_int32(c, "error-status: bad");
        out->error_index = ber_int32(c, "error-index: bad");
        return;
    }
    cursor_break(c, "PDU: none that we know");
}

int message_skim_head(struct cursor *c, struct message_scratch *scratch,
                      struct message *m, struct cursor *body)
{
    scratch->ber.used = 0;
    scratch->ber.odd = 0;
    scratch->rows.count = scratch->rows.cells = 0;
    m->pdu = (struct pdu){0};
    if (m->version == SNMP_V3) {
        m->v3.context_engine_id = ber_octets(c, "contextEngineID: bad");
        m->v3.context = ber_octets(c, "contextName: bad");
    }
    m->pdu.type = ber_any(c, body);
    read_pdu_head(body, &scratch->ber, &m->pdu);
    cursor_join(c, body);
    if (!cursor_ok(c))
        m->pdu = (struct pdu){0};
    return cursor_ok(c) ? 0 : -EBADMSG;
}

/* The varbinds up to the one at end, or to the end of the list. */
static void skim_varbinds(struct cursor *list, struct message_scratch *scratch,
                          size_t end, size_t *count)
{
    while (cursor_left(list) > 0 && *count < end) {
        struct varbind *vb = &scratch->varbinds[*count];

        vb->name = (struct oid){0};
        ber_skim(list, &scratch->ber, &scratch->encoded[(*count)++],
                 &vb->value);
    }
}

int message_skim_list(struct cursor *c, struct cursor *body,
                      struct message_scratch *scratch,
                      const struct ber_columns *columns, struct message *m)
{
    struct cursor list = ber_open(body, BER_SEQUENCE, "VarBindList: bad");
    size_t count = 0;

    m->pdu.octets = list.span;
    if (columns != NULL) {
        skim_varbinds(&list, scratch, columns->lead, &count);
        scratch->rows_at = count;
        ber_rows_read(&list, columns, scratch->room - count, &scratch->ber,
                      &scratch->rows);
        count += scratch->rows.cells;
    }
    skim_varbinds(&list, scratch, scratch->room, &count);
    if (cursor_left(&list) > 0)
        cursor_break(&list, "VarBindList: too many");
    m->pdu.varbinds = scratch->varbinds;
    m->pdu.encoded = scratch->encoded;
    m->pdu.count = count;
    cursor_join(body, &list);
    cursor_join(c, body);
    if (!cursor_ok(c))
        m->pdu = (struct pdu){0};
    return cursor_ok(c) ? 0 : -EBADMSG;
}

/* Makes varbinds of rows. */
static void spread_rows(struct message_scratch *scratch)
{
    const struct ber_rows *rows = &scratch->rows;
    struct bytes octets = rows->octets;

    for (size_t i = 0; i < rows->cells; i++) {
        size_t at = scratch->rows_at + i;

        scratch->encoded[at] = ber_rows_name(&octets);
        scratch->varbinds[at] = (struct varbind){.value = rows->values[i]};
    }
}

void pdu_read_names(struct message_scratch *scratch, struct pdu *pdu,
                    size_t first)
{
    spread_rows(scratch);
    for (size_t i = first; i < pdu->count; i++)
        scratch->varbinds[i].name = ber_name(pdu->encoded[i], &scratch->ber);
}

int message_decode_pdu(struct cursor *c, struct message_scratch *scratch,
                       struct message *m)
{
    struct cursor body;
    int rc = message_skim_head(c, scratch, m, &body);

    if (rc == 0)
        rc = message_skim_list(c, &body, scratch, NULL, m);
    if (rc == 0)
        pdu_read_names(scratch, &m->pdu, 0);
    return rc;
}

struct message_scratch *message_scratch_new(void)
{
    struct message_scratch *s = mem_new(struct message_scratch);

    s->ber.room = MESSAGE_MAX + OID_MAX;
    s->ber.subs = mem_array(s->ber.room, sizeof *s->ber.subs);
    s->room = MESSAGE_VARBINDS_MAX;
    s->varbinds = mem_array(s->room, sizeof *s->varbinds);
    s->encoded = mem_array(s->room, sizeof *s->encoded);
    s->rows.values = mem_array(s->room, sizeof *s->rows.values);
    s->rows.indexes = mem_array(s->room, sizeof *s->rows.indexes);
    return s;
}

void message_scratch_free(struct message_scratch *s)
{
    if (s == NULL)
        return;
    free(s->ber.subs);
    free(s->varbinds);
    free(s->encoded);
    free(s->rows.values);
    free(s->rows.indexes);
    free(s);
}

/* ---- writing ------------------------------------------------------------ */

void names_encode(struct ber_builder *b, const struct oid *names, size_t count)
{
    static const struct value null = {.type = VALUE_NULL};
    size_t mark = ber_mark(b);

    for (size_t i = count; i > 0; i--)
        ber_put_varbind(b, names[i - 1], &null);
    ber_wrap(b, BER_SEQUENCE, mark);
}

static void put_varbinds(struct ber_builder *b, const struct pdu *pdu)
{
    size_t mark = ber_mark(b);

    for (size_t i = pdu->count; i > 0; i--)
        ber_put_varbind(b, pdu->varbinds[i - 1].name,
                        &pdu->varbinds[i - 1].value);
    ber_wrap(b, BER_SEQUENCE, mark);
}

void pdu_encode(struct ber_builder *b, const struct pdu *pdu)
{
    size_t mark = ber_mark(b);

    if (pdu->list.len > 0)
        ber_put_raw(b, pdu->list);
    else if (pdu->names != NULL)
        names_encode(b, pdu->names, pdu->count);
    else
        put_varbinds(b, pdu);
    if (pdu->type == PDU_TRAP_V1) {
        ber_put_unsigned(b, VALUE_TICKS, pdu->trap.uptime_cs);
        ber_put_int(b, BER_INTEGER, pdu->trap.specific);
        ber_put_int(b, BER_INTEGER, pdu->trap.generic);
        ber_put_octets(b, VALUE_IP, pdu->trap.agent_addr);
        ber_put_oid(b, pdu->trap.enterprise);
    } else {
        ber_put_int(b, BER_INTEGER, pdu->error_index);
        ber_put_int(b, BER_INTEGER, pdu->error_status);
        ber_put_int(b, BER_INTEGER, pdu->request_id);
    }
    ber_wrap(b, pdu->type, mark);
}

void message_encode_scoped(struct ber_builder *b, const struct message *m)
{
    size_t mark = ber_mark(b);

    pdu_encode(b, &m->pdu);
    ber_put_octets(b, BER_OCTETS, m->v3.context);
    ber_put_octets(b, BER_OCTETS, m->v3.context_engine_id);
    ber_wrap(b, BER_SEQUENCE, mark);
}

static void put_usm(struct ber_builder *b, const struct message_v3 *v3)
{
    size_t mark = ber_mark(b);

    ber_put_octets(b, BER_OCTETS, v3->priv);
    ber_put_octets(b, BER_OCTETS, v3->auth);
    ber_put_octets(b, BER_OCTETS, v3->user);
    ber_put_int(b, BER_INTEGER, v3->time_s);
    ber_put_int(b, BER_INTEGER, v3->boots);
    ber_put_octets(b, BER_OCTETS, v3->engine_id);
    ber_wrap(b, BER_SEQUENCE, mark);
    ber_wrap(b, BER_OCTETS, mark);
}

static void put_header_data(struct ber_builder *b, const struct message_v3 *v3)
{
    size_t mark = ber_mark(b);

    ber_put_int(b, BER_INTEGER, v3->security_model);
    ber_put_octets(b, BER_OCTETS, (struct bytes){&v3->flags, 1});
    ber_put_int(b, BER_INTEGER, v3->max_size);
    ber_put_int(b, BER_INTEGER, v3->msg_id);
    ber_wrap(b, BER_SEQUENCE, mark);
}

int message_encode(struct ber_builder *b, const struct message *m)
{
    size_t mark = ber_mark(b);

    if (m->version == SNMP_V3) {
        if ((m->v3.flags & MESSAGE_PRIV) != 0)
            ber_put_octets(b, BER_OCTETS, m->body);
        else
            message_encode_scoped(b, m);
        put_usm(b, &m->v3);
        put_header_data(b, &m->v3);
    } else {
        pdu_encode(b, &m->pdu);
        ber_put_octets(b, BER_OCTETS, m->community);
    }
    ber_put_int(b, BER_INTEGER, m->version);
    ber_wrap(b, BER_SEQUENCE, mark);
    return b->full ? -EMSGSIZE : 0;
}

const char *error_status_name(int32_t error_status)
{
    /* RFC 3416, 3. */
    static const char *const names[] = {
        "noError",
        "tooBig",
        "noSuchName",
        "badValue",
        "readOnly",
        "genErr",
        "noAccess",
        "wrongType",
        "wrongLength",
        "wrongEncoding",
        "wrongValue",
        "noCreation",
        "inconsistentValue",
        "resourceUnavailable",
        "commitFailed",
        "undoFailed",
        "authorizationError",
        "notWritable",
        "inconsistentName",
    };

    if (error_status < 0 || (size_t)error_status >= COUNT_OF(names))
        return "unknown error";
    return names[error_status];
}
