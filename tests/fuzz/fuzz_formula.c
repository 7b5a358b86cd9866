/* Any text as a formula: it is compiled or refused with a column within it, and
 * what is compiled has a value that is finite or not known. */
#include "base/formula.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a", "b", "c", NULL};
    static const double values[][3] = {
        {0, 1, NAN}, {1e308, -1e308, 1e-308}, {-0.0, 5, 1000000}};
    struct buffer OWNED_BUFFER error = {0};
    OWNED(free) char *text = mem_text_of(data, size);
    OWNED(formula_free) struct formula *f = formula_new(text, names, &error);

    if (f == NULL) {
        const char *column = strstr(error.at, ", at column ");

        must(column != NULL);
        column = strrchr(error.at, ' ');
        must(strtoul(column, NULL, 10) <= strlen(text) + 1);
        return 0;
    }
    must(error.len == 0 && strcmp(formula_text(f), text) == 0);
    for (size_t i = 0; i < COUNT_OF(values); i++)
        must(!isinf(formula_value(f, values[i])));
    return 0;
}
