/* cli_conformance.h - how well an agent keeps to its standards, as a text to be
 * sent to its vendor. */
#ifndef NORTH_CLI_CONFORMANCE_H
#define NORTH_CLI_CONFORMANCE_H

#include "north/cli_session.h"

/* Appends it: what is broken and where, what that costs, which tables were
 * asked and how fast they were told, and what Portolan makes of the agent. */
void conformance_print(const struct session *s, const char *name,
                       struct buffer *out);

/* Faults and remarks as JSON. A new reference. */
json_t *conformance_json(const struct session *s);

#endif
