/* profile_expr.h - arithmetic over what an agent said: "100 - idle",
 * "value * 1000 ^ (scale - 9) / 10 ^ precision", "dbm_uw(power)".
 *
 * Operators + - * / ^ and parentheses; ^ binds strongest and to the right.
 * Names are those of templates; a text counts by the first number in it. A
 * template in quotes is a text too: "'20{index.2}' + 1".
 * Dividing by 0 divides by 1: agents send a divisor of 0 for "none".
 */
#ifndef MIBS_PROFILE_EXPR_H
#define MIBS_PROFILE_EXPR_H

#include "mibs/profile_text.h"

enum {
    EXPR_TEXT_MAX = 256, /* octets of an expression */
    EXPR_OPS_MAX = 48,
    EXPR_STACK_MAX = 16, /* operands that wait */
    EXPR_DEPTH_MAX = 12, /* parentheses within parentheses */
};

struct expr_op {
    uint8_t code;
    double number;
    struct ref ref;
    const struct template_text *text; /* NULL: not of a text */
};

/* Empty (count 0): nothing was written. */
struct expr {
    struct expr_op *ops; /* in the order in which they are done */
    size_t count;
};

bool expr_compile(const char *text, const struct scope *scope,
                  struct arena *arena, struct expr *out, struct buffer *error);

/* True if e, which was not compiled here, leaves one value and takes none that
 * is not there. */
bool expr_is_sound(const struct expr *e);

/* The value; NaN if e is empty or anything in it is not known. */
double expr_value(const struct expr *e, const struct scene *s);

/* The first column in e, NULL if there is none. */
const struct ref *expr_column(const struct expr *e);

/* True if e is that one name and nothing else: *out is what it stands for. */
bool expr_is_ref(const struct expr *e, struct ref *out);

#endif
