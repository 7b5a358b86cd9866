#include "mibs/profile_expr.h"

#include "mibs/profile_date.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

enum { MS_PER_S = 1000, S_PER_MINUTE = 60 };

enum expr_code {
    OP_NUMBER,
    OP_REF,
    OP_TEXT,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_POWER,
    OP_NEGATE,
    OP_FUNCTIONS, /* the first of the table below */
};

static double two_add(double a, double b)
{
    return a + b;
}

static double two_subtract(double a, double b)
{
    return a - b;
}

static double two_multiply(double a, double b)
{
    return a * b;
}

static double two_divide(double a, double b)
{
    return b == 0 ? a : a / b;
}

static double two_min(double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : fmin(a, b);
}

static double two_max(double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : fmax(a, b);
}

static double two_first(double a, double b)
{
    return isnan(a) ? b : a;
}

static double one_negate(double a)
{
    return -a;
}

static double one_dbm_mw(double mw)
{
    return mw > 0 ? 10 * log10(mw) : NAN;
}

static double one_dbm_w(double w)
{
    return one_dbm_mw(w * 1e3);
}

static double one_dbm_uw(double uw)
{
    return one_dbm_mw(uw / 1e3);
}

static double one_celsius(double fahrenheit)
{
    return (fahrenheit - 32) * 5 / 9;
}

/* A counter or gauge that an agent sends as a negative INTEGER. */
static double one_unsigned(double a)
{
    return a < 0 ? a + 4294967296.0 : a;
}

