/* people.h - who may use the station: names, roles, what is kept of their
 * passwords, and what they prefer. Kept in the store.
 */
#ifndef STATION_PEOPLE_H
#define STATION_PEOPLE_H

#include "base/clock.h"
#include "base/complaint.h"
#include "base/own.h"

/* Each may do what those before it may. */
enum role {
    ROLE_ANYONE, /* nobody that is known */
    ROLE_VIEWER,
    ROLE_OPERATOR,
    ROLE_ADMINISTRATOR,
    ROLES
};

enum {
    PEOPLE_MAX = 1000,
    PERSON_NAME_MAX = 64,         /* octets */
    PERSON_LANGUAGE_MAX = 16,     /* octets: "en", "zh-Hans" */
    PERSON_PREFERENCES_MAX = 4096 /* octets */
};

struct person {
    char *name;
    enum role role;
    char *hash;             /* password.h; "": no password fits */
    bool must_change;       /* the password, before anything else */
    char *language;         /* "": the browser's */
    char *preferences;      /* a JSON object of the page's own */
    struct wall made, seen; /* seen: logged in last; 0: never */
};

struct people;
struct store;

/* "anyone", "viewer", "operator", "administrator"; ROLES if it is none. */
const char *role_name(enum role role);
enum role role_parse(const char *name);

/* store is borrowed; NULL: nothing is kept. */
struct people *people_new(struct store *store);
void people_free(struct people *p);
OWNED_BY(struct people, people_free)

/* Reads those of earlier runs. 0, or -EIO and *why; what cannot be read is
 * reported to the log and left where it is. */
int people_load(struct people *p, struct complaint *why)
    __attribute__((warn_unused_result));

size_t people_count(const struct people *p);
const struct person *people_at(const struct people *p, size_t i);
/* NULL: nobody is called so. */
const struct person *people_find(const struct people *p, const char *name);

/* A name is of letters, digits, '.', '_', '-', '@', the first a letter or
 * digit. hash is copied. 0, or -EINVAL, -EEXIST, -ENOSPC and *why. */
int people_add(struct people *p, const char *name, enum role role,
               const char *hash, bool must_change, struct wall now,
               struct complaint *why) __attribute__((warn_unused_result));

/* Each is 0, or -ENOENT, -EINVAL and *why; the last administrator stays one:
 * -EPERM. */
int people_remove(struct people *p, const char *name, struct complaint *why)
    __attribute__((warn_unused_result));
int people_set_role(struct people *p, const char *name, enum role role,
                    struct complaint *why) __attribute__((warn_unused_result));
int people_set_password(struct people *p, const char *name, const char *hash,
                        bool must_change, struct complaint *why)
    __attribute__((warn_unused_result));
/* What is NULL stays. preferences is checked to be a JSON object. */
int people_set_preferences(struct people *p, const char *name,
                           const char *language, const char *preferences,
                           struct complaint *why)
    __attribute__((warn_unused_result));

/* Somebody logged in. */
void people_saw(struct people *p, const char *name, struct wall now);

#endif
