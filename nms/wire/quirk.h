/* quirk.h - what is odd about agents: the ways of misbehaving that engine and
 * walker survive, and what follows from each for how an agent is asked.
 */
#ifndef WIRE_QUIRK_H
#define WIRE_QUIRK_H

#include <stdint.h>

enum quirk {
    QUIRK_OTHER_ADDRESS = 1 << 0,  /* answers from another address */
    QUIRK_NOT_INCREASING = 1 << 1, /* OIDs out of order */
    QUIRK_LOOP = 1 << 2,           /* OIDs repeat */
    QUIRK_NO_BULK = 1 << 3,        /* GETBULK does not work */
    QUIRK_TOO_BIG = 1 << 4,        /* tooBig for sizes others manage */
    QUIRK_TRUNCATED = 1 << 5,      /* fewer varbinds than the PDU needs */
    QUIRK_BAD_ENCODING = 1 << 6,   /* BER that breaks the rules, or garbage */
    QUIRK_ENDLESS = 1 << 7,        /* a table beyond every limit */
    QUIRK_NO_END = 1 << 8,         /* endOfMibView missing */
    QUIRK_WRONG_NAMES = 1 << 9,    /* answers other names than asked */
    QUIRK_TIME_BACK = 1 << 10,     /* engine boots or time went backwards */
    QUIRK_BUSY = 1 << 11,          /* much slower than usual, or overloaded */
    /* that say nothing of how the agent is after a restart of ours: */
    QUIRKS_OF_A_MOMENT = QUIRK_TIME_BACK | QUIRK_BUSY,
};

/* Of one bit: a word for programs and the store ("no_bulk"), a name for people
 * ("GETBULK does not work"), and what follows from it. "" for none. */
const char *quirk_word(uint32_t quirk);
const char *quirk_name(uint32_t quirk);
const char *quirk_follows(uint32_t quirk);

/* The bit of a word; 0 if there is none. */
uint32_t quirk_of_word(const char *word);

#endif
