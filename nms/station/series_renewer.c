#include "station/series_renewer.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "station/series_asker.h"
#include "station/series_converter.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

enum {
    RETRY_MIN_MS = 50,
    RETRY_MAX_MS = 2000,
    NOTE_MAX = 16384,
    FILE_MODE = 0640,
    ERROR_MAX = 256
};
enum { NAMES_MAX = 2000000 };
static const char ending[] = ".rrd";

enum step { REST, LIST_ROOT, LIST_FOLDER, INFO, HOLD, FLUSH, RENEW };

struct names ARRAY_OF(char *);

struct renewer {
    struct layout layout;
    struct renewer_hooks hooks;
    struct asker *asker;
    struct converter *converter; /* NULL: the files are not ours */
    struct event *turn;
    int64_t retry_ms;
    char *note_path;
    struct layout_change change;
    bool is_new; /* there is no note, and no file: nothing is looked at */
    enum step step;
    bool anew; /* begin again: the layout changed meanwhile */
    struct names folders, files;
    size_t folder, file; /* the one at hand */
    char path[LAYOUT_PATH_MAX];
    enum series_group group; /* of the file at hand */
    struct described seen;
    uint64_t renewed, failed;
    uint64_t failed_before; /* this run */
    char error[ERROR_MAX];
};

static void names_clear(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->at[i]);
    array_fini(names);
}

/* ---- the note ---- */

/* "" if there is none. */
static void read_note(const struct renewer *r, struct buffer *out)
{
    buffer_text(out, "");
    if (file_read(r->note_path, NOTE_MAX, out) < 0)
        buffer_clear(out);
}

static struct layout_change compare(const struct renewer *r)
{
    struct buffer OWNED_BUFFER note = {0};

    if (r->is_new)
        return (struct layout_change){0};
    read_note(r, &note);
    return layout_compare(note.len > 0 ? note.at : NULL, &r->layout);
}

/* Nothing was ever laid out: no sample has to wait. */
static bool is_new(const struct renewer *r, const char *root)
{
    if (root == NULL || access(r->note_path, F_OK) == 0 || errno != ENOENT)
        return false;
    DIR *dir = opendir(root);
    if (dir == NULL)
        return errno == ENOENT;
    const struct dirent *entry = readdir(dir);
    while (entry != NULL && entry->d_name[0] == '.')
        entry = readdir(dir);
    (void)closedir(dir);
    return entry == NULL;
}

static void write_note(const struct renewer *r, const struct buffer *note)
{
    int rc = file_write(r->note_path, buffer_view(note), FILE_MODE);

    if (rc < 0)
        log_warning("%s: cannot be written: %s; files will be looked at again",
                    r->note_path, strerror(-rc));
}

/* ---- one step after the other ---- */

static void schedule(struct renewer *r, int64_t wait_ms)
{
    struct timeval wait = {.tv_sec = wait_ms / 1000,
                           .tv_usec = wait_ms % 1000 * 1000};

    (void)event_add(r->turn, &wait); /* fails only without memory */
}

static void ask(struct renewer *r, enum step step, const char *command)
{
    r->step = step;
    asker_ask(r->asker, command);
}

static void end(struct renewer *r)
{
    struct buffer OWNED_BUFFER note = {0};

    r->step = REST;
    names_clear(&r->folders);
    r->change = (struct layout_change){0};
    layout_note(&r->layout, &note);
    if (r->failed == r->failed_before)
        write_note(r, &note);
    if (r->renewed > 0)
        log_notice("series: %llu files are laid out as configured, %llu could "
                   "not be%s%s",
                   (unsigned long long)r->renewed,
                   (unsigned long long)r->failed, r->failed > 0 ? ": " : "",
                   r->failed > 0 ? r->error : "");
    r->hooks.on_end(r->hooks.arg);
}

/* The group by a file's name, GROUP.rrd or GROUP-OBJECT.rrd. */
static bool find_group(const char *name, enum series_group *out)
{
    size_t len = strcspn(name, "-.");
    char group[16];

    if (len >= sizeof group)
        return false;
    memcpy(group, name, len);
    group[len] = '\0';
    return series_group_parse(group, out) == 0;
}

