#include "north/who.h"

#include "base/addr.h"

#include <pwd.h>
#include <stdio.h>

#include <sys/socket.h>

#include <event2/bufferevent.h>
#include <event2/http.h>

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
    struct evhttp_connection *connection =
        r->http != NULL ? evhttp_request_get_connection(r->http) : NULL;
    struct ucred peer;
    socklen_t size = sizeof peer;
    struct sockaddr_storage from;
    socklen_t from_len = sizeof from;

    (void)snprintf(out, len, "?");
    if (connection == NULL)
        return out;
    int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(connection));
    if (fd < 0 || getpeername(fd, (struct sockaddr *)&from, &from_len) < 0)
        return out;
    if (from.ss_family == AF_UNIX) {
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
            name_user(peer.uid, out, len);
        return out;
    }
    struct addr addr = addr_from_sockaddr((struct sockaddr *)&from, NULL);
    char text[ADDR_TEXT_MAX];
    (void)snprintf(out, len, "%s", addr_format(&addr, text, sizeof text));
    return out;
}
