/* Where the renderer and the icons are. */
#include "base/place.h"
#include "station/maps_parts.h"

#include <unistd.h>

void maps_find_render(struct buffer *out)
{
    static const char *const candidates[] = {
        "./portolan-render",
        "./../portolan-render", /* unit tests */
        "./../../portolan-render",
        PORTOLAN_PREFIX "/libexec/portolan/portolan-render",
        PORTOLAN_PREFIX "/lib/portolan/portolan-render",
        PORTOLAN_PREFIX "/bin/portolan-render",
        NULL,
    };

    place_find(candidates, X_OK, out);
    if (out->len == 0)
        buffer_text(out, "portolan-render"); /* by PATH */
}

void maps_find_icons(struct buffer *out)
{
    static const char *const candidates[] = {
        "./../nms/web/icons", /* the tree */
        "./../../nms/web/icons",
        "./../share/portolan/icons",
        "./../share/portolan/web/icons",
        PORTOLAN_PREFIX "/share/portolan/icons",
        PORTOLAN_PREFIX "/share/portolan/web/icons",
        "nms/web/icons",
        NULL,
    };

    place_find(candidates, R_OK | X_OK, out);
}
