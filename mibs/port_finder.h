/* port_finder.h - which interface a name or MAC address means, if exactly one
 * does. For many questions about one agent. */
#ifndef MIBS_PORT_FINDER_H
#define MIBS_PORT_FINDER_H

#include "base/own.h"
#include "mibs/facts.h"

struct port_finder;

/* Over the interfaces of f, which must outlive it unchanged. */
struct port_finder *port_finder_new(const struct facts *f);
void port_finder_free(struct port_finder *p);
OWNED_BY(struct port_finder, port_finder_free)

/* The interface that a text names: by ifName, then ifDescr, then ifAlias, each
 * only if exactly one has it. 0 if none. */
uint32_t port_by_text(const struct port_finder *p, const char *text);

/* The same without ifAlias. */
uint32_t port_by_name(const struct port_finder *p, const char *text);

/* The same with ifAlias first, for ids that are one. */
uint32_t port_by_alias(const struct port_finder *p, const char *text);

/* The one interface that has this MAC address; 0 if none or several. */
uint32_t port_by_mac(const struct port_finder *p, const struct mac *mac);

#endif
