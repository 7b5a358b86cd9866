/* formula.h - arithmetic that people write into a configuration, over variables
 * that whoever reads it names: "max(in_octets, out_octets) * 8 / speed * 100".
 *
 * Operators, from what binds most: - (sign), * /, + -, < <= > >=; parentheses;
 * functions min(a, b), max(a, b), abs(a), sqrt(a), log(a), exp(a), round(a),
 * floor(a), first(a, b) (a, or b where a is not known) and if(c, a, b) (a where
 * c is not 0, else b). A comparison is 1 or 0. What is not known is NaN and
 * makes NaN of all that is computed of it, but for first() and the branch of
 * if() that is not taken. What is divided by 0 is not known.
 *
 * A formula is bounded in length, operations and depth, and so is its cost.
 */
#ifndef BASE_FORMULA_H
#define BASE_FORMULA_H

#include "base/bytes.h"
#include "base/own.h"

enum {
    FORMULA_TEXT_MAX = 512, /* octets */
    FORMULA_OPS_MAX = 64,   /* operations, operands counted */
    FORMULA_STACK_MAX = 16, /* operands that wait */
    FORMULA_DEPTH_MAX = 16, /* parentheses within parentheses */
};

struct formula; /* immutable once made; usable by several threads */

/* Compiles text; names (NULL-terminated, at most 255) are the variables, in the
 * order of the values. NULL if it is none: *error says what is wrong and at
 * which column of the text, counted from 1. */
struct formula *formula_new(const char *text, const char *const *names,
                            struct buffer *error);
void formula_free(struct formula *f);
OWNED_BY(struct formula, formula_free)

/* The text it was made of. */
const char *formula_text(const struct formula *f);

/* True if the nth variable is in it. */
bool formula_uses(const struct formula *f, size_t nth);

/* Its value, never infinite; NaN if that is not known. */
double formula_value(const struct formula *f, const double *variables);

#endif
