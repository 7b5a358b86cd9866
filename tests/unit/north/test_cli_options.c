/* What stands on a command line is read as people mean it, or refused by
 * name. */
#include "north/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ARGUMENTS_MAX = 8 };

struct values {
    bool wait, json;
    const char *output;
    int64_t port;
};

static const struct cli_option own[] = {
    {.name = "wait",
     .type = OPTION_FLAG,
     .offset = offsetof(struct values, wait),
     .help = "waits"},
    {.name = "output",
     .letter = 'o',
     .type = OPTION_TEXT,
     .offset = offsetof(struct values, output),
     .argument = "FILE",
     .help = "where to"},
    {.name = "port",
     .type = OPTION_NUMBER,
     .offset = offsetof(struct values, port),
     .argument = "N",
     .help = "its port",
     .min = 1,
     .max = 65535},
    {.name = NULL},
};

static const struct cli_option everybodys[] = {
    {.name = "json",
     .type = OPTION_FLAG,
     .offset = offsetof(struct values, json),
     .help = "prints JSON"},
    {.name = NULL},
};

static const struct cli_option *const tables[OPTION_TABLES] = {own, everybodys};

static struct cli_args args_of(const char *const *texts)
{
    struct cli_args args = {(char *const *)(const void *)texts, 0};

    while (texts[args.count] != NULL)
        args.count++;
    return args;
}

static void options_and_words_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[ARGUMENTS_MAX];
        struct values values;
        const char *words; /* with blanks behind each */
    } cases[] = {
        {{NULL}, {.wait = false}, ""},
        {{"a", "b", NULL}, {.wait = false}, "a b "},
        {{"a", "--wait", "b", NULL}, {.wait = true}, "a b "},
        {{"--json", "a", NULL}, {.json = true}, "a "},
        {{"--output", "x", NULL}, {.output = "x"}, ""},
        {{"--output=x=y", NULL}, {.output = "x=y"}, ""},
        {{"--output=", NULL}, {.output = ""}, ""},
        {{"-o", "x", "a", NULL}, {.output = "x"}, "a "},
        {{"-ox", "a", NULL}, {.output = "x"}, "a "},
        {{"--output", "-2h", NULL}, {.output = "-2h"}, ""},
        {{"--port", "161", NULL}, {.port = 161}, ""},
        {{"--port=65535", NULL}, {.port = 65535}, ""},
        {{"--", "--wait", "-o", NULL}, {.wait = false}, "--wait -o "},
        {{"-", NULL}, {.wait = false}, "- "},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cli_args args = args_of(cases[i].arguments);
        const struct values *want = &cases[i].values;
        struct buffer OWNED_BUFFER words = {0};
        struct cli_words found = {0};
        struct values got = {0};
        struct complaint why = {0};

        if (options_read(tables, &args, &got, &found, &why) < 0)
            fail_msg("case %zu: %s", i, why.what);
        buffer_text(&words, "");
        for (size_t w = 0; w < found.count; w++)
            buffer_format(&words, "%s ", found.at[w]);
        array_fini(&found);
        assert_string_equal(words.at, cases[i].words);
        assert_int_equal(got.wait, want->wait);
        assert_int_equal(got.json, want->json);
        assert_int_equal(got.port, want->port);
        assert_int_equal(got.output == NULL, want->output == NULL);
        if (want->output != NULL)
            assert_string_equal(got.output, want->output);
    }
}

static void wrong_usage_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[ARGUMENTS_MAX];
        const char *what;
    } cases[] = {
        {{"--fnord", NULL}, "there is no option --fnord"},
        {{"-x", NULL}, "there is no option -x"},
        {{"--por", "1", NULL}, "there is no option --por"},
        {{"--wait=yes", NULL}, "option --wait has no value"},
        {{"a", "--output", NULL},
         "option --output wants a value: --output FILE"},
        {{"-o", NULL}, "option --output wants a value: --output FILE"},
        {{"--port", "0", NULL},
         "--port wants a number from 1 to 65535, not \"0\""},
        {{"--port", "65536", NULL},
         "--port wants a number from 1 to 65535, not \"65536\""},
        {{"--port", "16x", NULL},
         "--port wants a number from 1 to 65535, not \"16x\""},
        {{"--port=", NULL}, "--port wants a number from 1 to 65535, not \"\""},
        {{"--port", "99999999999999999999", NULL},
         "--port wants a number from 1 to 65535, not \"99999999999999999999\""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cli_args args = args_of(cases[i].arguments);
        struct cli_words found = {0};
        struct values got = {0};
        struct complaint why = {0};

        assert_true(options_read(tables, &args, &got, &found, &why) < 0);
        array_fini(&found);
        assert_string_equal(why.what, cases[i].what);
    }
}

