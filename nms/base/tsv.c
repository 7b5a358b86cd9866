#include "base/tsv.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>

/* The largest double has 309 digits before the point. */
enum { TSV_MODE = 0644, DECIMALS_MAX = 17, NUMBER_TEXT_MAX = 344 };

struct cells ARRAY_OF(const char *);
struct rows ARRAY_OF(const char **);

struct tsv {
    struct arena *arena;        /* the texts */
    struct cells header, cells; /* cells: of the row at hand */
    struct rows rows;           /* each of header.count cells, in the arena */
};

struct tsv *tsv_new(const char *columns)
{
    struct tsv *t = mem_new(struct tsv);

    t->arena = arena_new();
    while (*columns != '\0') {
        size_t len = strcspn(columns, " ");
        if (len > 0)
            *array_add(&t->header) = arena_text_of(t->arena, columns, len);
        columns += len + (columns[len] != '\0');
    }
    return t;
}

void tsv_free(struct tsv *t)
{
    if (t == NULL)
        return;
    array_fini(&t->header);
    array_fini(&t->cells);
    array_fini(&t->rows);
    arena_free(t->arena);
    free(t);
}

void tsv_text(struct tsv *t, const char *text)
{
    assert(t->cells.count < t->header.count);
    *array_add(&t->cells) = arena_text(t->arena, text);
}

void tsv_format(struct tsv *t, const char *fmt, ...)
{
    OWNED(free) char *text = NULL;
    va_list args;

    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        text = NULL;
    va_end(args);
    assert(text != NULL);
    tsv_text(t, text);
}

void tsv_count(struct tsv *t, uint64_t number)
{
    tsv_format(t, "%" PRIu64, number);
}

void tsv_number(struct tsv *t, double number, int digits)
{
    char text[NUMBER_TEXT_MAX];

    if (!isfinite(number)) {
        tsv_text(t, "");
        return;
    }
    assert(digits >= 0 && digits <= DECIMALS_MAX);
    int len = snprintf(text, sizeof text, "%.*f", digits, number);
    assert(len > 0 && len < (int)sizeof text);
    if (digits > 0) {
        while (text[len - 1] == '0')
            text[--len] = '\0';
        if (text[len - 1] == '.')
            text[--len] = '\0';
    }
    tsv_text(t, strcmp(text, "-0") == 0 ? "0" : text);
}

void tsv_row(struct tsv *t)
{
    size_t size = t->header.count * sizeof(const char *);
    const char **row = arena_zero(t->arena, size);

    for (size_t i = 0; i < t->header.count; i++)
        row[i] = i < t->cells.count ? t->cells.at[i] : "";
    *array_add(&t->rows) = row;
    t->cells.count = 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Compares the numbers that both texts begin with and moves behind them; more
 * digits (zeros before them aside) are more. */
static int compare_numbers(const char **a, const char **b)
{
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t a_len = strspn(*a, "0123456789"), b_len = strspn(*b, "0123456789");
    int order = a_len != b_len ? (a_len > b_len) - (a_len < b_len)
                               : memcmp(*a, *b, a_len);

    *a += a_len;
    *b += b_len;
    return order;
}

/* By octets, but numbers within by their value: Gi1/0/2 before Gi1/0/10. */
static int compare_names(const char *a, const char *b)
{
    const char *x = a, *y = b;
    int order = 0;

    while (*x != '\0' && *y != '\0' && order == 0) {
        if (is_digit(*x) && is_digit(*y))
            order = compare_numbers(&x, &y);
        else
            order = (unsigned char)*x++ - (unsigned char)*y++;
    }
    if (order == 0)
        order = (unsigned char)*x - (unsigned char)*y;
    return order != 0 ? order : strcmp(a, b); /* 01 and 1 */
}

static int compare_rows(const void *a, const void *b, void *arg)
{
    const char *const *x = *(const char **const *)a;
    const char *const *y = *(const char **const *)b;
    const struct tsv *t = arg;

    for (size_t i = 0; i < t->header.count; i++) {
        int order = compare_names(x[i], y[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

static void print_row(struct buffer *out, const char *const *row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_char(out, '\t');
        text_tsv(row[i], out);
    }
    buffer_char(out, '\n');
}

void tsv_print(struct tsv *t, struct buffer *out)
{
    if (t->rows.count > 0)
        qsort_r(t->rows.at, t->rows.count, sizeof *t->rows.at, compare_rows, t);
    print_row(out, t->header.at, t->header.count);
    for (size_t i = 0; i < t->rows.count; i++)
        print_row(out, t->rows.at[i], t->header.count);
}

int tsv_save(struct tsv *t, const char *dir, const char *name)
{
    struct buffer OWNED_BUFFER text = {0}, OWNED_BUFFER path = {0};

    tsv_print(t, &text);
    buffer_format(&path, "%s/%s", dir, name);
    return file_write(path.at, buffer_view(&text), TSV_MODE);
}
