/* portolan - the command. Reads the command line, hands over to the command
 * that is named, and says what went wrong: north/cli.h.
 */
#include "base/text.h"
#include "north/cli_complete.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The reason first, then the remedy. */
static enum cli_exit report(enum cli_exit code, const struct complaint *why)
{
    if (code == CLI_DONE || why->what[0] == '\0')
        return code;
    (void)fflush(stdout);
    (void)fprintf(stderr, "portolan: %s%s%s\n", why->place,
                  why->place[0] != '\0' ? ": " : "", why->what);
    if (why->remedy[0] != '\0')
        (void)fprintf(stderr, "%s\n", why->remedy);
    return code;
}

/* Unless it is told already, the remedy of wrong usage is the help of the
 * command. */
static enum cli_exit report_usage(const struct cli_command *command,
                                  struct complaint *why)
{
    if (why->remedy[0] == '\0')
        (void)snprintf(
            why->remedy, sizeof why->remedy, "see `portolan %s%s--help`",
            command != NULL ? command->name : "", command != NULL ? " " : "");
    return report(CLI_WRONG_USAGE, why);
}

static enum cli_exit print_help(const struct buffer *help)
{
    return fputs(help->at, stdout) < 0 ? CLI_FAILED : CLI_DONE;
}

/* "portolan" alone, "portolan --help". */
static enum cli_exit help_whole(bool wanted)
{
    struct buffer OWNED_BUFFER text = {0};

    cli_help(&text);
    if (wanted)
        return print_help(&text);
    (void)fputs(text.at, stderr);
    return CLI_WRONG_USAGE;
}

static enum cli_layout layout_of(const struct cli_values *values)
{
    if (values->json)
        return LAYOUT_JSON;
    return values->table || isatty(STDOUT_FILENO) == 1 ? LAYOUT_TABLE
                                                       : LAYOUT_TSV;
}

/* A word that is empty is a variable that was not set: what it would be part of
 * is something else without it. Texts and filters may be. */
static int check_word(const struct cli_command *command, size_t n,
                      const char *word, struct complaint *why)
{
    char kind[CLI_ARGUMENT_MAX];

    if (!cli_argument_at(command->arguments, n, kind) ||
        strcmp(kind, "TEXT") == 0 || strcmp(kind, "FILTER") == 0)
        return 0;
    if (word[0] == '\0')
        return complain(why, -EINVAL, "", "", "%s wants %s, and \"\" is none",
                        command->name, kind);
    if (strcmp(kind, "ID") == 0 && strspn(word, "0123456789") != strlen(word))
        return complain(why, -EINVAL, "", "", "\"%s\" is no ID: %s wants %s",
                        word, command->name, command->arguments);
    return 0;
}

static int check_words(const struct cli *c, struct complaint *why)
{
    const struct cli_command *command = c->command;
    size_t count = c->words.count;
    int rc = 0;

    if (count > command->words_max)
        return complain(why, -1, "", "", "\"%s\" is one word too many for %s",
                        c->words.at[command->words_max], command->name);
    if (count < command->words_min)
        return complain(why, -1, "", "", "%s wants %s", command->name,
                        command->arguments);
    for (size_t n = 0; n < count && rc == 0; n++)
        rc = check_word(command, n, c->words.at[n], why);
    return rc;
}

/* Over the socket it is the user who counts. */
static int check_proof(const struct cli_values *values, struct complaint *why)
{
    if (values->url != NULL ||
        (values->token_file == NULL && values->ca == NULL))
        return 0;
    return complain(why, -EINVAL, "", "say --url URL too, or leave it out",
                    "--%s is of a station that is asked by --url",
                    values->token_file != NULL ? "token-file" : "ca");
}

/* Reads what stands behind the command, and runs it. */
static enum cli_exit run(struct cli *c, struct cli_args *args)
{
    const struct cli_option *const tables[OPTION_TABLES] = {c->command->options,
                                                            cli_global_options};
    struct complaint why = {0};

