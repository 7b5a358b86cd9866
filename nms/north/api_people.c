/* People and scripts that may use the station: for administrators. */
#include "north/access.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "north/who.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- people ---- */

static size_t sessions_of(struct keys *keys, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < keys_count(keys); i++)
        count += keys_at(keys, i)->kind == KEY_SESSION &&
                 strcmp(keys_at(keys, i)->name, name) == 0;
    return count;
}

static json_t *person_json(struct api_request *r, const struct person *person)
{
    json_t *o = json_object();

    json_put_text(o, "name", person->name);
    json_put_text(o, "role", role_name(person->role));
    json_put_text(o, "language", person->language);
    json_put_flag(o, "must_change", person->must_change);
    json_put_wall(o, "made", person->made);
    json_put_wall(o, "seen", person->seen);
    json_put_count(o, "sessions",
                   sessions_of(access_keys(r->access), person->name));
    return o;
}

void api_users(struct api_request *r)
{
    struct people *people = access_people(r->access);
    json_t *list = json_array();

    for (size_t i = 0; i < people_count(people); i++)
        json_array_append_new(list, person_json(r, people_at(people, i)));
    api_json(r, 200, json_pack("{s:o}", "users", list));
}

static const char *text_of(const struct api_request *r, const char *key)
{
    return json_string_value(json_object_get(r->body, key));
}

/* The role the body names, else fallback; false and a 400 if it is none. */
static bool read_role(struct api_request *r, enum role fallback, enum role *out)
{
    *out = fallback;
    if (json_object_get(r->body, "role") == NULL)
        return true;
    *out = role_parse(text_of(r, "role"));
    if (*out != ROLES)
        return true;
    api_problem(r, 400, "this is no role",
                "write viewer, operator or administrator");
    return false;
}

/* The password the body has, or a new one where it is ""; into made[]. False
 * and a 400 if it may not be chosen. */
static bool read_password(struct api_request *r, const char *user,
                          char made[PASSWORD_MADE_MAX], const char **out)
{
    struct complaint why;

    *out = text_of(r, "password");
    made[0] = '\0';
    if (*out == NULL || (*out)[0] == '\0') {
        password_make(made);
        *out = made;
        return true;
    }
    int rc = password_judge(user, *out, &why);
    if (rc < 0)
        api_complaint(r, rc, &why);
    return rc == 0;
}

/* Must a password that somebody else knows be changed? Unless the body says
 * otherwise. */
static bool must_change(const struct api_request *r)
{
    return !json_is_false(json_object_get(r->body, "must_change"));
}

/* The person as he is now, and the password if the station made it. */
static void answer_person(struct password_job *job, int status)
{
    struct api_request *r = job->r;
    const struct person *person =
        people_find(access_people(job->access), job->user);
    json_t *o = json_object();

    if (person != NULL)
        json_object_set_new(o, "user", person_json(r, person));
    if (text_of(r, "password") == NULL || text_of(r, "password")[0] == '\0')
        json_put_text(o, "password", job->next);
    api_json(r, status, o);
}

static void on_added(struct password_job *job)
{
    char who[WHO_MAX];
    struct api_request *r = job->r;
    struct complaint why = {.what = "no hash"};
    enum role role;

    if (!read_role(r, ROLE_VIEWER, &role))
        return;
    int rc = job->rc == 0
                 ? people_add(access_people(job->access), job->user, role,
                              job->made, must_change(r), wall_now(), &why)
                 : job->rc;
    if (rc < 0) {
        api_complaint(r, rc, &why);
        return;
    }
    access_note(job->access, "user.added", job->user, "added as %s by %s",
                role_name(role), api_who(r, who, sizeof who));
    answer_person(job, 201);
}

void api_user_add(struct api_request *r)
{
    const char *name = text_of(r, "name"), *password;
    char made[PASSWORD_MADE_MAX];
    enum role role;

    if (name == NULL || strlen(name) > PERSON_NAME_MAX) {
        api_problem(r, 400, "the body names no user",
                    "send {\"name\": NAME, \"role\": ROLE}");
        return;
    }
    if (read_role(r, ROLE_VIEWER, &role) &&
        read_password(r, name, made, &password))
        (void)access_weigh(r->access, r,
                           access_job(name, NULL, password, on_added));
}

/* True, and answered, if the change of role failed. */
static bool role_failed(struct api_request *r, const char *name)
{
    char who[WHO_MAX];
    struct people *people = access_people(r->access);
    const struct person *person = people_find(people, name);
    struct complaint why;
    enum role role;

    if (!read_role(r, person != NULL ? person->role : ROLE_VIEWER, &role))
        return true;
    const char *before = person != NULL ? role_name(person->role) : "";
    int rc = people_set_role(people, name, role, &why);
    if (rc < 0) {
        api_complaint(r, rc, &why);
        return true;
    }
    if (strcmp(before, role_name(role)) != 0)
        access_note(r->access, "user.role", name, "%s became %s by %s", before,
                    role_name(role), api_who(r, who, sizeof who));
    return false;
}

