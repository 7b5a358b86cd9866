/* Where the parts of the installation are: beside the program that runs, or
 * under the prefix it was built for. */
#include "station/maps_parts.h"

#include <unistd.h>

enum { PATH_OCTETS = 4096 };

/* Appends the folder of the program that runs. */
static bool program_folder(struct buffer *out)
{
    char path[PATH_OCTETS];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);

    if (len <= 0)
        return false;
    path[len] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    buffer_text(out, path);
    return true;
}

/* The first of candidates that is there; those that begin with "./" are beside
 * the program. */
static void find_first(const char *const *candidates, int mode,
                       struct buffer *out)
{
    struct buffer OWNED_BUFFER folder = {0};
    bool known = program_folder(&folder);

    for (; *candidates != NULL; candidates++) {
        struct buffer OWNED_BUFFER path = {0};
        bool beside = strncmp(*candidates, "./", 2) == 0;

        if (beside && !known)
            continue;
        buffer_format(&path, "%s%s", beside ? folder.at : "",
                      beside ? *candidates + 1 : *candidates);
        if (access(path.at, mode) == 0) {
            buffer_text(out, path.at);
            return;
        }
    }
    buffer_text(out, "");
}

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

    find_first(candidates, X_OK, out);
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

    find_first(candidates, R_OK | X_OK, out);
}
