#include "station/store_copy.h"

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

enum { BUSY_MAX_MS = 10000, FILE_MODE = 0600, PROGRESS_STEPS = 100000 };

/* Where SQLite locks a file that it has open: the octets of readers, of which
 * each connection in WAL mode has one all the time
 * (https://www.sqlite.org/fileformat2.html, 1.5, "The Lock-Byte Page"). */
enum { READERS_BEGIN = 0x40000002, READERS_LEN = 510 };

OWNED_BY(sqlite3_stmt, sqlite3_finalize)
OWNED_BY(sqlite3, sqlite3_close)

/* What the copy of a backup without secrets does not have. What is deleted is
 * overwritten, and the file written anew. */
static const char without_secrets[] =
    "PRAGMA secure_delete = ON;"
    "DELETE FROM object WHERE kind = 'key';"
    "UPDATE object SET body = json_set(body, '$.hash', '') "
    "WHERE kind = 'person';"
    "VACUUM;";

pid_t store_held_by(const char *path)
{
    struct flock lock = {.l_type = F_WRLCK,
                         .l_whence = SEEK_SET,
                         .l_start = READERS_BEGIN,
                         .l_len = READERS_LEN};
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return 0;
    bool held = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    (void)close(fd);
    if (!held)
        return 0;
    return lock.l_pid > 0 ? lock.l_pid : -1;
}

static int refuse(sqlite3 *sql, const char *path, struct complaint *why)
{
    int code = sql != NULL ? sqlite3_errcode(sql) & 0xff : SQLITE_NOMEM;
    int rc = code == SQLITE_FULL ? -ENOSPC : -EIO;

    return complain(why, rc, path,
                    rc == -ENOSPC ? "free some of the disk"
                                  : "check its rights and its disk",
                    "the database cannot be read or copied: %s",
                    sql != NULL ? sqlite3_errmsg(sql) : "no memory");
}

/* What refused it lies where the copy does, or where the database does. */
static int refuse_copy(sqlite3 *sql, const char *from, const char *to,
                       struct complaint *why)
{
    int code = sql != NULL ? sqlite3_extended_errcode(sql) : SQLITE_NOMEM;
    bool full = (code & 0xff) == SQLITE_FULL;

    if (!full && code != SQLITE_IOERR_WRITE && code != SQLITE_IOERR_FSYNC &&
        code != SQLITE_IOERR_TRUNCATE)
        return refuse(sql, from, why);
    return complain(why, full ? -ENOSPC : -EIO, to,
                    full ? "free some of the disk that it lies on"
                         : "check the disk that it lies on",
                    "the copy of the database cannot be written: %s",
                    sqlite3_errmsg(sql));
}

