#include "north/cli_client.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

#include <sys/socket.h>
#include <sys/un.h>

#include <curl/curl.h>

enum {
    BODY_MAX = 512 << 20, /* octets of one answer */
    LINE_MAX_OCTETS = 1 << 20,
    CONNECT_LIMIT_S = 10,
    SILENCE_LIMIT_S = 120, /* a picture of a large map takes a minute */
    WAITS_MS = 3000,
    HTTP_REFUSED = 400, /* and beyond */
    HTTP_BAD = 400,
    HTTP_UNAUTHORIZED = 401,
    HTTP_FORBIDDEN = 403,
    HTTP_NOT_FOUND = 404,
};

struct client {
    const char *socket_path, *url;
    char *authorization; /* the header; NULL */
    const char *ca_file; /* NULL */
    CURL *curl;
    struct complaint refusal; /* what is in the way of any question; "" */
    unsigned limit_s;         /* of a whole exchange; 0: none */
    client_waits_fn waits;    /* NULL: nobody is told */
    void *waits_arg;
};

/* One exchange. */
struct transfer {
    struct client *client;
    const char *method, *path;
    const char *body; /* NULL: none */
    size_t body_len;
    const char *type; /* of the body; NULL: JSON */
    struct buffer answer;
    client_line_fn on_line; /* NULL: the answer is kept whole */
    void *arg;
    bool enough; /* of lines */
    bool waited; /* that was told */
    struct mono begun;
};

struct client *client_new(const char *socket_path, const char *url)
{
    struct client *c = mem_new(struct client);

    c->socket_path = socket_path;
    c->url = url;
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    c->curl = curl_easy_init();
    return c;
}

void client_free(struct client *c)
{
    if (c == NULL)
        return;
    curl_easy_cleanup(c->curl);
    curl_global_cleanup();
    if (c->authorization != NULL)
        explicit_bzero(c->authorization, strlen(c->authorization));
    free(c->authorization);
    free(c);
}

void client_prove(struct client *c, const char *token, const char *ca_file)
{
    struct buffer OWNED_BUFFER header = {0};

    buffer_format(&header, "Authorization: Bearer %s",
                  token != NULL ? token : "");
    free(c->authorization);
    c->authorization = token != NULL ? buffer_take(&header) : NULL;
    c->ca_file = ca_file;
}

void client_refuse(struct client *c, const struct complaint *why)
{
    c->refusal = *why;
}

void client_hurry(struct client *c, unsigned limit_s)
{
    c->limit_s = limit_s;
}

void client_tell_waits(struct client *c, client_waits_fn told, void *arg)
{
    c->waits = told;
    c->waits_arg = arg;
}

/* ---- the answer ---- */

static bool is_refused(const struct transfer *t)
{
    long status = 0;

    (void)curl_easy_getinfo(t->client->curl, CURLINFO_RESPONSE_CODE, &status);
    return status >= HTTP_REFUSED;
}

/* Gives the whole lines of what has come, keeps the rest. */
static void give_lines(struct transfer *t)
{
    char *at = t->answer.at, *end;

    while (!t->enough && (end = strchr(at, '\n')) != NULL) {
        *end = '\0';
        t->enough = !t->on_line(t->arg, at);
        at = end + 1;
    }
    size_t rest = t->answer.len - (size_t)(at - t->answer.at);
    memmove(t->answer.at, at, rest + 1);
    t->answer.len = rest;
}

static size_t on_octets(char *octets, size_t size, size_t count, void *arg)
{
    struct transfer *t = arg;
    size_t len = size * count;
    bool lines = t->on_line != NULL && !is_refused(t);
    size_t limit = lines ? LINE_MAX_OCTETS : BODY_MAX;

    if (len > limit || t->answer.len > limit - len)
        return 0;
    buffer_add(&t->answer, octets, len);
    if (lines && t->answer.len > 0)
        give_lines(t);
    return t->enough ? 0 : len;
}

/* ---- what can go wrong ---- */

/* The station said no: RFC 9457, or whatever it is. */
static int explain_refusal(const struct transfer *t, struct complaint *why)
{
    long status = 0;
    json_t *problem = json_loadb(t->answer.at != NULL ? t->answer.at : "",
                                 t->answer.len, 0, NULL);
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    const char *remedy = json_string_value(json_object_get(problem, "remedy"));

    (void)curl_easy_getinfo(t->client->curl, CURLINFO_RESPONSE_CODE, &status);
    int rc = status == HTTP_NOT_FOUND                                  ? -ENOENT
             : status == HTTP_UNAUTHORIZED || status == HTTP_FORBIDDEN ? -EPERM
             : status == HTTP_BAD                                      ? -EINVAL
                                                                       : -EIO;
    if (detail != NULL)
        rc = complain(why, rc, "", remedy, "%s", detail);
    else if (t->answer.at != NULL &&
             strstr(t->answer.at, "is starting") != NULL)
        rc = complain(why, rc, "", "ask again in a few seconds",
                      "the station is starting");
    else
        rc = complain(why, rc, "", "see the station's log",
                      "the station refused with HTTP status %ld", status);
    json_decref(problem);
    return rc;
}

