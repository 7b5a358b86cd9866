/* A fault in a file names line, column, path and remedy; what is right lands
 * in the struct. */
#include "base/bytes.h"
#include "base/yaml.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct inner {
    int64_t port;
    int64_t every_ms;
};

struct sample {
    char *name;
    bool on;
    double share;
    int color;
    struct inner inner;
    int64_t custom;
};

static int read_even(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why)
{
    const char *text = yaml_text(n);

    if (text == NULL || (text[0] - '0') % 2 != 0)
        return yaml_complain(n, why, "write 2 or 4", "%s is odd",
                             text != NULL ? text : "a list");
    *(int64_t *)field = text[0] - '0' + *(int *)ctx;
    return 0;
}

static const char *const colors[] = {"red", "green", NULL};

static const struct yaml_field inner_fields[] = {
    {.key = "port",
     .type = YAML_T_INT,
     .offset = offsetof(struct inner, port),
     .preset = "161",
     .min = 1,
     .max = 65535},
    {.key = "every",
     .type = YAML_T_DURATION,
     .offset = offsetof(struct inner, every_ms),
     .preset = "6h",
     .min = 1000,
     .max = 86400000},
    {.key = NULL},
};

static const struct yaml_field fields[] = {
    {.key = "name",
     .type = YAML_T_TEXT,
     .offset = offsetof(struct sample, name),
     .required = true,
     .help = "write name: TEXT"},
    {.key = "on",
     .type = YAML_T_BOOL,
     .offset = offsetof(struct sample, on),
     .preset = "true"},
    {.key = "share",
     .type = YAML_T_DOUBLE,
     .offset = offsetof(struct sample, share),
     .preset = "0.5",
     .min = 0,
     .max = 1},
    {.key = "color",
     .type = YAML_T_CHOICE,
     .offset = offsetof(struct sample, color),
     .choices = colors,
     .preset = "green"},
    {.key = "inner",
     .type = YAML_T_MAP,
     .offset = offsetof(struct sample, inner),
     .fields = inner_fields},
    {.key = "even",
     .type = YAML_T_CUSTOM,
     .offset = offsetof(struct sample, custom),
     .read = read_even},
    {.key = NULL},
};

/* Reads text by the table above; s->name is the caller's. */
static int sample_read(const char *text, struct sample *s,
                       struct complaint *why)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    int ten = 10;
    int rc = yaml_parse("f.yaml", text, strlen(text), &doc, why);

    *s = (struct sample){.custom = 7};
    if (rc < 0) {
        assert_null(doc);
        return rc;
    }
    return yaml_read(yaml_root(doc), fields, s, &ten, why);
}

static void values_land_in_the_struct(void **state)
{
    (void)state;
    struct complaint why;
    struct sample s;

    assert_int_equal(sample_read("name: 'a b'\non: Off\nshare: 1e-1\n"
                                 "color: RED\neven: 4\n"
                                 "inner: {port: 1161, every: 1h30m}\n",
                                 &s, &why),
                     0);
    assert_string_equal(s.name, "a b");
    assert_false(s.on);
    assert_true(s.share > 0.099 && s.share < 0.101);
    assert_int_equal(s.color, 0);
    assert_int_equal(s.inner.port, 1161);
    assert_int_equal(s.inner.every_ms, 5400000);
    assert_int_equal(s.custom, 14);
    free(s.name);
}

static void presets_stand_for_what_is_absent(void **state)
{
    (void)state;
    static const char *const texts[] = {"name: x",
                                        "name: x\ninner:\non: ~\neven: null\n",
                                        "name: x\ninner: {}\n"};

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct complaint why;
        struct sample s;
        assert_int_equal(sample_read(texts[i], &s, &why), 0);
        assert_true(s.on);
        assert_true(s.share > 0.49 && s.share < 0.51);
        assert_int_equal(s.color, 1);
        assert_int_equal(s.inner.port, 161);
        assert_int_equal(s.inner.every_ms, 21600000);
        assert_int_equal(s.custom, 7);
        free(s.name);
    }
}

static void the_ends_of_a_range_belong_to_it(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "name: x\ninner: {port: 1, every: 1s}\nshare: 0\n",
        "name: x\ninner: {port: 65535, every: 1d}\nshare: 1\n"};

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct complaint why;
        struct sample s;
        assert_int_equal(sample_read(texts[i], &s, &why), 0);
        assert_int_equal(s.inner.port, i == 0 ? 1 : 65535);
        free(s.name);
    }
}

