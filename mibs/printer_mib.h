/* printer_mib.h - what a printer holds and uses up: Printer-MIB (RFC 3805). */
#ifndef MIBS_PRINTER_MIB_H
#define MIBS_PRINTER_MIB_H

#include "mibs/harvest.h"

extern const struct reader printer_reader; /* supplies, trays of paper */

/* Adds what the profile does not tell of. */
void printer_finish(struct harvest *h);

#endif
