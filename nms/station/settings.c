#include "station/settings.h"

#include "base/file.h"
#include "base/log.h"
#include "station/config.h"

#include <errno.h>
#include <stdio.h>
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

/* ---- lists of what has a name ---- */

static bool is_credential(const struct config *c, const char *name)
{
    return config_credential(c, name) != NULL;
}

static bool is_receiver(const struct config *c, const char *name)
{
    for (size_t i = 0; i < c->receivers.count; i++)
        if (strcmp(c->receivers.at[i]->name, name) == 0)
            return true;
    return false;
}

static bool is_rule(const struct config *c, const char *name)
{
    return rules_find(&c->alerts.rules, name) != NULL;
}

static const struct named_list {
    const char *section; /* NULL: none */
    const char *key, *noun, *see;
    bool (*is_there)(const struct config *c, const char *name);
    int (*check)(const json_t *item, struct complaint *why); /* NULL: none */
    bool adds; /* an item may change one of the file or a default */
} named_lists[] = {
    [SETTINGS_CREDENTIALS] = {NULL, "credentials", "credential",
                              "see GET credentials", is_credential,
                              settings_check_credential, false},
    [SETTINGS_RECEIVERS] = {NULL, "receivers", "receiver", "see GET receivers",
                            is_receiver, settings_check_receiver, false},
    [SETTINGS_RULES] = {"alerts", "rules", "rule", "see GET alerts/rules",
                        is_rule, NULL, true},
};

static json_t *section_of(json_t *next, const char *key)
{
    json_t *section = key != NULL ? json_object_get(next, key) : next;

    if (!json_is_object(section)) {
        section = json_object();
        json_object_set_new(next, key, section);
    }
    return section;
}

/* The list of a section, made if there is none. */
static json_t *list_of(json_t *section, const char *key)
{
    json_t *list = json_object_get(section, key);

    if (!json_is_array(list)) {
        list = json_array();
        json_object_set_new(section, key, list);
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

json_t *settings_item(const struct settings *s, enum settings_list list,
                      const char *name)
{
    const struct named_list *l = &named_lists[list];
    const json_t *section =
        l->section != NULL ? json_object_get(s->now, l->section) : s->now;
    const json_t *items = json_object_get(section, l->key);

    return json_array_get(items, place_of(items, name));
}

static int of_the_file(const char *key, struct complaint *why)
{
    return complain(why, -EINVAL, key,
                    "leave it out, or use the configuration file",
                    "\"%.60s\" is for the configuration file alone", key);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);

    return len >= tail && strcmp(text + len - tail, end) == 0;
}

int settings_check_credential(const json_t *credential, struct complaint *why)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)credential, key, value)
    {
        if (ends_with(key, "_file"))
            return complain(why, -EINVAL, CONFIG_SETTINGS,
                            "send the secret itself, or use the configuration "
                            "file",
                            "secrets in files are for the configuration file");
    }
    return 0;
}

/* What would be started or read on this machine is said by who may write its
 * files. */
int settings_check_receiver(const json_t *receiver, struct complaint *why)
{
    static const char *const keys[] = {"run", "limit", "certificates"};

    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (json_object_get(receiver, keys[i]) != NULL)
            return of_the_file(keys[i], why);
    return settings_check_credential(receiver, why);
}

static int check_item(const struct named_list *l, const struct settings *s,
                      const json_t *item, struct complaint *why)
{
    int rc = is_free(s, why);

    if (rc == 0 && item != NULL && !json_is_object(item))
        rc = complain(why, -EINVAL, l->key, "send a JSON object",
                      "nothing tells what it is to be");
    return rc == 0 && item != NULL && l->check != NULL ? l->check(item, why)
                                                       : rc;
}

