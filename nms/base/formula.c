#include "base/formula.h"

#include "base/mem.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

enum code {
    OP_NUMBER,
    OP_VARIABLE,
    OP_NEGATE,
    OP_ABS,
    OP_SQRT,
    OP_LOG,
    OP_EXP,
    OP_ROUND,
    OP_FLOOR,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_LESS,
    OP_AT_MOST,
    OP_MORE,
    OP_AT_LEAST,
    OP_MIN,
    OP_MAX,
    OP_FIRST,
    OP_IF,
};

struct op {
    uint8_t code, variable;
    double number;
};

struct formula {
    char *text;
    size_t count;
    struct op ops[]; /* in the order in which they are done */
};

static unsigned operands_of(uint8_t code)
{
    if (code <= OP_VARIABLE)
        return 0;
    if (code <= OP_FLOOR)
        return 1;
    return code < OP_IF ? 2 : 3;
}

static const struct function {
    const char *name;
    uint8_t code;
} functions[] = {
    {"abs", OP_ABS},     {"sqrt", OP_SQRT},   {"log", OP_LOG}, {"exp", OP_EXP},
    {"round", OP_ROUND}, {"floor", OP_FLOOR}, {"min", OP_MIN}, {"max", OP_MAX},
    {"first", OP_FIRST}, {"if", OP_IF},
};

/* ---- reading ---- */

struct parse {
    const char *text, *at;
    const char *const *names;
    struct buffer *error;
    struct op ops[FORMULA_OPS_MAX];
    size_t count, waiting, depth;
    bool failed;
};

/* What is wrong is at p->at, or at the end of a text that is too long. */
static void refuse(struct parse *p, const char *what)
{
    if (!p->failed)
        buffer_format(p->error, "%s, at column %zu", what,
                      (size_t)(p->at - p->text) + 1);
    p->failed = true;
}

static void refuse_word(struct parse *p, const char *what, size_t len)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "%s \"%.*s\"", what, (int)len, p->at);
    refuse(p, text.at);
}

static void emit(struct parse *p, struct op op)
{
    if (p->failed)
        return;
    if (p->count == FORMULA_OPS_MAX) {
        refuse(p, "the formula has too many parts");
        return;
    }
    p->waiting = p->waiting + 1 - operands_of(op.code);
    if (p->waiting > FORMULA_STACK_MAX)
        refuse(p, "too many operands wait");
    p->ops[p->count++] = op;
}

static char look(struct parse *p)
{
    p->at += strspn(p->at, " \t\r\n");
    return *p->at;
}

static bool skip(struct parse *p, const char *word)
{
    if (p->failed)
        return false;
    (void)look(p);
    if (strncmp(p->at, word, strlen(word)) != 0)
        return false;
    p->at += strlen(word);
    return true;
}

static void expect(struct parse *p, const char *word)
{
    struct buffer OWNED_BUFFER what = {0};

    if (skip(p, word))
        return;
    buffer_format(&what, "a \"%s\" is missing", word);
    refuse(p, what.at);
}

static void comparison_parse(struct parse *p);

static void number_parse(struct parse *p)
{
    /* digits, a point, an exponent: not what strtod() knows beside these */
    size_t len = strspn(p->at, "0123456789.");
    size_t exponent = 0;
    char digits[32];

    if (p->at[len] == 'e' || p->at[len] == 'E') {
        size_t sign = p->at[len + 1] == '-' || p->at[len + 1] == '+';

        exponent = strspn(p->at + len + 1 + sign, "0123456789");
        len += exponent > 0 ? 1 + sign + exponent : 0;
    }
    if (len >= sizeof digits) {
        refuse(p, "the number is too long");
        return;
    }
    memcpy(digits, p->at, len);
    digits[len] = '\0';
    char *end;
    double number = strtod(digits, &end);
    if (end == digits || *end != '\0' || !isfinite(number)) {
        refuse(p, "this is no number");
        return;
    }
    p->at += len;
    emit(p, (struct op){.code = OP_NUMBER, .number = number});
}

static size_t name_len(const char *at)
{
    size_t len = 0;

    while (isalnum((unsigned char)at[len]) || at[len] == '_')
        len++;
    return len;
}

static void call_parse(struct parse *p, size_t len)
{
    const struct function *f = functions;
    const struct function *end = functions + COUNT_OF(functions);

    while (f < end &&
           (strlen(f->name) != len || memcmp(f->name, p->at, len) != 0))
        f++;
    if (f == end) {
        refuse_word(p, "there is no function", len);
        return;
    }
    p->at += len;
    expect(p, "(");
    for (unsigned n = 0; n < operands_of(f->code) && !p->failed; n++) {
        if (n > 0)
            expect(p, ",");
        comparison_parse(p);
    }
    expect(p, ")");
    emit(p, (struct op){.code = f->code});
}

static void name_parse(struct parse *p, size_t len)
{
    uint8_t n = 0;

    while (p->names[n] != NULL &&
           (strlen(p->names[n]) != len || memcmp(p->names[n], p->at, len) != 0))
        n++;
    if (p->names[n] == NULL) {
        refuse_word(p, "there is no variable", len);
        return;
    }
    emit(p, (struct op){.code = OP_VARIABLE, .variable = n});
    p->at += len;
}

static void primary_parse(struct parse *p)
{
    char c = look(p);

    if (isdigit((unsigned char)c) || c == '.') {
        number_parse(p);
        return;
    }
    if (skip(p, "(")) {
        comparison_parse(p);
        expect(p, ")");
        return;
    }
    size_t len = name_len(p->at);

    if (len == 0)
        refuse(p, "a number, a variable or a function is missing");
    else if (p->at[len + strspn(p->at + len, " ")] == '(')
        call_parse(p, len);
    else
        name_parse(p, len);
}

