/* What a peer's definitions say, as profiles of ours: a child process for each
 * system, because the parser of MIB modules has one tree for all, and modules
 * of several vendors collide, or make it fall over. */
#include "north/cli_print.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tsv.h"
#include "mibs/import.h"
#include "mibs/profile.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SYSTEM_SECONDS = 60, WORKERS_MAX = 16, DEPTH_MAX = 4 };

/* One run. */
struct import {
    const char *root, *out; /* the checkout, the directory of profiles */
    struct import_systems systems;
    json_t *rows;      /* what became of each system, in their order */
    struct tsv *notes; /* report.tsv */
    size_t done, written, faults;
    bool shows_progress;
};

/* A worker does every nth system; what it tells comes line by line. */
struct worker {
    pid_t pid;
    int fd;
    struct buffer line;
};

/* ---- the child of one system ------------------------------------------------
 */

static void path_of(const struct import *run, const char *below,
                    const char *name, const char *ending, struct buffer *out)
{
    buffer_format(out, "%s/%s%s%s", run->root, below, name, ending);
}

/* Directories of modules: all below mibs, then those of the system, the later
 * the stronger. */
static void directory_add(const struct import *run, const char *name,
                          struct arena *arena, struct mib_own *own)
{
    struct buffer OWNED_BUFFER path = {0};

    if (name == NULL || own->count == COUNT_OF(own->at))
        return;
    path_of(run, "mibs", name[0] != '\0' ? "/" : "", name, &path);
    own->at[own->count++] = arena_text(arena, path.at);
    if (name[0] != '\0') /* what is directly below mibs was searched before */
        (void)mib_parser_directory(path.at); /* it need not be there */
}

static void tell(FILE *to, const char *what, const char *a, const char *b,
                 const char *c)
{
    struct buffer OWNED_BUFFER line = {0};

    buffer_format(&line, "%s\t", what);
    text_tsv(a, &line);
    buffer_char(&line, '\t');
    text_tsv(b, &line);
    buffer_char(&line, '\t');
    text_tsv(c, &line);
    buffer_char(&line, '\n');
    (void)fwrite(line.at, 1, line.len, to);
}

static void report_tell(FILE *to, const struct import_report *r)
{
    char carried[16], left[16];

    for (size_t i = 0; i < r->notes.count; i++)
        tell(to, "note", r->notes.at[i].place, r->notes.at[i].what,
             r->notes.at[i].why);
    for (int i = 0; i < IMPORT_PARTS; i++) {
        (void)snprintf(carried, sizeof carried, "%u", r->carried[i]);
        (void)snprintf(left, sizeof left, "%u", r->left[i]);
        tell(to, "count", import_part_name((enum import_part)i), carried, left);
    }
}

static void fault_tell(FILE *to, const struct complaint *why)
{
    tell(to, "note", why->place, why->what, why->remedy);
}

/* Both files of a system; each that cannot be read is told. */
static void definitions_import(const struct import_system *s,
                               const char *discovery_path,
                               const struct mib_names *names,
                               struct buffer *out, struct import_report *report,
                               FILE *to)
{
    OWNED(yaml_free) struct yaml *detection = NULL;
    OWNED(yaml_free) struct yaml *discovery = NULL;
    struct complaint why;
    int rc = import_load(s->detection, &detection, &why);

    if (rc < 0) {
        fault_tell(to, &why);
        return;
    }
    rc = import_load(discovery_path, &discovery, &why);
    if (rc < 0 && rc != -ENOENT)
        fault_tell(to, &why);
    import_system(s, yaml_root(detection),
                  discovery != NULL ? yaml_root(discovery)
                                    : yaml_get(yaml_root(detection), ""),
                  names, out, report);
}

