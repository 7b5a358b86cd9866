#include "station/people.h"

#include "base/log.h"
#include "base/mem.h"
#include "station/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Version of the texts, so that a later station knows what it reads. */
enum { PERSON_VERSION = 1 };
static const char kind[] = "person";

struct people {
    struct store *store;
    struct person_list ARRAY_OF(struct person *) list;
};

static const char *const role_names[ROLES] = {[ROLE_ANYONE] = "anyone",
                                              [ROLE_VIEWER] = "viewer",
                                              [ROLE_OPERATOR] = "operator",
                                              [ROLE_ADMINISTRATOR] =
                                                  "administrator"};

const char *role_name(enum role role)
{
    return role_names[role];
}

enum role role_parse(const char *name)
{
    int role = ROLE_VIEWER; /* nobody is given the one below */

    while (role < ROLES &&
           (name == NULL || strcmp(role_names[role], name) != 0))
        role++;
    return (enum role)role;
}

static void person_free(struct person *one)
{
    char *texts[] = {one->name, one->hash, one->language, one->preferences};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    free(one);
}

struct people *people_new(struct store *store)
{
    struct people *p = mem_new(struct people);

    p->store = store;
    return p;
}

void people_free(struct people *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->list.count; i++)
        person_free(p->list.at[i]);
    array_fini(&p->list);
    free(p);
}

/* ---- in the store ---- */

static void save(struct people *p, const struct person *one)
{
    json_t *o =
        json_pack("{s:i,s:s,s:s,s:b,s:s,s:s,s:I,s:I}", "version",
                  PERSON_VERSION, "role", role_names[one->role], "hash",
                  one->hash, "must_change", (int)one->must_change, "language",
                  one->language, "preferences", one->preferences, "made",
                  (json_int_t)one->made.ms, "seen", (json_int_t)one->seen.ms);
    char *text = json_dumps(o, JSON_COMPACT);

    json_decref(o);
    if (text == NULL)
        log_error("state: user %s cannot be written as text", one->name);
    else if (p->store != NULL)
        store_put(p->store, kind, one->name, text);
    free(text);
}

static char *copy_of(const json_t *o, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(o, key));

    return mem_text(text != NULL ? text : fallback);
}

static int on_person(void *arg, const char *key, const char *text)
{
    struct people *p = arg;
    json_t *o = json_loads(text, 0, NULL);
    enum role role = role_parse(json_string_value(json_object_get(o, "role")));

    if (role == ROLES || p->list.count >= PEOPLE_MAX) {
        log_error("state: user %s cannot be read and is left out", key);
        json_decref(o);
        return 0;
    }
    struct person *one = mem_new(struct person);
    one->name = mem_text(key);
    one->role = role;
    one->hash = copy_of(o, "hash", "");
    one->must_change = json_is_true(json_object_get(o, "must_change"));
    one->language = copy_of(o, "language", "");
    one->preferences = copy_of(o, "preferences", "{}");
    one->made.ms = json_integer_value(json_object_get(o, "made"));
    one->seen.ms = json_integer_value(json_object_get(o, "seen"));
    *array_add(&p->list) = one;
    json_decref(o);
    return 0;
}

int people_load(struct people *p, struct complaint *why)
{
    return store_load(p->store, kind, on_person, p, why);
}

/* ---- the list ---- */

size_t people_count(const struct people *p)
{
    return p->list.count;
}

const struct person *people_at(const struct people *p, size_t i)
{
    return p->list.at[i];
}

static struct person *find(const struct people *p, const char *name)
{
    for (size_t i = 0; i < p->list.count; i++)
        if (strcmp(p->list.at[i]->name, name) == 0)
            return p->list.at[i];
    return NULL;
}

const struct person *people_find(const struct people *p, const char *name)
{
    return find(p, name);
}

static struct person *find_or_complain(const struct people *p, const char *name,
                                       int *rc, struct complaint *why)
{
    struct person *one = find(p, name);

    *rc = one != NULL
              ? 0
              : complain(why, -ENOENT, "user", "see `portolan user list`",
                         "no user is called \"%s\"", name);
    return one;
}

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

