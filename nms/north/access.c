#include "north/access.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "north/request.h"
#include "north/throttle.h"
#include "station/events.h"
#include "station/worker.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SECRET_MODE = 0600, NOTE_MAX = 240 };
static const char first_name[] = "admin";
static const char failed[] = "login.failed"; /* strangers do it as they like */

struct access {
    struct access_parts parts;
    char *data;
    struct throttle *throttle;
    struct worker *weigher;
};

struct access *access_new(const struct access_parts *parts)
{
    struct access *a = mem_new(struct access);

    a->parts = *parts;
    a->data = mem_text(parts->data);
    a->throttle = throttle_new();
    a->weigher = worker_new(parts->base);
    return a;
}

void access_free(struct access *a)
{
    if (a == NULL)
        return;
    worker_free(a->weigher);
    throttle_free(a->throttle);
    free(a->data);
    free(a);
}

struct people *access_people(struct access *a)
{
    return a->parts.people;
}

struct keys *access_keys(struct access *a)
{
    return a->parts.keys;
}

void access_note(struct access *a, const char *type, const char *who,
                 const char *fmt, ...)
{
    const struct event_subject subject = {.class = EVENT_SECURITY,
                                          .severity = SEVERITY_CLEARED,
                                          .type = type,
                                          .object = who,
                                          .source = "access",
                                          .quiet = strcmp(type, failed) == 0};
    char text[NOTE_MAX];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    text_end_whole(text);
    if (a->parts.events != NULL)
        events_add(a->parts.events, wall_now(), &subject, "%s", text);
}

/* ---- the first ---- */

void access_first_file(const struct access *a, struct buffer *out)
{
    buffer_format(out, "%s/first-password", a->data);
}

static void make_first(struct access *a, const char *path)
{
    struct buffer OWNED_BUFFER line = {0};
    char password[PASSWORD_MADE_MAX], hash[PASSWORD_HASH_MAX];
    struct complaint why;

    password_make(password);
    buffer_format(&line, "%s\n", password);
    if (file_write(path, buffer_view(&line), SECRET_MODE) < 0 ||
        password_hash(password, hash) < 0 ||
        people_add(a->parts.people, first_name, ROLE_ADMINISTRATOR, hash, true,
                   wall_now(), &why) < 0)
        log_error("http: the first password cannot be made; set one with "
                  "`portolan user add`");
    else
        access_note(a, "user.added", first_name,
                    "the first administrator was made");
}

bool access_begin(struct access *a)
{
    struct buffer OWNED_BUFFER path = {0};

    access_first_file(a, &path);
    if (people_count(a->parts.people) == 0)
        make_first(a, path.at);
    return access(path.at, R_OK) == 0;
}

/* ---- who it is ---- */

static void know_session(struct access *a, const struct key *key,
                         struct caller *out)
{
    const struct person *person = people_find(a->parts.people, key->name);

    if (person == NULL)
        return;
    out->kind = CALLER_SESSION;
    out->role = person->role;
    out->key = key->id;
    out->must_change = person->must_change;
    (void)snprintf(out->name, sizeof out->name, "%s", person->name);
}

void access_know(struct access *a, const char *session, const char *token,
                 struct wall now, struct caller *out)
{
    const struct key *key = NULL;

    *out = (struct caller){.kind = CALLER_NOBODY};
    if (token != NULL)
        key = keys_find(a->parts.keys, KEY_TOKEN, token, now);
    else if (session != NULL)
        key = keys_find(a->parts.keys, KEY_SESSION, session, now);
    if (key == NULL)
        return;
    if (key->kind == KEY_SESSION) {
        know_session(a, key, out);
        return;
    }
    out->kind = CALLER_TOKEN;
    out->role = key->role;
    out->key = key->id;
    (void)snprintf(out->name, sizeof out->name, "token %s", key->name);
}

bool access_holds(struct access *a, const struct caller *caller,
                  struct wall now)
{
    const struct person *person;