static const struct {
    const char *text, *place, *what, *remedy;
} broken[] = {
    {"on: true\n", "f.yaml:1:1", "key \"name\" is missing", "write name: TEXT"},
    {"name: x\nnaem: y\n", "f.yaml:2:1: naem", "unknown key \"naem\"",
     "write \"name\""},
    {"name: x\ninner:\n  evry: 3s\n", "f.yaml:3:3: inner.evry",
     "unknown key \"evry\"", "write \"every\""},
    {"name: x\ninner: {zzzzzz: 1}\n", "f.yaml:2:9: inner.zzzzzz",
     "unknown key \"zzzzzz\"", "keys known here: port, every"},
    {"name: x\ninner: {port: 0}\n", "f.yaml:2:15: inner.port",
     "0 is out of range", "write a value from 1 to 65535"},
    {"name: x\ninner: {port: 70000}\n", "f.yaml:2:15: inner.port",
     "70000 is out of range", "write a value from 1 to 65535"},
    {"name: x\ninner: {port: 16x}\n", "f.yaml:2:15: inner.port",
     "\"16x\" is not a whole number", "write digits alone"},
    {"name: x\ninner: {port: 99999999999999999999}\n",
     "f.yaml:2:15: inner.port",
     "\"99999999999999999999\" is not a whole number", "write digits alone"},
    {"name: x\ninner: {every: 60}\n", "f.yaml:2:16: inner.every",
     "\"60\" is not a duration", "write it with a unit, such as 30s, 5m or 6h"},
    {"name: x\ninner: {every: 5ms}\n", "f.yaml:2:16: inner.every",
     "5ms is out of range", "write a value from 1 s to 1 d"},
    {"name: x\non: maybe\n", "f.yaml:2:5: on", "\"maybe\" is not true or false",
     "write true or false"},
    {"name: x\nshare: nan\n", "f.yaml:2:8: share", "\"nan\" is not a number",
     "write it such as 0.5"},
    {"name: x\nshare: 1.5\n", "f.yaml:2:8: share", "1.5 is out of range",
     "write a value from 0 to 1"},
    {"name: x\ncolor: blue\n", "f.yaml:2:8: color",
     "\"blue\" is not known here", "write one of red, green"},
    {"name: x\neven: 3\n", "f.yaml:2:7: even", "3 is odd", "write 2 or 4"},
    {"name: [x]\n", "f.yaml:1:7: name",
     "a single value is expected, not a list", "write name: TEXT"},
    {"name: x\ninner: [1]\n", "f.yaml:2:8: inner",
     "a map (key: value) is expected", "write keys with their values"},
    {"- name\n", "f.yaml:1:1", "a map (key: value) is expected",
     "write keys with their values"},
    {"name: x\nname: y\n", "f.yaml:2:1: name",
     "key \"name\" is there already in line 1", "merge the two"},
    {"name: &a x\ncolor: *a\n", "f.yaml:2:8",
     "aliases (*name) are not supported", "write the value out"},
    {"? [a]\n: x\n", "f.yaml:1:3", "a key has to be a text",
     "write it as key: value"},
    {"name: x\n---\nname: y\n", "f.yaml:2:1", "a second document begins",
     "leave one document in the file"},
    {"name: \"a\\0b\"\n", "f.yaml:1:7", "a text holds a NUL character",
     "write it without \\0"},
    {"name: x\n on: y\n", "f.yaml:2:4",
     "not YAML: mapping values are not allowed in this context",
     "look at indentation, colons and quotes just before"},
    {"name: \"x\n", "f.yaml:2:1",
     "not YAML: found unexpected end of stream while scanning a quoted "
     "scalar",
     "look at indentation, colons and quotes just before"},
};

static void faults_name_place_and_remedy(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct complaint why = {.what = ""};
        struct sample s;
        assert_int_equal(sample_read(broken[i].text, &s, &why), -EINVAL);
        assert_string_equal(why.place, broken[i].place);
        assert_string_equal(why.what, broken[i].what);
        assert_string_equal(why.remedy, broken[i].remedy);
        free(s.name);
    }
}

static void escapes_do_not_reach_a_terminal(void **state)
{
    (void)state;
    struct complaint why;
    struct sample s;

    assert_int_equal(sample_read("name: x\n\"\\e[31m\\n\": 1\n", &s, &why),
                     -EINVAL);
    assert_string_equal(why.what, "unknown key \"[31m\"");
    assert_string_equal(why.place, "f.yaml:2:1: [31m");
    free(s.name);
}

