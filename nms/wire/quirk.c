#include "wire/quirk.h"

#include "base/mem.h"

#include <string.h>

static const struct {
    uint32_t quirk;
    const char *word, *name, *follows;
} quirks[] = {
    {QUIRK_OTHER_ADDRESS, "other_address", "answers from another address",
     "answers are known by their request id"},
    {QUIRK_NOT_INCREASING, "not_increasing", "OIDs out of order",
     "the table is read to its end, each row once, before it is used"},
    {QUIRK_LOOP, "loop", "OIDs repeat",
     "reading stops where rows repeat; what was read is kept"},
    {QUIRK_NO_BULK, "no_bulk", "GETBULK does not work",
     "asked by GETNEXT; GETBULK is tried again after an hour, later weekly"},
    {QUIRK_TOO_BIG, "too_big", "tooBig for answers others manage",
     "asked for less at once; more is tried again after a week"},
    {QUIRK_TRUNCATED, "truncated", "answers with less than asked",
     "the rest is asked for again"},
    {QUIRK_BAD_ENCODING, "bad_encoding",
     "answers that break the encoding rules",
     "what cannot be read is asked for again, in smaller pieces"},
    {QUIRK_ENDLESS, "endless", "a table without end",
     "reading stops at a limit; what was read is kept"},
    {QUIRK_NO_END, "no_end", "does not say where its view ends",
     "the end is asked for twice"},
    {QUIRK_WRONG_NAMES, "wrong_names", "answers other names than asked",
     "such answers are dropped, and asked for again"},
    {QUIRK_TIME_BACK, "time_back", "engine boots or time went backwards",
     "accepted once an authentic answer confirmed it: its state was lost"},
    {QUIRK_BUSY, "busy", "much slower than usual, or busy by its own account",
     "one request at a time; what is not urgent waits for the next round"},
};

const char *quirk_word(uint32_t quirk)
{
    for (size_t i = 0; i < COUNT_OF(quirks); i++)
        if (quirks[i].quirk == quirk)
            return quirks[i].word;
    return "";
}

const char *quirk_name(uint32_t quirk)
{
    for (size_t i = 0; i < COUNT_OF(quirks); i++)
        if (quirks[i].quirk == quirk)
            return quirks[i].name;
    return "";
}

const char *quirk_follows(uint32_t quirk)
{
    for (size_t i = 0; i < COUNT_OF(quirks); i++)
        if (quirks[i].quirk == quirk)
            return quirks[i].follows;
    return "";
}

uint32_t quirk_of_word(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(quirks); i++)
        if (strcmp(quirks[i].word, word) == 0)
            return quirks[i].quirk;
    return 0;
}