    if (caller->kind != CALLER_SESSION && caller->kind != CALLER_TOKEN)
        return true;
    if (!keys_use(a->parts.keys, &caller->key, now))
        return false;
    person = caller->kind == CALLER_SESSION
                 ? people_find(a->parts.people, caller->name)
                 : NULL;
    return caller->kind == CALLER_TOKEN ||
           (person != NULL && person->role >= caller->role);
}

bool access_paces(struct access *a, const struct caller *caller,
                  const struct addr *from, struct mono now)
{
    struct key *key = NULL;

    if (caller->kind == CALLER_SOCKET)
        return true;
    if (caller->kind != CALLER_NOBODY)
        key = (struct key *)keys_by_id(a->parts.keys, &caller->key);
    return key != NULL ? pace_allows(&key->pace, now, ACCESS_REQUESTS_PER_S,
                                     ACCESS_REQUESTS_AT_ONCE)
                       : throttle_ask(a->throttle, from, now);
}

/* ---- passwords ---- */

/* Freed memory is somebody else's. */
static void forget_text(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

static void job_free(struct password_job *job)
{
    free(job->user);
    free(job->hash);
    forget_text(job->password);
    forget_text(job->next);
    free(job);
}

struct password_job *access_job(const char *user, const char *password,
                                const char *next,
                                void (*done)(struct password_job *job))
{
    struct password_job *job = mem_new(struct password_job);

    job->user = mem_text(user);
    job->password = mem_text(password);
    job->next = mem_text(next);
    job->done = done;
    return job;
}

/* In the thread. */
static void weigh(void *arg)
{
    struct password_job *job = arg;

    if (job->password != NULL)
        job->fits = password_fits(job->password, job->hash);
    if (job->next != NULL && (job->fits || job->password == NULL))
        job->rc = password_hash(job->next, job->made);
}

static void on_weighed(void *arg, bool worked)
{
    struct password_job *job = arg;

    if (job->r != NULL) {
        job->r->forget = NULL;
        job->r->pending = NULL;
        if (worked)
            job->done(job);
        else
            api_problem(job->r, 503, "the station ends", "ask again later");
    }
    job_free(job);
}

/* The client has gone: what it asked for is done for nobody. */
static void forget_job(struct api_request *r)
{
    struct password_job *job = r->pending;

    job->r = NULL;
}

bool access_weigh(struct access *a, struct api_request *r,
                  struct password_job *job)
{
    const struct person *person = people_find(a->parts.people, job->user);

    if (worker_waiting(a->weigher) >= ACCESS_WEIGH_MAX) {
        job_free(job);
        r->retry_after_s = 1;
        api_problem(r, 429, "too many passwords wait to be checked",
                    "try again in a moment");
        return false;
    }
    if (job->password != NULL) /* nobody's takes as long */
        job->hash = mem_text(person != NULL ? person->hash : "");
    job->access = a;
    job->r = r;
    r->pending = job;
    r->forget = forget_job;
    worker_do(a->weigher, weigh, on_weighed, job);
    return true;
}

unsigned access_guess(struct access *a, const struct addr *from,
                      const char *user)
{
    return throttle_guess(a->throttle, from, user, mono_now());
}

void access_forgive(struct access *a, const struct addr *from, const char *user)
{
    throttle_succeed(a->throttle, from, user, mono_now());
}

void access_welcome(struct access *a, const struct addr *from, const char *user,
                    char secret[KEY_SECRET_MAX])
{
    char text[ADDR_TEXT_MAX];
    struct wall now = wall_now();

    access_forgive(a, from, user);
    people_saw(a->parts.people, user, now);
    (void)keys_open(a->parts.keys, user, addr_format(from, text, sizeof text),
                    now, secret);
}

int access_set_password(struct access *a, const char *user, const char *hash,
                        bool must_change, const struct ident *except,
                        struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    int rc = people_set_password(a->parts.people, user, hash, must_change, why);

    if (rc < 0)
        return rc;
    keys_end_of(a->parts.keys, user, except);
    access_first_file(a, &path);
    if (strcmp(user, first_name) == 0)
        (void)unlink(path.at); /* it opens nothing any more */
    return 0;
}
