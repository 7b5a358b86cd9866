#include "tests/farm/snmprec.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_DIGITS_MAX = 3 };

/* How the value of a line is written. */
enum form { FORM_PLAIN, FORM_HEX, FORM_ESCAPED, FORM_RULE, FORM_UNKNOWN };

/* One line, cut at its bars. */
struct line {
    struct bytes oid, tag, value;
};

void snmprec_init(struct snmprec *r, const char *name, struct bytes text)
{
    r->text = text;
    r->name = name;
    r->pos = r->line = 0;
    r->oid.len = r->oid_value.len = 0;
}

static int snmprec_complain(const struct snmprec *r, struct complaint *why,
                            const char *remedy, const char *what)
{
    char place[160];

    (void)snprintf(place, sizeof place, "%s:%zu", r->name, r->line);
    return complain(why, -EINVAL, place, remedy, "%s", what);
}

/* The next line without its end; false at the end of the text. */
static bool line_take(struct snmprec *r, struct bytes *out)
{
    if (r->pos >= r->text.len)
        return false;
    const uint8_t *at = r->text.at + r->pos;
    size_t left = r->text.len - r->pos;
    const uint8_t *end = memchr(at, '\n', left);
    size_t len = end == NULL ? left : (size_t)(end - at);

    r->pos += len + (end != NULL);
    r->line++;
    if (len > 0 && at[len - 1] == '\r')
        len--;
    *out = (struct bytes){at, len};
    return true;
}

/* What is before the first bar; the rest stays in *from. */
static bool field_take(struct bytes *from, struct bytes *out)
{
    const uint8_t *bar =
        from->len == 0 ? NULL : memchr(from->at, '|', from->len);

    if (bar == NULL)
        return false;
    *out = (struct bytes){from->at, (size_t)(bar - from->at)};
    *from = (struct bytes){bar + 1, from->len - out->len - 1};
    return true;
}

