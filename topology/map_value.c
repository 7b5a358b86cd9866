#include "topology/map_value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool map_value_flag(const char *text)
{
    return strcmp(text, "true") == 0 || strcmp(text, "yes") == 0 ||
           strcmp(text, "1") == 0;
}

uint64_t map_value_number(const char *text, uint64_t most)
{
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return 0;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    return errno != 0 || *end != '\0' || value > most ? 0 : value;
}

double map_value_share(const char *text)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end != '\0' || !isfinite(value))
        return NAN;
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

/* Coordinates beyond this are no picture. People place things within a tenth of
 * it; what is set beside these must be read too. */
static const double POSITION_MAX = 1e8;

bool map_value_position(const char *text, double *x, double *y)
{
    char *end;

    *x = strtod(text, &end);
    if (end == text || *end != ',')
        return false;
    text = end + 1;
    *y = strtod(text, &end);
    return end != text && isfinite(*x) && isfinite(*y) &&
           fabs(*x) < POSITION_MAX && fabs(*y) < POSITION_MAX;
}
