/* Backups are unpacked and checked. */
#include "station/restore.h"

#include "base/file.h"
#include "station/bundle.h"
#include "station/restore_parts.h"
#include "station/store_copy.h"
#include "station/store_schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PART = 1 << 18,
    ABOUT_MAX = 65536,
    KEPT_MAX = 1 << 30,
    TOLD_EACH = 64,
    RRD_MARK_AT = 16
};

/* What a data directory has; other members are of a later version's, and left
 * out. */
static const char *const known[] = {
    "state.db",   "settings.yaml",   "first-password",
    "rrd.layout", "certificate.pem", "certificate-key.pem",
    "maps/",      "spool/",          "rrd/",
};

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool is_known(const char *below)
{
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (known[i][strlen(known[i]) - 1] == '/'
                ? begins(below, known[i])
                : strcmp(below, known[i]) == 0)
            return true;
    return false;
}

static bool is_of_series(const char *below)
{
    return begins(below, "rrd") || begins(below, "spool/");
}

/* Where a member goes below the stage; NULL: nowhere. */
static char *place_of(const struct restoring *r, const char *name)
{
    if (begins(name, BACKUP_ETC)) {
        struct buffer below = {0};

        buffer_format(&below, RESTORE_ETC "/%s", name + strlen(BACKUP_ETC));
        return buffer_take(&below);
    }
    if (!begins(name, BACKUP_DATA))
        return NULL;
    name += strlen(BACKUP_DATA);
    if (!is_known(name) || (is_of_series(name) && !r->options->series))
        return NULL;
    return mem_text(name);
}

/* A file of series is of C's structures: its cookie is a number of the machine
 * that made it (RRDtool's rrd_format.h). */
static int check_series(struct restoring *r, const char *name, const char *part,
                        size_t len)
{
    static const double cookie = 8.642135E130;

    if (len < RRD_MARK_AT + sizeof cookie || memcmp(part, "RRD", 4) != 0 ||
        memcmp(part + RRD_MARK_AT, &cookie, sizeof cookie) == 0)
        return 0;
    return complain(r->why, -ENOTSUP, name,
                    "restore on a machine of the same kind, or with "
                    "--no-series",
                    "files of series of another kind of machine (%s) are not "
                    "read on this one (%s)",
                    r->report->about.machine, backup_machine());
}

static int write_part(int fd, const char *at, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, at, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -errno;
        at += done;
        len -= (size_t)done;
    }
    return 0;
}

static int damaged(struct restoring *r, struct bundle_in *in)
{
    struct bundle_member m;
    int rc = bundle_next(in, &m, r->why); /* it knows why */

    return rc < 0 ? rc
                  : complain(r->why, -EBADMSG, r->options->from,
                             "use another backup", "it is damaged");
}

/* fd -1: it is only read. */
static int copy_member(struct restoring *r, struct bundle_in *in,
                       const struct bundle_member *m, int fd)
{
    OWNED(free) char *part = mem_zero(PART);
    bool first = true;
    ssize_t len;

    while ((len = bundle_read(in, part, PART)) > 0) {
        r->report->octets += (uint64_t)len;
        if (first && begins(m->name, BACKUP_DATA "rrd/") &&
            check_series(r, m->name, part, (size_t)len) < 0)
            return -ENOTSUP;
        first = false;
        int rc = fd >= 0 ? write_part(fd, part, (size_t)len) : 0;
        if (rc < 0)
            return complain(r->why, rc, r->data,
                            rc == -ENOSPC ? "free some of its disk"
                                          : "check its disk",
                            "it cannot be written: %s", strerror(-rc));
    }
    return len < 0 ? damaged(r, in) : 0;
}

static void note_member(struct restoring *r, const char *below)
{
    r->report->files++;
    r->report->series += begins(below, "rrd/");
    if (strcmp(below, "state.db") == 0)
        r->state = true;
}

static int unpack(struct restoring *r, struct bundle_in *in,
                  const struct bundle_member *m)
{
    OWNED(free) char *below = place_of(r, m->name);
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
                                      {.tv_sec = m->mtime_ns / 1000000000,
                                       .tv_nsec = m->mtime_ns % 1000000000}};

    if (below == NULL)
        return 0;
    note_member(r, below);
    if (r->stage == NULL)
        return copy_member(r, in, m, -1);
    int fd = restore_make(r, below, m->mode);
    if (fd < 0)
        return fd;
    int rc = copy_member(r, in, m, fd);
    if (m->mtime_ns > 0)
        (void)futimens(fd, times); /* it is for people */
    (void)close(fd);
    return rc;
}

/* Appends a small member. */
static int read_text(struct restoring *r, struct bundle_in *in,
                     const struct bundle_member *m, size_t max,
                     struct buffer *out)
{
    char part[4096];
    ssize_t len;

    buffer_add(out, NULL, 0);
    while ((len = bundle_read(in, part, sizeof part)) > 0 && out->len <= max)
        buffer_add(out, part, (size_t)len);
    if (len < 0)
        return damaged(r, in);
    if (out->len <= max)
        return 0;
    return complain(r->why, -EBADMSG, m->name, "use another backup",
                    "it is longer than any that a backup has");
}

static void tell(const struct restoring *r, struct bundle_in *in)
{
    const struct restore_options *o = r->options;
    uint64_t whole, place = bundle_place(in, &whole);

    if (o->progress != NULL && r->report->files % TOLD_EACH == 0)
        o->progress(o->arg, r->report->files, place, whole);
}

