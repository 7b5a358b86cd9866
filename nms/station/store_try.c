/* The steps of the schema, tried on a copy that lies in a directory of its own
 * for as long as that takes. */
#include "station/store_copy.h"
#include "station/store_migrate.h"
#include "station/store_schema.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define TRY "portolan-try-"
#define COPY "state.db"

static const double OCTETS_PER_MB = 1e6;

/* ---- what is left where one was killed ---- */

/* Those of SQLite beside it too; what is not there is no matter. */
static void remove_files(int dir)
{
    static const char *const names[] = {COPY, COPY "-journal", COPY "-wal",
                                        COPY "-shm"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        (void)unlinkat(dir, names[i], 0);
}

static void remove_try(int parent, const char *name)
{
    int dir =
        openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (dir >= 0) {
        remove_files(dir);
        (void)close(dir);
    }
    (void)unlinkat(parent, name, AT_REMOVEDIR); /* not where more is in it */
}

/* Everybody may make something of that name there. */
static bool is_abandoned(int parent, const char *name)
{
    struct stat about;
    char *end = NULL;

    if (strncmp(name, TRY, sizeof TRY - 1) != 0 ||
        fstatat(parent, name, &about, AT_SYMLINK_NOFOLLOW) < 0 ||
        !S_ISDIR(about.st_mode) || about.st_uid != geteuid())
        return false;
    long pid = strtol(name + sizeof TRY - 1, &end, 10);
    return *end == '-' && pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static void remove_abandoned(const char *directory)
{
    DIR *dir = opendir(directory);

    for (struct dirent *d; dir != NULL && (d = readdir(dir)) != NULL;)
        if (is_abandoned(dirfd(dir), d->d_name))
            remove_try(dirfd(dir), d->d_name);
    if (dir != NULL)
        (void)closedir(dir);
}

/* ---- one ---- */

/* The copy, and as much again for what a step changes of it. */
static int check_room(const char *path, const char *directory,
                      struct complaint *why)
{
    struct buffer OWNED_BUFFER log = {0};
    struct stat about, more = {0};
    struct statvfs disk;

    buffer_format(&log, "%s-wal", path);
    if (stat(path, &about) < 0 || statvfs(directory, &disk) < 0)
        return 0; /* the copy tells what is wrong */
    (void)stat(log.at, &more);
    const double need = 2 * (double)(about.st_size + more.st_size);
    const double free = (double)disk.f_bavail * (double)disk.f_frsize;
    if (need <= free)
        return 0;
    return complain(why, -ENOSPC, directory, "free some of its disk",
                    "the steps of the database are not tried: they need up to "
                    "%.0f MB for a copy, and %.0f MB are free",
                    need / OCTETS_PER_MB, free / OCTETS_PER_MB);
}

/* Signals that would end it leave no copy: they are looked for. */
static void hold_signals(sigset_t *before)
{
    sigset_t held;

    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGINT);
    (void)sigaddset(&held, SIGTERM);
    (void)sigaddset(&held, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &held, before);
}

static bool go_on(void *arg)
{
    sigset_t waiting;

    (void)arg;
    return sigpending(&waiting) < 0 || (sigismember(&waiting, SIGINT) != 1 &&
                                        sigismember(&waiting, SIGTERM) != 1 &&
                                        sigismember(&waiting, SIGHUP) != 1);
}

static int try_in(const char *dir, const char *path, struct complaint *why)
{
    static const struct store_watch watch = {go_on, NULL};
    struct buffer OWNED_BUFFER copy = {0};

    buffer_format(&copy, "%s/" COPY, dir);
    int rc = store_copy(path, copy.at, true, &watch, why);
    return rc == 0 ? store_migrate_copy(copy.at, path, &watch, why) : rc;
}

int store_migrate_try(const char *path, const char *directory, int64_t *version,
                      struct complaint *why)
{
    struct buffer OWNED_BUFFER dir = {0};
    sigset_t before;
    int rc = store_look(path, version, why);

    if (rc < 0 || *version == 0 || *version == store_schema_version())
        return rc;
    remove_abandoned(directory);
    rc = check_room(path, directory, why);
    if (rc < 0)
        return rc;
    hold_signals(&before);
    buffer_format(&dir, "%s/" TRY "%d-XXXXXX", directory, (int)getpid());
    if (mkdtemp(dir.at) == NULL) { /* for nobody else, whatever the umask */
        rc = complain(why, -errno, directory, "check its rights and its disk",
                      "no directory can be made there: %s", strerror(errno));
    } else {
        rc = try_in(dir.at, path, why);
        remove_try(AT_FDCWD, dir.at);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return rc;
}