static void sign_parse(struct parse *p)
{
    bool negative = false;

    if (p->failed)
        return;
    if (p->depth == FORMULA_DEPTH_MAX) {
        refuse(p, "too deep");
        return;
    }
    p->depth++;
    while (skip(p, "-"))
        negative = !negative;
    primary_parse(p);
    if (negative)
        emit(p, (struct op){.code = OP_NEGATE});
    p->depth--;
}

static void product_parse(struct parse *p)
{
    sign_parse(p);
    while (!p->failed) {
        uint8_t code = skip(p, "*")   ? OP_MULTIPLY
                       : skip(p, "/") ? OP_DIVIDE
                                      : OP_NUMBER;

        if (code == OP_NUMBER)
            return;
        sign_parse(p);
        emit(p, (struct op){.code = code});
    }
}

static void sum_parse(struct parse *p)
{
    product_parse(p);
    while (!p->failed) {
        uint8_t code = skip(p, "+")   ? OP_ADD
                       : skip(p, "-") ? OP_SUBTRACT
                                      : OP_NUMBER;

        if (code == OP_NUMBER)
            return;
        product_parse(p);
        emit(p, (struct op){.code = code});
    }
}

static void comparison_parse(struct parse *p)
{
    sum_parse(p);
    uint8_t code = skip(p, "<=")   ? OP_AT_MOST
                   : skip(p, ">=") ? OP_AT_LEAST
                   : skip(p, "<")  ? OP_LESS
                   : skip(p, ">")  ? OP_MORE
                                   : OP_NUMBER;

    if (code == OP_NUMBER)
        return;
    sum_parse(p);
    emit(p, (struct op){.code = code});
}

struct formula *formula_new(const char *text, const char *const *names,
                            struct buffer *error)
{
    struct parse p = {.text = text, .at = text, .names = names, .error = error};

    if (strlen(text) > FORMULA_TEXT_MAX)
        refuse(&p, "the formula is too long");
    else
        comparison_parse(&p);
    if (!p.failed && look(&p) != '\0')
        refuse(&p, "this does not belong to a formula");
    if (p.failed)
        return NULL;
    struct formula *f = mem_zero(sizeof *f + p.count * sizeof p.ops[0]);
    f->text = mem_text(text);
    f->count = p.count;
    memcpy(f->ops, p.ops, p.count * sizeof p.ops[0]);
    return f;
}

void formula_free(struct formula *f)
{
    if (f == NULL)
        return;
    free(f->text);
    free(f);
}

const char *formula_text(const struct formula *f)
{
    return f->text;
}

bool formula_uses(const struct formula *f, size_t nth)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->ops[i].code == OP_VARIABLE && f->ops[i].variable == nth)
            return true;
    return false;
}

/* ---- values ---- */

static double either(bool holds, double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : holds ? 1 : 0;
}

/* What an operation makes of its operands, which are at a. */
static double result_of(enum code code, const double *a)
{
    switch (code) {
    case OP_NUMBER:
    case OP_VARIABLE:
        break; /* have no operands */
    case OP_NEGATE:
        return -a[0];
    case OP_ABS:
        return fabs(a[0]);
    case OP_SQRT:
        return sqrt(a[0]);
    case OP_LOG:
        return log(a[0]);
    case OP_EXP:
        return exp(a[0]);
    case OP_ROUND:
        return round(a[0]);
    case OP_FLOOR:
        return floor(a[0]);
    case OP_ADD:
        return a[0] + a[1];
    case OP_SUBTRACT:
        return a[0] - a[1];
    case OP_MULTIPLY:
        return a[0] * a[1];
    case OP_DIVIDE:
        return a[1] < 0 || a[1] > 0 ? a[0] / a[1] : NAN;
    case OP_LESS:
        return either(a[0] < a[1], a[0], a[1]);
    case OP_AT_MOST:
        return either(a[0] <= a[1], a[0], a[1]);
    case OP_MORE:
        return either(a[0] > a[1], a[0], a[1]);
    case OP_AT_LEAST:
        return either(a[0] >= a[1], a[0], a[1]);
    case OP_MIN:
        return isnan(a[0]) || isnan(a[1]) ? NAN : a[0] < a[1] ? a[0] : a[1];
    case OP_MAX:
        return isnan(a[0]) || isnan(a[1]) ? NAN : a[0] > a[1] ? a[0] : a[1];
    case OP_FIRST:
        return isnan(a[0]) ? a[1] : a[0];
    case OP_IF:
        return isnan(a[0]) ? NAN : a[0] < 0 || a[0] > 0 ? a[1] : a[2];
    }
    return NAN;
}

double formula_value(const struct formula *f, const double *variables)
{
    double stack[FORMULA_STACK_MAX + 1];
    size_t n = 0;

    for (size_t i = 0; i < f->count; i++) {
        const struct op *op = &f->ops[i];

        assert(n <= FORMULA_STACK_MAX);
        if (op->code == OP_NUMBER) {
            stack[n++] = op->number;
        } else if (op->code == OP_VARIABLE) {
            stack[n++] = variables[op->variable];
        } else {
            n -= operands_of(op->code);
            stack[n] = result_of((enum code)op->code, &stack[n]);
            n++;
        }
    }
    return n == 1 && isfinite(stack[0]) ? stack[0] : NAN;
}
