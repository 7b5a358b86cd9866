/* Text from agents harms nobody; names of files and cells lose nothing. */
#include "base/text.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define OCTETS(text)                              \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

static void utf8_is_told_from_octets(void **state)
{
    (void)state;
    static const struct {
        struct bytes b;
        bool holds;
    } cases[] = {
        {OCTETS(""), true},
        {OCTETS("sw-1"), true},
        {OCTETS("\xc3\xbc"), true},
        {OCTETS("\xe2\x82\xac"), true},
        {OCTETS("\xf0\x9f\x8c\x8d"), true},
        {OCTETS("\xf4\x8f\xbf\xbf"), true},
        {OCTETS("\xf4\x90\x80\x80"), false}, /* beyond U+10FFFF */
        {OCTETS("\xc0\xaf"), false},         /* not the shortest form */
        {OCTETS("\xe0\x80\xaf"), false},
        {OCTETS("\xf0\x80\x80\xaf"), false},
        {OCTETS("\xed\xa0\x80"), false}, /* a surrogate */
        {OCTETS("\x80"), false},
        {OCTETS("\xc3"), false},
        {OCTETS("\xe2\x82"), false},
        {OCTETS("a\xff"), false},
        {OCTETS("\xc3\xc3"), false},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (text_is_utf8(cases[i].b) != cases[i].holds)
            fail_msg("case %zu", i);
}

static const struct {
    const char *name;
    struct bytes from;
    const char *encoding;
    bool keep_lines;
    size_t limit;
    const char *safe;
} texts[] = {
    {"plain", OCTETS("Gi1/0/1"), NULL, false, 99, "Gi1/0/1"},
    {"NULs and blanks behind", OCTETS("eth0 \r\n\0\0"), NULL, false, 99,
     "eth0"},
    {"NULs within", OCTETS("a\0b"), NULL, false, 99, "ab"},
    {"one line of several", OCTETS("Cisco\r\nIOS\tXE\n\nx"), NULL, false, 99,
     "Cisco IOS XE  x"},
    {"lines kept", OCTETS("Cisco\r\nIOS\rXE\tx\n"), NULL, true, 99,
     "Cisco\nIOS\nXE x"},
    {"escape sequence", OCTETS("\x1b[31mred\x07"), NULL, false, 99, "[31mred"},
    {"C1 and DEL",
     OCTETS("a\xc2\x9b\x7f"
            "b"),
     NULL, false, 99, "ab"},
    {"turned direction",
     OCTETS("a\xe2\x80\xae"
            "b\xe2\x81\xa6"),
     NULL, false, 99, "ab"},
    {"line separator",
     OCTETS("a\xe2\x80\xa8"
            "b"),
     NULL, false, 99, "a b"},
    {"byte order mark",
     OCTETS("\xef\xbb\xbf"
            "a"),
     NULL, false, 99, "a"},
    {"no character of XML", OCTETS("a\xef\xbf\xbf"), NULL, false, 99, "a"},
    {"Latin-1 by default",
     OCTETS("K\xfc"
            "che"),
     NULL, false, 99,
     "K\xc3\xbc"
     "che"},
    {"GB18030", OCTETS("\xbb\xfa\xb7\xbf"), "GB18030", false, 99,
     "\xe6\x9c\xba\xe6\x88\xbf"},
    {"UTF-8 in spite of an encoding", OCTETS("K\xc3\xbc"), "GB18030", false, 99,
     "K\xc3\xbc"},
    {"octets that GB18030 has not",
     OCTETS("\xbb\xfa\xff"
            "a"),
     "GB18030", false, 99,
     "\xe6\x9c\xba\xef\xbf\xbd"
     "a"},
    {"cut within a character", OCTETS("\xbb\xfa\xbb"), "GB18030", false, 99,
     "\xe6\x9c\xba"},
    {"unknown encoding", OCTETS("\xfc"), "NO-SUCH", false, 99, "\xc3\xbc"},
    {"cut at a character", OCTETS("ab\xe2\x82\xac"), NULL, false, 4, "ab"},
    {"cut behind a character",
     OCTETS("ab\xe2\x82\xac"
            "c"),
     NULL, false, 5, "ab\xe2\x82\xac"},
    {"cut at a blank", OCTETS("abc def"), NULL, false, 4, "abc"},
    {"nothing wanted", OCTETS("abc"), NULL, false, 0, ""},
    {"nothing but noise", OCTETS("\0\1\2 \n"), NULL, false, 99, ""},
};

static void agents_texts_become_safe(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT(texts); i++) {
        struct buffer OWNED_BUFFER out = {0};
        buffer_text(&out, ">");
        text_safe(texts[i].from, texts[i].encoding, texts[i].keep_lines,
                  texts[i].limit, &out);
        if (strcmp(out.at + 1, texts[i].safe) != 0)
            fail_msg("%s: \"%s\"", texts[i].name, out.at + 1);
    }
}

