#include "station/settings.h"

#include "base/file.h"
#include "base/log.h"
#include "station/config.h"

#include <errno.h>
#include <stdlib.h>

enum { SETTINGS_MAX = 4 << 20, SETTINGS_MODE = 0600 };

struct settings {
    char *path;
    json_t *now;  /* as it is on disk */
    json_t *next; /* a change that is being taken; NULL: none is */
    settings_renew_fn renew;
    void *renew_arg;
    settings_done_fn done; /* NULL: nobody waits */
    void *arg;
};

struct settings *settings_new(const char *data_dir)
{
    struct settings *s = mem_new(struct settings);
    struct buffer OWNED_BUFFER path = {0};
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&path, "%s/" CONFIG_SETTINGS, data_dir);
    s->path = buffer_take(&path);
    int rc = file_read(s->path, SETTINGS_MAX, &text);
    if (rc == 0)
        s->now = json_loadb(text.at != NULL ? text.at : "", text.len, 0, NULL);
    if (!json_is_object(s->now)) {
        if (rc != -ENOENT)
            log_error("%s: cannot be read; nothing that was set by the page "
                      "can be changed until it is moved away",
                      s->path);
        json_decref(s->now);
        s->now = rc == -ENOENT ? json_object() : NULL;
    }
    return s;
}

void settings_free(struct settings *s)
{
    struct complaint why;

    if (s == NULL)
        return;
    if (s->done != NULL)
        s->done(s->arg,
                complain(&why, -ECANCELED, s->path, "ask again later",
                         "the station ends"),
                &why);
    json_decref(s->now);
    json_decref(s->next);
    free(s->path);
    free(s);
}

void settings_listen(struct settings *s, settings_renew_fn renew, void *arg)
{
    s->renew = renew;
    s->renew_arg = arg;
}

void settings_forget(struct settings *s, const void *arg)
{
    if (s->arg == arg)
        s->done = NULL;
}

/* ---- a change ---- */

/* JSON is YAML. */
static int write_to(const struct settings *s, const json_t *settings)
{
    char *text = json_dumps(settings, JSON_INDENT(1));

    if (text == NULL)
        return -EINVAL;
    int rc = file_write(s->path, bytes_of_text(text), SETTINGS_MODE);
    explicit_bzero(text, strlen(text));
    free(text);
    return rc;
}

void settings_settled(struct settings *s, int rc, const struct complaint *why)
{
    settings_done_fn done = s->done;

    if (s->next == NULL)
        return;
    if (rc == 0) {
        json_decref(s->now);
        s->now = s->next;
    } else {
        if (write_to(s, s->now) < 0)
            log_error("%s: cannot be put back as it was", s->path);
        json_decref(s->next);
    }
    s->next = NULL;
    s->done = NULL;
    if (done != NULL)
        done(s->arg, rc, why);
}

static int is_free(const struct settings *s, struct complaint *why)
{
    if (s->renew == NULL || s->now == NULL)
        return complain(why, -EBUSY, s->path, "see the station's log",
                        "settings cannot be changed now");
    if (s->next != NULL)
        return complain(why, -EBUSY, s->path, "ask again in a second",
                        "another change is being taken");
    return 0;
}

/* Whether a configuration with next is one. */
static int check(const struct config *config, const json_t *next,
                 struct complaint *why)
{
    const char *path = config->path[0] != '\0' ? config->path : NULL;
    char *text = json_dumps(next, JSON_INDENT(1));

    if (text == NULL)
        return complain(why, -EINVAL, CONFIG_SETTINGS, "write UTF-8",
                        "a text is none");
    int rc = config_try(path, text, strlen(text), why);
    explicit_bzero(text, strlen(text));
    free(text);
    return rc;
}

/* Takes next; it is in force when done is called. */
static int take(struct settings *s, const struct config *config, json_t *next,
                settings_done_fn done, void *arg, struct complaint *why)
{
    int rc = check(config, next, why);

    if (rc == 0) {
        rc = write_to(s, next);
        if (rc < 0)
            rc = complain(why, -EIO, s->path, "check the disk",
                          "the settings cannot be written: %s", strerror(-rc));
    }
    if (rc < 0) {
        json_decref(next);
        return rc;
    }
    s->next = next;
    s->done = done;
    s->arg = arg;
    s->renew(s->renew_arg);
    return 0;
}

