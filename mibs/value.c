#include "mibs/value.h"

#include "base/addr.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A value as text in one line is cut here. */
enum { VALUE_TEXT_MAX = 65536, NUMBER_TEXT_MAX = 48 };

static bool is_unsigned(const struct value *v)
{
    return v->type == VALUE_COUNTER32 || v->type == VALUE_GAUGE32 ||
           v->type == VALUE_TICKS || v->type == VALUE_COUNTER64;
}

/* The number that a text begins with, white space before it aside. Neither
 * "inf" nor "nan" nor hexadecimal is one. */
static bool number_of_text(struct bytes b, double *out)
{
    static const char allowed[] = "0123456789+-.eE";
    char text[NUMBER_TEXT_MAX];
    size_t from = 0, n = 0;
    char *end;

    while (from < b.len && (b.at[from] == ' ' || b.at[from] == '\t'))
        from++;
    while (from + n < b.len && n < sizeof text - 1 && b.at[from + n] != 0 &&
           strchr(allowed, b.at[from + n]) != NULL) {
        text[n] = (char)b.at[from + n];
        n++;
    }
    text[n] = '\0';
    *out = strtod(text, &end);
    return end != text && isfinite(*out);
}

/* net-snmp's Opaque wrapping of a float (9f 78 04) and a double (9f 79 08),
 * draft-perkins-float-00. */
static bool number_of_opaque(struct bytes b, double *out)
{
    uint64_t bits = 0;

    if (b.len < 3 || b.at[0] != 0x9f || b.len != 3u + b.at[2])
        return false;
    for (size_t i = 3; i < b.len && i < 11; i++)
        bits = bits << 8 | b.at[i];
    if (b.at[1] == 0x78 && b.at[2] == sizeof(float)) {
        uint32_t word = (uint32_t)bits;
        float single;

        memcpy(&single, &word, sizeof single);
        *out = (double)single;
    } else if (b.at[1] == 0x79 && b.at[2] == sizeof(double)) {
        memcpy(out, &bits, sizeof *out);
    } else {
        return false;
    }
    return isfinite(*out);
}

bool value_number(const struct value *v, double *out)
{
    *out = 0;
    if (v->type == VALUE_INTEGER) {
        *out = (double)v->integer;
        return true;
    }
    if (is_unsigned(v)) {
        *out = (double)v->number;
        return true;
    }
    if (v->type == VALUE_OPAQUE && number_of_opaque(v->octets, out))
        return true;
    if (v->type == VALUE_OCTETS && number_of_text(v->octets, out))
        return true;
    *out = 0;
    return false;
}

int64_t value_integer(const struct value *v, int64_t fallback)
{
    if (v->type == VALUE_INTEGER)
        return v->integer;
    if (is_unsigned(v))
        return v->number > INT64_MAX ? INT64_MAX : (int64_t)v->number;
    return fallback;
}

uint64_t value_unsigned(const struct value *v, uint64_t fallback)
{
    if (is_unsigned(v))
        return v->number;
    if (v->type == VALUE_INTEGER)
        return v->integer < 0 ? fallback : (uint64_t)v->integer;
    return fallback;
}

/* True for octets that no text has: NUL other than at the end, and controls
 * other than white space. */
static bool is_binary(struct bytes b)
{
    while (b.len > 0 && b.at[b.len - 1] == 0)
        b.len--;
    for (size_t i = 0; i < b.len; i++)
        if (b.at[i] == 0x7f ||
            (b.at[i] < 0x20 && (b.at[i] < 9 || b.at[i] > 13)))
            return true;
    return false;
}

static void opaque_text(const struct value *v, struct buffer *out)
{
    double number;

    if (number_of_opaque(v->octets, &number))
        buffer_format(out, "%.7g", number);
    else
        text_hex(v->octets, ' ', out);
}

static void ip_text(const struct value *v, struct buffer *out)
{
    struct addr a = addr_of_octets(v->octets);
    char text[ADDR_TEXT_MAX];

    if (addr_is_set(&a))
        buffer_text(out, addr_format(&a, text, sizeof text));
    else
        text_hex(v->octets, ' ', out);
}

void value_text(const struct value *v, const char *encoding, struct buffer *out)
{
    char text[OID_TEXT_MAX];

    switch (v->type) {
    case VALUE_INTEGER:
        buffer_format(out, "%" PRId64, v->integer);
        break;
    case VALUE_OCTETS:
        if (is_binary(v->octets))
            text_hex(v->octets, ' ', out);
        else
            text_safe(v->octets, encoding, false, VALUE_TEXT_MAX, out);
        break;
    case VALUE_OID:
        buffer_text(out, oid_format(v->oid, text, sizeof text));
        break;
    case VALUE_IP:
        ip_text(v, out);
        break;
    case VALUE_OPAQUE:
        opaque_text(v, out);
        break;
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
    case VALUE_COUNTER64:
        buffer_format(out, "%" PRIu64, v->number);
        break;
    default:
        break; /* nothing there, nothing to show */
    }
}