/* Imports one system and checks what came of it. */
static void system_do(const struct import *run, const struct import_system *s,
                      FILE *to)
{
    struct buffer OWNED_BUFFER discovery = {0}, OWNED_BUFFER profile = {0},
                               OWNED_BUFFER path = {0}, OWNED_BUFFER file = {0};
    struct import_report report = {0};
    OWNED(arena_free) struct arena *arena = arena_new();
    struct mib_own own = {0};
    struct mib_names names = mib_parser_names(&own);
    struct complaint why;

    directory_add(run, "", arena, &own);
    directory_add(run, s->os, arena, &own);
    directory_add(run, s->group, arena, &own);
    directory_add(run, s->mib_dir, arena, &own);
    path_of(run, "resources/definitions/os_discovery/", s->os, ".yaml",
            &discovery);
    definitions_import(s, discovery.at, &names, &profile, &report, to);
    text_file_name(s->os, &file);
    buffer_format(&path, "%s/%s.yaml", run->out, file.at);
    (void)import_mend(path.at, &profile, &report); /* told in the report */
    int rc = file_write(path.at, buffer_view(&profile), 0644);

    if (rc < 0)
        tell(to, "note", path.at, "cannot be written", strerror(-rc));
    else if (profile_check(path.at, &why) < 0) {
        fault_tell(to, &why);
        tell(to, "faulty", s->os, "", "");
    }
    report_tell(to, &report);
    tell(to, rc < 0 ? "lost" : "done", s->os, "", "");
    import_report_fini(&report);
}

static void system_fork(const struct import *run, const struct import_system *s,
                        FILE *to)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        alarm(SYSTEM_SECONDS);
        mib_parser_hush();
        system_do(run, s, to);
        (void)fflush(to); /* a pipe that is closed ends this process */
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        tell(to, "note", s->detection, "not imported",
             "the parser of MIB modules failed over its modules");
        tell(to, "lost", s->os, "", "");
        (void)fflush(to);
    }
}

/* ---- workers ----------------------------------------------------------------
 */

static void worker_start(const struct import *run, size_t nth, size_t of,
                         struct worker *out)
{
    int ends[2];

    out->fd = -1;
    if (pipe(ends) < 0)
        return;
    out->pid = fork();
    if (out->pid == 0) {
        FILE *to = fdopen(ends[1], "w");

        close(ends[0]);
        for (size_t i = nth; to != NULL && i < run->systems.count; i += of)
            system_fork(run, &run->systems.at[i], to);
        _exit(0);
    }
    close(ends[1]);
    out->fd = ends[0];
    if (out->pid < 0) {
        close(ends[0]);
        out->fd = -1;
    }
}

/* ---- what they tell ---------------------------------------------------------
 */

static void field_undo(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++)
        if (*text == '\\' && text[1] != '\0') {
            text++;
            *to++ = *text == 't' ? '\t' : *text == 'n' ? ' ' : *text;
        } else {
            *to++ = *text;
        }
    *to = '\0';
}

/* The place without the directories that all have in common. */
static const char *place_short(const struct import *run, const char *place)
{
    size_t len = strlen(run->root);

    if (strncmp(place, run->root, len) != 0)
        return place;
    place += len;
    while (*place == '/')
        place++;
    const char *known = "resources/definitions/";

    return strncmp(place, known, strlen(known)) == 0 ? place + strlen(known)
                                                     : place;
}

static json_t *row_find(const struct import *run, json_t **pending)
{
    (void)run;
    if (*pending == NULL)
        *pending = json_object();
    return *pending;
}

static void progress(const struct import *run)
{
    if (run->shows_progress)
        (void)fprintf(stderr, "\r%zu of %zu systems%s", run->done,
                      run->systems.count,
                      run->done == run->systems.count ? "\n" : "");
}

/* One line of a worker; *pending is the row of the system it is at. */
static void line_take(struct import *run, char *line, json_t **pending)
{
    char *fields[4];
    json_t *row = row_find(run, pending);

    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        fields[i] = line;
        line += strcspn(line, "\t");
        if (*line != '\0')
            *line++ = '\0';
        field_undo(fields[i]);
    }
    if (strcmp(fields[0], "note") == 0) {
        tsv_text(run->notes, place_short(run, fields[1]));
        tsv_text(run->notes, fields[2]);
        tsv_text(run->notes, fields[3]);
        tsv_row(run->notes);
    } else if (strcmp(fields[0], "count") == 0) {
        json_int_t left = strtoll(fields[3], NULL, 10);

        json_object_set_new(row, fields[1],
                            json_integer(strtoll(fields[2], NULL, 10)));
        json_object_set_new(
            row, "left",
            json_integer(left +
                         json_integer_value(json_object_get(row, "left"))));
    } else {
        if (strcmp(fields[0], "done") != 0)
            run->faults++;
        if (strcmp(fields[0], "faulty") == 0)
            return;
        run->written += strcmp(fields[0], "done") == 0;
        json_object_set_new(row, "os", json_string(fields[1]));
        json_array_append_new(run->rows, row);
        *pending = NULL;
        run->done++;
        progress(run);
    }
}

