/* facts_json.h - facts as JSON text and back, without loss: what the store
 * keeps of a device so that a restarted station knows its links at once. */
#ifndef MIBS_FACTS_JSON_H
#define MIBS_FACTS_JSON_H

#include "mibs/facts.h"

/* Appends f as one JSON object. What has its zero or unknown value is left
 * out. */
void facts_to_json(const struct facts *f, struct buffer *out);

/* Reads what facts_to_json() wrote; unknown members are ignored, so that a
 * newer text is still of use. NULL if it is no such text. */
struct facts *facts_from_json(const char *text, size_t len)
    __attribute__((warn_unused_result));

#endif