static void look(struct renewer *r)
{
    struct buffer OWNED_BUFFER command = {0};

    described_begin(&r->seen, &r->layout, r->group);
    buffer_format(&command, "INFO %s\n", r->path);
    ask(r, INFO, command.at);
}

static void next_folder(struct renewer *r)
{
    struct buffer OWNED_BUFFER command = {0};

    names_clear(&r->files);
    r->file = 0;
    if (r->folder == r->folders.count) {
        end(r);
        return;
    }
    buffer_format(&command, "LIST /%s\n", r->folders.at[r->folder]);
    ask(r, LIST_FOLDER, command.at);
}

/* Goes to the file at hand, or behind it. */
static void go_on(struct renewer *r)
{
    if (r->anew) {
        r->anew = false;
        r->step = REST;
        schedule(r, 0);
        return;
    }
    for (; r->file < r->files.count; r->file++) {
        int len = snprintf(r->path, sizeof r->path, "%s/%s",
                           r->folders.at[r->folder], r->files.at[r->file]);

        if (len > 0 && (size_t)len < sizeof r->path &&
            layout_path_is_ours(r->path) &&
            find_group(r->files.at[r->file], &r->group) &&
            r->change.look[r->group]) {
            look(r);
            return;
        }
    }
    r->folder++;
    next_folder(r);
}

static void next_file(struct renewer *r)
{
    r->file++;
    go_on(r);
}

static void flush(struct renewer *r)
{
    struct buffer OWNED_BUFFER command = {0};

    buffer_format(&command, "FLUSH %s\n", r->path);
    ask(r, FLUSH, command.at);
}

static void judge(struct renewer *r)
{
    if (described_is_same(&r->seen)) {
        next_file(r);
        return;
    }
    r->step = HOLD;
    r->hooks.hold(r->hooks.arg, r->path);
}

static void renew(struct renewer *r)
{
    struct buffer OWNED_BUFFER command = {0};

    if (r->converter != NULL) {
        r->step = RENEW;
        converter_start(r->converter, r->path, &r->layout, r->group);
        return;
    }
    cached_renew(r->path, &r->layout, r->group, &command);
    ask(r, RENEW, command.at);
}

static void release(struct renewer *r)
{
    if (r->step == HOLD || r->step == FLUSH || r->step == RENEW)
        r->hooks.release(r->hooks.arg);
}

static void fail(struct renewer *r, const char *words)
{
    r->failed++;
    snprintf(r->error, sizeof r->error, "%.100s: %.150s", r->path, words);
    if (r->failed == r->failed_before + 1)
        log_warning("series: a file cannot be laid out anew, it stays as it "
                    "is: %.200s",
                    r->error);
}

/* ---- what rrdcached tells ---- */

static void keep_name(struct names *names, const char *name)
{
    if (names->count < NAMES_MAX && name[0] != '.')
        *array_add(names) = mem_text(name);
}

static bool is_file(const char *name)
{
    size_t len = strlen(name);

    return len > strlen(ending) &&
           strcmp(name + len - strlen(ending), ending) == 0;
}

static void on_line(void *arg, const char *line)
{
    struct renewer *r = arg;

    if (r->step == LIST_ROOT)
        keep_name(&r->folders, line);
    else if (r->step == LIST_FOLDER && is_file(line))
        keep_name(&r->files, line);
    else if (r->step == INFO)
        described_take(&r->seen, line);
}

/* It is away: the file at hand is looked at again. */
static void wait_for_it(struct renewer *r)
{
    release(r);
    if (r->step == LIST_ROOT)
        names_clear(&r->folders);
    if (r->step == LIST_FOLDER)
        names_clear(&r->files);
    schedule(r, r->retry_ms);
    r->retry_ms *= 2;
    if (r->retry_ms > RETRY_MAX_MS)
        r->retry_ms = RETRY_MAX_MS;
}

/* The file at hand is done with; words: why it stays as it is, or NULL. */
static void renewed(struct renewer *r, const char *words)
{
    if (words != NULL)
        fail(r, words);
    else
        r->renewed++;
    release(r);
    next_file(r);
}

static void on_converted(void *arg, int result)
{
    renewed(arg, result == 0          ? NULL
                 : result == -EBADMSG ? "no file of RRDtool's on this machine"
                                      : strerror(-result));
}