static void worker_read(struct import *run, struct worker *w, json_t **pending)
{
    char block[65536];
    ssize_t len = read(w->fd, block, sizeof block);
    char *at, *end;

    if (len <= 0) {
        close(w->fd);
        w->fd = -1;
        return;
    }
    buffer_add(&w->line, block, (size_t)len);
    at = w->line.at;
    while ((end = strchr(at, '\n')) != NULL) {
        *end = '\0';
        line_take(run, at, pending);
        at = end + 1;
    }
    size_t rest = (size_t)(w->line.at + w->line.len - at);

    memmove(w->line.at, at, rest + 1);
    w->line.len = rest;
}

static void workers_run(struct import *run)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = cores > 1 ? (size_t)cores : 1, open = 0;
    struct worker workers[WORKERS_MAX] = {0};
    struct pollfd polled[WORKERS_MAX];
    json_t *pending[WORKERS_MAX] = {0};

    count = count > WORKERS_MAX ? WORKERS_MAX : count;
    for (size_t i = 0; i < count; i++)
        worker_start(run, i, count, &workers[i]);
    do {
        open = 0;
        for (size_t i = 0; i < count; i++) {
            polled[i] = (struct pollfd){workers[i].fd, POLLIN, 0};
            open += workers[i].fd >= 0;
        }
        if (open > 0 && poll(polled, (nfds_t)count, -1) > 0)
            for (size_t i = 0; i < count; i++)
                if (workers[i].fd >= 0 && polled[i].revents != 0)
                    worker_read(run, &workers[i], &pending[i]);
    } while (open > 0);
    for (size_t i = 0; i < count; i++) {
        if (workers[i].pid > 0)
            (void)waitpid(workers[i].pid, NULL, 0); /* its pipe is closed */
        buffer_fini(&workers[i].line);
        json_decref(pending[i]);
    }
}

/* ---- the whole --------------------------------------------------------------
 */

/* Modules that most others import, read once for all children. */
static void parser_prepare(const char *dir, int depth)
{
    DIR *d = depth < DEPTH_MAX ? opendir(dir) : NULL;

    if (d == NULL)
        return;
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        struct buffer OWNED_BUFFER path = {0};
        struct stat st;

        buffer_format(&path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] != '.' && stat(path.at, &st) == 0 &&
            S_ISDIR(st.st_mode))
            parser_prepare(path.at, depth + 1);
    }
    closedir(d);
    (void)mib_parser_directory(dir); /* what is above after what is below */
}

static void parser_start(const struct import *run)
{
    static const char *const common[] = {
        "SNMPv2-SMI",      "SNMPv2-TC",
        "SNMPv2-MIB",      "RFC1155-SMI",
        "RFC-1212",        "RFC1213-MIB",
        "IF-MIB",          "SNMP-FRAMEWORK-MIB",
        "ENTITY-MIB",      "HOST-RESOURCES-MIB",
        "INET-ADDRESS-MIB"};
    struct buffer OWNED_BUFFER mibs = {0};

    path_of(run, "mibs", "", "", &mibs);
    mib_parser_start();
    parser_prepare(mibs.at, 0);
    for (size_t i = 0; i < COUNT_OF(common); i++)
        (void)mib_parser_read(common[i]); /* what is missing is told later */
}

static void on_fault(const struct complaint *why, void *arg)
{
    struct import *run = arg;

    run->faults++;
    tsv_text(run->notes, place_short(run, why->place));
    tsv_text(run->notes, why->what);
    tsv_text(run->notes, why->remedy);
    tsv_row(run->notes);
}

