#include "mibs/location.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number in plain decimals behind blanks; *end is behind it. */
static bool read_degrees(const char *text, double limit, double *out,
                         const char **end)
{
    char *behind;

    text += strspn(text, " ");
    /* strtod() would also take "nan", "0x1p3" and "1e9". */
    size_t plain = strspn(text, "+-0123456789.");

    if (plain == 0 || strchr("xXeE", text[plain]) != NULL)
        return false; /* also at the end of the text */
    *out = strtod(text, &behind);
    *end = behind + strspn(behind, " ");
    return behind != text && isfinite(*out) && fabs(*out) <= limit;
}

/* What stands behind an opening bracket. */
static bool read_pair(const char *text, char close, struct coordinates *out)
{
    return read_degrees(text, 90, &out->latitude, &text) && *text == ',' &&
           read_degrees(text + 1, 180, &out->longitude, &text) &&
           *text == close;
}

bool location_coordinates(const char *text, struct coordinates *out)
{
    static const char open[] = "[({", close[] = "])}";

    for (; (text = strpbrk(text, open)) != NULL; text++)
        if (read_pair(text + 1, close[strchr(open, *text) - open], out))
            return true;
    return false;
}