/* ---- credentials ---- */

/* The list of next, made if there is none. */
static json_t *list_of(json_t *next, const char *key)
{
    json_t *list = json_object_get(next, key);

    if (!json_is_array(list)) {
        list = json_array();
        json_object_set_new(next, key, list);
    }
    return list;
}

static size_t place_of(const json_t *list, const char *name)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *known =
            json_string_value(json_object_get(json_array_get(list, i), "name"));

        if (known != NULL && strcmp(known, name) == 0)
            return i;
    }
    return SIZE_MAX;
}

int settings_check_credential(const json_t *credential, struct complaint *why)
{
    static const char file[] = "_file";
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)credential, key, value)
    {
        size_t len = strlen(key);

        if (len >= sizeof file - 1 &&
            strcmp(key + len - (sizeof file - 1), file) == 0)
            return complain(why, -EINVAL, CONFIG_SETTINGS,
                            "send the secret itself, or use the configuration "
                            "file",
                            "secrets in files are for the configuration file");
    }
    return 0;
}

int settings_add_credential(struct settings *s, const struct config *config,
                            json_t *credential, settings_done_fn done,
                            void *arg, struct complaint *why)
{
    const char *name = json_string_value(json_object_get(credential, "name"));
    int rc = is_free(s, why);

    if (rc == 0)
        rc = settings_check_credential(credential, why);
    if (rc < 0)
        return rc;
    if (name == NULL || name[0] == '\0')
        return complain(why, -EINVAL, CONFIG_SETTINGS, "give it a name",
                        "the credential has no name");
    if (config_credential(config, name) != NULL)
        return complain(why, -EEXIST, name, "choose another name",
                        "there is a credential \"%s\" already", name);
    json_t *next = json_deep_copy(s->now);
    json_array_append_new(list_of(next, "credentials"),
                          json_deep_copy(credential));
    return take(s, config, next, done, arg, why);
}

/* Whose credential it is that the page has not. */
static int not_ours(const struct config *config, const char *name,
                    struct complaint *why)
{
    if (config_credential(config, name) != NULL)
        return complain(why, -EPERM, name, "change it there, and reload",
                        "the credential \"%s\" is of the configuration file",
                        name);
    return complain(why, -ENOENT, name, "see GET credentials",
                    "there is no credential \"%s\"", name);
}

static void change_keys(json_t *of, const json_t *change)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)change, key,
                        value) if (strcmp(key, "position") == 0) continue;
    else if (json_is_null(value)) json_object_del(of, key);
    else json_object_set(of, key, value);
}

static void move_to(json_t *list, size_t from, const json_t *position)
{
    json_t *one = json_incref(json_array_get(list, from));
    json_int_t to = json_integer_value(position);

    json_array_remove(list, from);
    if (to < 0 || (size_t)to > json_array_size(list))
        to = (json_int_t)json_array_size(list);
    json_array_insert_new(list, (size_t)to, one);
}

int settings_set_credential(struct settings *s, const struct config *config,
                            const char *name, json_t *change,
                            settings_done_fn done, void *arg,
                            struct complaint *why)
{
    int rc = is_free(s, why);

    if (rc == 0 && change != NULL)
        rc = settings_check_credential(change, why);
    if (rc < 0)
        return rc;
    json_t *next = json_deep_copy(s->now);
    json_t *list = list_of(next, "credentials");
    size_t place = place_of(list, name);
    if (place == SIZE_MAX) {
        json_decref(next);
        return not_ours(config, name, why);
    }
    if (change == NULL) {
        json_array_remove(list, place);
        return take(s, config, next, done, arg, why);
    }
    change_keys(json_array_get(list, place), change);
    if (json_is_integer(json_object_get(change, "position")))
        move_to(list, place, json_object_get(change, "position"));
    return take(s, config, next, done, arg, why);
}

