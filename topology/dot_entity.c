/* Entities of HTML, as Graphviz decodes them in labels. */
#include "topology/dot.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_LEN = 8, LATIN_FIRST = 0xA0 };

/* From U+00A0 on (HTML 4.01, 24.2); the first is a blank here. */
static const char *const latin[] = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar",
    "sect",   "uml",    "copy",   "ordf",   "laquo",  "not",    "shy",
    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",   "acute",
    "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",   "raquo",
    "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",
    "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute",
    "Ecirc",  "Euml",   "Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",
    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",   "times",
    "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
    "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",
    "aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",   "igrave",
    "iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute",
    "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave", "uacute",
    "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};

static const struct {
    const char *name;
    uint32_t code;
} others[] = {
    {"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},
    {"apos", '\''},    {"OElig", 0x152},   {"oelig", 0x153},  {"Scaron", 0x160},
    {"scaron", 0x161}, {"Yuml", 0x178},    {"ndash", 0x2013}, {"mdash", 0x2014},
    {"lsquo", 0x2018}, {"rsquo", 0x2019},  {"ldquo", 0x201C}, {"rdquo", 0x201D},
    {"bull", 0x2022},  {"hellip", 0x2026}, {"euro", 0x20AC},  {"trade", 0x2122},
    {"larr", 0x2190},  {"uarr", 0x2191},   {"rarr", 0x2192},  {"darr", 0x2193},
    {"harr", 0x2194},
};

static uint32_t code_named(const char *name, size_t len)
{
    for (uint32_t i = 0; i < COUNT_OF(latin); i++)
        if (strlen(latin[i]) == len && memcmp(latin[i], name, len) == 0)
            return i == 0 ? ' ' : LATIN_FIRST + i;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (strlen(others[i].name) == len &&
            memcmp(others[i].name, name, len) == 0)
            return others[i].code;
    return 0;
}

/* Of "#228" or "#xE4"; 0: no character. */
static uint32_t code_numbered(const char *number, size_t len)
{
    static const uint32_t LAST = 0x10FFFF, SURROGATES = 0xD800,
                          PRIVATE = 0xE000;
    bool hex = len > 2 && (number[1] == 'x' || number[1] == 'X');
    const char *digits = number + (hex ? 2 : 1);
    char *end;

    if (strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") !=
        (size_t)(number + len - digits))
        return 0;
    unsigned long code = strtoul(digits, &end, hex ? 16 : 10);
    return code > LAST || (code >= SURROGATES && code < PRIVATE)
               ? 0
               : (uint32_t)code;
}

/* As UTF-8. */
static void add_character(uint32_t c, struct buffer *out)
{
    unsigned shift = c < 0x80 ? 0 : c < 0x800 ? 6 : c < 0x10000 ? 12 : 18;
    static const uint8_t first[] = {0, 0xC0, 0xE0, 0xF0};

    buffer_char(out, (char)(first[shift / 6] | c >> shift));
    while (shift > 0) {
        shift -= 6;
        buffer_char(out, (char)(0x80 | (c >> shift & 0x3F)));
    }
}

size_t dot_entity(const char *at, struct buffer *out)
{
    uint32_t code;

    if (*at != '&')
        return 0;
    size_t len = strcspn(at + 1, "; &");
    if (at[len + 1] != ';' || len == 0 || len > NAME_MAX_LEN)
        return 0;
    code = at[1] == '#' ? code_numbered(at + 1, len) : code_named(at + 1, len);
    if (code == 0)
        return 0;
    add_character(code, out);
    return len + 2;
}