static const struct print_column import_columns[] = {
    {{"os", "System", UNIT_TEXT}, NULL},
    {{"match", "Rules", UNIT_COUNT}, NULL},
    {{"facts", "Facts", UNIT_COUNT}, NULL},
    {{"processors", "Processors", UNIT_COUNT}, NULL},
    {{"mempools", "Memory", UNIT_COUNT}, NULL},
    {{"storage", "Storage", UNIT_COUNT}, NULL},
    {{"sensors", "Sensors", UNIT_COUNT}, NULL},
    {{"quirks", "Quirks", UNIT_COUNT}, NULL},
    {{"left", "Left out", UNIT_COUNT}, NULL},
};

static int by_os(const void *a, const void *b)
{
    return strcmp(json_text_at(*(json_t *const *)a, "os"),
                  json_text_at(*(json_t *const *)b, "os"));
}

static json_t *rows_sorted(const json_t *rows)
{
    size_t count = json_array_size(rows);
    json_t **all = mem_array(count + 1, sizeof *all);
    json_t *sorted = json_array();

    for (size_t i = 0; i < count; i++)
        all[i] = json_array_get(rows, i);
    if (count > 0)
        qsort(all, count, sizeof *all, by_os);
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, all[i]);
    free(all);
    return sorted;
}

static enum cli_exit import_print(const struct cli *c, struct import *run,
                                  struct complaint *why)
{
    json_t *sorted = rows_sorted(run->rows);
    int rc = tsv_save(run->notes, run->out, "report.tsv");

    print_list(c, sorted, sorted, import_columns, COUNT_OF(import_columns),
               "no system was found");
    json_decref(sorted);
    if (rc < 0)
        return cli_refuse(why, CLI_FAILED, "check its rights and disk",
                          "%s/report.tsv cannot be written: %s", run->out,
                          strerror(-rc));
    if (run->written < run->systems.count)
        return cli_refuse(why, CLI_FAILED,
                          "see report.tsv, and the memory and processes that "
                          "there are",
                          "%zu of %zu systems were not imported to %s",
                          run->systems.count - run->written, run->systems.count,
                          run->out);
    if (c->layout == LAYOUT_TABLE)
        printf("\n%s/report.tsv tells what was not carried over, and why\n",
               run->out);
    return CLI_DONE;
}

static enum cli_exit librenms_import(struct cli *c, struct complaint *why)
{
    struct import run = {.root = cli_word(c, 1),
                         .out = c->values.output,
                         .rows = json_array(),
                         .notes = tsv_new("place what why"),
                         .shows_progress = isatty(STDERR_FILENO) == 1};
    struct buffer OWNED_BUFFER detection = {0};
    enum cli_exit code = CLI_FAILED;
    size_t faults = 0;

    path_of(&run, "resources/definitions/os_detection", "", "", &detection);
    int rc = file_make_dir(run.out, 0755);

    if (rc < 0)
        code = cli_refuse(why, CLI_FAILED, "check its rights",
                          "%s cannot be made: %s", run.out, strerror(-rc));
    else if (import_systems_read(detection.at, &run.systems, on_fault, &run,
                                 why) == 0) {
        parser_start(&run);
        workers_run(&run);
        const char *const dirs[] = {run.out};

        profiles_free(profiles_load(dirs, 1, on_fault, &run, &faults));
        code = import_print(c, &run, why);
    }
    import_systems_fini(&run.systems);
    json_decref(run.rows);
    tsv_free(run.notes);
    return code;
}

enum cli_exit cli_profile_import(struct cli *c, struct complaint *why)
{
    if (c->values.output == NULL)
        return cli_refuse(why, CLI_WRONG_USAGE, "write -o DIR",
                          "where the profiles go is missing");
    if (strcmp(cli_word(c, 0), "librenms") == 0)
        return librenms_import(c, why);
    return cli_refuse(why, CLI_WRONG_USAGE, "write librenms",
                      "no definitions of \"%s\" can be read", cli_word(c, 0));
}