static bool oid_read(struct bytes text, struct oid_store *out)
{
    char digits[OID_TEXT_MAX];

    if (text.len == 0 || text.len >= sizeof digits ||
        memchr(text.at, '\0', text.len) != NULL)
        return false;
    memcpy(digits, text.at, text.len);
    digits[text.len] = '\0';
    return oid_parse(digits, out) == 0 && out->len >= 2;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Pairs of hexadecimal digits; false for anything else. */
static bool hex_read(struct snmprec *r, struct bytes text, size_t *len)
{
    *len = 0;
    if (text.len % 2 != 0 || text.len / 2 > sizeof r->octets)
        return false;
    for (size_t i = 0; i < text.len; i += 2) {
        int high = hex_digit(text.at[i]), low = hex_digit(text.at[i + 1]);

        if (high < 0 || low < 0)
            return false;
        r->octets[(*len)++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Text in which \xNN stands for an octet. */
static bool escapes_read(struct snmprec *r, struct bytes text, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t *at = text.at + i;

        if (*len == sizeof r->octets)
            return false;
        bool escape = text.len - i >= 4 && at[0] == '\\' && at[1] == 'x' &&
                      hex_digit(at[2]) >= 0 && hex_digit(at[3]) >= 0;

        r->octets[(*len)++] =
            (uint8_t)(escape ? hex_digit(at[2]) << 4 | hex_digit(at[3]) : *at);
        i += escape ? 3 : 0;
    }
    return true;
}

/* A tag: digits, then the form. "40" is meant as 64, written in hexadecimal. */
static bool tag_read(struct bytes tag, uint8_t *type, enum form *form)
{
    unsigned number = 0;
    size_t i = 0;

    while (i < tag.len && i < TAG_DIGITS_MAX && tag.at[i] >= '0' &&
           tag.at[i] <= '9')
        number = number * 10 + (unsigned)(tag.at[i++] - '0');
    if (i == 0 || number > 255)
        return false;
    struct bytes rest = {tag.at + i, tag.len - i};

    *type = (uint8_t)(number == 40 ? VALUE_IP : number);
    if (rest.len == 0)
        *form = FORM_PLAIN;
    else if (rest.at[0] == ':')
        *form = FORM_RULE;
    else if (bytes_equal(rest, bytes_of_text("x")) ||
             bytes_equal(rest, bytes_of_text("xx")))
        *form = FORM_HEX;
    else if (bytes_equal(rest, bytes_of_text("e")))
        *form = FORM_ESCAPED;
    else
        *form = FORM_UNKNOWN;
    return *form != FORM_UNKNOWN;
}

/* Of a simulator's rule "a=1,value=TEXT" the text after "value=", to the end;
 * 0 where there is none. */
static struct bytes rule_value(struct bytes rule)
{
    static const char key[] = "value=";
    const size_t len = sizeof key - 1;

    for (size_t i = 0; i + len <= rule.len; i++)
        if (memcmp(rule.at + i, key, len) == 0 &&
            (i == 0 || rule.at[i - 1] == ','))
            return (struct bytes){rule.at + i + len, rule.len - i - len};
    return bytes_of_text("0");
}

/* Decimal digits with an optional sign; false for what is not all digits or
 * does not fit. */
static bool number_read(struct bytes text, bool *negative, uint64_t *out)
{
    size_t i = 0;

    *out = 0;
    *negative = text.len > 0 && text.at[0] == '-';
    i = *negative;
    if (i == text.len)
        return false;
    for (; i < text.len; i++) {
        unsigned digit = (unsigned)text.at[i] - '0';

        if (digit > 9 || *out > (UINT64_MAX - digit) / 10)
            return false;
        *out = *out * 10 + digit;
    }
    return true;
}

/* An address as four decimal numbers. */
static bool address_read(struct snmprec *r, struct bytes text)
{
    unsigned octet = 0, parts = 0, digits = 0;

    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.at[i] >= '0' && text.at[i] <= '9') {
            octet = octet * 10 + (unsigned)(text.at[i] - '0');
            if (++digits > 3 || octet > 255)
                return false;
            continue;
        }
        if (digits == 0 || parts == 4 || (i < text.len && text.at[i] != '.'))
            return false;
        r->octets[parts++] = (uint8_t)octet;
        octet = digits = 0;
    }
    return parts == 4;
}

/* A number of the type, wrapped to what the type holds: recordings have
 * counters of 32 bits above 2^32 now and then. */
static bool number_value(struct bytes text, uint8_t type, struct value *out)
{
    bool negative;
    uint64_t number;

    if (!number_read(text, &negative, &number))
        return false;
    if (type == VALUE_INTEGER) {
        if (number > (uint64_t)INT64_MAX)
            return false;
        out->integer = negative ? -(int64_t)number : (int64_t)number;
        return true;
    }
    if (negative)
        number = 0 - number;
    out->number = type == VALUE_COUNTER64 ? number : number & UINT32_MAX;
    return true;
}

static bool oid_value(struct snmprec *r, struct bytes text, struct value *out)
{
    if (!oid_read(text, &r->oid_value)) {
        r->oid_value.len = 2; /* recordings have empty and cut ones */
        r->oid_value.sub[0] = r->oid_value.sub[1] = 0;
        if (text.len > 0 && (text.at[0] < '0' || text.at[0] > '9') &&
            text.at[0] != '.')
            return false;
    }
    out->oid = oid_view(&r->oid_value);
    return true;
}

/* A value by its type, the text taken as the form says; len octets of it are in
 * r->octets unless the form is plain. */
static bool value_read(struct snmprec *r, struct bytes text, enum form form,
                       struct value *out)
{
    size_t len = 0;

    if (form == FORM_RULE)
        text = rule_value(text);
    if ((form == FORM_HEX && !hex_read(r, text, &len)) ||
        (form == FORM_ESCAPED && !escapes_read(r, text, &len)))
        return false;
    if (form == FORM_HEX || form == FORM_ESCAPED)
        text = (struct bytes){r->octets, len};
    switch (out->type) {
    case VALUE_INTEGER:
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
    case VALUE_COUNTER64:
        return number_value(text, out->type, out);
    case VALUE_OCTETS:
    case VALUE_OPAQUE:
        out->octets = text;
        return text.len <= SNMPREC_VALUE_MAX;
    case VALUE_IP:
        if (form == FORM_PLAIN && !address_read(r, text))
            return false;
        out->octets = (struct bytes){r->octets, 4};
        return form == FORM_PLAIN || len == 4;
    case VALUE_OID:
        return oid_value(r, text, out);
    case VALUE_NULL:
        return true;
    default:
        return false;
    }
}

static int line_read(struct snmprec *r, struct bytes text, struct varbind *out,
                     struct complaint *why)
{
    struct line line = {0};
    enum form form;

    if (!field_take(&text, &line.oid) || !field_take(&text, &line.tag))
        return snmprec_complain(r, why, "write OID|TAG|VALUE",
                                "a line without two bars");
    if (!oid_read(line.oid, &r->oid))
        return snmprec_complain(r, why, "write digits and dots",
                                "an OID that is not numeric");
    if (!tag_read(line.tag, &out->value.type, &form))
        return snmprec_complain(r, why, "see the table of tags",
                                "an unknown tag");
    if (!value_read(r, text, form, &out->value))
        return snmprec_complain(r, why, "write it as its tag says",
                                "a value that does not fit its tag");
    out->name = oid_view(&r->oid);
    return 1;
}

int snmprec_next(struct snmprec *r, struct varbind *out, struct complaint *why)
{
    struct bytes text;

    *out = (struct varbind){0};
    while (line_take(r, &text)) {
        if (text.len == 0 || text.at[0] == '#')
            continue;
        int rc = line_read(r, text, out, why);

        if (rc < 0)
            *out = (struct varbind){0};
        return rc;
    }
    return 0;
}