    if (options_read(tables, args, &c->values, &c->words, &why) < 0)
        return report_usage(c->command, &why);
    if (c->values.help) {
        struct buffer OWNED_BUFFER text = {0};

        cli_command_help(c->command, &text);
        return print_help(&text);
    }
    if (check_words(c, &why) < 0 || check_proof(&c->values, &why) < 0)
        return report_usage(c->command, &why);
    c->layout = layout_of(&c->values);
    enum cli_exit code = c->command->run(c, &why);
    return code == CLI_WRONG_USAGE ? report_usage(c->command, &why)
                                   : report(code, &why);
}

static bool is_help(const struct cli_args *args)
{
    for (size_t i = 0; i < args->count; i++)
        if (strcmp(args->at[i], "--help") == 0 ||
            strcmp(args->at[i], "-h") == 0)
            return true;
    return false;
}

/* "portolan map" alone: what it could have been follows. */
static enum cli_exit report_unknown(const struct cli_args *args,
                                    struct complaint *why)
{
    struct buffer OWNED_BUFFER group = {0};

    (void)report_usage(NULL, why);
    if (cli_group_help(args->at[0], &group))
        (void)fputs(group.at, stderr);
    return CLI_WRONG_USAGE;
}

/* "portolan map --help", "portolan help map show". */
static enum cli_exit help_named(const struct cli_args *args,
                                struct complaint *why)
{
    struct buffer OWNED_BUFFER text = {0};
    struct cli_args rest = *args;
    const struct cli_command *command = cli_command_find(&rest, why);
    bool alone = args->count == 1 || args->at[1][0] == '-';

    if (command != NULL)
        cli_command_help(command, &text);
    else if (!alone || !cli_group_help(args->at[0], &text))
        return report_unknown(args, why);
    return print_help(&text);
}

/* What is sent to the station is UTF-8, what is not would be left out. */
static int check_octets(const struct cli_args *args, struct complaint *why)
{
    for (size_t i = 0; i < args->count; i++)
        if (!text_is_utf8(bytes_of_text(args->at[i])))
            return complain(why, -EINVAL, "",
                            "set the terminal to UTF-8, or rename the file",
                            "word %zu of the command line is no UTF-8", i + 1);
    return 0;
}

static enum cli_exit dispatch(struct cli *c, struct cli_args *args)
{
    static const struct cli_option *const tables[OPTION_TABLES] = {
        cli_global_options, NULL};
    struct complaint why = {0};

    if (check_octets(args, &why) < 0 ||
        options_read(tables, args, &c->values, NULL, &why) < 0)
        return report_usage(NULL, &why);
    if (c->values.version) {
        puts("portolan " PORTOLAN_VERSION);
        return CLI_DONE;
    }
    if (args->count > 0 && strcmp(args->at[0], "help") == 0) {
        args->at++;
        args->count--;
        c->values.help = true;
    }
    if (args->count == 0 || args->at[0][0] == '-')
        return help_whole(c->values.help);
    if (c->values.help)
        return help_named(args, &why);
    c->command = cli_command_find(args, &why);
    if (c->command != NULL)
        return run(c, args);
    if (is_help(args))
        return help_named(args, &why);
    return report_unknown(args, &why);
}

int main(int argc, char **argv)
{
    struct cli c = {0};
    struct cli_args args = {argv + 1, argc > 0 ? (size_t)argc - 1 : 0};

    /* How wide characters are on the terminal; texts are UTF-8 everywhere. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    enum cli_exit code = dispatch(&c, &args);
    client_free(c.client);
    array_fini(&c.words);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fputs("portolan: the output cannot be written\n"
                    "check the disk or program that it goes to\n",
                    stderr);
        return code == CLI_DONE ? (int)CLI_FAILED : (int)code;
    }
    return (int)code;
}