/* *out is to be closed, also where it could not be opened. */
static int open_file(const char *path, int flags, sqlite3 **out)
{
    int rc = sqlite3_open_v2(path, out, flags | SQLITE_OPEN_NOMUTEX, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(*out, BUSY_MAX_MS);
    return rc;
}

/* Through a connection of its own, whose end removes what it needed beside the
 * copy. */
static int strip(const char *path, struct complaint *why)
{
    sqlite3 *opened = NULL;
    int rc = open_file(path, SQLITE_OPEN_READWRITE, &opened);
    OWNED(sqlite3_close) sqlite3 *sql = opened;

    if (rc == SQLITE_OK)
        rc = sqlite3_exec(sql, without_secrets, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : refuse(sql, path, why);
}

/* SQLite ends what it does where this is not 0. */
static int on_progress(void *arg)
{
    const struct store_watch *watch = arg;

    return !watch->go_on(watch->arg);
}

static int copy_into(const char *from, const char *to,
                     const struct store_watch *watch, struct complaint *why)
{
    sqlite3 *opened = NULL;
    sqlite3_stmt *prepared = NULL;
    int rc = open_file(from, SQLITE_OPEN_READWRITE, &opened);
    OWNED(sqlite3_close) sqlite3 *sql = opened;

    if (rc == SQLITE_OK && watch != NULL)
        sqlite3_progress_handler(sql, PROGRESS_STEPS, on_progress,
                                 (void *)(uintptr_t)watch);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(sql, "VACUUM INTO ?1", -1, &prepared, NULL);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = prepared;
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(s, 1, to, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    if (rc == SQLITE_INTERRUPT)
        return complain(why, -ECANCELED, to, "",
                        "it was ended before it was complete");
    return rc == SQLITE_DONE || rc == SQLITE_ROW
               ? 0
               : refuse_copy(sql, from, to, why);
}

/* Made here, so that nobody else may read it from the first octet on. */
static int make_empty(const char *path, struct complaint *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);

    if (fd < 0)
        return complain(why, -errno, path, "check its directory",
                        "it cannot be made: %s", strerror(errno));
    (void)close(fd);
    return 0;
}

int store_copy(const char *from, const char *to, bool secrets,
               const struct store_watch *watch, struct complaint *why)
{
    struct stat about;

    if (stat(from, &about) < 0)
        return complain(why, -errno, from, "name the data directory",
                        "there is no database: %s", strerror(errno));
    int rc = make_empty(to, why);
    if (rc < 0)
        return rc;
    rc = copy_into(from, to, watch, why);
    if (rc == 0 && !secrets)
        rc = strip(to, why);
    if (rc < 0)
        (void)unlink(to);
    return rc;
}

/* The first column of the first row: text, valid until it is stepped on. */
static int ask(sqlite3 *sql, const char *question, sqlite3_stmt **asked)
{
    int rc = sqlite3_prepare_v2(sql, question, -1, asked, NULL);

    return rc == SQLITE_OK ? sqlite3_step(*asked) : rc;
}

/* Without a write-ahead log nobody is at work: it is read without the files
 * that SQLite else makes beside it. */
static int open_looked_at(const char *path, sqlite3 **out)
{
    struct buffer OWNED_BUFFER log = {0};
    struct buffer OWNED_BUFFER uri = {0};

    buffer_format(&log, "%s-wal", path);
    if (access(log.at, F_OK) == 0)
        return open_file(path, SQLITE_OPEN_READONLY, out);
    buffer_text(&uri, "file:");
    for (; *path != '\0'; path++)
        buffer_format(&uri, strchr("%?#", *path) != NULL ? "%%%02x" : "%c",
                      (unsigned)(uint8_t)*path);
    buffer_text(&uri, "?immutable=1");
    return open_file(uri.at, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, out);
}

int store_look(const char *path, int64_t *version, struct complaint *why)
{
    sqlite3 *opened = NULL;
    sqlite3_stmt *asked = NULL;
    struct stat about;

    *version = 0;
    if (stat(path, &about) < 0 && errno == ENOENT)
        return 0;
    int rc = open_looked_at(path, &opened);
    OWNED(sqlite3_close) sqlite3 *sql = opened;
    if (rc == SQLITE_OK)
        rc = ask(sql,
                 "SELECT count(*) FROM sqlite_master WHERE name = 'migration'",
                 &asked);
    OWNED(sqlite3_finalize) sqlite3_stmt *tables = asked;
    if (rc != SQLITE_ROW)
        return refuse(sql, path, why);
    if (sqlite3_column_int64(tables, 0) == 0)
        return 0;
    asked = NULL;
    rc = ask(sql, "SELECT coalesce(max(version), 0) FROM migration", &asked);
    OWNED(sqlite3_finalize) sqlite3_stmt *newest = asked;
    if (rc != SQLITE_ROW)
        return refuse(sql, path, why);
    *version = sqlite3_column_int64(newest, 0);
    return 0;
}

int store_check(const char *path, struct complaint *why)
{
    sqlite3 *opened = NULL;
    sqlite3_stmt *asked = NULL;
    int rc = open_file(path, SQLITE_OPEN_READWRITE, &opened);
    OWNED(sqlite3_close) sqlite3 *sql = opened;

    if (rc == SQLITE_OK)
        rc = ask(sql, "PRAGMA integrity_check(1)", &asked);
    OWNED(sqlite3_finalize) sqlite3_stmt *s = asked;
    const char *verdict =
        rc == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;
    if (verdict != NULL && strcmp(verdict, "ok") == 0)
        return 0;
    return complain(why, -EBADMSG, path, "use another backup",
                    "the database is damaged: %s",
                    verdict != NULL ? verdict
                    : sql != NULL   ? sqlite3_errmsg(sql)
                                    : "no memory");
}

/* "FILE.version-12", of a file. */
static bool is_copy(const char *name, const char *file)
{
    static const char mark[] = ".version-";
    size_t len = strlen(file);

    if (strncmp(name, file, len) != 0 ||
        strncmp(name + len, mark, sizeof mark - 1) != 0)
        return false;
    const char *number = name + len + sizeof mark - 1;
    return number[0] != '\0' && number[strspn(number, "0123456789")] == '\0';
}

static void expire(int dir, const char *name, struct wall now)
{
    enum { DAY_S = 86400 };
    struct stat about;

    if (fstatat(dir, name, &about, AT_SYMLINK_NOFOLLOW) < 0 ||
        now.ms / 1000 - about.st_mtime <= (int64_t)STORE_COPIES_DAYS * DAY_S)
        return;
    if (unlinkat(dir, name, 0) < 0)
        log_warning("%s: cannot be removed: %s", name, strerror(errno));
    else
        log_notice("%s: %d days have gone since the upgrade: the copy of "
                   "before is removed",
                   name, STORE_COPIES_DAYS);
}

void store_copies_expire(const char *path, struct wall now)
{
    const char *slash = strrchr(path, '/');
    OWNED(free)
    char *directory = slash != NULL ? mem_text_of(path, (size_t)(slash - path))
                                    : mem_text(".");
    DIR *dir = opendir(directory[0] != '\0' ? directory : "/");

    for (struct dirent *d; dir != NULL && (d = readdir(dir)) != NULL;)
        if (is_copy(d->d_name, slash != NULL ? slash + 1 : path))
            expire(dirfd(dir), d->d_name, now);
    if (dir != NULL)
        (void)closedir(dir);
}