int settings_add(struct settings *s, const struct config *config,
                 enum settings_list list, const json_t *item,
                 settings_done_fn done, void *arg, struct complaint *why)
{
    const struct named_list *l = &named_lists[list];
    const char *name = json_string_value(json_object_get(item, "name"));
    int rc = check_item(l, s, item, why);

    if (rc < 0)
        return rc;
    if (name == NULL || name[0] == '\0')
        return complain(why, -EINVAL, CONFIG_SETTINGS ": name",
                        "give it a name", "the %s has no name", l->noun);
    if (l->is_there(config, name))
        return complain(why, -EEXIST, CONFIG_SETTINGS ": name",
                        "choose another name", "there is a %s \"%s\" already",
                        l->noun, name);
    json_t *next = json_deep_copy(s->now);
    json_array_append_new(list_of(section_of(next, l->section), l->key),
                          json_deep_copy(item));
    return take(s, config, next, done, arg, why);
}

/* Whose it is that the page has not. */
static int not_ours(const struct named_list *l, const struct config *config,
                    const char *name, struct complaint *why)
{
    if (l->is_there(config, name))
        return complain(why, -EPERM, name, "change it there, and reload",
                        "the %s \"%s\" is of the configuration file%s", l->noun,
                        name, l->adds ? ", or a default" : "");
    return complain(why, -ENOENT, name, l->see, "there is no %s \"%s\"",
                    l->noun, name);
}

static void change_keys(json_t *of, const json_t *change)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)change, key, value)
    {
        if (strcmp(key, "position") == 0)
            continue;
        if (json_is_null(value))
            json_object_del(of, key);
        else
            json_object_set(of, key, value);
    }
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

/* An item that says nothing but a name changes nothing. */
static void drop_if_empty(const struct named_list *l, json_t *items,
                          size_t place)
{
    if (l->adds && json_object_size(json_array_get(items, place)) <= 1)
        json_array_remove(items, place);
}

int settings_change(struct settings *s, const struct config *config,
                    const struct settings_place *at, const json_t *change,
                    settings_done_fn done, void *arg, struct complaint *why)
{
    const struct named_list *l = &named_lists[at->list];
    int rc = check_item(l, s, change, why);

    if (rc < 0)
        return rc;
    json_t *next = json_deep_copy(s->now);
    json_t *items = list_of(section_of(next, l->section), l->key);
    size_t place = place_of(items, at->name);
    if (place == SIZE_MAX && change != NULL && l->adds &&
        l->is_there(config, at->name)) {
        place = json_array_size(items);
        json_array_append_new(items, json_pack("{s:s}", "name", at->name));
    }
    if (place == SIZE_MAX) {
        json_decref(next);
        return not_ours(l, config, at->name, why);
    }
    if (change == NULL) {
        json_array_remove(items, place);
        return take(s, config, next, done, arg, why);
    }
    change_keys(json_array_get(items, place), change);
    if (json_is_integer(json_object_get(change, "position")))
        move_to(items, place, json_object_get(change, "position"));
    else
        drop_if_empty(l, items, place);
    return take(s, config, next, done, arg, why);
}

/* ---- lists that are set as a whole ---- */

int settings_set_order(struct settings *s, const struct config *config,
                       enum settings_order which, const json_t *list,
                       settings_done_fn done, void *arg, struct complaint *why)
{
    static const struct {
        const char *section, *key;
    } lists[] = {[SETTINGS_SITES] = {"maps", "sites"},
                 [SETTINGS_PORTS] = {"alerts", "ports"}};
    const char *key = lists[which].key;
    char remedy[40];
    int rc = is_free(s, why);

    (void)snprintf(remedy, sizeof remedy, "send {\"%s\": [...]}", key);
    if (rc == 0 && !json_is_array(list))
        rc = complain(why, -EINVAL, CONFIG_SETTINGS, remedy,
                      "there is no list of %s", key);
    if (rc < 0)
        return rc;
    json_t *next = json_deep_copy(s->now);
    json_object_set_new(section_of(next, lists[which].section), key,
                        json_deep_copy(list));
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
