#include "base/place.h"

#include <stdbool.h>
#include <string.h>
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

void place_find(const char *const *candidates, int mode, struct buffer *out)
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
