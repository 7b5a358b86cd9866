#include "north/who.h"

#include <pwd.h>
#include <stdio.h>

static void name_user(uid_t uid, char *out, size_t len)
{
    enum { ROOM = 16384 };
    char room[ROOM];
    struct passwd entry, *found = NULL;

    if (getpwuid_r(uid, &entry, room, sizeof room, &found) == 0 &&
        found != NULL)
        (void)snprintf(out, len, "%s", found->pw_name);
    else
        (void)snprintf(out, len, "uid %u", (unsigned)uid);
}

const char *api_who(const struct api_request *r, char *out, size_t len)
{
    if (r->caller.kind == CALLER_SOCKET)
        name_user(r->uid, out, len);
    else
        (void)snprintf(out, len, "%s",
                       r->caller.name[0] != '\0' ? r->caller.name : "?");
    return out;
}
