#include "station/backup.h"

#include "base/file.h"
#include "base/ident.h"
#include "base/mem.h"
#include "base/yaml.h"
#include "base/yaml_blank.h"
#include "station/backup_parts.h"
#include "station/bundle.h"
#include "station/store_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

enum { PART = 1 << 18, TOLD_EACH = 64 };

/* ---- one file ---- */

/* False: it shall end. */
static bool tell(struct backup *b, bool always)
{
    const struct backup_progress p = {.files = b->done,
                                      .files_all = b->list.count,
                                      .octets = bundle_octets(b->out)};

    if (b->options->progress == NULL || (!always && b->done % TOLD_EACH != 0))
        return true;
    return b->options->progress(b->options->arg, &p);
}

/* A secret that is not there is one, too, for whoever reads the file. */
static void blank_secrets(const struct backup_file *f, struct buffer *text)
{
    struct buffer blanked = {0};

    if (!f->blank)
        return;
    if (yaml_blank(buffer_view(text), backup_is_secret,
                   "left out of the backup", &blanked) < 0)
        buffer_text(&blanked, "# it cannot be read; left out of the backup\n");
    buffer_fini(text);
    *text = blanked;
}

static int add_file(struct backup *b, const struct backup_file *f)
{
    struct buffer OWNED_BUFFER text = {0};
    bool series = backup_is_series(f->name);
    int rc = series ? backup_read_series(f->from, &text)
                    : file_read(f->from, BACKUP_FILE_MAX, &text);

    if (rc == -ENOENT)
        return 0; /* it went since */
    if (rc == -EAGAIN) {
        b->report->changing++;
        return 0;
    }
    if (rc < 0)
        return complain(b->why, rc, f->from, "check its rights and its disk",
                        "it cannot be read: %s", strerror(-rc));
    blank_secrets(f, &text);
    b->report->files++;
    return bundle_whole(b->out,
                        &(struct bundle_member){.name = f->name,
                                                .mtime_ns = f->mtime_ns,
                                                .mode = f->mode},
                        buffer_view(&text));
}

/* Is it as it was in the backup before? */
static bool is_kept(struct backup *b, const struct backup_file *f)
{
    if (b->before == NULL || !backup_is_series(f->name) ||
        f->mtime_ns >= b->before_ns ||
        table_find_text(b->before, f->name) == NULL)
        return false;
    buffer_format(&b->kept, "%s\n", f->name);
    b->report->kept++;
    return true;
}

static int add_files(struct backup *b)
{
    int rc = 0;

    for (size_t i = 0; i < b->list.count && rc == 0; i++) {
        if (!is_kept(b, &b->list.at[i]))
            rc = add_file(b, &b->list.at[i]);
        b->done++;
        if (rc == 0 && !tell(b, false))
            rc = complain(b->why, -ECANCELED, b->options->to, "",
                          "it was ended before it was complete");
    }
    return rc;
}

/* ---- the database ---- */

static int add_parts(struct backup *b, int fd, uint64_t size)
{
    OWNED(free) char *part = mem_zero(PART);
    const struct bundle_member m = {
        .name = BACKUP_DATA "state.db", .size = size, .mode = 0600};
    int rc = bundle_begin(b->out, &m);
    ssize_t len = 0;

    while (rc == 0 && (len = read(fd, part, PART)) > 0) {
        rc = bundle_add(b->out, part, (size_t)len);
        if (rc == 0 && !tell(b, true))
            rc = complain(b->why, -ECANCELED, b->options->to, "",
                          "it was ended before it was complete");
    }
    if (len < 0)
        rc = complain(b->why, -errno, b->options->to, "check its disk",
                      "the copy of the database cannot be read: %s",
                      strerror(errno));
    return rc == 0 ? bundle_end(b->out) : rc;
}

static bool go_on(void *arg)
{
    return tell(arg, true);
}

