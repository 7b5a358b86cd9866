#include "station/backups.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "station/backup.h"
#include "station/config.h"
#include "station/worker.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

enum { LOOK_MAX_S = 600, LOOKS = 10, DIR_MODE = 0700, AHEAD_MS = 3600000 };
enum { END_MS = 1000 };
/* What is made is written all the time, but for some minutes at most. */
enum { QUIET_S = 300 };
/* Then one has come to no end: its directory may be of a server that is gone.
 */
static const int64_t HANGS_MS = INT64_C(6) * 3600 * 1000;
/* "state-noc-1-2026-11-22T02-47-31Z.backup"; before they had a station's name
 * "state-2026-11-22T02-47-31Z.backup". */
#define BEGIN "state-"
#define ENDING ".backup"
static const char moment[] = "dddd-dd-ddTdd-dd-ddZ"; /* d: a digit */
enum { MOMENT_LEN = sizeof moment - 1, NAME_LEN_MAX = 64 };

/* A look, and where it is time what one is made of: nothing of it changes
 * meanwhile. */
struct job {
    char *data, *config, *station, *directory, *to, *passphrase;
    char *begin; /* of the names of this station's */
    bool series;
    size_t keep;
    int64_t every_ms;
    struct wall now;
    struct mono begun;
    bool is_time; /* what the look found */
    bool stop;    /* set by the loop, atomically */
    int rc;
    struct backup_report report;
    struct complaint why;
};

struct backups {
    struct event_base *base;
    const struct config *config;
    struct worker *worker;
    struct event *look;
    struct job *job; /* under way; NULL: none is */
    bool failed;     /* the last one: said once */
    bool ends;       /* nobody is told any more */
    backups_fn told;
    void *arg;
};

struct names ARRAY_OF(char *);

static void job_free(struct job *j)
{
    char *texts[] = {j->data,      j->config, j->station,
                     j->directory, j->to,     j->begin};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    if (j->passphrase != NULL)
        explicit_bzero(j->passphrase, strlen(j->passphrase));
    free(j->passphrase);
    free(j);
}

/* ---- what is there ---- */

static bool is_moment(const char *text)
{
    for (size_t i = 0; i < MOMENT_LEN; i++)
        if (moment[i] == 'd' ? text[i] < '0' || text[i] > '9'
                             : text[i] != moment[i])
            return false;
    return true;
}

/* Where the moment begins in a name that is long enough. */
static const char *moment_in(const char *name)
{
    return name + strlen(name) - (sizeof ENDING - 1) - MOMENT_LEN;
}

static bool is_ours(const char *name, const char *begin)
{
    size_t len = strlen(name), tail = MOMENT_LEN + sizeof ENDING - 1;

    if (len < tail || !is_moment(moment_in(name)) ||
        strcmp(moment_in(name) + MOMENT_LEN, ENDING) != 0)
        return false;
    len -= tail;
    return (len == strlen(begin) && strncmp(name, begin, len) == 0) ||
           (len == sizeof BEGIN - 1 && strncmp(name, BEGIN, len) == 0);
}

static int by_moment(const void *a, const void *b)
{
    return strcmp(moment_in(*(char *const *)a), moment_in(*(char *const *)b));
}

/* Ours in the directory, the oldest first. */
static void list(const struct job *j, struct names *out)
{
    DIR *dir = opendir(j->directory);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        if (is_ours(entry->d_name, j->begin))
            *array_add(out) = mem_text(entry->d_name);
    if (dir != NULL)
        (void)closedir(dir);
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, by_moment);
}

static void names_fini(struct names *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->at[i]);
    array_fini(n);
}

/* When the newest was made; 0: there is none. One of the future was made before
 * the clock was set, and says nothing. */
static struct wall newest(const struct job *j)
{
    struct names names = {0};
    struct wall at = {0};
    struct stat about;

