/* agent_answer.h - what an agent answers to Get, GetNext and GetBulk. Pure. */
#ifndef NORTH_AGENT_ANSWER_H
#define NORTH_AGENT_ANSWER_H

#include "north/agentx_pdu.h"
#include "north/mib_set.h"

enum { AGENT_VARBINDS_MAX = 4096 }; /* of one answer */

/* Appends the response to a request whose context was read from r already: a
 * refusal if the request is damaged, holds too much or is none of these. set
 * NULL: there is no such context. */
void agent_answer(const struct mib_set *set, const void *of,
                  const struct agentx_header *h, struct agentx_reader *r,
                  struct buffer *out);

/* Appends a response without varbinds. */
void agent_refuse(const struct agentx_header *h, uint16_t error, uint16_t index,
                  struct buffer *out);

#endif