static void all_faults_are_found_in_one_go(void **state)
{
    (void)state;
    static const char text[] = "naem: x\non: 3\ninner: {port: 0, every: 1}\n";
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct yaml_faults faults = {0};
    struct complaint why;
    struct sample s = {0};
    int ten = 10;

    assert_int_equal(yaml_parse("f", text, strlen(text), &doc, &why), 0);
    assert_int_equal(yaml_read_all(yaml_root(doc), fields, &s, &ten, &faults),
                     -EINVAL);
    assert_int_equal(faults.count, 5);
    assert_string_equal(faults.at[0].place, "f:1:1: naem");
    assert_string_equal(faults.at[1].what, "key \"name\" is missing");
    assert_string_equal(faults.at[2].place, "f:2:5: on");
    assert_string_equal(faults.at[3].place, "f:3:15: inner.port");
    assert_string_equal(faults.at[4].place, "f:3:25: inner.every");
    array_fini(&faults);
}

static void a_document_can_be_walked(void **state)
{
    (void)state;
    static const char text[] = "list: [a, 'b', ~]\nmap: {k: v}\n";
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct complaint why;

    assert_int_equal(yaml_parse("f", text, strlen(text), &doc, &why), 0);
    struct yaml_node root = yaml_root(doc), list = yaml_get(root, "list");
    assert_int_equal(yaml_kind(root), YAML_MAP);
    assert_int_equal(yaml_count(root), 2);
    assert_string_equal(yaml_key(root, 1), "map");
    assert_int_equal(yaml_kind(list), YAML_LIST);
    assert_int_equal(yaml_count(list), 3);
    assert_string_equal(yaml_text(yaml_item(list, 1)), "b");
    assert_true(yaml_is_plain(yaml_item(list, 0)));
    assert_false(yaml_is_plain(yaml_item(list, 1)));
    assert_true(yaml_is_null(yaml_item(list, 2)));
    assert_int_equal(yaml_kind(yaml_item(list, 3)), YAML_ABSENT);
    assert_null(yaml_text(list));
    assert_string_equal(yaml_text(yaml_item(yaml_get(root, "map"), 0)), "v");
    assert_int_equal(yaml_kind(yaml_get(root, "none")), YAML_ABSENT);
    assert_int_equal(yaml_kind(yaml_get(list, "none")), YAML_ABSENT);
    assert_int_equal(yaml_complain(yaml_item(list, 1), &why, "r", "w"),
                     -EINVAL);
    assert_string_equal(why.place, "f:1:11: list[1]");
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER text = {0};
    struct yaml *doc = NULL;
    struct complaint why;

    for (unsigned i = 0; i < YAML_DEPTH_MAX; i++)
        buffer_char(&text, '[');
    struct buffer OWNED_BUFFER fits = {0};
    buffer_text(&fits, text.at);
    for (unsigned i = 0; i < YAML_DEPTH_MAX; i++)
        buffer_char(&fits, ']');
    assert_int_equal(yaml_parse("f", fits.at, fits.len, &doc, &why), 0);
    yaml_free(doc);
    for (unsigned i = 0; i < 100000; i++)
        buffer_char(&text, '[');
    assert_int_equal(yaml_parse("f", text.at, text.len, &doc, &why), -EINVAL);
    assert_string_equal(why.what, "lists and maps are nested too deeply");
    assert_null(doc);
    assert_int_equal(yaml_parse("f", text.at, YAML_FILE_MAX + 1, &doc, &why),
                     -EFBIG);
}

static void a_file_that_is_not_there_is_a_fault(void **state)
{
    (void)state;
    struct yaml *doc = NULL;
    struct complaint why;

    assert_int_equal(yaml_load("/no/such.yaml", &doc, &why), -ENOENT);
    assert_string_equal(why.place, "/no/such.yaml");
    assert_string_equal(why.what, "cannot be read: No such file or directory");
    assert_null(doc);
}

static void an_empty_file_has_no_root(void **state)
{
    (void)state;
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct complaint why;

    assert_int_equal(yaml_parse("f", "# nothing\n", 10, &doc, &why), 0);
    assert_int_equal(yaml_kind(yaml_root(doc)), YAML_ABSENT);
    assert_int_equal(yaml_count(yaml_root(doc)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_land_in_the_struct),
        cmocka_unit_test(presets_stand_for_what_is_absent),
        cmocka_unit_test(the_ends_of_a_range_belong_to_it),
        cmocka_unit_test(faults_name_place_and_remedy),
        cmocka_unit_test(escapes_do_not_reach_a_terminal),
        cmocka_unit_test(all_faults_are_found_in_one_go),
        cmocka_unit_test(a_document_can_be_walked),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(a_file_that_is_not_there_is_a_fault),
        cmocka_unit_test(an_empty_file_has_no_root),
    };
    return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