/* Role and password, or neither. */
static void on_set(struct password_job *job)
{
    char who[WHO_MAX];
    struct api_request *r = job->r;
    struct complaint why = {.what = "no hash"};
    int rc = job->rc;

    if (rc == 0 && role_failed(r, job->user))
        return;
    if (rc == 0)
        rc = access_set_password(job->access, job->user, job->made,
                                 must_change(r), &r->caller.key, &why);
    if (rc < 0) {
        api_complaint(r, rc, &why);
        return;
    }
    access_note(job->access, "user.password", job->user,
                "the password was set by %s; sessions ended",
                api_who(r, who, sizeof who));
    answer_person(job, 200);
}

void api_user_change(struct api_request *r)
{
    const char *name = r->segments[1], *password;
    char made[PASSWORD_MADE_MAX];
    enum role role;

    if (json_object_get(r->body, "password") == NULL) {
        if (role_failed(r, name))
            return;
        const struct person *person =
            people_find(access_people(r->access), name);

        api_json(r, 200, json_pack("{s:o}", "user", person_json(r, person)));
        return;
    }
    if (read_role(r, ROLE_VIEWER, &role) &&
        read_password(r, name, made, &password))
        (void)access_weigh(r->access, r,
                           access_job(name, NULL, password, on_set));
}

void api_user_delete(struct api_request *r)
{
    char who[WHO_MAX];
    struct complaint why;
    int rc = people_remove(access_people(r->access), r->segments[1], &why);

    if (rc < 0) {
        api_complaint(r, rc, &why);
        return;
    }
    keys_end_of(access_keys(r->access), r->segments[1], NULL);
    access_note(r->access, "user.deleted", r->segments[1], "deleted by %s",
                api_who(r, who, sizeof who));
    api_json(r, 200, json_object());
}

/* ---- scripts ---- */

static json_t *token_json(const struct key *key)
{
    json_t *o = json_object();

    json_put_text(o, "name", key->name);
    json_put_text(o, "role", role_name(key->role));
    json_put_text(o, "by", key->by);
    json_put_wall(o, "made", key->made);
    json_put_wall(o, "used", key->used);
    json_put_wall(o, "ends", key->ends);
    return o;
}

void api_tokens(struct api_request *r)
{
    struct keys *keys = access_keys(r->access);
    json_t *list = json_array();

    for (size_t i = 0; i < keys_count(keys); i++)
        if (keys_at(keys, i)->kind == KEY_TOKEN)
            json_array_append_new(list, token_json(keys_at(keys, i)));
    api_json(r, 200, json_pack("{s:o}", "tokens", list));
}

/* When it ends: after "duration" of the body, or never; false and a 400 if that
 * is none. */
static bool read_end(struct api_request *r, struct wall now, struct wall *out)
{
    const char *duration = text_of(r, "duration");
    int64_t ms;

    out->ms = 0;
    if (duration == NULL || duration[0] == '\0')
        return true;
    if (duration_parse(duration, &ms) == 0 && ms > 0 &&
        ms < INT64_MAX / 2 - now.ms) {
        out->ms = now.ms + ms;
        return true;
    }
    api_problem(r, 400, "this is no duration", "write it such as 90d");
    return false;
}

void api_token_new(struct api_request *r)
{
    char who[WHO_MAX];
    const char *name = text_of(r, "name");
    char secret[KEY_SECRET_MAX];
    struct complaint why;
    struct wall now = wall_now(), ends;
    const struct key *key;
    enum role role;

    if (!read_role(r, ROLE_VIEWER, &role) || !read_end(r, now, &ends))
        return;
    const struct key_order wanted = {.name = name != NULL ? name : "",
                                     .role = role,
                                     .by = api_who(r, who, sizeof who),
                                     .ends = ends};
    int rc =
        keys_make(access_keys(r->access), &wanted, now, secret, &key, &why);
    if (rc < 0) {
        api_complaint(r, rc, &why);
        return;
    }
    access_note(r->access, "token.made", key->name, "made as %s by %s",
                role_name(role), api_who(r, who, sizeof who));
    json_t *o = token_json(key);
    json_put_text(o, "token", secret);
    api_json(r, 201, o);
    explicit_bzero(secret, sizeof secret);
}

void api_token_revoke(struct api_request *r)
{
    char who[WHO_MAX];
    struct keys *keys = access_keys(r->access);
    const struct key *key = keys_token(keys, r->segments[1]);

    if (key == NULL) {
        api_problem(r, 404, "there is no such token",
                    "see `portolan token list`");
        return;
    }
    access_note(r->access, "token.revoked", key->name, "revoked by %s",
                api_who(r, who, sizeof who));
    keys_end(keys, key);
    api_json(r, 200, json_object());
}