/* ---- discovery ---- */

static const char *const discovery_lists[] = {"seeds", "ranges", "within",
                                              "exclude"};

static bool has_text(const json_t *list, const json_t *text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(json_array_get(list, i), text))
            return true;
    return false;
}

static void change_list(json_t *of, const char *key, json_t *wanted, bool add)
{
    json_t *list;

    if (!add)
        json_object_set_new(of, key, json_array());
    list = list_of(of, key);
    for (size_t i = 0; i < json_array_size(wanted); i++)
        if (!has_text(list, json_array_get(wanted, i)))
            json_array_append(list, json_array_get(wanted, i));
}

int settings_set_discovery(struct settings *s, const struct config *config,
                           json_t *change, bool add, settings_done_fn done,
                           void *arg, struct complaint *why)
{
    int rc = is_free(s, why);
    const char *key;
    json_t *value;

    json_object_foreach(change, key, value)
    {
        size_t i = 0;

        while (i < COUNT_OF(discovery_lists) &&
               strcmp(key, discovery_lists[i]) != 0)
            i++;
        if (rc == 0 &&
            (i == COUNT_OF(discovery_lists) || !json_is_array(value)))
            rc = complain(why, -EINVAL, CONFIG_SETTINGS,
                          "write lists under seeds, ranges, within, exclude",
                          "\"%.60s\" is none of the lists, or is no list", key);
    }
    if (rc < 0)
        return rc;
    json_t *next = json_deep_copy(s->now);
    if (!json_is_object(json_object_get(next, "discovery")))
        json_object_set_new(next, "discovery", json_object());
    json_object_foreach(change, key, value)
        change_list(json_object_get(next, "discovery"), key, value, add);
    return take(s, config, next, done, arg, why);
}

/* ---- as they are in force ---- */

static const char *from_of(size_t place, size_t own)
{
    return place < own ? "file" : "page";
}

json_t *settings_credentials(const struct config *c)
{
    static const char *const versions[] = {
        [SNMP_V1] = "1", [SNMP_V2C] = "2c", [SNMP_V3] = "3"};
    json_t *list = json_array();

    for (size_t i = 0; i < c->credentials.count; i++) {
        const struct credential *k = c->credentials.at[i];
        json_t *o = json_pack("{s:s,s:s,s:s}", "name", k->name, "version",
                              versions[k->version], "from",
                              from_of(i, c->own_credentials));

        if (k->user != NULL)
            json_object_set_new(o, "user", json_string(k->user));
        if (k->auth != AUTH_NONE)
            json_object_set_new(o, "auth",
                                json_string(auth_protocol_name(k->auth)));
        if (k->priv != PRIV_NONE)
            json_object_set_new(o, "priv",
                                json_string(priv_protocol_name(k->priv)));
        json_array_append_new(list, o);
    }
    return list;
}

static void append_value(json_t *list, const char *text, size_t place,
                         size_t own)
{
    json_array_append_new(list, json_pack("{s:s,s:s}", "value", text, "from",
                                          from_of(place, own)));
}

static json_t *prefixes_json(const struct config_prefixes *p, size_t own)
{
    json_t *list = json_array();
    char text[ADDR_TEXT_MAX + 4];

    for (size_t i = 0; i < p->count; i++)
        append_value(list, prefix_format(&p->at[i], text, sizeof text), i, own);
    return list;
}

json_t *settings_discovery(const struct config *c)
{
    const struct config_discovery *d = &c->discovery;
    json_t *seeds = json_array();
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < d->seeds.count; i++)
        append_value(seeds, addr_format(&d->seeds.at[i], text, sizeof text), i,
                     c->own_seeds);
    return json_pack("{s:o,s:o,s:o,s:o}", "seeds", seeds, "ranges",
                     prefixes_json(&d->ranges, c->own_ranges), "within",
                     prefixes_json(&d->within, c->own_within), "exclude",
                     prefixes_json(&d->exclude, c->own_exclude));
}