/* So that options before the command are read before it is known. */
static void reading_stops_at_the_first_word(void **state)
{
    (void)state;
    static const char *const arguments[] = {"--json", "devices", "--fnord",
                                            NULL};
    struct cli_args args = args_of(arguments);
    struct values got = {0};
    struct complaint why;

    assert_int_equal(options_read(tables, &args, &got, NULL, &why), 0);
    assert_true(got.json);
    assert_int_equal(args.count, 2);
    assert_string_equal(args.at[0], "devices");
}

/* ---- commands ---- */

static void commands_are_found_by_one_word_or_two(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[ARGUMENTS_MAX];
        const char *command; /* NULL: none, */
        const char *what;    /* for this reason */
        size_t left;
    } cases[] = {
        {{"status", NULL}, "status", NULL, 0},
        {{"device", "x", NULL}, "device", NULL, 1},
        {{"map", "show", "physical", NULL}, "map show", NULL, 1},
        {{"profile", "check", NULL}, "profile check", NULL, 0},
        {{"devi", NULL}, NULL, "there is no command \"devi\"", 0},
        {{"map", NULL}, NULL, "\"map\" wants to know what to do", 0},
        {{"map", "fly", NULL}, NULL, "there is no command \"map fly\"", 0},
        {{"mapx", "show", NULL}, NULL, "there is no command \"mapx\"", 0},
        {{"ma", "show", NULL}, NULL, "there is no command \"ma\"", 0},
        {{"", NULL}, NULL, "there is no command \"\"", 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cli_args args = args_of(cases[i].arguments);
        struct complaint why = {0};
        const struct cli_command *found = cli_command_find(&args, &why);

        if ((found != NULL) != (cases[i].command != NULL))
            fail_msg("case %zu", i);
        if (found == NULL) {
            assert_string_equal(why.what, cases[i].what);
            continue;
        }
        assert_string_equal(found->name, cases[i].command);
        assert_int_equal(args.count, cases[i].left);
    }
}

static void help_tells_of_every_command(void **state)
{
    (void)state;
    static const char *const names[] = {
        "status",     "discover",   "devices",       "device",
        "interfaces", "sensors",    "neighbors",     "links",
        "path",       "add",        "remove",        "poll",
        "events",     "graph",      "series",        "probe",
        "walk",       "get",        "export",        "map list",
        "map show",   "map export", "profile check", "profile which",
    };
    struct buffer OWNED_BUFFER all = {0};

    cli_help(&all);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct buffer OWNED_BUFFER line = {0}, OWNED_BUFFER own_help = {0};
        OWNED(free) char *word = mem_text(names[i]);
        char *second = strchr(word, ' ');
        const char *arguments[] = {word, NULL, NULL};

        buffer_format(&line, "\n  %s ", names[i]);
        if (strstr(all.at, line.at) == NULL)
            fail_msg("%s is not told of", names[i]);
        if (second != NULL) {
            *second++ = '\0';
            arguments[1] = second;
        }
        struct cli_args args = args_of(arguments);
        const struct cli_command *command = cli_command_find(&args, NULL);
        assert_non_null(command);
        cli_command_help(command, &own_help);
        assert_non_null(strstr(own_help.at, "usage: portolan"));
        assert_non_null(strstr(own_help.at, "--json"));
    }
}

static void a_group_tells_of_its_own(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER map = {0}, OWNED_BUFFER none = {0};

    assert_true(cli_group_help("map", &map));
    assert_non_null(strstr(map.at, "map export"));
    assert_null(strstr(map.at, "devices"));
    assert_false(cli_group_help("fnord", &none));
}

static void endings_are_those_of_the_name(void **state)
{
    (void)state;
    static const char *const endings[] = {".gv", ".svg", NULL};

    assert_string_equal(cli_ending("map.svg", endings), ".svg");
    assert_string_equal(cli_ending("/tmp/a.b/map.gv", endings), ".gv");
    assert_null(cli_ending("map.g", endings));
    assert_null(cli_ending("map.svg.txt", endings));
    assert_null(cli_ending(".svg", endings)); /* no name before it */
    assert_null(cli_ending("", endings));
    assert_null(cli_ending(NULL, endings));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_words_are_told_apart),
        cmocka_unit_test(wrong_usage_is_named),
        cmocka_unit_test(reading_stops_at_the_first_word),
        cmocka_unit_test(commands_are_found_by_one_word_or_two),
        cmocka_unit_test(help_tells_of_every_command),
        cmocka_unit_test(a_group_tells_of_its_own),
        cmocka_unit_test(endings_are_those_of_the_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