/* The first member: what it is, and may we have it? */
static int read_about(struct restoring *r, struct bundle_in *in,
                      const char *name, struct backup_about *out)
{
    struct buffer OWNED_BUFFER text = {0};
    struct bundle_member m;
    int rc = bundle_next(in, &m, r->why);

    if (rc < 0)
        return rc;
    if (rc == 0 || strcmp(m.name, BACKUP_ABOUT) != 0)
        return complain(r->why, -EBADMSG, name,
                        "give a file that `portolan backup` made",
                        "it is no backup");
    rc = read_text(r, in, &m, ABOUT_MAX, &text);
    return rc < 0 ? rc
                  : backup_about_read(name, text.at, text.len, out, r->why);
}

static int judge(struct restoring *r)
{
    const struct backup_about *a = &r->report->about;
    const struct restore_options *o = r->options;

    if (a->schema > store_schema_version())
        return complain(
            r->why, -ENOTSUP, o->from, "install that version, or a newer one",
            "it was made by version %s, whose database has version %lld; this "
            "one (" PORTOLAN_VERSION ") knows %d",
            a->version, (long long)a->schema, store_schema_version());
    if (a->since[0] != '\0' && o->base == NULL)
        return complain(r->why, -EINVAL, o->from,
                        "name the backup that it goes on from with --base",
                        "it holds only what changed since another backup");
    return 0;
}

static int read_backup(struct restoring *r)
{
    const struct restore_options *o = r->options;
    struct bundle_in *opened = NULL;
    struct bundle_member m;
    int rc = bundle_open(o->from, o->passphrase, &opened, r->why);
    OWNED(bundle_in_free) struct bundle_in *in = opened;

    if (rc == 0)
        rc = read_about(r, in, o->from, &r->report->about);
    if (rc == 0)
        rc = judge(r);
    while (rc == 0 && (rc = bundle_next(in, &m, r->why)) > 0) {
        if (strcmp(m.name, BACKUP_KEPT) == 0)
            rc = read_text(r, in, &m, KEPT_MAX, &r->kept);
        else
            rc = unpack(r, in, &m);
        tell(r, in);
    }
    if (rc == 0 && !r->state)
        rc = complain(r->why, -EBADMSG, o->from, "use another backup",
                      "there is no database in it");
    return rc;
}

/* ---- the backup that it goes on from ---- */

/* The names of kept.txt, each with a value that stays. */
static struct table *kept_names(struct restoring *r)
{
    struct table *names = table_new();
    char *rest = r->kept.at, *line;

    while (rest != NULL && (line = strsep(&rest, "\n")) != NULL)
        if (line[0] != '\0')
            (void)table_put_text(names, line, r);
    return names;
}

static int read_kept(struct restoring *r, struct bundle_in *in,
                     struct table *names)
{
    struct bundle_member m;
    int rc = 0;

    while (rc == 0 && (rc = bundle_next(in, &m, r->why)) > 0) {
        rc = table_remove(names, bytes_of_text(m.name)) != NULL
                 ? unpack(r, in, &m)
                 : 0;
        tell(r, in);
    }
    if (rc == 0 && table_count(names) > 0 && r->options->series)
        rc = complain(r->why, -EBADMSG, r->options->base,
                      "give the one that it goes on from",
                      "it has not all files that are needed of it");
    return rc;
}

static int read_base(struct restoring *r)
{
    const struct restore_options *o = r->options;
    struct bundle_in *opened = NULL;
    struct backup_about base = {0};

    if (r->report->about.since[0] == '\0')
        return 0;
    OWNED(table_free) struct table *names = kept_names(r);
    int rc = bundle_open(o->base, o->passphrase, &opened, r->why);
    OWNED(bundle_in_free) struct bundle_in *in = opened;
    if (rc == 0)
        rc = read_about(r, in, o->base, &base);
    if (rc == 0 && strcmp(base.id, r->report->about.since) != 0)
        rc = complain(
            r->why, -EINVAL, o->base, "give the one that it goes on from",
            "it is another backup than the one that %s goes on from", o->from);
    if (rc == 0)
        rc = read_kept(r, in, names);
    backup_about_fini(&base);
    return rc;
}

/* ---- the whole ---- */

static int check_state(struct restoring *r)
{
    struct buffer OWNED_BUFFER path = {0};

    r->report->schema = r->report->about.schema;
    if (r->stage == NULL)
        return 0;
    buffer_format(&path, "%s/state.db", r->stage);
    int rc = store_check(path.at, r->why);
    return rc < 0 ? rc : store_look(path.at, &r->report->schema, r->why);
}

void restore_report_fini(struct restore_report *r)
{
    backup_about_fini(&r->about);
    free(r->aside);
    free(r->config);
    free(r->config_aside);
    free(r->in_the_way);
    *r = (struct restore_report){0};
}

int restore(const struct restore_options *options, struct restore_report *out,
            struct complaint *why)
{
    struct restoring r = {
        .options = options, .report = out, .why = why, .at = wall_now()};

    *out = (struct restore_report){0};
    int rc = restore_begin(&r);
    if (rc == 0)
        rc = read_backup(&r);
    if (rc == 0)
        rc = read_base(&r);
    if (rc == 0)
        rc = check_state(&r);
    if (rc == 0 && r.stage != NULL)
        rc = restore_config_prepare(&r);
    if (rc == 0 && r.stage != NULL)
        rc = restore_swap(&r);
    if (rc == 0 && r.stage != NULL)
        rc = restore_config_place(&r);
    restore_config_end(&r);
    restore_end(&r);
    return rc;
}
