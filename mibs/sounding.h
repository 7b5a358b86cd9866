/* sounding.h - which of many tables an agent has at all, asked in one or two
 * PDUs: what follows the beginning of a table (GETNEXT) is in it, or the agent
 * lacks it. An agent that has no interfaces by this does not answer as it
 * should, and nothing is concluded.
 */
#ifndef MIBS_SOUNDING_H
#define MIBS_SOUNDING_H

#include "base/own.h"
#include "mibs/value.h"

enum {
    SOUNDING_OIDS_MAX = 32, /* beginnings in one PDU */
    SOUNDING_WORTH = 6,     /* tables; fewer are as soon asked */
};

struct sounding;

struct sounding *sounding_new(void);
void sounding_free(struct sounding *s);
OWNED_BY(struct sounding, sounding_free)

/* Adds a table by its columns, called so by the caller. */
void sounding_add(struct sounding *s, size_t table, const struct oid *columns,
                  size_t count);
size_t sounding_tables(const struct sounding *s);

/* The nth thing to ask, from 0, once all tables were added; false when there is
 * no more. Rows go to sounding_row() with the same n. */
bool sounding_ask(const struct sounding *s, size_t n, struct ask *out);
void sounding_row(struct sounding *s, size_t n, const struct row *row);

/* True if the agent said that it has nothing of a table. */
bool sounding_lacks(const struct sounding *s, size_t table);

#endif
