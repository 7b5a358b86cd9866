#include "wire/engine_parts.h"

#include <errno.h>
#include <stdio.h>

enum { COMMUNITY_MAX = 512 }; /* octets, "@context" included */

/* What goes out: v1 has no GETBULK, and each retry asks for less, since the
 * answer may have been what was too long. */
static struct pdu pdu_of(const struct exchange *x)
{
    bool v1 = x->agent->credential->version == SNMP_V1;
    unsigned tries = exchange_tries(x);
    uint32_t repetitions = x->max_repetitions >> (tries < 31 ? tries : 31);
    struct pdu pdu = {
        .type = x->type,
        .request_id = request_id_next(x),
        .list = x->list,
    };

    if (x->type == PDU_GET_BULK && v1) {
        pdu.type = PDU_GET_NEXT;
    } else if (x->type == PDU_GET_BULK) {
        pdu.non_repeaters = (int32_t)x->non_repeaters;
        pdu.max_repetitions = repetitions > 0 ? (int32_t)repetitions : 1;
    }
    return pdu;
}

/* "community@context" in room; too long: empty. */
static struct bytes with_context(const char *community, const char *context,
                                 char room[COMMUNITY_MAX])
{
    int len = snprintf(room, COMMUNITY_MAX, "%s@%s", community, context);

    if (len < 0 || len >= COMMUNITY_MAX)
        return (struct bytes){0};
    return (struct bytes){(const uint8_t *)room, (size_t)len};
}

static int encode_community(const struct exchange *x, struct ber_builder *b)
{
    const struct credential *credential = x->agent->credential;
    const char *community =
        credential->community == NULL ? "" : credential->community;
    char room[COMMUNITY_MAX];
    struct message m = {
        .version = (int32_t)credential->version,
        .community = bytes_of_text(community),
        .pdu = pdu_of(x),
    };

    if (x->context[0] != '\0')
        m.community = with_context(community, x->context, room);
    if (m.community.len >= COMMUNITY_MAX ||
        (x->context[0] != '\0' && m.community.len == 0))
        return -EMSGSIZE;
    return message_encode(b, &m);
}

/* Discovery asks for nothing, of nobody (RFC 3414, 4). */
static struct message_v3 header_of(const struct exchange *x, struct mono now)
{
    const struct agent_v3 *v3 = &x->agent->v3;
    const struct credential *credential = x->agent->credential;
    struct message_v3 header = {
        .msg_id = request_id_next(x),
        .max_size = MESSAGE_MAX,
        .security_model = MESSAGE_SECURITY_USM,
        .flags = MESSAGE_REPORTABLE,
    };

    if (x->discovery)
        return header;
    header.flags |= usm_flags(credential->auth, credential->priv);
    header.engine_id = header.context_engine_id =
        (struct bytes){v3->id, v3->id_len};
    if ((header.flags & MESSAGE_AUTH) != 0) {
        header.boots = v3->boots;
        header.time_s = agent_v3_time_s(v3, now);
    }
    header.user = bytes_of_text(credential->user);
    header.context = bytes_of_text(x->context);
    return header;
}

static int encode_v3(struct exchange *x, struct mono now, struct ber_builder *b,
                     const char **why)
{
    struct engine *e = x->agent->engine;
    struct message m = {
        .version = SNMP_V3, .v3 = header_of(x, now), .pdu = pdu_of(x)};
    static const struct usm_keys none = {.auth = AUTH_NONE};
    const struct usm_keys *keys = x->agent->v3.keys;
    int rc = usm_seal(e->usm, b, &m, keys != NULL ? keys : &none, e->salt++);

    if (rc == 0 || rc == -EMSGSIZE)
        return rc;
    *why = "the message cannot be secured";
    return -EACCES;
}

int exchange_encode(struct exchange *x, struct mono now, struct ber_builder *b,
                    const char **why)
{
    if (x->list.len == 0)
        return -EMSGSIZE;
    if (x->agent->credential->version == SNMP_V3)
        return encode_v3(x, now, b, why);
    return encode_community(x, b);
}