/* Whether a connection stood, and a question could be sent. */
static bool is_reached(const struct transfer *t)
{
    curl_off_t pretransfer_us = 0;

    (void)curl_easy_getinfo(t->client->curl, CURLINFO_PRETRANSFER_TIME_T,
                            &pretransfer_us);
    return pretransfer_us > 0;
}

static bool is_answered(const struct transfer *t)
{
    long status = 0;

    (void)curl_easy_getinfo(t->client->curl, CURLINFO_RESPONSE_CODE, &status);
    return status > 0;
}

static int explain_url(const struct transfer *t, CURLcode code,
                       struct complaint *why)
{
    const char *url = t->client->url;

    if (code == CURLE_SSL_CACERT_BADFILE)
        return complain(why, -EINVAL, t->client->ca_file,
                        "check its name and permissions; it is of --ca or "
                        "PORTOLAN_CA",
                        "no certificate can be read there");
    if ((code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) &&
        !is_reached(t))
        return complain(why, -EINVAL, "",
                        "write http://HOST:PORT or https://HOST:PORT",
                        "\"%s\" is no URL of a station", url);
    return complain(why, -ECONNREFUSED, "",
                    code == CURLE_PEER_FAILED_VERIFICATION
                        ? "give its certificate by --ca, or have it signed"
                    : code == CURLE_SSL_CONNECT_ERROR || is_reached(t)
                        ? "check --url, whether it is of http or https, and "
                          "the station's http.listen"
                        : "check --url, and the station's http.listen",
                    "no station answers at %s: %s", url,
                    curl_easy_strerror(code));
}

static int explain_silence(const struct transfer *t, struct complaint *why)
{
    if (!is_reached(t) && t->client->url != NULL)
        return complain(why, -ETIMEDOUT, "",
                        "check --url, the station's http.listen and filters "
                        "between here and there",
                        "no station answers at %s within %d s", t->client->url,
                        CONNECT_LIMIT_S);
    unsigned limit_s = t->client->limit_s > 0 ? t->client->limit_s
                       : is_reached(t)        ? SILENCE_LIMIT_S
                                              : CONNECT_LIMIT_S;
    return complain(why, -ETIMEDOUT, "",
                    "see its log: it may still be starting, or hang",
                    "the station said nothing for %u s", limit_s);
}

static int explain_socket(const struct transfer *t, struct complaint *why)
{
    const char *path = t->client->socket_path;
    const size_t longest = sizeof((struct sockaddr_un){0}).sun_path - 1;
    long error = 0;

    if (strlen(path) > longest)
        return complain(why, -ENAMETOOLONG, path, "choose a shorter one",
                        "the path of a socket has at most %zu octets", longest);
    (void)curl_easy_getinfo(t->client->curl, CURLINFO_OS_ERRNO, &error);
    if (error == EACCES || error == EPERM)
        return complain(why, -EACCES, "",
                        "use sudo, or join the group that owns the socket",
                        "you may not use the station's socket %s", path);
    return complain(why, -ECONNREFUSED, "",
                    "start it: systemctl start portolan, or sudo make run in "
                    "the source; if it uses another socket, say --socket PATH",
                    "no station answers at %s", path);
}

static int explain_failure(const struct transfer *t, CURLcode code,
                           struct complaint *why)
{
    if (code == CURLE_WRITE_ERROR && t->enough)
        return complain(why, -ECANCELED, "",
                        "check the disk or program that they go to",
                        "nobody takes the lines any more");
    if (code == CURLE_WRITE_ERROR)
        return complain(why, -EFBIG, "", "ask for less at once",
                        "the answer is larger than this command takes");
    if (code == CURLE_OPERATION_TIMEDOUT)
        return explain_silence(t, why);
    if (t->client->url != NULL && !is_answered(t))
        return explain_url(t, code, why);
    if (t->client->url == NULL && !is_reached(t))
        return explain_socket(t, why);
    return complain(why, -EIO, "", "see the station's log",
                    "the station broke off: %s", curl_easy_strerror(code));
}

/* ---- asking ---- */