static bool is_name(const char *name)
{
    size_t len = strlen(name);

    if (len == 0 || len > PERSON_NAME_MAX || !is_alphanumeric(name[0]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_alphanumeric(name[i]) && strchr("._-@", name[i]) == NULL)
            return false;
    return true;
}

int people_add(struct people *p, const char *name, enum role role,
               const char *hash, bool must_change, struct wall now,
               struct complaint *why)
{
    if (!is_name(name))
        return complain(why, -EINVAL, "user",
                        "use letters, digits and . _ - @, a letter or digit "
                        "first",
                        "\"%.80s\" is no name of a user", name);
    if (find(p, name) != NULL)
        return complain(why, -EEXIST, "user", "choose another name",
                        "there is a user \"%s\" already", name);
    if (p->list.count >= PEOPLE_MAX)
        return complain(why, -ENOSPC, "user", "delete some",
                        "there are %d users, which is the limit", PEOPLE_MAX);
    struct person *one = mem_new(struct person);
    one->name = mem_text(name);
    one->role = role;
    one->hash = mem_text(hash);
    one->must_change = must_change;
    one->language = mem_text("");
    one->preferences = mem_text("{}");
    one->made = now;
    *array_add(&p->list) = one;
    save(p, one);
    return 0;
}

/* The one without whom nobody could give rights. */
static bool is_last_administrator(const struct people *p,
                                  const struct person *one)
{
    size_t others = 0;

    for (size_t i = 0; i < p->list.count; i++)
        others +=
            p->list.at[i] != one && p->list.at[i]->role == ROLE_ADMINISTRATOR;
    return one->role == ROLE_ADMINISTRATOR && others == 0;
}

static int keep_administrator(const struct person *one, struct complaint *why)
{
    return complain(why, -EPERM, "user",
                    "make another user administrator first",
                    "\"%s\" is the last administrator", one->name);
}

int people_remove(struct people *p, const char *name, struct complaint *why)
{
    int rc;
    struct person *one = find_or_complain(p, name, &rc, why);
    size_t i = 0;

    if (one == NULL)
        return rc;
    if (is_last_administrator(p, one))
        return keep_administrator(one, why);
    while (p->list.at[i] != one)
        i++;
    p->list.count--;
    memmove(&p->list.at[i], &p->list.at[i + 1],
            (p->list.count - i) * sizeof p->list.at[0]);
    if (p->store != NULL)
        store_delete(p->store, kind, name);
    person_free(one);
    return 0;
}

int people_set_role(struct people *p, const char *name, enum role role,
                    struct complaint *why)
{
    int rc;
    struct person *one = find_or_complain(p, name, &rc, why);

    if (one == NULL)
        return rc;
    if (role != ROLE_ADMINISTRATOR && is_last_administrator(p, one))
        return keep_administrator(one, why);
    one->role = role;
    save(p, one);
    return 0;
}

int people_set_password(struct people *p, const char *name, const char *hash,
                        bool must_change, struct complaint *why)
{
    int rc;
    struct person *one = find_or_complain(p, name, &rc, why);

    if (one == NULL)
        return rc;
    free(one->hash);
    one->hash = mem_text(hash);
    one->must_change = must_change;
    save(p, one);
    return 0;
}

/* A JSON object that is short enough. */
static bool are_preferences(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);
    bool are = json_is_object(o) && strlen(text) <= PERSON_PREFERENCES_MAX;

    json_decref(o);
    return are;
}

static bool is_language(const char *text)
{
    size_t i = 0;

    while (is_alphanumeric(text[i]) || text[i] == '-')
        i++;
    return text[i] == '\0' && i <= PERSON_LANGUAGE_MAX;
}

static void replace(char **slot, const char *text)
{
    free(*slot);
    *slot = mem_text(text);
}

int people_set_preferences(struct people *p, const char *name,
                           const char *language, const char *preferences,
                           struct complaint *why)
{
    int rc;
    struct person *one = find_or_complain(p, name, &rc, why);

    if (one == NULL)
        return rc;
    if (language != NULL && !is_language(language))
        return complain(why, -EINVAL, "language", "write it such as en or ja",
                        "this is no language");
    if (preferences != NULL && !are_preferences(preferences))
        return complain(why, -EINVAL, "preferences", "keep less there",
                        "preferences are a JSON object of at most %d octets",
                        PERSON_PREFERENCES_MAX);
    if (language != NULL)
        replace(&one->language, language);
    if (preferences != NULL)
        replace(&one->preferences, preferences);
    save(p, one);
    return 0;
}

void people_saw(struct people *p, const char *name, struct wall now)
{
    struct person *one = find(p, name);

    if (one == NULL)
        return;
    one->seen = now;
    save(p, one);
}
