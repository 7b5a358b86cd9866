/* cli_report.h - what an agent told, as a report for people. */
#ifndef NORTH_CLI_REPORT_H
#define NORTH_CLI_REPORT_H

#include "north/cli_session.h"

/* Appends all of it: identity, interfaces, addresses, neighbors, what is
 * measured, tables, quirks and the cost. */
void report_print(const struct session *s, const char *name,
                  struct buffer *out);

/* Tables, quirks and the cost as JSON. A new reference. */
json_t *report_json(const struct session *s);

#endif
