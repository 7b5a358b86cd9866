#include "graphs/cached.h"

#include "base/mem.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MS_PER_S = 1000, NUMBER_BASE = 10 };
static const int64_t TIME_MAX_S = (int64_t)1 << 40;

int64_t cached_second(int64_t at_ms)
{
    return (at_ms + MS_PER_S / 2) / MS_PER_S;
}

/* Seven significant digits, as exact as what is measured, without the zeros
 * behind them: rrdcached keeps the text in memory, and in its journal. Whole
 * numbers are exact. */
enum { DIGITS = 7, NUMBER_MAX = 32 };
static const double WHOLE_MAX = 1e15, DIGITS_MAX = 1e7, FIXED_MAX = 1e10,
                    FIXED_MIN = 1e-3;

/* Writes the digits of n so that they end before end; gives their begin. */
static char *put_digits(uint64_t n, char *end)
{
    do
        *--end = (char)('0' + n % NUMBER_BASE);
    while ((n /= NUMBER_BASE) > 0);
    return end;
}

/* Copies what ends before end behind at. */
static char *put_tail(char *at, const char *begin, const char *end)
{
    memcpy(at, begin, (size_t)(end - begin));
    return at + (end - begin);
}

/* FIXED_MIN <= value < FIXED_MAX. */
static char *put_fixed(double value, char *at)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                    1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
    char room[NUMBER_MAX], *end = room + sizeof room, *begin;
    size_t places = COUNT_OF(powers) - 1;

    while (places > 0 && value * powers[places] >= DIGITS_MAX)
        places--;
    uint64_t scaled = (uint64_t)(value * powers[places] + 0.5);
    for (; places > 0 && scaled % NUMBER_BASE == 0; places--)
        scaled /= NUMBER_BASE;
    begin = put_digits(scaled, end);
    while ((size_t)(end - begin) <= places)
        *--begin = '0';
    at = put_tail(at, begin, end - places);
    if (places == 0)
        return at;
    *at++ = '.';
    return put_tail(at, end - places, end);
}

/* At most NUMBER_MAX octets from at on; gives their end. */
static char *put_number(double value, char *at)
{
    char room[NUMBER_MAX], *end = room + sizeof room;
    double size = fabs(value);

    if (!isfinite(value)) {
        *at = 'U';
        return at + 1;
    }
    if (value < 0)
        *at++ = '-';
    if (size < WHOLE_MAX && size == (double)(uint64_t)size)
        return put_tail(at, put_digits((uint64_t)size, end), end);
    if (size >= FIXED_MIN && size < FIXED_MAX)
        return put_fixed(size, at);
    return at + snprintf(at, NUMBER_MAX - 1, "%.*g", DIGITS, size);
}

void cached_number(double value, struct buffer *out)
{
    char room[NUMBER_MAX];

    buffer_add(out, room, (size_t)(put_number(value, room) - room));
}

void cached_sample(int64_t at_s, const double *values, size_t count, size_t has,
                   struct buffer *out)
{
    char room[NUMBER_MAX + 1] = ":";

    buffer_char(out, ' ');
    cached_number((double)at_s, out);
    for (size_t i = 0; i < has; i++) {
        double value = i < count ? values[i] : (double)NAN;

        buffer_add(out, room, (size_t)(put_number(value, room + 1) - room));
    }
}

void cached_create(const char *path, const struct layout *l,
                   enum series_group group, int64_t at_ms, struct buffer *out)
{
    /* The first sample speaks for the step before it. */
    int64_t begin_s = cached_second(at_ms) - l->step_s;

    buffer_format(out, "CREATE %s", path);
    layout_create(l, group, begin_s, out);
    buffer_char(out, '\n');
}

void cached_renew(const char *path, const struct layout *l,
                  enum series_group group, struct buffer *out)
{
    buffer_format(out, "CREATE %s -s %" PRIu32 " -r %s", path, l->step_s, path);
    layout_parts(l, group, out);
    buffer_char(out, '\n');
}

void cached_fetch(const char *path, bool max, int64_t from_s, int64_t to_s,
                  struct buffer *out)
{
    buffer_format(out, "FETCH %s %s %" PRId64 " %" PRId64 "\n", path,
                  max ? "MAX" : "AVERAGE", from_s, to_s);
}

/* Moves octets up to and with the end of a line. True if the line is whole. */
static bool take_line(struct cached_reader *r, struct bytes *in)
{
    while (in->len > 0 && r->len < sizeof r->line) {
        char c = (char)in->at[0];

        in->at++;
        in->len--;
        if (c == '\n') {
            r->line[r->len] = '\0';
            r->whole = true;
            return true;
        }
        r->line[r->len++] = c;
    }
    return false;
}

/* "N words": keeps the words. */
static bool take_status(struct cached_reader *r)
{
    char *end;

    errno = 0;
    long long status = strtoll(r->line, &end, NUMBER_BASE);
    if (end == r->line || errno != 0 || status > CACHED_LINES_MAX)
        return false;
    r->status = status;
    r->left = status > 0 ? (uint64_t)status : 0;
    end += strspn(end, " ");
    memmove(r->line, end, strlen(end) + 1);
    return true;
}

enum cached_event cached_read(struct cached_reader *r, struct bytes *in)
{
    if (r->whole) {
        r->whole = false;
        r->len = 0;
    }
    if (!take_line(r, in))
        return r->len < sizeof r->line ? CACHED_MORE : CACHED_BROKEN;
    if (r->left > 0) {
        r->left--;
        return CACHED_LINE;
    }
    return take_status(r) ? CACHED_STATUS : CACHED_BROKEN;
}

