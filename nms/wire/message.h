/* message.h - SNMP messages v1 (RFC 1157), v2c (RFC 1901) and v3 (RFC 3412),
 * read and written; for managers and agents alike.
 *
 * Reading has two steps, since a v3 message is verified and decrypted between
 * them (usm.h): message_decode() reads everything up to the PDU,
 * message_decode_pdu() the PDU. All that was read is views into the octets
 * given and into the scratch.
 *
 * Writing: message_encode() for v1, v2c and v3 without security;
 * usm_seal() for v3 with any security level.
 */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include "wire/ber_rows.h"
#include "wire/engine.h"

enum {
    MESSAGE_MAX = 65507,         /* octets of the longest UDP payload */
    MESSAGE_VARBINDS_MAX = 4096, /* more in one PDU are refused */
    MESSAGE_ENGINE_ID_MAX = 32,  /* RFC 3411, SnmpEngineID */
    MESSAGE_USER_MAX = 32,       /* RFC 3414, msgUserName */
    MESSAGE_SECURITY_USM = 3,    /* RFC 3411, SnmpSecurityModel */
};

/* msgFlags (RFC 3412, 6.4). */
enum { MESSAGE_AUTH = 1, MESSAGE_PRIV = 2, MESSAGE_REPORTABLE = 4 };

/* Error status of a response (RFC 3416, 3), those we must know. */
enum {
    ERROR_NONE = 0,
    ERROR_TOO_BIG = 1,
    ERROR_NO_SUCH_NAME = 2,
    ERROR_GENERAL = 5,
    ERROR_NO_ACCESS = 6,
    ERROR_AUTHORIZATION = 16,
    ERROR_LAST = 18, /* inconsistentName */
};

/* The fields only a v1 trap has. */
struct trap_v1 {
    struct oid enterprise;
    struct bytes agent_addr; /* 4 octets, or what the sender gave */
    int32_t generic, specific;
    uint32_t uptime_cs;
};

/* A PDU. type is one of enum pdu_type. For writing, names may stand in place
 * of varbinds: every value is then NULL; or the VarBindList as octets. */
struct pdu {
    uint8_t type;
    int32_t request_id;
    union {
        int32_t error_status;
        int32_t non_repeaters; /* PDU_GET_BULK */
    };
    union {
        int32_t error_index;
        int32_t max_repetitions; /* PDU_GET_BULK */
    };
    struct trap_v1 trap; /* PDU_TRAP_V1 alone */
    const struct varbind *varbinds;
    size_t count;
    const struct bytes *encoded; /* reading alone: the names' octets */
    struct bytes octets;         /* reading alone: of all varbinds */
    const struct oid *names;     /* writing alone; NULL = varbinds */
    struct bytes list;           /* writing alone; empty = names or varbinds */
};

/* What v3 has around its scoped PDU (RFC 3412, 6; RFC 3414, 2.4). */
struct message_v3 {
    int32_t msg_id, max_size, security_model;
    uint8_t flags; /* MESSAGE_AUTH ... */
    struct bytes engine_id;
    int32_t boots, time_s;
    struct bytes user;
    struct bytes auth, priv; /* msgAuthenticationParameters, msgPrivacy... */
    struct bytes context_engine_id, context;
};

struct message {
    int32_t version;        /* enum snmp_version */
    struct bytes community; /* v1, v2c */
    struct message_v3 v3;
    struct bytes body; /* v1, v2c: the PDU; v3: the scoped PDU, or what is
                          encrypted of it (no tag and length then) */
    struct pdu pdu;
};

/* Where message_decode_pdu() puts varbinds and OIDs. */
struct message_scratch {
    struct ber_scratch ber;
    struct ber_rows rows; /* of the PDU, where columns were told */
    size_t rows_at;       /* the varbind they begin at */
    struct varbind *varbinds;
    struct bytes *encoded;
    size_t room; /* varbinds; MESSAGE_VARBINDS_MAX holds for any message */
};

/* One that holds for any message. */
struct message_scratch *message_scratch_new(void);
void message_scratch_free(struct message_scratch *s);
OWNED_BY(struct message_scratch, message_scratch_free)

/* Reads all but the PDU. 0 and *out with pdu all zero; or -EBADMSG and *out
 * all zero, c tells why and where. c is to be over the whole message. */
int message_decode(struct cursor *c, struct message *out)
    __attribute__((warn_unused_result));

/* Reads the PDU of a message from c over m->body (of v3: over the scoped PDU
 * in plain text, whose context goes to m->v3). 0, or -EBADMSG and m->pdu all
 * zero. Empties the scratch first. */
int message_decode_pdu(struct cursor *c, struct message_scratch *scratch,
                       struct message *m) __attribute__((warn_unused_result));

/* Puts the VarBindList that asks for names: every value is NULL. */
void names_encode(struct ber_builder *b, const struct oid *names, size_t count);

/* Puts a PDU; of v3: context, then PDU, as scoped PDU. */
void pdu_encode(struct ber_builder *b, const struct pdu *pdu);
void message_encode_scoped(struct ber_builder *b, const struct message *m);

/* Puts the whole message; v3 as flags and auth, priv, body say: with
 * MESSAGE_PRIV body is taken as the encrypted scoped PDU, else the scoped PDU
 * is written from context and pdu. 0, or -EMSGSIZE. */
int message_encode(struct ber_builder *b, const struct message *m)
    __attribute__((warn_unused_result));

/* The same, but names are checked alone: those of varbinds are empty. In two
 * steps, since the head may tell what was asked: *body is for the second, which
 * reads rows of columns, NULL for none, into scratch->rows; their varbinds are
 * counted, but not there before pdu_read_names(). */
int message_skim_head(struct cursor *c, struct message_scratch *scratch,
                      struct message *m, struct cursor *body)
    __attribute__((warn_unused_result));
int message_skim_list(struct cursor *c, struct cursor *body,
                      struct message_scratch *scratch,
                      const struct ber_columns *columns, struct message *m)
    __attribute__((warn_unused_result));

/* Reads names of the PDU that was skimmed last, from the one at first on; of
 * rows makes the varbinds. */
void pdu_read_names(struct message_scratch *scratch, struct pdu *pdu,
                    size_t first);

/* "tooBig", "noSuchName" ...; "error 77" is "unknown error". */
const char *error_status_name(int32_t error_status);

#endif
