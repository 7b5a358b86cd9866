#include "base/complaint.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static void put(char *out, size_t room, const char *text)
{
    int len = snprintf(out, room, "%s", text != NULL ? text : "");

    if (len >= (int)room)
        text_end_whole(out);
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
        text_end_whole(why->what);
    put(why->place, sizeof why->place, place);
    put(why->remedy, sizeof why->remedy, remedy);
    return rc;
}