enum cached_failure cached_failure_of(const char *words)
{
    static const struct {
        const char *part;
        enum cached_failure failure;
    } known[] = {
        {"No such file", CACHED_NO_FILE},
        {"File exists", CACHED_EXISTS},
        {"illegal attempt to update using time", CACHED_TOO_OLD},
    };

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strstr(words, known[i].part) != NULL)
            return known[i].failure;
    return CACHED_REFUSED;
}

int64_t cached_last_of(const char *words)
{
    static const char mark[] = "last update time is ";
    const char *at = strstr(words, mark);
    double last = at != NULL ? strtod(at + strlen(mark), NULL) : 0;

    return last > 0 && last < (double)TIME_MAX_S ? (int64_t)last : 0;
}

int cached_failure_parse(const char *line, size_t *nth,
                         enum cached_failure *failure)
{
    char *end;

    errno = 0;
    long long number = strtoll(line, &end, NUMBER_BASE);
    if (end == line || *end != ' ' || errno != 0 || number < 1)
        return -EBADMSG;
    *nth = (size_t)number;
    *failure = cached_failure_of(end + 1);
    return 0;
}

/* "NAME: words" with this name: its words, else NULL. */
static const char *after_name(const char *line, const char *name)
{
    size_t len = strlen(name);

    if (strncmp(line, name, len) != 0 || line[len] != ':')
        return NULL;
    line += len + 1;
    return line + strspn(line, " ");
}

static int take_number(const char *text, int64_t *out)
{
    char *end;

    errno = 0;
    long long number = strtoll(text, &end, NUMBER_BASE);
    if (end == text || errno != 0)
        return -EBADMSG;
    *out = number;
    return 0;
}

static int take_names(struct cached_rows *rows, const char *text)
{
    if (rows->names != NULL)
        return -EBADMSG;
    rows->names = mem_array(SERIES_VALUES_MAX, sizeof *rows->names);
    while (*text != '\0') {
        size_t len = strcspn(text, " ");

        if (rows->columns == SERIES_VALUES_MAX)
            return -EBADMSG;
        rows->names[rows->columns++] = mem_text_of(text, len);
        text += len;
        text += strspn(text, " ");
    }
    return rows->columns > 0 ? 0 : -EBADMSG;
}

static void make_room(struct cached_rows *rows)
{
    size_t need = (rows->rows + 1) * rows->columns;

    if (need <= rows->room)
        return;
    rows->room = rows->room == 0 ? 64 * rows->columns : rows->room * 2;
    rows->at = mem_resize(rows->at, rows->room, sizeof *rows->at);
}

/* "SECONDS: value value ..." */
static int take_row(struct cached_rows *rows, const char *line)
{
    char *at;
    long long time_s = strtoll(line, &at, NUMBER_BASE);

    if (at == line || *at != ':' || rows->columns == 0 || time_s < 0 ||
        time_s > TIME_MAX_S)
        return -EBADMSG;
    if ((rows->rows + 1) * rows->columns > CACHED_VALUES_MAX)
        return -EBADMSG;
    if (rows->rows == 0)
        rows->first_s = time_s;
    make_room(rows);
    at++;
    for (size_t i = 0; i < rows->columns; i++) {
        char *end;
        double value = strtod(at, &end); /* "-nan" is unknown */

        if (end == at)
            return -EBADMSG;
        rows->at[rows->rows * rows->columns + i] =
            isfinite(value) ? value : (double)NAN;
        at = end;
    }
    rows->rows++;
    return 0;
}

int cached_rows_take(struct cached_rows *rows, const char *line)
{
    static const char *const ignored[] = {"FlushVersion", "Start", "End",
                                          "DSCount"};
    const char *words;

    for (size_t i = 0; i < COUNT_OF(ignored); i++)
        if (after_name(line, ignored[i]) != NULL)
            return 0;
    if ((words = after_name(line, "Step")) != NULL)
        return take_number(words, &rows->step_s);
    if ((words = after_name(line, "DSName")) != NULL)
        return take_names(rows, words);
    return take_row(rows, line);
}

/* The value of column i over the rows from first, count of them. */
static double join(const struct cached_rows *rows, size_t first, size_t count,
                   size_t i, bool max)
{
    double sum = 0, highest = (double)NAN;
    size_t known = 0;

    for (size_t row = first; row < first + count; row++) {
        double value = rows->at[row * rows->columns + i];

        if (isnan(value))
            continue;
        known++;
        sum += value;
        highest = isnan(highest) || value > highest ? value : highest;
    }
    return max || known == 0 ? highest : sum / (double)known;
}

/* Rows end at multiples of the new step, so that they stay the same rows when
 * the time that is asked for moves on. */
void cached_rows_thin(struct cached_rows *rows, int64_t step_s, bool max)
{
    if (rows->step_s <= 0 || step_s <= rows->step_s || rows->rows == 0 ||
        rows->first_s < 0)
        return;
    int64_t each = (step_s + rows->step_s - 1) / rows->step_s;
    int64_t wide_s = each * rows->step_s;
    int64_t end_s = (rows->first_s + wide_s - 1) / wide_s * wide_s;
    size_t n = (size_t)((end_s - rows->first_s) / rows->step_s) + 1;
    size_t count = 0;

    for (size_t first = 0; first < rows->rows; count++) {
        size_t left = rows->rows - first;

        n = n < left ? n : left;
        for (size_t i = 0; i < rows->columns; i++)
            rows->at[count * rows->columns + i] = join(rows, first, n, i, max);
        first += n;
        n = (size_t)each;
    }
    rows->first_s = end_s;
    rows->step_s = wide_s;
    rows->rows = count;
}

void cached_rows_fini(struct cached_rows *rows)
{
    for (size_t i = 0; i < rows->columns; i++)
        free(rows->names[i]);
    free(rows->names);
    free(rows->at);
    *rows = (struct cached_rows){0};
}
