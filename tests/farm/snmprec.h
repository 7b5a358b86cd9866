/* snmprec.h - reads recordings of agents: text, one variable a line,
 * OID|TAG|VALUE.
 *
 * Tags are BER tags in decimal with what follows telling how the value is
 * written: "x" hexadecimal digits, "e" text with \xNN escapes, "xx" hexadecimal
 * digits of the text; "40" is taken for the 64 that was meant; "TAG:numeric"
 * and "TAG:writecache" are rules of a simulator whose fixed part is taken.
 * Lines beginning with '#' and empty ones are skipped. Pure: no I/O.
 */
#ifndef FARM_SNMPREC_H
#define FARM_SNMPREC_H

#include "base/complaint.h"
#include "mibs/value.h"

enum { SNMPREC_VALUE_MAX = 65535 };

/* Reads a text line by line. */
struct snmprec {
    struct bytes text;
    const char *name; /* of the file, for complaints */
    size_t pos, line; /* line counts from 1 */
    struct oid_store oid, oid_value;
    uint8_t octets[SNMPREC_VALUE_MAX];
};

/* name and text must outlive it. It is large: not for the stack. */
void snmprec_init(struct snmprec *r, const char *name, struct bytes text);

/* The next variable, valid until the next call. 1; 0 at the end; -EINVAL for a
 * line that cannot be read, with *why (may be NULL) naming line and fault: go
 * on with the next call. */
int snmprec_next(struct snmprec *r, struct varbind *out, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
