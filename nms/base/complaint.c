#include "base/complaint.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* text was cut to its room; takes a last character that is not whole away. */
static void cut_at_character(char *text)
{
    size_t len = strlen(text), at = len;

    while (at > 0 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at == 0)
        return;
    unsigned char lead = (unsigned char)text[at - 1];
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (len - (at - 1) < need)
        text[at - 1] = '\0';
}

static void put(char *out, size_t room, const char *text)
{
    int len = snprintf(out, room, "%s", text != NULL ? text : "");

    if (len >= (int)room)
        cut_at_character(out);
}

int complain(struct complaint *why, int rc, const char *place,
             const char *remedy, const char *fmt, ...)
{
    if (why == NULL)
        return rc;

    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(why->what, sizeof why->what, fmt, args);
    va_end(args);
    if (len >= (int)sizeof why->what)
        cut_at_character(why->what);
    put(why->place, sizeof why->place, place);
    put(why->remedy, sizeof why->remedy, remedy);
    return rc;
}