/* Called once a second, or more often. */
static int on_progress(void *arg, curl_off_t all, curl_off_t now,
                       curl_off_t all_up, curl_off_t now_up)
{
    struct transfer *t = arg;

    (void)all;
    (void)all_up;
    (void)now_up;
    if (t->waited || now > 0 ||
        mono_ms_between(t->begun, mono_now()) < WAITS_MS)
        return 0;
    t->waited = true;
    t->client->waits(t->client->waits_arg);
    return 0;
}

static void watch_progress(struct transfer *t)
{
    CURL *curl = t->client->curl;

    if (t->client->waits == NULL)
        return;
    t->begun = mono_now();
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
}

static void set_target(struct transfer *t, struct buffer *url)
{
    CURL *curl = t->client->curl;

    if (t->client->url == NULL) {
        buffer_text(url, "http://station");
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH,
                         t->client->socket_path);
    } else {
        buffer_text(url, t->client->url);
        while (url->len > 0 && url->at[url->len - 1] == '/')
            url->at[--url->len] = '\0';
    }
    buffer_format(url, "/api/v1/%s", t->path);
    curl_easy_setopt(curl, CURLOPT_URL, url->at);
    if (t->client->ca_file != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, t->client->ca_file);
    /* A name may be "..": it stays what it is. */
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
}

static void set_limits(CURL *curl)
{
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* not by environment */
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_LIMIT_S);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_LIMIT_S);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "portolan/" PORTOLAN_VERSION);
}

static struct curl_slist *headers_of(const struct transfer *t)
{
    struct curl_slist *headers = NULL;

    if (t->body != NULL)
        headers = curl_slist_append(
            headers,
            t->type != NULL ? t->type : "Content-Type: application/json");
    if (t->client->url != NULL && t->client->authorization != NULL)
        headers = curl_slist_append(headers, t->client->authorization);
    return headers;
}

static int perform(struct transfer *t, struct complaint *why)
{
    CURL *curl = t->client->curl;
    struct buffer OWNED_BUFFER url = {0};

    if (t->client->refusal.what[0] != '\0') {
        if (why != NULL)
            *why = t->client->refusal;
        return -EPERM;
    }
    struct curl_slist *headers = headers_of(t);

    curl_easy_reset(curl); /* the connection stays */
    set_limits(curl);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)t->client->limit_s);
    set_target(t, &url);
    watch_progress(t);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_octets);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    if (strcmp(t->method, "GET") != 0)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, t->method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (t->body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)t->body_len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, t->body);
    }
    CURLcode code = curl_easy_perform(curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return explain_failure(t, code, why);
    return is_refused(t) ? explain_refusal(t, why) : 0;
}

static int perform_json(struct transfer *t, json_t **out, struct complaint *why)
{
    int rc = perform(t, why);

    *out = NULL;
    if (rc == 0) {
        *out = json_loadb(t->answer.at != NULL ? t->answer.at : "",
                          t->answer.len, 0, NULL);
        if (*out == NULL)
            rc = complain(why, -EBADMSG, "",
                          "check --url, and that command and station are of "
                          "one version",
                          "what answered is no station: it sent no JSON");
    }
    buffer_fini(&t->answer);
    return rc;
}

int client_get(struct client *c, const char *path, json_t **out,
               struct complaint *why)
{
    struct transfer t = {.client = c, .method = "GET", .path = path};

    return perform_json(&t, out, why);
}

int client_send(struct client *c, const char *method, const char *path,
                json_t *body, json_t **out, struct complaint *why)
{
    OWNED(free)
    char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
    struct transfer t = {.client = c,
                         .method = method,
                         .path = path,
                         .body = text,
                         .body_len = text != NULL ? strlen(text) : 0};

    json_decref(body);
    return perform_json(&t, out, why);
}

int client_post(struct client *c, const char *path, struct bytes document,
                json_t **out, struct complaint *why)
{
    struct transfer t = {.client = c,
                         .method = "POST",
                         .path = path,
                         .body = (const char *)document.at,
                         .body_len = document.len,
                         .type = "Content-Type: application/octet-stream"};

    return perform_json(&t, out, why);
}

int client_fetch(struct client *c, const char *path, struct buffer *out,
                 struct complaint *why)
{
    struct transfer t = {.client = c, .method = "GET", .path = path};
    int rc = perform(&t, why);

    if (rc == 0)
        buffer_add(out, t.answer.at, t.answer.len);
    buffer_fini(&t.answer);
    return rc;
}

int client_lines(struct client *c, const char *path, client_line_fn on_line,
                 void *arg, struct complaint *why)
{
    struct transfer t = {.client = c,
                         .method = "GET",
                         .path = path,
                         .on_line = on_line,
                         .arg = arg};
    int rc = perform(&t, why);

    if (rc == 0 && t.answer.len > 0)
        (void)on_line(arg, t.answer.at);
    buffer_fini(&t.answer);
    return rc;
}
