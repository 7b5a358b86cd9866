/* A data directory from a backup. */
#include "base/mem.h"
#include "north/cli_backup.h"
#include "north/cli_print.h"
#include "north/cli_prompt.h"
#include "north/cli_unit.h"
#include "station/restore.h"
#include "station/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HUNDRED = 100 };

/* Whose the data is to be: that of the directory, or the station's user. */
static enum cli_exit find_owner(const struct cli_places *places,
                                struct restore_options *o,
                                struct complaint *why)
{
    const char *name = places->user != NULL ? places->user : "portolan";
    struct stat about;

    o->uid = (uid_t)-1;
    o->gid = (gid_t)-1;
    if (geteuid() != 0 || o->dry_run)
        return CLI_DONE;
    const struct passwd *user = getpwnam(name);
    if (user != NULL) {
        o->uid = user->pw_uid;
        o->gid = user->pw_gid;
    } else if (stat(o->data, &about) == 0 && about.st_uid != 0) {
        o->uid = about.st_uid;
        o->gid = about.st_gid;
    } else {
        return cli_refuse(why, CLI_FAILED,
                          "make it: useradd --system --no-create-home --shell "
                          "/usr/sbin/nologin portolan; or name a configuration "
                          "with --config",
                          "there is no user \"%s\" whose the data would be",
                          name);
    }
    return CLI_DONE;
}

static void on_progress(void *arg, uint64_t files, uint64_t place,
                        uint64_t whole)
{
    const bool *shown = arg;

    if (*shown && whole > 0)
        (void)fprintf(stderr, "\r%llu files, %llu %%\033[K",
                      (unsigned long long)files,
                      (unsigned long long)(place * HUNDRED / whole));
}

static void print_json_done(const struct restore_options *o,
                            const struct restore_report *r, int64_t ms)
{
    char made[32];

    wall_format(r->about.at, made, sizeof made);
    json_t *body = json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:b,s:b,s:s,s:s,s:s,s:s,s:f}",
        "data", o->data, "made", made, "station", r->about.station, "version",
        r->about.version, "id", r->about.id, "schema", (json_int_t)r->schema,
        "files", (json_int_t)r->files, "octets", (json_int_t)r->octets,
        "series", (json_int_t)r->series, "secrets", (int)r->about.secrets,
        "dry_run", (int)o->dry_run, "aside", r->aside != NULL ? r->aside : "",
        "config", r->config != NULL ? r->config : "", "config_aside",
        r->config_aside != NULL ? r->config_aside : "", "in_the_way",
        r->in_the_way != NULL ? r->in_the_way : "", "seconds",
        (double)ms / 1000);
    print_json(body);
    json_decref(body);
}

static void print_hints(const struct restore_options *o,
                        const struct restore_report *r)
{
    if (r->aside != NULL)
        printf("what was there is in %s, until you remove it\n", r->aside);
    if (r->config != NULL)
        printf("the configuration is in %s\n", r->config);
    if (r->config_aside != NULL)
        printf("the one before is in %s\n", r->config_aside);
    if (strcmp(r->about.data, o->data) != 0)
        printf("the station had its data in %s: see station.data of the "
               "configuration\n",
               r->about.data);
    if (!r->about.secrets)
        printf("it has no secrets: fill in those of the configuration and of "
               "the page, and give people new passwords\n");
}

static void print_done(const struct cli *c, const struct restore_options *o,
                       const struct restore_report *r, int64_t ms)
{
    struct buffer OWNED_BUFFER size = {0};
    char made[32], took[24];

    if (c->layout == LAYOUT_JSON) {
        print_json_done(o, r, ms);
        return;
    }
    wall_format(r->about.at, made, sizeof made);
    duration_format(ms, took, sizeof took);
    unit_show(UNIT_BYTES, (double)r->octets, &size);
    printf("backup of station %s of %s, by version %s: %llu files, %s, %llu of "
           "series\n",
           r->about.station, made, r->about.version,
           (unsigned long long)r->files, size.at,
           (unsigned long long)r->series);
    if (o->dry_run) {
        if (r->in_the_way != NULL)
            printf("it is complete; to restore it to %s something is in the "
                   "way: %s\n",
                   o->data, r->in_the_way);
        else
            printf("it is complete and can be restored to %s, where its "
                   "database is checked first\n",
                   o->data);
        return;
    }
    printf("restored to %s in %s\n", o->data, took);
    print_hints(o, r);
}

static bool is_sealed(const char *path)
{
    uint8_t begin[SEAL_MARK_LEN];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, begin, sizeof begin) : -1;

    if (fd >= 0)
        (void)close(fd);
    return len == (ssize_t)sizeof begin &&
           seal_is_sealed((struct bytes){begin, sizeof begin});
}

static enum cli_exit run(struct cli *c, const struct cli_places *places,
                         const char *passphrase, struct complaint *why)
{
    bool shown = isatty(STDERR_FILENO) == 1 && c->layout == LAYOUT_TABLE;
    struct mono begun = mono_now();
    struct restore_report report = {0};
    struct restore_options o = {.from = cli_word(c, 0),
                                .passphrase = passphrase,
                                .base = c->values.base,
                                .data = places->data,
                                .config = places->config,
                                .replace_config = c->values.replace_config,
                                .force = c->values.force,
                                .dry_run = c->values.dry_run,
                                .series = !c->values.no_series,
                                .progress = on_progress,
                                .arg = &shown};
    enum cli_exit code = find_owner(places, &o, why);

    if (code != CLI_DONE)
        return code;
    int rc = restore(&o, &report, why);
    if (shown)
        (void)fputs("\r\033[K", stderr);
    if (rc == 0)
        print_done(c, &o, &report, mono_ms_between(begun, mono_now()));
    restore_report_fini(&report);
    return cli_exit_of(rc);
}

enum cli_exit cli_restore(struct cli *c, struct complaint *why)
{
    char passphrase[CLI_TYPED_MAX] = "";
    struct cli_places places;
    bool sealed = is_sealed(cli_word(c, 0)) ||
                  (c->values.base != NULL && is_sealed(c->values.base));
    enum cli_exit code = cli_places(c, false, &places, why);

    if (code == CLI_DONE && sealed)
        code = cli_read_passphrase(c, false, passphrase, why);
    if (code == CLI_DONE)
        code = run(c, &places, sealed ? passphrase : NULL, why);
    explicit_bzero(passphrase, sizeof passphrase);
    cli_places_fini(&places);
    return code;
}