    list(j, &names);
    for (size_t i = 0; i < names.count; i++) {
        struct buffer OWNED_BUFFER path = {0};

        buffer_format(&path, "%s/%s", j->directory, names.at[i]);
        if (stat(path.at, &about) < 0)
            continue;
        int64_t ms = (int64_t)about.st_mtim.tv_sec * 1000;
        if (ms > at.ms && ms <= j->now.ms + AHEAD_MS)
            at.ms = ms;
    }
    names_fini(&names);
    return at;
}

/* Those beyond what is kept go. One of the future takes the place of none. */
static void trim(const struct job *j)
{
    const char *now = moment_in(j->to);
    struct names names = {0};
    size_t count = 0;

    list(j, &names);
    while (count < names.count && strcmp(moment_in(names.at[count]), now) <= 0)
        count++;
    for (size_t i = 0; i + j->keep < count; i++) {
        struct buffer OWNED_BUFFER path = {0};

        buffer_format(&path, "%s/%s", j->directory, names.at[i]);
        if (unlink(path.at) < 0)
            log_warning("%s: cannot be removed: %s", path.at, strerror(errno));
    }
    names_fini(&names);
}

/* What one lies in until it is whole, its copy of the database too, which has
 * all secrets. */
static bool is_begun(const char *name)
{
    return strncmp(name, BEGIN, sizeof BEGIN - 1) == 0 &&
           strstr(name, ENDING ".") != NULL;
}

/* Of one that was killed such files stay, which nobody writes any more. Another
 * station may be at work in the same directory. */
static void remove_left(const char *directory)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    struct stat about;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (!is_begun(entry->d_name) ||
            fstatat(dirfd(dir), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) <
                0 ||
            wall_now().ms / 1000 - about.st_mtim.tv_sec < QUIET_S)
            continue;
        if (unlinkat(dirfd(dir), entry->d_name, 0) < 0)
            log_warning("%s/%s: cannot be removed: %s", directory,
                        entry->d_name, strerror(errno));
    }
    if (dir != NULL)
        (void)closedir(dir);
}

/* ---- one ---- */

static bool on_progress(void *arg, const struct backup_progress *p)
{
    const struct job *j = arg;

    (void)p;
    return !__atomic_load_n(&j->stop, __ATOMIC_RELAXED);
}

/* In the worker's thread. */
static void make(struct job *j)
{
    const struct backup_options options = {.data = j->data,
                                           .config = j->config,
                                           .station = j->station,
                                           .to = j->to,
                                           .passphrase = j->passphrase,
                                           .series = j->series,
                                           .secrets = j->passphrase != NULL,
                                           .progress = on_progress,
                                           .arg = j};

    j->rc = file_make_dir(j->directory, DIR_MODE);
    if (j->rc < 0)
        j->rc = complain(&j->why, j->rc, j->directory,
                         "make it, and give it to the station's user",
                         "it cannot be made: %s", strerror(-j->rc));
    if (j->rc == 0) {
        remove_left(j->directory);
        j->rc = backup_make(&options, &j->report, &j->why);
    }
    if (j->rc == 0)
        trim(j);
}

static bool is_time(const struct job *j)
{
    return j->now.ms - newest(j).ms >= j->every_ms;
}

/* A directory may be of a server that does not answer: only the thread looks
 * into it. */
static void do_job(void *arg)
{
    const struct backups *b = arg;
    struct job *j = b->job; /* stays what it is until its end is told */

    j->is_time = is_time(j);
    if (j->is_time)
        make(j);
}

static void on_done(void *arg, bool worked)
{
    struct backups *b = arg;
    struct job *j = TAKE(b->job);

    worked = worked && j->is_time;
    if (worked && j->rc == 0)
        log_info("backup: %s is written, %llu octets", j->to,
                 (unsigned long long)j->report.octets);
    else if (worked && j->rc != -ECANCELED && !b->failed)
        log_error("backup: %s: %s; %s; it is tried again, the ones before stay",
                  j->why.place, j->why.what, j->why.remedy);
    if (worked && j->rc != -ECANCELED && !b->ends)
        b->told(b->arg, j->rc < 0 ? &j->why : NULL);
    if (worked)
        b->failed = j->rc < 0;
    job_free(j);
}

