#include "station/store_aside.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAKING ".salvaging"
#define MADE ".salvaged"

/* A file and those beside it, which belong together. */
static const char *const endings[] = {"", "-wal", "-shm"};

static void remove_making(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        struct buffer OWNED_BUFFER name = {0};

        buffer_format(&name, "%s" MAKING "%s", path, endings[i]);
        (void)unlink(name.at); /* it is not there, mostly */
    }
}

void store_aside_begin(const char *path, struct buffer *making)
{
    remove_making(path);
    buffer_format(making, "%s" MAKING, path);
}

/* Called by when the new one was made: the same in each try. */
static int set_aside(const char *path, const struct stat *made,
                     struct buffer *aside)
{
    char when[32];

    wall_format((struct wall){.ms = (int64_t)made->st_mtim.tv_sec * 1000}, when,
                sizeof when);
    buffer_format(aside, "%s.damaged-%s", path, when);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        struct buffer OWNED_BUFFER from = {0};
        struct buffer OWNED_BUFFER to = {0};

        buffer_format(&from, "%s%s", path, endings[i]);
        buffer_format(&to, "%s%s", aside->at, endings[i]);
        if (rename(from.at, to.at) < 0 && errno != ENOENT)
            return -errno;
    }
    return 0;
}

static int take_name(const char *path, struct buffer *aside)
{
    struct buffer OWNED_BUFFER made = {0};
    struct stat about;

    buffer_format(&made, "%s" MADE, path);
    if (stat(made.at, &about) < 0)
        return -errno;
    int rc = set_aside(path, &about, aside);
    if (rc == 0 && rename(made.at, path) < 0)
        rc = -errno;
    return rc;
}

int store_aside_swap(const char *path, struct buffer *aside)
{
    struct buffer OWNED_BUFFER making = {0};
    struct buffer OWNED_BUFFER made = {0};

    buffer_format(&making, "%s" MAKING, path);
    buffer_format(&made, "%s" MADE, path);
    if (rename(making.at, made.at) < 0)
        return -errno;
    return take_name(path, aside);
}

int store_aside_resume(const char *path, struct buffer *aside)
{
    remove_making(path);
    return take_name(path, aside);
}
