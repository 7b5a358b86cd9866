#include "base/text.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

enum { CONVERSION_ROOM = 512 };

/* Decodes one character of well-formed UTF-8 at b.at[*at] and moves on.
 * UINT32_MAX, nothing consumed, where it is not well-formed (RFC 3629, 4). */
static uint32_t utf8_next(struct bytes b, size_t *at)
{
    const uint8_t *p = b.at + *at;
    size_t left = b.len - *at;
    uint8_t lead = p[0];

    if (lead < 0x80) {
        *at += 1;
        return lead;
    }
    size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || left < len)
        return UINT32_MAX;
    uint32_t c = lead & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return UINT32_MAX;
        c = c << 6 | (p[i] & 0x3fU);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return UINT32_MAX;
    *at += len;
    return c;
}

bool text_is_utf8(struct bytes b)
{
    for (size_t at = 0; at < b.len;)
        if (utf8_next(b, &at) == UINT32_MAX)
            return false;
    return true;
}

static void add_utf8(struct buffer *out, uint32_t c)
{
    if (c < 0x80) {
        buffer_char(out, (char)c);
    } else if (c < 0x800) {
        buffer_char(out, (char)(0xc0 | c >> 6));
        buffer_char(out, (char)(0x80 | (c & 0x3f)));
    } else {
        buffer_char(out, (char)(0xe0 | c >> 12));
        buffer_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buffer_char(out, (char)(0x80 | (c & 0x3f)));
    }
}

static void from_latin1(struct bytes from, struct buffer *out)
{
    for (size_t i = 0; i < from.len; i++)
        add_utf8(out, from.at[i]);
}

/* Converts all that cd understands; U+FFFD for each octet that it does not. */
static void convert(iconv_t cd, struct bytes from, struct buffer *out)
{
    char room[CONVERSION_ROOM];
    char *in = (char *)(uintptr_t)from.at; /* iconv() does not write there */
    size_t left = from.len;

    while (left > 0) {
        char *to = room;
        size_t free_room = sizeof room;
        size_t rc = iconv(cd, &in, &left, &to, &free_room);
        buffer_add(out, room, sizeof room - free_room);
        if (rc != (size_t)-1 || errno == E2BIG)
            continue;
        if (errno == EINVAL) /* ends within a character */
            return;
        add_utf8(out, 0xfffd);
        in++;
        left--;
    }
}