/* A copy beside the backup, for as long as it takes. */
static int add_database(struct backup *b)
{
    struct buffer OWNED_BUFFER from = {0};
    struct buffer OWNED_BUFFER copy = {0};
    const struct store_watch watch = {go_on, b};
    struct stat about;

    buffer_format(&from, "%s/state.db", b->options->data);
    buffer_format(&copy, "%s.state-%d", b->options->to, (int)getpid());
    (void)unlink(copy.at); /* of one that had our number before */
    int rc = store_copy(from.at, copy.at, b->options->secrets, &watch, b->why);
    if (rc < 0)
        return rc;
    int fd = open(copy.at, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) < 0)
        rc = complain(b->why, -errno, copy.at, "check its disk",
                      "the copy of the database cannot be read: %s",
                      strerror(errno));
    (void)unlink(copy.at);
    if (rc == 0)
        rc = add_parts(b, fd, (uint64_t)about.st_size);
    if (fd >= 0)
        (void)close(fd);
    b->report->files++;
    return rc;
}

/* ---- the whole ---- */

static int add_about(struct backup *b)
{
    const struct backup_options *o = b->options;
    struct buffer OWNED_BUFFER state = {0};
    char made[32];
    int64_t schema;
    const char *config = o->config != NULL ? strrchr(o->config, '/') : NULL;

    if (config == NULL)
        config = o->config != NULL ? o->config : "";
    buffer_format(&state, "%s/state.db", o->data);
    int rc = store_look(state.at, &schema, b->why);
    if (rc < 0)
        return rc;
    wall_format(b->at, made, sizeof made);
    json_t *about = json_pack(
        "{s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:s,s:b,s:b}", "format",
        BACKUP_FORMAT, "version", PORTOLAN_VERSION, "made", made, "station",
        o->station, "data", o->data, "machine", backup_machine(), "id",
        b->report->id, "since", b->since.id != NULL ? b->since.id : "",
        "schema", (json_int_t)schema, "config",
        config[0] == '/' ? config + 1 : config, "series", (int)o->series,
        "secrets", (int)o->secrets);
    char *text = json_dumps(about, JSON_INDENT(2));
    json_decref(about);
    if (text == NULL)
        return complain(b->why, -EINVAL, "station.name", "write it in UTF-8",
                        "a name is no text");
    rc = bundle_whole(b->out,
                      &(struct bundle_member){.name = BACKUP_ABOUT,
                                              .mtime_ns = b->at.ms * 1000000,
                                              .mode = 0640},
                      bytes_of_text(text));
    free(text);
    return rc;
}

static int add_kept(struct backup *b)
{
    if (b->before == NULL)
        return 0;
    return bundle_whole(
        b->out, &(struct bundle_member){.name = BACKUP_KEPT, .mode = 0640},
        buffer_view(&b->kept));
}

static void backup_fini(struct backup *b)
{
    for (size_t i = 0; i < b->list.count; i++) {
        free(b->list.at[i].from);
        free(b->list.at[i].name);
    }
    array_fini(&b->list);
    buffer_fini(&b->kept);
    backup_about_fini(&b->since);
    table_free(b->before);
    bundle_out_free(b->out);
}

static int fill(struct backup *b)
{
    int rc = add_about(b);

    if (rc == 0)
        rc = add_database(b);
    if (rc == 0)
        rc = backup_list_all(b);
    if (rc == 0)
        rc = add_files(b);
    if (rc == 0)
        rc = add_kept(b);
    b->report->octets = bundle_octets(b->out);
    /* What the disk refused is told with its reason. */
    if (rc == 0 || b->why->what[0] == '\0')
        rc = bundle_finish(b->out, b->why);
    return rc;
}

int backup_make(const struct backup_options *options, struct backup_report *out,
                struct complaint *why)
{
    struct backup b = {
        .options = options, .report = out, .why = why, .at = wall_now()};
    struct ident id = ident_new();

    *out = (struct backup_report){0};
    *why = (struct complaint){.what = ""};
    ident_format(&id, out->id, sizeof out->id);
    int rc = options->since != NULL ? backup_go_on(&b) : 0;
    if (rc == 0)
        rc = bundle_create(options->to, options->passphrase, &b.out, why);
    if (rc == 0)
        rc = fill(&b);
    backup_fini(&b);
    return rc;
}
