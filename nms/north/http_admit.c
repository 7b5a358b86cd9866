/* Who asks, and whether he may: the headers of a request before the gate. */
#include "north/http_parts.h"

#include "base/mem.h"
#include "north/access.h"
#include "north/http_door.h"
#include "north/proof.h"

#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>

#include <event2/bufferevent.h>
#include <event2/http.h>

enum { COOKIES_MAX = 4096, COOKIE_NAME_MAX = 32, TOO_MANY_REQUESTS = 429 };

static const char *header_of(const struct api_request *r, const char *name)
{
    return evhttp_find_header(evhttp_request_get_input_headers(r->http), name);
}

static int descriptor_of(const struct api_request *r)
{
    return bufferevent_getfd(evhttp_connection_get_bufferevent(
        evhttp_request_get_connection(r->http)));
}

/* Over the control socket: the user at its other end. */
static void know_peer(struct api_request *r)
{
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t len = sizeof peer;

    if (getsockopt(descriptor_of(r), SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
        peer.uid = (uid_t)-1;
    r->uid = peer.uid;
    r->caller.kind = CALLER_SOCKET;
    r->caller.role = ROLE_ADMINISTRATOR;
}

void http_know(struct api_request *r)
{
    char name[COOKIE_NAME_MAX], session[KEY_SECRET_MAX], token[KEY_SECRET_MAX];
    struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
    socklen_t len = sizeof from;
    const char *authorization = header_of(r, "Authorization");

    if (!r->remote) {
        know_peer(r);
        return;
    }
    if (getpeername(descriptor_of(r), (struct sockaddr *)&from, &len) == 0)
        r->from = addr_from_sockaddr((struct sockaddr *)&from, NULL);
    http_cookie_name(r->api, name, sizeof name);
    (void)proof_cookie(header_of(r, "Cookie"), name, session, sizeof session);
    (void)proof_bearer(authorization, token, sizeof token);
    access_know(r->access, session, authorization != NULL ? token : NULL,
                wall_now(), &r->caller);
    explicit_bzero(session, sizeof session);
    explicit_bzero(token, sizeof token);
}

size_t http_judge(void *arg, struct bytes head, bool *known)
{
    struct api *api = arg;
    char field[COOKIES_MAX], name[COOKIE_NAME_MAX], proof[KEY_SECRET_MAX] = "";
    struct caller caller = {.kind = CALLER_NOBODY};

    if (api->access == NULL)
        return DOOR_BODY_MAX;
    if (door_field(head, "Authorization", field, sizeof field)) {
        if (proof_bearer(field, proof, sizeof proof))
            access_know(api->access, NULL, proof, wall_now(), &caller);
    } else if (door_field(head, "Cookie", field, sizeof field)) {
        http_cookie_name(api, name, sizeof name);
        if (proof_cookie(field, name, proof, sizeof proof))
            access_know(api->access, proof, NULL, wall_now(), &caller);
    }
    *known = caller.kind != CALLER_NOBODY;
    return caller.role >= ROLE_OPERATOR ? API_DOCUMENT_MAX
           : *known                     ? API_BODY_MAX
                                        : DOOR_BODY_MAX;
}

bool http_is_whole(struct api_request *r)
{
    struct refusal why;
    /* libevent takes what follows for the next request. */
    bool bodiless = evhttp_request_get_command(r->http) == EVHTTP_REQ_HEAD;

    if (gate_ends(evhttp_request_get_input_headers(r->http), bodiless, &why))
        return true;
    /* What comes behind it may be anything. */
    evhttp_add_header(evhttp_request_get_output_headers(r->http), "Connection",
                      "close");
    api_problem(r, why.status, why.detail, why.remedy);
    return false;
}

bool http_is_known_host(struct api_request *r)
{
    struct refusal why;

    if (!r->remote || gate_knows(&r->api->names, header_of(r, "Host"), &why))
        return true;
    api_problem(r, why.status, why.detail, why.remedy);
    return false;
}

bool http_admit(struct api_request *r, const struct api_route *route)
{
    const struct gate_headers headers = {.host = header_of(r, "Host"),
                                         .origin = header_of(r, "Origin"),
                                         .fetch_site =
                                             header_of(r, "Sec-Fetch-Site"),
                                         .page = header_of(r, "X-Portolan")};
    struct refusal why;

    /* What anyone may do is cheap, or has limits of its own. */
    if (route->role != ROLE_ANYONE &&
        !access_paces(r->access, &r->caller, &r->from, mono_now())) {
        r->retry_after_s = 1;
        api_problem(r, TOO_MANY_REQUESTS, "this is asked too fast",
                    "wait as long as the header Retry-After says");
        return false;
    }
    if (gate_permits(&r->caller, route, &headers, &why))
        return true;
    api_problem(r, why.status, why.detail, why.remedy);
    return false;
}
