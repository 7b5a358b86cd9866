#include "north/courier.h"

#include "base/mem.h"
#include "station/worker.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include <curl/curl.h>

enum {
    ANSWER_MAX = 400, /* octets kept of what the other side says */
    WHY_MAX = 600,
    CONNECT_LIMIT_MS = 10 * 1000,
    HTTP_OK_FROM = 200,
    HTTP_OK_END = 300,
    HTTP_TIMEOUT = 408,
    HTTP_TOO_MANY = 429,
    HTTP_SERVER_FROM = 500,
    SMTP_PERMANENT_FROM = 500
};

struct courier {
    struct worker *worker;
    atomic_bool ending;
};

/* An errand on its way: the loop's before and after, the thread's meanwhile. */
struct trip {
    struct courier *courier;
    char *url, *from, *user, *secret, *authority;
    struct curl_slist *headers, *to;
    struct buffer body, answer;
    struct buffer refused; /* what the server said of recipients */
    size_t sent;           /* of body, by mail */
    bool mail, plain;
    char error[CURL_ERROR_SIZE], why[WHY_MAX];
    int result;
    courier_done_fn done;
    void *arg;
};

/* ---- what became of it ---- */

/* The first line of what the other side said, without control characters. */
static void quote(const struct trip *t, char *out, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < t->answer.len && n + 1 < len; i++) {
        uint8_t c = (uint8_t)t->answer.at[i];
        if (c == '\n')
            break;
        if (c >= ' ' && c < 0x7f)
            out[n++] = (char)c;
    }
    out[n] = '\0';
}

static int judge_web(struct trip *t, long status)
{
    char said[ANSWER_MAX];

    if (status >= HTTP_OK_FROM && status < HTTP_OK_END)
        return 0;
    quote(t, said, sizeof said);
    (void)snprintf(t->why, WHY_MAX, "answered %ld%s%s", status,
                   said[0] != '\0' ? ": " : "", said);
    return status == HTTP_TIMEOUT || status == HTTP_TOO_MANY ||
                   status >= HTTP_SERVER_FROM
               ? -EAGAIN
               : -EINVAL;
}

static int judge(struct trip *t, CURL *curl, CURLcode code)
{
    long status = 0;

    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && t->refused.len > 0)
        (void)snprintf(t->why, WHY_MAX, "not to all recipients: %s",
                       t->refused.at);
    if (code == CURLE_OK)
        return t->mail ? 0 : judge_web(t, status);
    (void)snprintf(t->why, WHY_MAX, "%s",
                   t->error[0] != '\0' ? t->error : curl_easy_strerror(code));
    if (code == CURLE_LOGIN_DENIED) /* no fault of what is sent: it waits */
        return -EAGAIN;
    bool refused = t->mail && status >= SMTP_PERMANENT_FROM;
    return refused || code == CURLE_URL_MALFORMAT ||
                   code == CURLE_UNSUPPORTED_PROTOCOL
               ? -EINVAL
               : -EAGAIN;
}

/* ---- on the way ---- */

static size_t on_answer(char *octets, size_t size, size_t count, void *arg)
{
    struct trip *t = arg;
    size_t len = size * count, room = ANSWER_MAX - t->answer.len;

    buffer_add(&t->answer, octets, len < room ? len : room);
    return len;
}

/* A line of a mail server: one recipient that it does not take keeps the mail
 * from no other; 45x and 55x are about mailboxes (RFC 5321, 4.2.3). */
static size_t on_said(char *line, size_t size, size_t count, void *arg)
{
    struct trip *t = arg;
    size_t len = size * count;
    bool bad = len > 3 && (line[0] == '4' || line[0] == '5') && line[1] == '5';

    for (size_t i = 0; bad && i < len && t->refused.len < WHY_MAX / 2; i++)
        if (line[i] >= ' ' && line[i] < 0x7f)
            buffer_char(&t->refused, line[i]);
    return len;
}

static size_t give_mail(char *to, size_t size, size_t count, void *arg)
{
    struct trip *t = arg;
    size_t len = size * count, left = t->body.len - t->sent;

    if (len > left)
        len = left;
    memcpy(to, t->body.at + t->sent, len);
    t->sent += len;
    return len;
}

/* Asked about once a second, whatever it waits for. */
static int is_to_end(void *arg, curl_off_t down, curl_off_t downloaded,
                     curl_off_t up, curl_off_t uploaded)
{
    struct trip *t = arg;

    (void)down;
    (void)downloaded;
    (void)up;
    (void)uploaded;
    return atomic_load(&t->courier->ending) ? 1 : 0;
}

