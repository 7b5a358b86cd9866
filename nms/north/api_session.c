/* Signing in and out, and what a person prefers. */
#include "north/access.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "north/who.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

/* ---- who is signed in ---- */

/* The time zone of the station by its name in the tz database; "UTC". */
static void put_zone(json_t *o)
{
    char path[PATH_MAX] = "";
    const char *name = getenv("TZ");
    ssize_t len = readlink("/etc/localtime", path, sizeof path - 1);
    const char *from = len > 0 ? strstr(path, "zoneinfo/") : NULL;

    if (name == NULL || name[0] == '\0')
        name = from != NULL ? from + strlen("zoneinfo/") : "UTC";
    json_put_text(o, "zone", name[0] == ':' ? name + 1 : name);
}

/* Nothing was found yet but the station itself. */
static bool is_first(const struct snapshot *s)
{
    for (size_t i = 0; i < s->device_count; i++)
        if (s->devices[i]->credential[0] != '\0')
            return false;
    return true;
}

static void put_person(json_t *o, const struct person *person)
{
    json_object_set_new(o, "language", json_string(person->language));
    json_object_set_new(o, "preferences",
                        json_loads(person->preferences, 0, NULL));
    json_put_flag(o, "must_change", person->must_change);
}

static json_t *session_json(const struct api_request *r)
{
    const struct caller *caller = &r->caller;
    char who[WHO_MAX];
    static const char *const kinds[] = {"nobody", "socket", "session", "token"};
    json_t *o = json_object();
    const struct person *person =
        caller->kind == CALLER_SESSION
            ? people_find(access_people(r->access), caller->name)
            : NULL;

    json_put_text(o, "user", api_who(r, who, sizeof who));
    json_put_text(o, "role", role_name(caller->role));
    json_put_text(o, "kind", kinds[caller->kind]);
    json_put_text(o, "station", r->snapshot->station.name);
    json_put_text(o, "version", r->snapshot->station.version);
    json_put_flag(o, "first", is_first(r->snapshot));
    put_zone(o);
    if (person != NULL)
        put_person(o, person);
    else
        json_put_flag(o, "must_change", false);
    return o;
}

void api_session(struct api_request *r)
{
    api_json(r, 200, session_json(r));
}

/* ---- signing in ---- */

static const char *text_of(const struct api_request *r, const char *key)
{
    return json_string_value(json_object_get(r->body, key));
}

/* Answers where a password may not be tried now. */
static bool may_guess(struct api_request *r, const char *user)
{
    unsigned wait_s = access_guess(r->access, &r->from, user);

    if (wait_s == 0)
        return true;
    r->retry_after_s = wait_s;
    api_problem(r, 429, "too many attempts failed",
                "wait as long as the header Retry-After says");
    return false;
}

/* The password fits the person as he is now, too. */
static const struct person *fitting(const struct password_job *job)
{
    const struct person *person =
        people_find(access_people(job->access), job->user);

    return job->fits && person != NULL && strcmp(person->hash, job->hash) == 0
               ? person
               : NULL;
}

/* The browser keeps one session. */
static void end_before(struct api_request *r)
{
    const struct key *key = keys_by_id(access_keys(r->access), &r->caller.key);

    if (r->caller.kind == CALLER_SESSION && key != NULL)
        keys_end(access_keys(r->access), key);
}

static void on_signed_in(struct password_job *job)
{
    struct api_request *r = job->r;
    const struct person *person = fitting(job);
    char secret[KEY_SECRET_MAX], from[ADDR_TEXT_MAX];

    (void)addr_format(&r->from, from, sizeof from);
    if (person == NULL) {
        /* A name that nobody has may be a password. */
        access_note(job->access, "login.failed",
                    people_find(access_people(job->access), job->user) != NULL
                        ? job->user
                        : "unknown user",
                    "refused from %s", from);
        api_problem(r, 401, "name or password is wrong",
                    "an administrator can set another: portolan user password");
        return;
    }
    end_before(r);
    access_welcome(job->access, &r->from, person->name, secret);
    access_note(job->access, "login", person->name, "signed in from %s", from);
    access_know(job->access, secret, NULL, wall_now(), &r->caller);
    r->session = mem_text(secret);
    api_json(r, 200, session_json(r));
    explicit_bzero(secret, sizeof secret);
}