/* IEEE 754 in four or eight octets, network order. */
static double float_of_octets(struct bytes b)
{
    uint64_t bits = 0;
    float single;
    double value;

    if (b.len != sizeof single && b.len != sizeof value)
        return NAN;
    for (size_t i = 0; i < b.len; i++)
        bits = bits << 8 | b.at[i];
    if (b.len == sizeof value) {
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    uint32_t word = (uint32_t)bits;

    memcpy(&single, &word, sizeof single);
    return (double)single;
}

static double name_float(const struct ref *r, const struct scene *s, double n)
{
    const struct value *v =
        r->kind == REF_COLUMN ? &s->columns[r->column] : NULL;

    (void)n;
    if (v != NULL && v->type == VALUE_OCTETS &&
        !isnan(float_of_octets(v->octets)))
        return float_of_octets(v->octets);
    return ref_number(r, s);
}

/* The nth number of a text, from 1. */
static double name_nth(const struct ref *r, const struct scene *s, double n)
{
    static const char digits[] = "0123456789";
    struct buffer OWNED_BUFFER text = {0};
    const char *at;

    if (!ref_text(r, s, &text) || !(n >= 1))
        return NAN;
    at = text.at + strcspn(text.at, digits);
    for (double i = 1; i < n && *at != '\0'; i++) {
        at += strspn(at, "0123456789.");
        at += strcspn(at, digits);
    }
    if (*at == '\0')
        return NAN;
    return strtod(at > text.at && at[-1] == '-' ? at - 1 : at, NULL);
}

/* Seconds of "hh:mm:ss" or "d:hh:mm:ss"; a number alone is seconds. */
static double name_clock(const struct ref *r, const struct scene *s, double n)
{
    static const double units[] = {1, 60, 3600, 86400};
    struct buffer OWNED_BUFFER text = {0};
    double parts[COUNT_OF(units)], sum = 0;
    unsigned count = 0;
    char *end;

    (void)n;
    if (!ref_text(r, s, &text))
        return NAN;
    for (char *at = text.at; count < COUNT_OF(parts); at = end + 1) {
        parts[count] = strtod(at, &end);
        if (end == at)
            return NAN;
        count++;
        if (*end != ':')
            break;
    }
    for (unsigned i = 0; i < count; i++)
        sum += parts[count - 1 - i] * units[i];
    return sum;
}

/* Minutes from a date, where one is written, to the moment of the facts. */
static double name_minutes_since(const struct ref *r, const struct scene *s,
                                 double n)
{
    struct buffer OWNED_BUFFER text = {0};
    struct date d;

    (void)n;
    if (!ref_text(r, s, &text) || !date_read(text.at, &d) ||
        s->facts->observed_at.ms == 0)
        return NAN;
    int64_t now_s = s->facts->observed_at.ms / MS_PER_S;
    return (double)(now_s - d.s) / S_PER_MINUTE;
}

static double name_minutes_until(const struct ref *r, const struct scene *s,
                                 double n)
{
    return -name_minutes_since(r, s, n);
}

/* What is done with the operands that wait: one function of each row, and for
 * what is called by name, the name. */
static const struct operation {
    const char *name;
    double (*one)(double a);
    double (*two)(double a, double b);
    double (*of_name)(const struct ref *r, const struct scene *s, double n);
    bool counted; /* of_name has a second argument, n */
} operations[] = {
    [OP_NUMBER] = {0},
    [OP_REF] = {0},
    [OP_TEXT] = {0},
    [OP_ADD] = {.two = two_add},
    [OP_SUBTRACT] = {.two = two_subtract},
    [OP_MULTIPLY] = {.two = two_multiply},
    [OP_DIVIDE] = {.two = two_divide},
    [OP_POWER] = {.two = pow},
    [OP_NEGATE] = {.one = one_negate},
    [OP_FUNCTIONS] = {"min", .two = two_min},
    {"max", .two = two_max},
    {"first", .two = two_first},
    {"abs", .one = fabs},
    {"round", .one = round},
    {"floor", .one = floor},
    {"dbm_w", .one = one_dbm_w},
    {"dbm_mw", .one = one_dbm_mw},
    {"dbm_uw", .one = one_dbm_uw},
    {"celsius", .one = one_celsius},
    {"unsigned", .one = one_unsigned},
    {"float", .of_name = name_float},
    {"clock", .of_name = name_clock},
    {"minutes_since", .of_name = name_minutes_since},
    {"minutes_until", .of_name = name_minutes_until},
    {"nth", .of_name = name_nth, .counted = true},
};

/* Operands that an operation takes from those that wait; each leaves one. */
static unsigned operands_of(uint8_t code)
{
    const struct operation *o = &operations[code];

    if (o->two != NULL)
        return 2;
    return o->one != NULL || o->counted ? 1 : 0;
}

/* What is read while an expression is compiled. */
struct parse {
    const char *text, *at;
    const struct scope *scope;
    struct arena *arena;
    struct buffer *error;
    struct expr_op ops[EXPR_OPS_MAX];
    size_t count, waiting, depth;
    bool failed;
};

static void refuse(struct parse *p, const char *what)
{
    if (!p->failed)
        buffer_format(p->error, "%s, at character %zu", what,
                      (size_t)(p->at - p->text) + 1);
    p->failed = true;
}

static void emit(struct parse *p, struct expr_op op)
{
    if (p->failed)
        return;
    if (p->count == EXPR_OPS_MAX) {
        refuse(p, "too long");
        return;
    }
    p->waiting = p->waiting + 1 - operands_of(op.code);
    if (p->waiting > EXPR_STACK_MAX)
        refuse(p, "too deep");
    p->ops[p->count++] = op;
}

static char look(struct parse *p)
{
    p->at += strspn(p->at, " \t\r\n");
    return *p->at;
}

static bool skip_char(struct parse *p, char c)
{
    if (p->failed || look(p) != c)
        return false;
    p->at++;
    return true;
}

static void expect(struct parse *p, char c)
{
    char what[] = "here should be ?";

    what[sizeof what - 2] = c;
    if (!skip_char(p, c))
        refuse(p, what);
}

static void sum_parse(struct parse *p);

static void number_parse(struct parse *p)
{
    char *end;
    double number = strtod(p->at, &end);

    if (end == p->at || !isfinite(number)) {
        refuse(p, "this is no number");
        return;
    }
    p->at = end;
    emit(p, (struct expr_op){.code = OP_NUMBER, .number = number});
}

/* A name: letters, digits, _ and dots, with an optional filter. */
static size_t name_len(const char *at)
{
    size_t len = 0;

    while (isalnum((unsigned char)at[len]) || at[len] == '_' ||
           at[len] == '.' || at[len] == ':')
        len++;
    return len;
}

static struct ref name_parse(struct parse *p)
{
    struct ref ref = {0};
    struct buffer OWNED_BUFFER why = {0};

    (void)look(p);
    size_t len = name_len(p->at);

    if (len == 0)
        refuse(p, "here should be a name or a number");
    else if (!ref_compile(p->at, len, p->scope, p->arena, &ref, &why))
        refuse(p, why.at);
    else
        p->at += len;
    return ref;
}

/* A template between quotes, which p stands at. */
static void text_parse(struct parse *p)
{
    const char *end = strchr(p->at + 1, *p->at);
    struct template_text *made = arena_zero(p->arena, sizeof *made);
    struct buffer OWNED_BUFFER why = {0};

    if (end == NULL) {
        refuse(p, "a quote without its other half");
        return;
    }
    const char *text =
        arena_text_of(p->arena, p->at + 1, (size_t)(end - p->at) - 1);

    if (!template_compile(text, p->scope, p->arena, made, &why)) {
        refuse(p, why.at);
        return;
    }
    p->at = end + 1;
    emit(p, (struct expr_op){.code = OP_TEXT, .text = made});
}

static void call_parse(struct parse *p, uint8_t code)
{
    const struct operation *o = &operations[code];
    struct expr_op op = {.code = code};

    expect(p, '(');
    if (o->of_name != NULL)
        op.ref = name_parse(p);
    else
        sum_parse(p);
    if (o->two != NULL || o->counted) {
        expect(p, ',');
        sum_parse(p);
    }
    expect(p, ')');
    emit(p, op);
}

/* The function of that name, 0 if there is none. */
static uint8_t function_of(const char *at, size_t len)
{
    for (size_t i = OP_FUNCTIONS; i < COUNT_OF(operations); i++)
        if (strlen(operations[i].name) == len &&
            memcmp(operations[i].name, at, len) == 0)
            return (uint8_t)i;
    return 0;
}

static void primary_parse(struct parse *p)
{
    char c = look(p);

    if (isdigit((unsigned char)c)) {
        number_parse(p);
        return;
    }
    if (c == '"' || c == '\'') {
        text_parse(p);
        return;
    }
    if (skip_char(p, '(')) {
        sum_parse(p);
        expect(p, ')');
        return;
    }
    size_t len = name_len(p->at);

    if (p->at[len] != '(' || len == 0) {
        struct ref ref = name_parse(p);

        emit(p, (struct expr_op){.code = OP_REF, .ref = ref});
        return;
    }
    uint8_t code = function_of(p->at, len);

    if (code == 0) {
        refuse(p, "there is no such function");
        return;
    }
    p->at += len;
    call_parse(p, code);
}

static void power_parse(struct parse *p)
{
    if (p->failed || ++p->depth > EXPR_DEPTH_MAX) {
        refuse(p, "too deep");
        return;
    }
    bool negative = skip_char(p, '-');

    primary_parse(p);
    if (skip_char(p, '^')) {
        power_parse(p);
        emit(p, (struct expr_op){.code = OP_POWER});
    }
    if (negative)
        emit(p, (struct expr_op){.code = OP_NEGATE});
    p->depth--;
}

static void product_parse(struct parse *p)
{
    power_parse(p);
    while (!p->failed) {
        uint8_t code = skip_char(p, '*')   ? OP_MULTIPLY
                       : skip_char(p, '/') ? OP_DIVIDE
                                           : OP_NUMBER;

        if (code == OP_NUMBER)
            return;
        power_parse(p);
        emit(p, (struct expr_op){.code = code});
    }
}

static void sum_parse(struct parse *p)
{
    product_parse(p);
    while (!p->failed) {
        uint8_t code = skip_char(p, '+')   ? OP_ADD
                       : skip_char(p, '-') ? OP_SUBTRACT
                                           : OP_NUMBER;

        if (code == OP_NUMBER)
            return;
        product_parse(p);
        emit(p, (struct expr_op){.code = code});
    }
}

static struct expr expr_of_ops(const struct expr_op *ops, size_t count,
                               struct arena *arena)
{
    struct expr e = {.ops = arena_zero(arena, count * sizeof *ops),
                     .count = count};

    memcpy(e.ops, ops, count * sizeof *ops);
    return e;
}

bool expr_compile(const char *text, const struct scope *scope,
                  struct arena *arena, struct expr *out, struct buffer *error)
{
    struct parse p = {.text = text,
                      .at = text,
                      .scope = scope,
                      .arena = arena,
                      .error = error};

    *out = (struct expr){0};
    if (strlen(text) > EXPR_TEXT_MAX)
        refuse(&p, "too long");
    else
        sum_parse(&p);
    if (!p.failed && look(&p) != '\0')
        refuse(&p, "this does not belong to an expression");
    if (p.failed)
        return false;
    *out = expr_of_ops(p.ops, p.count, arena);
    return true;
}

bool expr_is_sound(const struct expr *e)
{
    size_t waiting = 0;

    for (size_t i = 0; i < e->count; i++) {
        const struct expr_op *op = &e->ops[i];

        if (op->code >= COUNT_OF(operations) ||
            waiting < operands_of(op->code) ||
            (op->code == OP_TEXT) != (op->text != NULL))
            return false;
        bool named = op->code == OP_REF || operations[op->code].of_name != NULL;

        waiting = waiting + 1 - operands_of(op->code);
        if (named != (op->ref.kind != REF_NONE) || waiting > EXPR_STACK_MAX)
            return false;
    }
    return waiting == 1;
}

/* ---- values -------------------------------------------------------------- */

static double leaf_value(const struct expr_op *op, const struct scene *s)
{
    const struct operation *o = &operations[op->code];

    if (op->code == OP_NUMBER)
        return op->number;
    if (op->code == OP_TEXT)
        return template_number(op->text, s);
    return o->of_name != NULL ? o->of_name(&op->ref, s, 0)
                              : ref_number(&op->ref, s);
}

/* What op makes of the operands at a. */
static double op_value(const struct expr_op *op, const struct scene *s,
                       const double *a)
{
    const struct operation *o = &operations[op->code];

    if (o->two != NULL)
        return o->two(a[0], a[1]);
    if (o->one != NULL)
        return o->one(a[0]);
    return o->counted ? o->of_name(&op->ref, s, a[0]) : leaf_value(op, s);
}

double expr_value(const struct expr *e, const struct scene *s)
{
    double stack[EXPR_STACK_MAX + 1] = {0};
    size_t n = 0;

    for (size_t i = 0; i < e->count; i++) {
        const struct expr_op *op = &e->ops[i];
        unsigned operands = operands_of(op->code);

        assert(n >= operands && n - operands < COUNT_OF(stack));
        n -= operands;
        stack[n] = op_value(op, s, &stack[n]);
        n++;
    }
    return n == 1 && isfinite(stack[0]) ? stack[0] : NAN;
}

const struct ref *expr_column(const struct expr *e)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->ops[i].ref.kind == REF_COLUMN)
            return &e->ops[i].ref;
    return NULL;
}

bool expr_is_ref(const struct expr *e, struct ref *out)
{
    if (e->count != 1 || e->ops[0].code != OP_REF)
        return false;
    *out = e->ops[0].ref;
    return true;
}
