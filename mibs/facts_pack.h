/* facts_pack.h - facts in as little memory as they need. A station keeps those
 * of every device: agents repeat themselves (a name once a port, a description
 * once a neighbor), and what grew while they answered has room to spare. */
#ifndef MIBS_FACTS_PACK_H
#define MIBS_FACTS_PACK_H

#include "mibs/facts.h"

/* Packs f, which nobody else has yet: equal texts and octets become one, lists
 * are as long as they are, and everything else in f->arena is gone. */
void facts_pack(struct facts *f);

#endif
