/* Commands by what is typed, and what help says of them. */
#include "north/cli_help.h"
#include "north/cli_complete.h"

#include <string.h>

enum { SUMMARY_COLUMN = 20 };

/* ---- finding one ---- */

/* The length of the first word of a command's name. */
static size_t first_word(const struct cli_command *command)
{
    return strcspn(command->name, " ");
}

/* True if the command is called word, or its first of two words is. */
static bool begins(const struct cli_command *command, const char *word)
{
    size_t len = first_word(command);

    return strlen(word) == len && strncmp(command->name, word, len) == 0;
}

static bool is_called(const struct cli_command *command,
                      const struct cli_args *args)
{
    size_t len = first_word(command);

    if (!begins(command, args->at[0]))
        return false;
    return command->name[len] == '\0' ||
           (args->count > 1 &&
            strcmp(command->name + len + 1, args->at[1]) == 0);
}

const struct cli_command *cli_command_find(struct cli_args *args,
                                           struct complaint *why)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    const char *group = NULL;

    for (size_t i = 0; i < count; i++) {
        if (begins(&commands[i], args->at[0]))
            group = args->at[0];
        if (!is_called(&commands[i], args))
            continue;
        size_t words = strchr(commands[i].name, ' ') != NULL ? 2 : 1;
        args->at += words;
        args->count -= words;
        return &commands[i];
    }
    if (group != NULL && args->count > 1)
        (void)cli_refuse(why, CLI_WRONG_USAGE, "",
                         "there is no command \"%s %s\"", group, args->at[1]);
    else if (group != NULL)
        (void)cli_refuse(why, CLI_WRONG_USAGE, "",
                         "\"%s\" wants to know what to do", group);
    else
        (void)cli_refuse(why, CLI_WRONG_USAGE, "", "there is no command \"%s\"",
                         args->at[0]);
    return NULL;
}

/* Of the command that is called so; "" where more has to follow. */
static const char *summary_of(const char *word, size_t len)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);

    for (size_t i = 0; i < count; i++)
        if (strlen(commands[i].name) == len &&
            strncmp(commands[i].name, word, len) == 0)
            return commands[i].summary;
    return "";
}

void cli_each_word(const char *group, const char *typed, cli_word_fn fn)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    const struct cli_command *before = NULL;

    for (size_t i = 0; i < count; before = &commands[i++]) {
        const struct cli_command *c = &commands[i];
        size_t len = first_word(c);

        if (group != NULL && begins(c, group) && c->name[len] == ' ')
            fn(typed, c->name + len + 1, strlen(c->name + len + 1), c->summary);
        else if (group == NULL &&
                 (before == NULL || first_word(before) != len ||
                  strncmp(before->name, c->name, len) != 0))
            fn(typed, c->name, len, summary_of(c->name, len));
    }
}

/* ---- help ---- */

static void add_summary(const struct cli_command *command, struct buffer *out)
{
    buffer_format(out, "  %-*s %s\n", SUMMARY_COLUMN, command->name,
                  command->summary);
}

void cli_help(struct buffer *out)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);

    buffer_text(out, "usage: portolan [OPTION...] COMMAND [ARGUMENT...]\n"
                     "Finds a network, draws its map, and watches it. Asks the "
                     "station portoland.\n\nCommands:\n");
    for (size_t i = 0; i < count; i++)
        add_summary(&commands[i], out);
    buffer_text(out, "\nOptions:\n");
    options_help(cli_global_options, out);
    buffer_text(out,
                "\nPrints tables on a terminal, TSV when piped. Exit codes: 0 "
                "done, 1 failed,\n2 wrong usage, 78 wrong configuration. "
                "`portolan COMMAND --help` tells more.\n");
}

bool cli_group_help(const char *group, struct buffer *out)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    size_t start = out->len;

    for (size_t i = 0; i < count; i++)
        if (begins(&commands[i], group))
            add_summary(&commands[i], out);
    return out->len > start;
}

void cli_command_help(const struct cli_command *command, struct buffer *out)
{
    buffer_format(out, "usage: portolan %s%s%s%s\n%s\n", command->name,
                  command->options != NULL ? " [OPTION...]" : "",
                  command->arguments[0] != '\0' ? " " : "", command->arguments,
                  command->summary);
    if (command->options != NULL) {
        buffer_text(out, "\nOptions:\n");
        options_help(command->options, out);
    }
    if (command->more != NULL)
        buffer_format(out, "\n%s", command->more);
    buffer_text(out, "\nOptions of every command:\n");
    options_help(cli_global_options, out);
}
