/* ber.h - reads and writes the Basic Encoding Rules as SNMP uses them (RFC
 * 3417, 8): definite lengths, single-octet tags.
 *
 * Reading goes through a cursor and is sticky like it. Agents' habits are
 * tolerated: lengths in longer form than needed, integers with needless leading
 * octets, counters encoded as negative numbers. A value that cannot be read
 * becomes VALUE_NULL and is counted, so that one bad varbind hides no other and
 * invents no number; a name that cannot be read breaks the cursor.
 *
 * Writing goes from the last octet to the first, as nested lengths want it.
 */
#ifndef WIRE_BER_H
#define WIRE_BER_H

#include "base/cursor.h"
#include "mibs/value.h"

enum ber_tag {
    BER_INTEGER = 0x02,
    BER_OCTETS = 0x04,
    BER_NULL = 0x05,
    BER_OID = 0x06,
    BER_SEQUENCE = 0x30,
};

/* ---- reading ------------------------------------------------------------ */

/* Where sub-identifiers of OIDs that are read go; whoever owns it sets used
 * and odd to 0 before each message. An OID read is valid until then. */
struct ber_scratch {
    uint32_t *subs;
    size_t used, room; /* sub-identifiers; room >= octets of the message holds
                          for any message */
    unsigned odd;      /* values that could not be read, see above */
};

/* The next element whatever it is: its tag, and *body confined to its content.
 * 0 if c is or gets broken (truncated, indefinite length, long tag). */
uint8_t ber_any(struct cursor *c, struct cursor *body);

/* The content of the next element, which must have that tag; else c gets broken
 * because of why, a static string. */
struct cursor ber_open(struct cursor *c, uint8_t tag, const char *why);

/* INTEGER of at most 32 bits; 0 if c is or gets broken. */
int32_t ber_int32(struct cursor *c, const char *why);

/* OCTET STRING as a view. */
struct bytes ber_octets(struct cursor *c, const char *why);

/* OBJECT IDENTIFIER. An empty one has len 0. */
struct oid ber_oid(struct cursor *c, struct ber_scratch *scratch,
                   const char *why);

/* A value of any type. */
void ber_value(struct cursor *c, struct ber_scratch *scratch,
               struct value *out);

/* True if values of this type are octets: OCTET STRING, IpAddress, Opaque, and
 * types that we do not know. */
bool ber_has_octets(uint8_t type);

/* One VarBind: SEQUENCE of name and value. */
void ber_varbind(struct cursor *c, struct ber_scratch *scratch,
                 struct varbind *out);

/* The same, for who may not need the name in numbers: it is checked, and *name
 * is its octets, for ber_name() later. */
void ber_skim(struct cursor *c, struct ber_scratch *scratch, struct bytes *name,
              struct value *out);

/* True if octets are sub-identifiers of 32 bits, and no more than OID_MAX. */
bool ber_are_subs(struct bytes octets);

/* Sub-identifiers that follow others in an OID, such as an index; subs has room
 * for OID_MAX. Empty if octets are none. */
struct oid ber_subs(struct bytes octets, uint32_t *subs);

/* The OID that octets are; empty if they are none, or the scratch is full. */
struct oid ber_name(struct bytes octets, struct ber_scratch *scratch);

/* ---- writing ------------------------------------------------------------ */

/* Writes towards the front of a buffer; once it does not fit, nothing more is
 * written and ber_built() is empty. */
struct ber_builder {
    uint8_t *at;
    size_t room;  /* octets of the buffer */
    size_t start; /* what is built lies at at[start] .. at[room - 1] */
    bool full;
};

struct ber_builder ber_builder_over(uint8_t *at, size_t room);

/* What was built; empty if it did not fit. */
struct bytes ber_built(const struct ber_builder *b);

/* Octets built so far: a mark to hand to ber_wrap(). */
size_t ber_mark(const struct ber_builder *b);

/* Puts tag and length before everything built since mark. */
void ber_wrap(struct ber_builder *b, uint8_t tag, size_t mark);

/* Each puts one element before what is there. */
void ber_put_int(struct ber_builder *b, uint8_t tag, int64_t number);
void ber_put_unsigned(struct ber_builder *b, uint8_t tag, uint64_t number);
void ber_put_octets(struct ber_builder *b, uint8_t tag, struct bytes octets);
void ber_put_oid(struct ber_builder *b, struct oid oid);

/* The content of an OID alone, and sub-identifiers that follow others in it. */
void ber_put_name(struct ber_builder *b, struct oid oid);
void ber_put_subs(struct ber_builder *b, struct oid subs);

/* VarBinds that ask for names: octets of each, then those of one index. */
void ber_put_asked(struct ber_builder *b, const struct bytes *names,
                   size_t count, struct bytes index);
void ber_put_value(struct ber_builder *b, const struct value *value);
void ber_put_varbind(struct ber_builder *b, struct oid name,
                     const struct value *value);

/* Puts octets as they are, without tag and length. */
void ber_put_raw(struct ber_builder *b, struct bytes octets);

#endif
