/* What may stand next on a command line, for shells: by the table of commands,
 * and by what the station knows. */
#include "north/cli_complete.h"
#include "base/mem.h"
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 500, LIMIT_S = 2 };

/* What an argument may be. */
enum kind {
    NOTHING,
    DEVICES,
    MAPS,
    ALERTS,
    SILENCES,
    PEOPLE,
    TOKENS,
    RECEIVERS,
    FILES,
    WORDS /* some, that are always the same */
};

struct meaning {
    const char *command; /* its beginning; "" = any */
    const char *token;   /* of its arguments */
    enum kind kind;
    const char *words; /* of WORDS */
};

/* The first that fits. */
static const struct meaning meanings[] = {
    {"map new", "NAME", NOTHING, NULL},
    {"map import", "NAME", NOTHING, NULL},
    {"map", "NAME", MAPS, NULL},
    {"map edit", "OPERATION", WORDS,
     "add: remove: hide: show: rename: set: bind: move: pin: unpin: link: "
     "unlink: cloud: dissolve: collapse: expand: nest: undo redo"},
    {"user add", "NAME", NOTHING, NULL},
    {"user", "NAME", PEOPLE, NULL},
    {"forget person", "NAME", PEOPLE, NULL},
    {"export person", "NAME", PEOPLE, NULL},
    {"token revoke", "NAME", TOKENS, NULL},
    {"token", "NAME", NOTHING, NULL},
    {"notify", "NAME", RECEIVERS, NULL},
    {"unsilence", "ID", SILENCES, NULL},
    {"", "ID", ALERTS, NULL},
    {"", "ROLE", WORDS, "viewer operator administrator"},
    {"", "SERIES", WORDS,
     "traffic packets errors discards icmp cpu memory storage sensor risk"},
    {"", "DURATION", WORDS, "30m 2h 1d 7d"},
    {"", "FILE", FILES, NULL},
    {"", "DIR", FILES, NULL},
    {"audit", "PATH", NOTHING, NULL}, /* of the API */
    {"", "PATH", FILES, NULL},
    {"", "librenms", WORDS, "librenms"},
    {"", "NAME", DEVICES, NULL},
    {"", "A", DEVICES, NULL},
    {"", "B", DEVICES, NULL},
    {"", "OTHER", DEVICES, NULL},
    {"", "OBJECT", DEVICES, NULL},
    {"", "NAME|ADDRESS", DEVICES, NULL},
};

/* Where names are, and what tells them apart. */
static const struct source {
    const char *path, *list, *name, *about;
    bool narrows; /* the station looks for what was typed */
} sources[] = {
    [DEVICES] = {"devices", "devices", "name", "address", true},
    [MAPS] = {"maps", "maps", "name", "title", false},
    [ALERTS] = {"alerts?state=all", "alerts", "id", "title", false},
    [SILENCES] = {"silences", "silences", "id", "object", false},
    [PEOPLE] = {"users", "users", "name", "role", false},
    [TOKENS] = {"tokens", "tokens", "name", "role", false},
    [RECEIVERS] = {"receivers", "receivers", "name", "kind", false},
};

/* One that begins as what was typed, with what it is about. */
static void offer(const char *typed, const char *word, size_t len,
                  const char *about)
{
    size_t begun = strlen(typed);

    if (len >= begun && strncmp(word, typed, begun) == 0)
        printf("%.*s\t%s\n", (int)len, word, about);
}

static void offer_words(const char *typed, const char *words)
{
    for (size_t len; *words != '\0'; words += len + strspn(words + len, " ")) {
        len = strcspn(words, " ");
        offer(typed, words, len, "");
    }
}

static void offer_entry(const char *typed, const json_t *entry,
                        const struct source *from)
{
    struct buffer OWNED_BUFFER name = {0};
    const json_t *value = json_object_get(entry, from->name);

    if (json_is_integer(value))
        buffer_format(&name, "%lld", (long long)json_integer_value(value));
    else
        buffer_text(&name, json_text_at(entry, from->name));
    offer(typed, name.at, name.len, json_text_at(entry, from->about));
}

/* Without a station there are none. */
static void offer_names(struct cli *c, const char *typed, enum kind kind)
{
    const struct source *from = &sources[kind];
    struct buffer OWNED_BUFFER path = {0};
    json_t *body, *entry;
    size_t i;

    buffer_text(&path, from->path);
    if (from->narrows) {
        url_param(&path, "q", typed);
        url_param_number(&path, "limit", NAMES_MAX);
    }
    /* The shell stands still meanwhile. */
    client_hurry(cli_client(c), LIMIT_S);
    if (client_get(cli_client(c), path.at, &body, NULL) < 0)
        return;
    json_array_foreach(json_object_get(body, from->list), i, entry)
        offer_entry(typed, entry, from);
    json_decref(body);
}