static char *directory_of(const struct config *c)
{
    struct buffer directory = {0};

    if (c->backup.directory != NULL)
        buffer_text(&directory, c->backup.directory);
    else
        buffer_format(&directory, "%s/backups", c->station.data);
    return buffer_take(&directory);
}

/* By whose it is, so that several may have one directory; without what names of
 * files are better without. */
static char *begin_of(const char *station)
{
    struct buffer begin = {0};
    size_t len = text_fit(bytes_of_text(station), NAME_LEN_MAX);

    buffer_text(&begin, BEGIN);
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)station[i];

        buffer_char(&begin, c >= 0x80 || isalnum(c) || c == '.' || c == '-'
                                ? station[i]
                                : '_');
    }
    buffer_char(&begin, '-');
    return buffer_take(&begin);
}

static char *file_of(const struct job *j)
{
    struct buffer to = {0};
    char when[32];

    wall_format(j->now, when, sizeof when);
    for (char *at = when; *at != '\0'; at++)
        if (*at == ':')
            *at = '-';
    buffer_format(&to, "%s/%s%s" ENDING, j->directory, j->begin, when);
    return buffer_take(&to);
}

static void begin(struct backups *b)
{
    const struct config *c = b->config;
    struct job *j = mem_new(struct job);

    j->now = wall_now();
    j->begun = mono_now();
    j->every_ms = c->backup.every_ms;
    j->directory = directory_of(c);
    j->data = mem_text(c->station.data);
    j->station = mem_text(c->station.name);
    j->begin = begin_of(c->station.name);
    j->to = file_of(j);
    j->config = c->path[0] != '\0' ? mem_text(c->path) : NULL;
    j->passphrase = mem_text(c->backup.passphrase);
    j->series = c->backup.series;
    j->keep = (size_t)c->backup.keep;
    b->job = j;
    worker_do(b->worker, do_job, on_done, b);
}

/* ---- when ---- */

static void await_look(struct backups *b)
{
    int64_t s = b->config->backup.every_ms / 1000 / LOOKS;
    struct timeval tv = {.tv_sec = s < 1 ? 1 : s > LOOK_MAX_S ? LOOK_MAX_S : s};

    if (b->config->backup.every_ms > 0)
        event_add(b->look, &tv);
    else
        event_del(b->look);
}

/* Says once that the one under way does not end. */
static void doubt(struct backups *b)
{
    struct complaint why;

    if (b->failed || mono_ms_between(b->job->begun, mono_now()) < HANGS_MS)
        return;
    b->failed = complain(&why, -ETIMEDOUT, b->job->directory,
                         "see whether its disk or its server answers",
                         "a backup has been under way for hours") < 0;
    log_error("backup: %s: %s; %s", why.place, why.what, why.remedy);
    b->told(b->arg, &why);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    struct backups *b = arg;

    (void)fd;
    (void)what;
    if (b->job == NULL)
        begin(b);
    else
        doubt(b);
    await_look(b);
}

struct backups *backups_new(struct event_base *base,
                            const struct config *config, backups_fn told,
                            void *arg)
{
    struct backups *b = mem_new(struct backups);

    b->told = told;
    b->arg = arg;
    b->base = base;
    b->config = config;
    b->worker = worker_new(base);
    b->look = evtimer_new(base, on_look, b);
    await_look(b);
    return b;
}

void backups_use(struct backups *b, const struct config *config)
{
    b->config = config;
    if (config->backup.every_ms == 0)
        b->told(b->arg, NULL);
    await_look(b);
}

void backups_end(struct backups *b)
{
    if (b == NULL)
        return;
    b->ends = true;
    (void)event_del(b->look);
    if (b->job != NULL)
        __atomic_store_n(&b->job->stop, true, __ATOMIC_RELAXED);
}

void backups_free(struct backups *b)
{
    if (b == NULL)
        return;
    backups_end(b);
    if (!worker_free_within(b->worker, END_MS)) {
        log_warning("backup: %s: it does not answer; the one that is being "
                    "made there is left",
                    b->job->directory);
        return; /* the thread has them */
    }
    if (b->job != NULL)
        job_free(b->job);
    event_free(b->look);
    free(b);
}
