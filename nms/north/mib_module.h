/* mib_module.h - the text of PORTOLAN-MIB, which is part of the program. */
#ifndef NORTH_MIB_MODULE_H
#define NORTH_MIB_MODULE_H

#include "base/bytes.h"

enum { MIB_ENTERPRISE = 32473 }; /* of the text; RFC 5612 */

/* Appends the module, its root below enterprises.ENTERPRISE. */
void mib_module_print(uint32_t enterprise, struct buffer *out);

#endif
