#include "north/cli_options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { HELP_COLUMN = 26 };

/* An option as it stands on the line. */
struct given {
    const struct cli_option *option;
    const char *value; /* in the same argument; NULL: none */
};

/* By its name, or by a letter where name is NULL. */
static const struct cli_option *
find(const struct cli_option *const tables[OPTION_TABLES], const char *name,
     size_t len, char letter)
{
    for (size_t t = 0; t < OPTION_TABLES; t++)
        for (const struct cli_option *o = tables[t];
             o != NULL && o->name != NULL; o++)
            if (name == NULL ? o->letter == letter
                             : strlen(o->name) == len &&
                                   strncmp(o->name, name, len) == 0)
                return o;
    return NULL;
}

/* "--port=161", "--port", "-o" or "-oFILE". */
static int find_given(const struct cli_option *const tables[OPTION_TABLES],
                      const char *argument, struct given *out,
                      struct complaint *why)
{
    *out = (struct given){0};
    if (argument[1] == '-') {
        const char *name = argument + 2;
        size_t len = strcspn(name, "=");

        out->option = find(tables, name, len, 0);
        out->value = name[len] == '=' ? name + len + 1 : NULL;
    } else {
        out->option = find(tables, NULL, 0, argument[1]);
        out->value = argument[2] != '\0' ? argument + 2 : NULL;
    }
    if (out->option == NULL)
        return complain(why, -EINVAL, "", "", "there is no option %s",
                        argument);
    if (out->option->type == OPTION_FLAG && out->value != NULL)
        return complain(why, -EINVAL, "", "", "option --%s has no value",
                        out->option->name);
    return 0;
}

static int set_number(const struct cli_option *o, const char *text,
                      int64_t *out, struct complaint *why)
{
    char *end;

    /* what is beyond long long is beyond max too */
    long long n = strtoll(text, &end, 10);
    if (*text == '\0' || *end != '\0' || n < o->min || n > o->max)
        return complain(why, -EINVAL, "", "",
                        "--%s wants a number from %" PRId64 " to %" PRId64
                        ", not \"%s\"",
                        o->name, o->min, o->max, text);
    *out = n;
    return 0;
}

static int set_value(const struct cli_option *o, const char *text, void *values,
                     struct complaint *why)
{
    void *field = (char *)values + o->offset;

    switch (o->type) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)field = text;
        return 0;
    case OPTION_NUMBER:
        return set_number(o, text, field, why);
    }
    return 0;
}

static char *next(struct cli_args *args)
{
    args->count--;
    return *args->at++;
}

static int read_option(const struct cli_option *const tables[OPTION_TABLES],
                       struct cli_args *args, void *values,
                       struct complaint *why)
{
    struct given given;
    int rc = find_given(tables, next(args), &given, why);

    if (rc < 0)
        return rc;
    if (given.option->type != OPTION_FLAG && given.value == NULL) {
        if (args->count == 0)
            return complain(
                why, -EINVAL, "", "", "option --%s wants a value: --%s %s",
                given.option->name, given.option->name, given.option->argument);
        given.value = next(args);
    }
    return set_value(given.option, given.value, values, why);
}

int options_read(const struct cli_option *const tables[OPTION_TABLES],
                 struct cli_args *args, void *values, struct cli_words *words,
                 struct complaint *why)
{
    bool options_over = false;
    int rc = 0;

    while (args->count > 0 && rc == 0) {
        const char *argument = args->at[0];

        if (!options_over && strcmp(argument, "--") == 0) {
            options_over = true;
            (void)next(args);
        } else if (!options_over && argument[0] == '-' && argument[1] != '\0') {
            rc = read_option(tables, args, values, why);
        } else if (words == NULL) {
            return 0;
        } else {
            *array_add(words) = next(args);
        }
    }
    return rc;
}

const struct cli_option *
options_wanting(const struct cli_option *const tables[OPTION_TABLES],
                const char *argument)
{
    struct given given;

    if (argument[0] != '-' || argument[1] == '\0' ||
        find_given(tables, argument, &given, NULL) < 0)
        return NULL;
    return given.option->type != OPTION_FLAG && given.value == NULL
               ? given.option
               : NULL;
}

void options_help(const struct cli_option *table, struct buffer *out)
{
    for (const struct cli_option *o = table; o != NULL && o->name != NULL;
         o++) {
        struct buffer OWNED_BUFFER left = {0};

        buffer_text(&left, "  ");
        if (o->letter != 0)
            buffer_format(&left, "-%c, ", o->letter);
        buffer_format(&left, "--%s%s%s", o->name,
                      o->argument != NULL ? " " : "",
                      o->argument != NULL ? o->argument : "");
        buffer_format(out, "%-*s %s\n", HELP_COLUMN, left.at, o->help);
    }
}
