/* agentx_pdu.h - messages of the AgentX protocol (RFC 2741, 6): read from and
 * written to octets. Pure.
 *
 * Each message is a header of 20 octets and a payload, whose length the header
 * tells. Read: agentx_header_read() the header, then agentx_reader_of() its
 * payload and the parts in their order; the cursor within breaks at the first
 * fault. Written in network byte order: agentx_begin(), the parts,
 * agentx_end().
 */
#ifndef NORTH_AGENTX_PDU_H
#define NORTH_AGENTX_PDU_H

#include "base/cursor.h"
#include "mibs/value.h"

enum agentx_type {
    AGENTX_OPEN = 1,
    AGENTX_CLOSE,
    AGENTX_REGISTER,
    AGENTX_UNREGISTER,
    AGENTX_GET,
    AGENTX_GET_NEXT,
    AGENTX_GET_BULK,
    AGENTX_TEST_SET,
    AGENTX_COMMIT_SET,
    AGENTX_UNDO_SET,
    AGENTX_CLEANUP_SET,
    AGENTX_NOTIFY,
    AGENTX_PING,
    AGENTX_RESPONSE = 18
};

enum {
    AGENTX_HEADER = 20,           /* octets */
    AGENTX_PAYLOAD_MAX = 1 << 20, /* that are taken */
    AGENTX_NON_DEFAULT_CONTEXT = 0x08,
    AGENTX_NETWORK_BYTE_ORDER = 0x10
};

/* res.error (RFC 2741, 6.2.16; RFC 3416, 3). */
enum agentx_error {
    AGENTX_NO_ERROR = 0,
    AGENTX_GEN_ERROR = 5,
    AGENTX_NO_ACCESS = 6,
    AGENTX_WRONG_TYPE = 7,
    AGENTX_WRONG_VALUE = 10,
    AGENTX_NO_CREATION = 11,
    AGENTX_RESOURCE_UNAVAILABLE = 13,
    AGENTX_COMMIT_FAILED = 14,
    AGENTX_UNDO_FAILED = 15,
    AGENTX_NOT_WRITABLE = 17,
    AGENTX_NOT_OPEN = 257,
    AGENTX_UNKNOWN_CONTEXT = 262,
    AGENTX_DUPLICATE = 263,
    AGENTX_PARSE_ERROR = 266,
    AGENTX_DENIED = 267
};

struct agentx_header {
    uint8_t type, flags; /* the type as sent */
    uint32_t session, transaction, packet;
    uint32_t len; /* of the payload: a multiple of 4, AGENTX_PAYLOAD_MAX */
};

/* Reads the first AGENTX_HEADER octets. -EBADMSG if they are none of version
 * 1, or lead to more than is taken. */
int agentx_header_read(struct bytes octets, struct agentx_header *out)
    __attribute__((warn_unused_result));

struct agentx_reader {
    struct cursor c;
    bool swapped; /* octets of numbers come the lowest first */
};

struct agentx_reader agentx_reader_of(const struct agentx_header *h,
                                      struct bytes payload);

uint16_t agentx_read_u16(struct agentx_reader *r);
uint32_t agentx_read_u32(struct agentx_reader *r);
/* The context of a request; empty is the default one. */
struct bytes agentx_read_context(struct agentx_reader *r,
                                 const struct agentx_header *h);
struct bytes agentx_read_octets(struct agentx_reader *r);
/* include may be NULL. */
void agentx_read_oid(struct agentx_reader *r, struct oid_store *out,
                     bool *include);

/* From where, itself or behind it, to before what; an empty end is none. */
struct agentx_range {
    struct oid_store from, to;
    bool include;
};
void agentx_read_range(struct agentx_reader *r, struct agentx_range *out);

/* One binding; an OID it holds lies in *oid. */
struct agentx_binding {
    struct oid_store name, oid;
    struct value value;
};
void agentx_read_binding(struct agentx_reader *r, struct agentx_binding *out);

/* Appends a message; h->len and byte order are seen to. */
size_t agentx_begin(struct buffer *out, const struct agentx_header *h);
void agentx_end(struct buffer *out, size_t begun);

void agentx_put_u8(struct buffer *out, uint8_t n);
void agentx_put_u16(struct buffer *out, uint16_t n);
void agentx_put_u32(struct buffer *out, uint32_t n);
void agentx_put_octets(struct buffer *out, struct bytes b);
void agentx_put_oid(struct buffer *out, struct oid o, bool include);
/* Values of a type that AgentX does not have go as Null. */
void agentx_put_varbind(struct buffer *out, struct oid name,
                        const struct value *value);

#endif
