#include "station/rule_baseline.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

/* Of an hour's values every second, fourth ... is kept when there are more. */
enum { SAMPLES = 16, HOUR_S = 3600, WEEK_S = 7 * 24 * HOUR_S };
/* 1970 began on a Thursday. */
enum { FIRST_MONDAY_S = 4 * 24 * HOUR_S };
enum { TRUSTED_WEEKS = 3, CLIP_SPREADS = 3 };

static const double NORMAL_MAD = 1.4826; /* a spread of a median distance */
static const double SPREAD_LEAST = 0.02;

/* A number in 16 bits: a sign, six bits of exponent, nine and a hidden one of
 * the number: to a thousandth, 1e-7 to 5e11. */
typedef uint16_t packed;
enum { MANTISSA_BITS = 9, EXPONENT_BIAS = 24, EXPONENT_MAX = 63 };

struct baseline {
    packed level[BASELINE_HOURS], spread[BASELINE_HOURS];
    uint8_t weeks[BASELINE_HOURS]; /* up to BASELINE_WEEKS */
    int64_t hour;                  /* of local time, that is sampled now */
    uint32_t seen, every;          /* its values; every nth is kept */
    uint32_t count;
    float samples[SAMPLES];
};

static packed pack(double value)
{
    int exponent;
    double mantissa = frexp(fabs(value), &exponent); /* 0.5 .. 1 */
    long bits = lround(ldexp(mantissa, MANTISSA_BITS + 1));
    long sign = value < 0 ? 1L << 15 : 0;

    if (bits == 1L << (MANTISSA_BITS + 1)) {
        bits >>= 1;
        exponent++;
    }
    exponent += EXPONENT_BIAS;
    if (bits == 0 || exponent <= 0)
        return 0;
    if (exponent > EXPONENT_MAX)
        return (packed)(sign | 0x7fff);
    return (packed)(sign | (long)exponent << MANTISSA_BITS |
                    (bits & ((1L << MANTISSA_BITS) - 1)));
}

static double unpack(packed p)
{
    int exponent = (p >> MANTISSA_BITS) & EXPONENT_MAX;
    int bits = (p & ((1 << MANTISSA_BITS) - 1)) | 1 << MANTISSA_BITS;

    if (exponent == 0)
        return 0;
    double value = ldexp(bits, exponent - EXPONENT_BIAS - MANTISSA_BITS - 1);
    return (p & 0x8000) != 0 ? -value : value;
}

struct baseline *baseline_new(void)
{
    return mem_new(struct baseline);
}

void baseline_free(struct baseline *b)
{
    free(b);
}

static size_t hour_of_week(int64_t local_s)
{
    int64_t s = (local_s - FIRST_MONDAY_S) % WEEK_S;

    return (size_t)((s < 0 ? s + WEEK_S : s) / HOUR_S);
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

static double median(float *at, size_t count)
{
    qsort(at, count, sizeof *at, by_value);
    return count % 2 == 1
               ? (double)at[count / 2]
               : ((double)at[count / 2 - 1] + (double)at[count / 2]) / 2;
}

static double clip(double value, double most)
{
    return value > most ? most : value < -most ? -most : value;
}

/* The hour that was sampled is over. */
static void learn(struct baseline *b)
{
    size_t hour = hour_of_week(b->hour * HOUR_S);
    double middle = median(b->samples, b->count);
    double level = unpack(b->level[hour]), spread = unpack(b->spread[hour]);
    unsigned weeks = b->weeks[hour];

    for (uint32_t i = 0; i < b->count; i++)
        b->samples[i] = fabsf(b->samples[i] - (float)middle);
    double apart = NORMAL_MAD * median(b->samples, b->count);

    if (weeks == 0) {
        level = middle;
        spread = apart;
    } else {
        double share = 1.0 / (weeks < BASELINE_WEEKS ? weeks + 1 : weeks);
        double least = fmax(spread, SPREAD_LEAST * fabs(level));
        double moved = middle - level;

        apart = fmax(apart, fabs(moved));
        if (weeks >= TRUSTED_WEEKS) {
            moved = clip(moved, CLIP_SPREADS * least);
            apart = clip(apart, CLIP_SPREADS * least);
        }
        level += share * moved;
        spread += share * (apart - spread);
    }
    b->level[hour] = pack(level);
    b->spread[hour] = pack(spread);
    if (weeks < BASELINE_WEEKS)
        b->weeks[hour]++;
}

bool baseline_add(struct baseline *b, int64_t local_s, double value)
{
    int64_t hour = local_s / HOUR_S;
    bool ended = b->count > 0 && hour != b->hour;

    if (isnan(value))
        return false;
    if (ended)
        learn(b);
    if (ended || b->count == 0) {
        b->hour = hour;
        b->seen = b->count = 0;
        b->every = 1;
    }
    if (b->seen++ % b->every != 0)
        return ended;
    if (b->count == SAMPLES) {
        for (uint32_t i = 0; i < SAMPLES / 2; i++)
            b->samples[i] = b->samples[i * 2];
        b->count = SAMPLES / 2;
        b->every *= 2;
    }
    b->samples[b->count++] = (float)value;
    return ended;
}

bool baseline_hour(const struct baseline *b, int64_t local_s,
                   struct baseline_hour *out)
{
    size_t hour = hour_of_week(local_s);

    *out = (struct baseline_hour){.level = unpack(b->level[hour])};
    out->spread =
        fmax(unpack(b->spread[hour]), SPREAD_LEAST * fabs(out->level));
    return b->weeks[hour] >= BASELINE_KNOWN;
}

/* Nine digits an hour: level, spread, weeks. */
void baseline_write(const struct baseline *b, struct buffer *out)
{
    buffer_format(out, "1 ");
    for (size_t i = 0; i < BASELINE_HOURS; i++)
        buffer_format(out, "%04x%04x%x", b->level[i], b->spread[i],
                      b->weeks[i]);
}

static bool hex_read(const char *at, size_t digits, unsigned *out)
{
    static const char known[] = "0123456789abcdef";

    *out = 0;
    for (size_t i = 0; i < digits; i++) {
        const char *digit = strchr(known, at[i]);

        if (at[i] == '\0' || digit == NULL)
            return false;
        *out = *out << 4 | (unsigned)(digit - known);
    }
    return true;
}

void baseline_read(struct baseline *b, const char *text)
{
    enum { LEVEL = 4, SPREAD = 4, WEEKS = 1, ALL = LEVEL + SPREAD + WEEKS };
    struct baseline read = {.count = 0};

    if (strncmp(text, "1 ", 2) != 0 ||
        strlen(text) != 2 + (size_t)ALL * BASELINE_HOURS)
        return;
    text += 2;
    for (size_t i = 0; i < BASELINE_HOURS; i++, text += ALL) {
        unsigned level, spread, weeks;

        if (!hex_read(text, LEVEL, &level) ||
            !hex_read(text + LEVEL, SPREAD, &spread) ||
            !hex_read(text + LEVEL + SPREAD, WEEKS, &weeks) ||
            weeks > BASELINE_WEEKS)
            return;
        read.level[i] = (packed)level;
        read.spread[i] = (packed)spread;
        read.weeks[i] = (uint8_t)weeks;
    }
    *b = read;
}