/* Appends from as UTF-8. */
static void decode(struct bytes from, const char *encoding, struct buffer *out)
{
    iconv_t cd = (iconv_t)-1;

    if (encoding != NULL)
        cd = iconv_open("UTF-8", encoding);
    if (cd == (iconv_t)-1) {
        from_latin1(from, out);
        return;
    }
    convert(cd, from, out);
    (void)iconv_close(cd);
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_line_end(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

/* Control characters, what turns the direction of writing (UAX 9, 2), the
 * byte order mark, and what XML has no place for. */
static bool is_harmful(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e ||
           c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0xfffe ||
           c == 0xffff;
}

/* Appends from, well-formed UTF-8, without what does harm; at most limit
 * octets, whole characters. */
static void add_harmless(struct bytes from, bool keep_lines, size_t limit,
                         struct buffer *out)
{
    size_t end = out->len + limit;

    for (size_t at = 0, next = 0; at < from.len && out->len < end; at = next) {
        uint32_t c = utf8_next(from, &next);
        if (c == UINT32_MAX)
            return; /* a converter that does not give UTF-8 */
        if (c == '\r' && next < from.len && from.at[next] == '\n')
            next++;
        if (is_line_end(c))
            buffer_char(out, keep_lines ? '\n' : ' ');
        else if (c == '\t')
            buffer_char(out, ' ');
        else if (is_harmful(c))
            continue;
        else if (out->len + (next - at) <= end)
            buffer_add(out, from.at + at, next - at);
        else
            return;
    }
}

/* Most texts are printable ASCII alone, and as good as they are. */
static bool is_plain(struct bytes from)
{
    for (size_t i = 0; i < from.len; i++)
        if (from.at[i] < 0x20 || from.at[i] > 0x7e)
            return false;
    return true;
}

void text_safe(struct bytes from, const char *encoding, bool keep_lines,
               size_t limit, struct buffer *out)
{
    size_t begin = out->len;
    struct buffer OWNED_BUFFER decoded = {0};

    while (from.len > 0 &&
           (from.at[from.len - 1] == 0 || is_blank(from.at[from.len - 1])))
        from.len--;
    bool plain = is_plain(from);
    if (!plain && !text_is_utf8(from)) {
        decode(from, encoding, &decoded);
        from = buffer_view(&decoded);
    }
    buffer_add(out, NULL, 0); /* NUL-terminated even if nothing is left */
    if (plain)
        buffer_add(out, from.at, from.len < limit ? from.len : limit);
    else
        add_harmless(from, keep_lines, limit, out);
    while (out->len > begin && is_blank((uint8_t)out->at[out->len - 1]))
        out->at[--out->len] = '\0';
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

size_t text_fit(struct bytes text, size_t most)
{
    size_t len = most;

    if (text.len <= most)
        return text.len;
    while (len > 0 && (text.at[len] & 0xc0) == 0x80)
        len--;
    return len;
}

void text_end_whole(char *text)
{
    size_t len = strlen(text), at = len;

    while (at > 0 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at == 0)
        return;
    unsigned char lead = (unsigned char)text[at - 1];
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (len - (at - 1) < need)
        text[at - 1] = '\0';
}

int text_compare_nocase(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b))
        a++, b++;
    return (lower(*a) > lower(*b)) - (lower(*a) < lower(*b));
}

static bool begins_nocase(const char *text, const char *part)
{
    for (; *part != '\0'; part++, text++)
        if (lower(*text) != lower(*part))
            return false;
    return true;
}

bool text_contains_nocase(const char *text, const char *part)
{
    for (; *text != '\0'; text++)
        if (begins_nocase(text, part))
            return true;
    return *part == '\0';
}

bool text_matches(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;

    while (*text != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (*pattern == '?' ||
                   (*pattern != '\0' && lower(*pattern) == lower(*text))) {
            pattern++;
            text++;
        } else if (star != NULL) { /* the last star takes one more */
            pattern = star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

char *text_trim(char *text)
{
    size_t len = strlen(text), begin = 0;

    while (len > 0 && is_blank((uint8_t)text[len - 1]))
        len--;
    while (begin < len && is_blank((uint8_t)text[begin]))
        begin++;
    memmove(text, text + begin, len - begin);
    text[len - begin] = '\0';
    return text;
}

/* Letters, digits, '-', '_', '.': a bit for each of the ASCII characters. */
static bool is_name_char(char c)
{
    static const uint32_t plain[] = {0, 0x03ff6000, 0x87fffffe, 0x07fffffe};
    uint8_t at = (uint8_t)c;

    return at < 128 && (plain[at / 32] >> at % 32 & 1) != 0;
}

static void add_percent(struct buffer *out, char c)
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t octet = (uint8_t)c;
    const char escaped[] = {'%', digits[octet >> 4], digits[octet & 15]};

    buffer_add(out, escaped, sizeof escaped);
}

void text_file_name(const char *text, struct buffer *out)
{
    const char *c = text;

    if (*c == '.')
        add_percent(out, *c++);
    while (*c != '\0') {
        size_t len = 0;

        while (is_name_char(c[len]))
            len++;
        buffer_add(out, c, len);
        c += len;
        if (*c != '\0')
            add_percent(out, *c++);
    }
}

/* Appends text with each character of chars replaced by what is at the same
 * place of escapes. */
static void add_escaped(struct buffer *out, const char *text, const char *chars,
                        const char *const *escapes)
{
    while (*text != '\0') {
        size_t plain = strcspn(text, chars);
        buffer_add(out, text, plain);
        text += plain;
        if (*text != '\0')
            buffer_text(out, escapes[strchr(chars, *text++) - chars]);
    }
}

void text_tsv(const char *text, struct buffer *out)
{
    static const char *const escapes[] = {"\\t", "\\n", "\\r", "\\\\"};

    add_escaped(out, text, "\t\n\r\\", escapes);
}

void text_xml(const char *text, struct buffer *out)
{
    static const char *const escapes[] = {"&amp;", "&lt;", "&gt;", "&quot;",
                                          "&#39;"};

    add_escaped(out, text, "&<>\"'", escapes);
}

void text_hex(struct bytes b, char sep, struct buffer *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < b.len; i++) {
        if (i > 0 && sep != '\0')
            buffer_char(out, sep);
        buffer_char(out, digits[b.at[i] >> 4]);
        buffer_char(out, digits[b.at[i] & 15]);
    }
}

void text_base64(struct bytes b, struct buffer *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < b.len; i += 3) {
        uint32_t three = 0;
        for (size_t k = 0; k < 3; k++)
            three = three << 8 | (i + k < b.len ? b.at[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            buffer_char(out, i + k <= b.len ? digits[three >> (18 - 6 * k) & 63]
                                            : '=');
    }
}