static void on_done(void *arg, int result, const char *words)
{
    struct renewer *r = arg;
    bool refused = result == -EPROTO;

    if (result < 0 && !refused) {
        wait_for_it(r);
        return;
    }
    r->retry_ms = RETRY_MIN_MS;
    switch (r->step) {
    case LIST_ROOT:
        if (refused)
            fail(r, words);
        r->folder = 0;
        next_folder(r);
        break;
    case LIST_FOLDER:
        go_on(r);
        break;
    case INFO:
        if (!refused) {
            judge(r);
            break;
        }
        if (cached_failure_of(words) != CACHED_NO_FILE)
            fail(r, words);
        next_file(r);
        break;
    case FLUSH:
        renew(r); /* a refusal: it has nothing to flush */
        break;
    case RENEW:
        renewed(r, refused ? words : NULL);
        break;
    case HOLD:
    case REST:
        break;
    }
}

/* Begins, if there is something to do. */
static void begin(struct renewer *r)
{
    struct buffer OWNED_BUFFER note = {0}, mixed = {0};

    if (r->is_new) { /* its files are made so */
        r->is_new = false;
        end(r);
        return;
    }
    read_note(r, &note);
    r->change = layout_compare(note.len > 0 ? note.at : NULL, &r->layout);
    if (!r->change.any) {
        r->hooks.on_end(r->hooks.arg);
        return;
    }
    layout_note_changing(note.len > 0 ? note.at : NULL, &r->layout, &mixed);
    write_note(r, &mixed);
    r->failed_before = r->failed;
    names_clear(&r->folders);
    names_clear(&r->files);
    ask(r, LIST_ROOT, "LIST /\n");
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct renewer *r = arg;

    (void)fd;
    (void)what;
    if (r->step == REST)
        begin(r);
    else if (r->step == LIST_ROOT)
        ask(r, LIST_ROOT, "LIST /\n");
    else if (r->step == LIST_FOLDER)
        next_folder(r);
    else
        go_on(r);
}

void renewer_go(struct renewer *r)
{
    if (r->step == HOLD)
        flush(r);
}

bool renewer_holds(const struct renewer *r, enum series_group group)
{
    return r->change.hold[group];
}

void renewer_lay_out(struct renewer *r, const struct layout *layout)
{
    r->layout = *layout;
    /* At once: no sample may overtake what is decided here. */
    r->change = compare(r);
    r->anew = r->step != REST;
    if (!r->anew)
        schedule(r, 0);
}

void renewer_stats(const struct renewer *r, struct renewer_stats *out)
{
    *out = (struct renewer_stats){.running = r->step != REST,
                                  .folders = (uint32_t)r->folders.count,
                                  .folders_done = (uint32_t)r->folder,
                                  .renewed = r->renewed,
                                  .failed = r->failed,
                                  .error = r->error};
}

void renewer_free(struct renewer *r)
{
    if (r == NULL)
        return;
    asker_free(r->asker);
    converter_free(r->converter);
    if (r->turn != NULL)
        event_free(r->turn);
    names_clear(&r->folders);
    names_clear(&r->files);
    described_fini(&r->seen);
    free(r->note_path);
    free(r);
}

struct renewer *renewer_new(struct event_base *base, const char *data_dir,
                            const char *root,
                            const struct cached_address *address,
                            const struct layout *layout,
                            const struct renewer_hooks *hooks)
{
    struct renewer *r = mem_new(struct renewer);
    struct asker_events events = {on_line, on_done, r};
    struct buffer OWNED_BUFFER path = {0};

    buffer_format(&path, "%s/rrd.layout", data_dir);
    r->note_path = buffer_take(&path);
    r->is_new = is_new(r, root);
    r->hooks = *hooks;
    r->retry_ms = RETRY_MIN_MS;
    r->asker = asker_new(base, address, &events);
    if (root != NULL)
        r->converter = converter_new(base, root, on_converted, r);
    r->turn = event_new(base, -1, 0, on_turn, r);
    assert(r->turn != NULL); /* fails only without memory */
    renewer_lay_out(r, layout);
    return r;
}