static void letters_case_is_put_aside(void **state)
{
    (void)state;
    assert_int_equal(text_compare_nocase("Core", "cORE"), 0);
    assert_true(text_compare_nocase("a", "B") < 0);
    assert_true(text_compare_nocase("ab", "A") > 0);
    assert_true(text_contains_nocase("Cisco IOS", "ios"));
    assert_true(text_contains_nocase("x", ""));
    assert_true(text_contains_nocase("", ""));
    assert_false(text_contains_nocase("io", "ios"));
}

static void patterns_match_the_whole_text(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"core-*", "CORE-1", true},
        {"core-?", "core-10", false},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"?", "", false},
        {"*-1", "sw-1-1", true},
        {"a*b*c", "aXbXbXc", true},
        {"a*b*c", "aXbXbX", false},
        {"**a", "ba", true},
        {"*?", "a", true},
        {"a*", "ba", false},
        /* Backtracking is bounded: this one would never end if it were not. */
        {"*a*a*a*a*a*a*a*a*a*a*a*b",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (text_matches(cases[i].pattern, cases[i].text) != cases[i].matches)
            fail_msg("%s of %s", cases[i].pattern, cases[i].text);
}

static void texts_are_trimmed_in_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *trimmed;
    } cases[] = {{" a b\t\n", "a b"}, {"", ""}, {" \r\n ", ""}, {"x", "x"}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "%s", cases[i].text);
        assert_string_equal(text_trim(text), cases[i].trimmed);
    }
}

typedef void (*escape_fn)(const char *text, struct buffer *out);

static void escapes_lose_nothing(void **state)
{
    (void)state;
    static const struct {
        escape_fn escape;
        const char *text, *escaped;
    } cases[] = {
        {text_file_name, "GigabitEthernet1/0/1", "GigabitEthernet1%2F0%2F1"},
        {text_file_name, "ge-0_0.100", "ge-0_0.100"},
        {text_file_name, ".", "%2E"},
        {text_file_name, "..", "%2E."},
        {text_file_name, "../etc", "%2E.%2Fetc"},
        {text_file_name, ".hidden", "%2Ehidden"},
        {text_file_name, "a%b c", "a%25b%20c"},
        {text_file_name, "K\xc3\xbc", "K%C3%BC"},
        {text_tsv, "a\tb\nc\\d\re", "a\\tb\\nc\\\\d\\re"},
        {text_tsv, "", ""},
        {text_xml, "<a b=\"c\">&'", "&lt;a b=&quot;c&quot;&gt;&amp;&#39;"},
        {text_xml, "plain", "plain"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer OWNED_BUFFER out = {0};
        buffer_text(&out, "");
        cases[i].escape(cases[i].text, &out);
        assert_string_equal(out.at, cases[i].escaped);
    }
}

static void octets_become_hexadecimal(void **state)
{
    (void)state;
    struct buffer OWNED_BUFFER out = {0};
    const struct bytes b = OCTETS("\x00\x1b\xff");

    text_hex(b, ':', &out);
    buffer_char(&out, ' ');
    text_hex(b, '\0', &out);
    assert_string_equal(out.at, "00:1b:ff 001bff");
}

static void base64_is_as_rfc_4648_has_it(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xff\xfe\xfd", "//79"}};

    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct buffer OWNED_BUFFER out = {0};
        buffer_text(&out, "");
        text_base64(bytes_of_text(pairs[i][0]), &out);
        assert_string_equal(out.at, pairs[i][1]);
    }
}

static void what_fits_are_whole_characters(void **state)
{
    const struct bytes text = bytes_of_text("a\xc3\xa4\xe3\x81\x82");
    static const size_t fits[] = {0, 1, 1, 3, 3, 3, 6, 6};
    char cut[] = "a\xe3\x81";

    (void)state;
    for (size_t most = 0; most < COUNT_OF(fits); most++)
        assert_int_equal(text_fit(text, most), fits[most]);
    text_end_whole(cut);
    assert_string_equal(cut, "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_are_whole_characters),
        cmocka_unit_test(utf8_is_told_from_octets),
        cmocka_unit_test(agents_texts_become_safe),
        cmocka_unit_test(letters_case_is_put_aside),
        cmocka_unit_test(patterns_match_the_whole_text),
        cmocka_unit_test(texts_are_trimmed_in_place),
        cmocka_unit_test(escapes_lose_nothing),
        cmocka_unit_test(octets_become_hexadecimal),
        cmocka_unit_test(base64_is_as_rfc_4648_has_it),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