static void be_careful(CURL *curl)
{
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    /* A name that nobody resolves is waited for by nobody: no end is late. */
    (void)curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                           (long)CONNECT_LIMIT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)COURIER_LIMIT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* not by environment */
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT,
                           "portolan/" PORTOLAN_VERSION);
    (void)curl_easy_setopt(curl, CURLOPT_SSLVERSION,
                           (long)CURL_SSLVERSION_TLSv1_2);
}

static void prepare_mail(CURL *curl, struct trip *t)
{
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, t->from);
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, t->to);
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_said);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, t);
    (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_mail);
    (void)curl_easy_setopt(curl, CURLOPT_READDATA, t);
    (void)curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE,
                           (curl_off_t)t->body.len);
    (void)curl_easy_setopt(curl, CURLOPT_USE_SSL,
                           (long)(t->plain ? CURLUSESSL_TRY : CURLUSESSL_ALL));
}

static void prepare_post(CURL *curl, const struct trip *t)
{
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_POST, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
                           t->body.at != NULL ? t->body.at : "");
    (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                           (curl_off_t)t->body.len);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, t->headers);
}

static void prepare(CURL *curl, struct trip *t)
{
    be_careful(curl);
    (void)curl_easy_setopt(curl, CURLOPT_URL, t->url);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->error);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_answer);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_to_end);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    if (t->user != NULL) {
        (void)curl_easy_setopt(curl, CURLOPT_USERNAME, t->user);
        (void)curl_easy_setopt(curl, CURLOPT_PASSWORD,
                               t->secret != NULL ? t->secret : "");
    }
    if (t->authority != NULL)
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, t->authority);
    if (t->mail)
        prepare_mail(curl, t);
    else
        prepare_post(curl, t);
}

static void go(void *arg)
{
    struct trip *t = arg;
    CURL *curl = curl_easy_init();

    if (curl == NULL) {
        t->result = -EAGAIN;
        return;
    }
    prepare(curl, t);
    t->result = judge(t, curl, curl_easy_perform(curl));
    curl_easy_cleanup(curl);
}

static void forget(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

/* Addresses of web hooks and their headers have tokens in them. */
static void trip_free(struct trip *t)
{
    forget(t->url);
    free(t->from);
    free(t->user);
    forget(t->secret);
    free(t->authority);
    for (struct curl_slist *h = t->headers; h != NULL; h = h->next)
        explicit_bzero(h->data, strlen(h->data));
    curl_slist_free_all(t->headers);
    curl_slist_free_all(t->to);
    buffer_fini(&t->body);
    buffer_fini(&t->answer);
    buffer_fini(&t->refused);
    free(t);
}

static void arrive(void *arg, bool worked)
{
    struct trip *t = arg;

    if (worked && !atomic_load(&t->courier->ending))
        t->done(t->arg, t->result, t->why);
    trip_free(t);
}

/* ---- setting out ---- */

static struct curl_slist *list_of(const char *const *texts)
{
    struct curl_slist *list = NULL;

    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
        list = curl_slist_append(list, texts[i]);
    return list;
}

static bool is_ours(const struct errand *e)
{
    const char *const *schemes =
        e->to != NULL ? (const char *const[]){"smtp://", "smtps://", NULL}
                      : (const char *const[]){"http://", "https://", NULL};

    for (size_t i = 0; schemes[i] != NULL; i++)
        if (strncmp(e->url, schemes[i], strlen(schemes[i])) == 0)
            return e->body.len <= COURIER_BODY_MAX &&
                   (e->to == NULL || (e->from != NULL && e->to[0] != NULL));
    return false;
}

int courier_carry(struct courier *c, const struct errand *e,
                  courier_done_fn done, void *arg)
{
    if (!is_ours(e))
        return -EINVAL;
    if (worker_waiting(c->worker) >= COURIER_WAITING_MAX)
        return -EBUSY;

    struct trip *t = mem_new(struct trip);
    *t = (struct trip){.courier = c,
                       .url = mem_text(e->url),
                       .from = mem_text(e->from),
                       .user = mem_text(e->user),
                       .secret = mem_text(e->secret),
                       .authority = mem_text(e->authority),
                       .headers = list_of(e->headers),
                       .to = list_of(e->to),
                       .mail = e->to != NULL,
                       .plain = e->plain,
                       .done = done,
                       .arg = arg};
    buffer_add(&t->body, e->body.at, e->body.len);
    worker_do(c->worker, go, arrive, t);
    return 0;
}

struct courier *courier_new(struct event_base *base)
{
    struct courier *c = mem_new(struct courier);

    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    c->worker = worker_new(base);
    return c;
}

void courier_free(struct courier *c)
{
    if (c == NULL)
        return;
    atomic_store(&c->ending, true);
    worker_free(c->worker);
    curl_global_cleanup();
    free(c);
}