void api_session_open(struct api_request *r)
{
    const char *user = text_of(r, "user"), *password = text_of(r, "password");

    if (user == NULL || password == NULL || strlen(user) > PERSON_NAME_MAX ||
        strlen(password) > PASSWORD_MAX) {
        api_problem(r, 400, "the body names no user and password",
                    "send {\"user\": NAME, \"password\": PASSWORD}");
        return;
    }
    if (may_guess(r, user))
        (void)access_weigh(r->access, r,
                           access_job(user, password, NULL, on_signed_in));
}

void api_session_close(struct api_request *r)
{
    const struct key *key = keys_by_id(access_keys(r->access), &r->caller.key);

    if (r->caller.kind != CALLER_SESSION || key == NULL) {
        api_problem(r, 400, "this is no session",
                    "revoke a token by DELETE /api/v1/tokens/NAME");
        return;
    }
    access_note(r->access, "logout", r->caller.name, "signed out");
    keys_end(access_keys(r->access), key);
    r->session = mem_text("");
    api_json(r, 200, json_object());
}

/* ---- what a person changes of himself ---- */

/* Answers where it is no person's session. */
static bool is_person(struct api_request *r)
{
    if (r->caller.kind == CALLER_SESSION)
        return true;
    api_problem(r, 400, "this is no person's session",
                "sign in, or PATCH /api/v1/users/NAME");
    return false;
}

void api_session_prefer(struct api_request *r)
{
    json_t *wanted = json_object_get(r->body, "preferences");
    OWNED(free)
    char *preferences = wanted != NULL
                            ? json_dumps(wanted, JSON_COMPACT | JSON_ENCODE_ANY)
                            : NULL;
    struct complaint why;

    if (!is_person(r))
        return;
    int rc = people_set_preferences(access_people(r->access), r->caller.name,
                                    text_of(r, "language"), preferences, &why);
    if (rc < 0)
        api_complaint(r, rc, &why);
    else
        api_session(r);
}

static void on_changed(struct password_job *job)
{
    struct api_request *r = job->r;
    struct complaint why;

    if (fitting(job) == NULL || job->rc < 0) {
        api_problem(r, 403, "the old password is wrong",
                    "an administrator can set another: portolan user password");
        return;
    }
    int rc = access_set_password(job->access, job->user, job->made, false,
                                 &r->caller.key, &why);
    if (rc < 0) {
        api_complaint(r, rc, &why);
        return;
    }
    access_forgive(job->access, &r->from, job->user);
    access_note(job->access, "user.password", job->user,
                "changed the password; other sessions ended");
    api_json(r, 200, json_object());
}

void api_session_password(struct api_request *r)
{
    const char *old = text_of(r, "old"), *new = text_of(r, "new");
    struct complaint why;

    if (!is_person(r))
        return;
    if (old == NULL || new == NULL || strlen(old) > PASSWORD_MAX) {
        api_problem(r, 400, "the body has no old and new password",
                    "send {\"old\": PASSWORD, \"new\": PASSWORD}");
        return;
    }
    int rc = password_judge(r->caller.name, new, &why);
    if (rc == 0 && strcmp(old, new) == 0)
        rc = complain(&why, -EINVAL, "password", "choose another",
                      "the new password is the old one");
    if (rc < 0)
        api_complaint(r, rc, &why);
    else if (may_guess(r, r->caller.name))
        (void)access_weigh(r->access, r,
                           access_job(r->caller.name, old, new, on_changed));
}
