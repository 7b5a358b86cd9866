/* Everything the station knows, into one file. */
#include "north/cli_backup.h"

#include "base/mem.h"
#include "north/cli_print.h"
#include "north/cli_prompt.h"
#include "north/cli_unit.h"
#include "station/backup.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Signals that would end it leave no half file: they are looked for while it is
 * made. */
static void hold_signals(void)
{
    sigset_t held;

    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGINT);
    (void)sigaddset(&held, SIGTERM);
    (void)sigaddset(&held, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &held, NULL);
}

static bool wanted_to_end(void)
{
    sigset_t waiting;

    return sigpending(&waiting) == 0 && (sigismember(&waiting, SIGINT) == 1 ||
                                         sigismember(&waiting, SIGTERM) == 1 ||
                                         sigismember(&waiting, SIGHUP) == 1);
}

static bool on_progress(void *arg, const struct backup_progress *p)
{
    const bool *shown = arg;
    struct buffer OWNED_BUFFER size = {0};

    unit_show(UNIT_BYTES, (double)p->octets, &size);
    if (*shown && p->files_all > 0)
        (void)fprintf(stderr, "\r%llu of %llu files, %s\033[K",
                      (unsigned long long)p->files,
                      (unsigned long long)p->files_all, size.at);
    else if (*shown)
        (void)fprintf(stderr, "\rthe database, %s\033[K", size.at);
    return !wanted_to_end();
}

static void print_done(const struct cli *c, const struct backup_options *o,
                       const struct backup_report *r, int64_t ms)
{
    struct buffer OWNED_BUFFER size = {0};
    char took[24];

    if (c->layout == LAYOUT_JSON) {
        json_t *body = json_pack(
            "{s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:b,s:b,s:b,s:f}", "file", o->to,
            "station", o->station, "data", o->data, "id", r->id, "files",
            (json_int_t)r->files, "octets", (json_int_t)r->octets, "kept",
            (json_int_t)r->kept, "changing", (json_int_t)r->changing, "series",
            (int)o->series, "secrets", (int)o->secrets, "encrypted",
            o->passphrase != NULL, "seconds", (double)ms / 1000);
        print_json(body);
        json_decref(body);
        return;
    }
    unit_show(UNIT_BYTES, (double)r->octets, &size);
    duration_format(ms, took, sizeof took);
    printf("%s is written from %s%s%s%s: %llu files, %s%s%s, in %s\n", o->to,
           o->data, o->station[0] != '\0' ? " (station " : "", o->station,
           o->station[0] != '\0' ? ")" : "", (unsigned long long)r->files,
           size.at, o->series ? "" : ", without series",
           o->passphrase != NULL ? ", encrypted" : ", without secrets", took);
    if (r->kept > 0)
        printf("%llu files are as they were in %s, which is needed to restore "
               "it\n",
               (unsigned long long)r->kept, o->since);
    if (r->changing > 0)
        (void)fprintf(stderr,
                      "portolan: %llu files of series were written all the "
                      "time and are not in it\n",
                      (unsigned long long)r->changing);
}

/* Where it is written is watched by who reads the directory, too. */
static enum cli_exit make(struct cli *c, const struct cli_places *places,
                          const char *passphrase, struct complaint *why)
{
    bool shown = isatty(STDERR_FILENO) == 1 && c->layout == LAYOUT_TABLE;
    struct mono begun = mono_now();
    struct backup_report report;
    const struct backup_options options = {
        .data = places->data,
        .config = places->config,
        .station = places->station != NULL ? places->station : "",
        .to = cli_word(c, 0),
        .passphrase = passphrase,
        .since = c->values.since,
        .since_passphrase = passphrase,
        .series = !c->values.no_series,
        .secrets = passphrase != NULL,
        .progress = on_progress,
        .arg = &shown};

    hold_signals();
    int rc = backup_make(&options, &report, why);
    if (shown)
        (void)fputs("\r\033[K", stderr);
    if (rc == 0)
        print_done(c, &options, &report, mono_ms_between(begun, mono_now()));
    return cli_exit_of(rc);
}

enum cli_exit cli_backup(struct cli *c, struct complaint *why)
{
    char passphrase[CLI_TYPED_MAX] = "";
    struct cli_places places;
    bool secrets = !c->values.without_secrets;
    enum cli_exit code = cli_places(c, true, &places, why);

    if (code == CLI_DONE && secrets)
        code = cli_read_passphrase(c, true, passphrase, why);
    if (code == CLI_DONE)
        code = make(c, &places, secrets ? passphrase : NULL, why);
    explicit_bzero(passphrase, sizeof passphrase);
    cli_places_fini(&places);
    return code;
}
