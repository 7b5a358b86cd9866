/* tables_rows.h - rows of the tables of facts, and their cells; for
 * mibs/tables*.c.
 */
#ifndef MIBS_TABLES_ROWS_H
#define MIBS_TABLES_ROWS_H

#include "base/tsv.h"
#include "mibs/facts.h"

/* Cells; empty where nothing is known. */
void put_count(struct tsv *t, uint64_t number);
void put_mac(struct tsv *t, const struct mac *mac);
void put_addr(struct tsv *t, const struct addr *a);
void put_first_line(struct tsv *t, const char *text);
const char *first_of(const char *a, const char *b);

/* Adds the rows of one device. */
typedef void add_rows(struct tsv *t, const char *name, const struct facts *f);
add_rows add_neighbors, add_fdb, add_arp, add_vlans, add_port_vlans, add_stp,
    add_port_stack, add_ipv4, add_ipv6, add_routes, add_bgp, add_ospf;

#endif
