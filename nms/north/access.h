/* access.h - how people and scripts come in: passwords, sessions, tokens, and
 * the limits of each.
 *
 * Passwords are weighed by a thread of its own, one after another: neither the
 * loop nor other answers wait for scrypt, and no flood of guesses takes more
 * than one core and 32 MB.
 */
#ifndef NORTH_ACCESS_H
#define NORTH_ACCESS_H

#include "base/addr.h"
#include "north/caller.h"
#include "station/keys.h"
#include "station/password.h"

struct access;
struct api_request;
struct event_base;
struct events;
struct throttle;

struct access_parts {
    struct event_base *base;
    struct people *people; /* all borrowed */
    struct keys *keys;
    struct events *events; /* NULL: nothing is noted */
    const char *data;      /* folder: of the first password */
};

enum {
    ACCESS_REQUESTS_PER_S = 100, /* of one session or token */
    ACCESS_REQUESTS_AT_ONCE = 1000,
    ACCESS_WEIGH_MAX = 8 /* passwords that wait to be weighed */
};

struct access *access_new(const struct access_parts *parts);
void access_free(struct access *a); /* NULL is fine */
OWNED_BY(struct access, access_free)

struct people *access_people(struct access *a);
struct keys *access_keys(struct access *a);

/* Where nobody may use the station yet: an administrator "admin" with a
 * password that is used once, in DATA/first-password (mode 0600) until it was
 * changed. Takes a tenth of a second. True if that file is there. */
bool access_begin(struct access *a);

/* Appends the path of that file. */
void access_first_file(const struct access *a, struct buffer *out);

/* Who shows that cookie or token; NULL: none is shown. */
void access_know(struct access *a, const char *session, const char *token,
                 struct wall now, struct caller *out);

/* Is caller, who was known before, still who he was, and may he as much? An
 * answer that goes on counts as use. */
bool access_holds(struct access *a, const struct caller *caller,
                  struct wall now);

/* May caller, from that address, ask once more? */
bool access_paces(struct access *a, const struct caller *caller,
                  const struct addr *from, struct mono now);

/* ---- passwords ---- */

/* What is weighed for a request. */
struct password_job {
    struct access *access;
    struct api_request *r; /* NULL: it has gone */
    char *user;
    char *password; /* that is compared ... */
    char *hash;     /* ... with this; both NULL: nothing is */
    char *next;     /* that is made a hash of; NULL: none is */
    bool fits;
    int rc; /* of making */
    char made[PASSWORD_HASH_MAX];
    void (*done)(struct password_job *job); /* in the loop, while r waits */
};

/* Weighs beside the loop; then job->done(), in which r is to be answered. job
 * is taken. False if too many wait: r is answered. */
bool access_weigh(struct access *a, struct api_request *r,
                  struct password_job *job);

/* A job with copies of these; each of the last two may be NULL. */
struct password_job *access_job(const char *user, const char *password,
                                const char *next,
                                void (*done)(struct password_job *job));

/* Seconds until a password of user may be tried from there; 0: now, and it
 * counts. */
unsigned access_guess(struct access *a, const struct addr *from,
                      const char *user);

/* It was right after all. */
void access_forgive(struct access *a, const struct addr *from,
                    const char *user);

/* The same, and a session is opened: the secret that a browser keeps. */
void access_welcome(struct access *a, const struct addr *from, const char *user,
                    char secret[KEY_SECRET_MAX]);

/* A person has another password: other sessions end; except is the one that
 * goes on (NULL: none). */
int access_set_password(struct access *a, const char *user, const char *hash,
                        bool must_change, const struct ident *except,
                        struct complaint *why)
    __attribute__((warn_unused_result));

/* Notes for the record what was done to whom. */
void access_note(struct access *a, const char *type, const char *who,
                 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
