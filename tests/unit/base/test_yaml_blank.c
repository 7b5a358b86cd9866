/* Secrets go, everything else stays as it was written. */
#include "base/yaml_blank.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool is_secret(const char *key)
{
    return strcmp(key, "secret") == 0;
}

static void test_blank(void **state)
{
    static const struct {
        const char *text, *blanked; /* NULL: it is refused */
    } cases[] = {
        {"", ""},
        {"a: 1\n", "a: 1\n"},
        {"secret: abc\n", "secret: \"-\"\n"},
        {"secret: abc # a comment\nb: 2\n", "secret: \"-\" # -\nb: 2\n"},
        {"secret: abc\n# a comment\nb: 2 # two\n",
         "secret: \"-\"\n# a comment\nb: 2 # two\n"},
        {"{secret: a, b: c} # was d\n#e\n", "{secret: \"-\", b: c} # -\n#e\n"},
        {"a: 1\n#   secret: old # and older\n# more\nb: 2\n",
         "a: 1\n# -\n# more\nb: 2\n"},
        {"# Secret:\n#   old\r\n#     older\n# more\n#  yet\n",
         "# -\n# -\r\n# -\n# more\n#  yet\n"},
        {"# secret:\na:\n  #   b\n  c: 1\n", "# -\na:\n  #   b\n  c: 1\n"},
        {"a: \"x # secret: y\" # secrets of secret_file\n",
         "a: \"x # secret: y\" # secrets of secret_file\n"},
        {"a: | # the secret\n  # secret: x\n  y\nb: 1\n# secret x",
         "a: | # -\n  # secret: x\n  y\nb: 1\n# -"},
        {"a: b#secret\nc: [d, # a secret\n e]\n",
         "a: b#secret\nc: [d, # -\n e]\n"},
        {"# d\xc3\xa9j\xc3\xa0 vu\na: {secret: 'x y', b: [1, 2]}\n",
         "# d\xc3\xa9j\xc3\xa0 vu\na: {secret: \"-\", b: [1, 2]}\n"},
        {"l:\n  - secret: a\n    name: secret\n  - secret: \"b\\\"c\"\n",
         "l:\n  - secret: \"-\"\n    name: secret\n  - secret: \"-\"\n"},
        {"a:\n  secret: |\n    two\n    lines\n  b: 1\n",
         "a:\n  secret: \"-\"\n  b: 1\n"},
        {"secret: {deep: [x, y]}\nb: 1\n", "secret: \"-\"\nb: 1\n"},
        {"secret:\n  deep: x\n  secret: y\nb: 1\n", "secret:\n  \"-\"\nb: 1\n"},
        {"secret:\nb: 1\n", "secret:\nb: 1\n"},
        {"[secret, secret]\n", "[secret, secret]\n"},
        {"a: &x 1\nb: *x\n", NULL},
        {"a: [1\n", NULL},
        {"\xef\xbb\xbf"
         "a: 1\n",
         NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer OWNED_BUFFER out = {0};
        int rc = yaml_blank(bytes_of_text(cases[i].text), is_secret, "-", &out);

        if (cases[i].blanked == NULL) {
            assert_int_equal(rc, -EINVAL);
            assert_int_equal(out.len, 0);
        } else {
            if (rc != 0 || strcmp(out.at, cases[i].blanked) != 0)
                print_message("case %zu: %d: %s\n", i, rc, out.at);
            assert_int_equal(rc, 0);
            assert_string_equal(out.at, cases[i].blanked);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_blank)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