/* ---- arguments ---- */

bool cli_argument_at(const char *arguments, size_t n,
                     char out[CLI_ARGUMENT_MAX])
{
    static const char more[] = "...";

    for (const char *at = arguments; *at != '\0' && *at != '-'; n--) {
        size_t len = strcspn(at, " ");
        const char *dots = strstr(at, more);
        bool repeats = dots != NULL && dots < at + len && at[len] == '\0';

        if (n == 0 || repeats) {
            size_t begin = strspn(at, "[");

            (void)snprintf(out, CLI_ARGUMENT_MAX, "%.*s",
                           (int)strcspn(at + begin, " ]."), at + begin);
            return out[0] != '\0';
        }
        at += len + strspn(at + len, " ");
    }
    return false;
}

static void offer_meaning(struct cli *c, const char *command, const char *token,
                          const char *typed)
{
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        const struct meaning *m = &meanings[i];

        if (strncmp(command, m->command, strlen(m->command)) != 0 ||
            strcmp(token, m->token) != 0)
            continue;
        if (m->kind == WORDS)
            offer_words(typed, m->words);
        else if (m->kind == FILES)
            puts(":files");
        else if (m->kind != NOTHING)
            offer_names(c, typed, m->kind);
        return;
    }
}

static void offer_argument(struct cli *c, const struct cli_command *command,
                           size_t n, const char *typed)
{
    char token[CLI_ARGUMENT_MAX];

    if (cli_argument_at(command->arguments, n, token))
        offer_meaning(c, command->name, token, typed);
}

/* ---- options ---- */

static void offer_options(const struct cli_option *table, const char *typed)
{
    for (const struct cli_option *o = table; o != NULL && o->name != NULL;
         o++) {
        struct buffer OWNED_BUFFER name = {0};

        buffer_format(&name, "--%s", o->name);
        offer(typed, name.at, name.len, o->help);
    }
}

/* ---- all ---- */

/* What was typed so far. */
struct line {
    struct cli_args args;              /* behind the command */
    const struct cli_command *command; /* NULL: none as yet */
    const char *group;                 /* the first of two words; NULL */
    const char *before, *typed;        /* the last two; before may be "" */
    const struct cli_option *tables[OPTION_TABLES]; /* that may be meant */
};

/* Options that say which station is asked are taken; faults are left to who
 * runs the command. */
static size_t read_words(struct cli *c, const struct line *l)
{
    struct cli_args args = l->args;
    struct cli_words words = {0};

    int rc = options_read(l->tables, &args, &c->values, &words, NULL);
    (void)rc; /* told when the command is run */
    size_t count = words.count;
    array_fini(&words);
    return count;
}

static void offer_next(struct cli *c, const struct line *l)
{
    const struct cli_option *o = options_wanting(l->tables, l->before);
    size_t count = l->command != NULL ? read_words(c, l) : 0;

    if (o != NULL) {
        offer_meaning(c, l->command != NULL ? l->command->name : "",
                      o->argument, l->typed);
    } else if (l->typed[0] == '-') {
        for (size_t i = 0; i < OPTION_TABLES; i++)
            offer_options(l->tables[i], l->typed);
    } else {
        if (l->group != NULL || l->command == NULL)
            cli_each_word(l->group, l->typed, offer);
        if (l->command != NULL)
            offer_argument(c, l->command, count, l->typed);
    }
}

enum cli_exit cli_complete(struct cli *c, struct complaint *why)
{
    size_t count = c->words.count;
    struct line l = {.typed = cli_word(c, count - 1),
                     .before = "",
                     .tables = {NULL, cli_global_options}};
    char **before = mem_array(count, sizeof *before);

    for (size_t i = 0; i + 1 < count; i++)
        before[i] = (char *)(uintptr_t)cli_word(c, i); /* only read */
    if (count > 1)
        l.before = before[count - 2];
    l.args = (struct cli_args){before, count - 1};
    int rc = options_read(l.tables, &l.args, &c->values, NULL, NULL);
    if (rc == 0 && l.args.count == 1)
        l.group = l.args.at[0];
    if (rc == 0 && l.args.count > 0)
        l.command = cli_command_find(&l.args, NULL);
    if (l.command != NULL)
        l.tables[0] = l.command->options;
    if (rc < 0 || l.args.count == 0 || l.command != NULL || l.group != NULL)
        offer_next(c, &l);
    (void)why;
    free(before);
    return CLI_DONE;
}
