#include "north/gate.h"

#include "base/addr.h"
#include "base/text.h"
#include "north/proof.h"

#include <string.h>
#include <unistd.h>

#include <sys/queue.h>

#include <event2/keyvalq_struct.h>

enum { HOST_MAX = 256 };
enum {
    BAD_REQUEST = 400,
    UNAUTHORIZED = 401,
    FORBIDDEN = 403,
    LENGTH_REQUIRED = 411,
    MISDIRECTED = 421,
};

static bool refuse(struct refusal *why, int status, const char *detail,
                   const char *remedy)
{
    *why = (struct refusal){status, detail, remedy};
    return false;
}

/* ---- where it ends ---- */

/* A name of a field (RFC 9110, 5.6.2): no blank before its colon. */
static bool is_token(const char *name)
{
    static const char marks[] = "!#$%&'*+-.^_`|~", digits[] = "0123456789";
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    for (const char *c = name; *c != '\0'; c++)
        if (strchr(letters, *c) == NULL && strchr(digits, *c) == NULL &&
            strchr(marks, *c) == NULL)
            return false;
    return name[0] != '\0';
}

static bool is_length(const char *value)
{
    enum { DIGITS_MAX = 18 };
    size_t digits = strspn(value, "0123456789");

    return digits > 0 && digits <= DIGITS_MAX && value[digits] == '\0';
}

bool gate_ends(const struct evkeyvalq *headers, bool bodiless,
               struct refusal *why)
{
    static const char remedy[] = "send each header once, and the length of the "
                                 "body in Content-Length";
    unsigned lengths = 0, hosts = 0;
    const struct evkeyval *h;

    TAILQ_FOREACH(h, headers, next)
    {
        bool length = text_compare_nocase(h->key, "Content-Length") == 0;

        lengths += length;
        hosts += text_compare_nocase(h->key, "Host") == 0;
        if (text_compare_nocase(h->key, "Transfer-Encoding") == 0)
            return refuse(why, LENGTH_REQUIRED,
                          "the length of the body is not told", remedy);
        if (!is_token(h->key) || strchr(h->value, '\r') != NULL ||
            (length && !is_length(h->value)))
            return refuse(why, BAD_REQUEST, "a header cannot be read", remedy);
        if (bodiless && length && h->value[strspn(h->value, "0")] != '\0')
            return refuse(why, BAD_REQUEST, "this method has no body",
                          "ask without a body");
    }
    if (lengths > 1 || hosts > 1)
        return refuse(why, BAD_REQUEST, "a header is there twice", remedy);
    return true;
}

/* ---- where it comes from ---- */

/* Did the page of the station itself make the browser ask? What the browser
 * says counts; where it says nothing, a header that other pages cannot send. */
static bool is_of_the_page(const struct gate_headers *h)
{
    bool same = h->origin != NULL && proof_same_origin(h->origin, h->host);

    if (h->origin != NULL && !same)
        return false;
    if (h->fetch_site != NULL)
        return strcmp(h->fetch_site, "same-origin") == 0;
    return same || h->page != NULL;
}

/* ---- who asks ---- */

/* Is it of the session itself, and so open before the password is changed? */
static bool is_of_session(const struct api_route *route)
{
    return strcmp(route->pattern, "session") == 0 ||
           strncmp(route->pattern, "session/", 8) == 0;
}

bool gate_permits(const struct caller *caller, const struct api_route *route,
                  const struct gate_headers *headers, struct refusal *why)
{
    bool by_browser =
        caller->kind == CALLER_NOBODY || caller->kind == CALLER_SESSION;

    if (by_browser && route->method != API_GET && !is_of_the_page(headers))
        return refuse(why, FORBIDDEN, "this comes from another page",
                      "send the header \"X-Portolan: page\", or a token");
    if (route->role == ROLE_ANYONE)
        return true;
    if (caller->kind == CALLER_NOBODY)
        return refuse(why, UNAUTHORIZED, "nobody is signed in",
                      "sign in, or send \"Authorization: Bearer TOKEN\"");
    if (caller->must_change && !is_of_session(route))
        return refuse(why, FORBIDDEN, "the password must be changed first",
                      "POST /api/v1/session/password");
    if (caller->role < route->role)
        return refuse(why, FORBIDDEN, "this role may not do that",
                      route->role == ROLE_ADMINISTRATOR ? "ask an administrator"
                                                        : "ask an operator");
    return true;
}

/* ---- what the station is called ---- */

static bool is_host_name(const char *host)
{
    char own[HOST_MAX] = "";

    if (gethostname(own, sizeof own - 1) < 0)
        return false;
    return text_compare_nocase(host, own) == 0;
}

bool gate_knows(const struct gate_names *names, const char *host,
                struct refusal *why)
{
    char name[HOST_MAX];
    struct addr addr;

    if (names->all)
        return true;
    if (proof_host(host, name, sizeof name)) {
        if (addr_parse(name, &addr) == 0 || is_host_name(name) ||
            text_compare_nocase(name, "localhost") == 0)
            return true;
        for (size_t i = 0; i < names->count; i++)
            if (text_compare_nocase(name, names->at[i]) == 0)
                return true;
    }
    return refuse(why, MISDIRECTED, "the station is not called so",
                  "ask for its address, or add the name to http.names");
}
