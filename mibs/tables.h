/* tables.h - facts as the tables that users and other programs read
 * (devices.tsv, ports.tsv ...). */
#ifndef MIBS_TABLES_H
#define MIBS_TABLES_H

#include "mibs/facts.h"

struct fact_tables; /* all tables, rows of any number of devices */

struct fact_tables *fact_tables_new(void);
void fact_tables_free(struct fact_tables *t);
OWNED_BY(struct fact_tables, fact_tables_free)

/* Adds every row of one device. addresses: comma-separated, all that are
 * known, the one that is asked first; credential and state as shown. */
void fact_tables_add(struct fact_tables *t, const char *name,
                     const struct facts *f, const char *addresses,
                     const char *credential, const char *state);

/* Writes devices.tsv ports.tsv processors.tsv mempools.tsv storage.tsv
 * sensors.tsv neighbors.tsv fdb.tsv arp.tsv vlans.tsv port_vlans.tsv stp.tsv
 * port_stack.tsv ipv4.tsv ipv6.tsv inventory.tsv supplies.tsv transceivers.tsv
 * routes.tsv bgp.tsv ospf.tsv into dir, which is made if missing. 0 or -errno.
 */
int fact_tables_save(struct fact_tables *t, const char *dir)
    __attribute__((warn_unused_result));

/* The name of the nth of these files, NULL behind the last; and its contents,
 * appended to out (-ENOENT if there is no such file). */
const char *fact_tables_file(size_t n);
int fact_tables_print(struct fact_tables *t, const char *file,
                      struct buffer *out) __attribute__((warn_unused_result));

#endif
