/* A backup that goes on from another one: files of series that were not written
 * since are left out of it. */
#include "station/backup_parts.h"
#include "station/bundle.h"

#include <errno.h>
#include <string.h>

enum { ABOUT_MAX = 65536 };
/* A page that waits for the disk may be written again without its file's time
 * being another one, for as long as the kernel lets it wait. */
static const int64_t WRITTEN_LATE_MS = 180000;

static int read_about(struct backup *b, struct bundle_in *in)
{
    OWNED(free) char *text = mem_zero(ABOUT_MAX);
    const char *name = b->options->since;
    struct bundle_member m;
    int rc = bundle_next(in, &m, b->why);

    if (rc < 0)
        return rc;
    if (rc == 0 || strcmp(m.name, BACKUP_ABOUT) != 0 || m.size > ABOUT_MAX)
        return complain(b->why, -EBADMSG, name,
                        "give a file that `portolan backup` made",
                        "it is no backup");
    size_t len = 0;
    for (ssize_t part;
         (part = bundle_read(in, text + len, ABOUT_MAX - len)) > 0;)
        len += (size_t)part;
    rc = backup_about_read(name, text, len, &b->since, b->why);
    if (rc == 0 && (b->since.since[0] != '\0' || !b->since.series))
        rc = complain(b->why, -EINVAL, name, "give a whole one, with series",
                      "that backup cannot be gone on from");
    return rc;
}

/* The names of SHA256SUMS: behind 64 digits and two blanks. */
static void read_names(struct backup *b, struct bytes sums)
{
    enum { NAME_AT = 66 };
    const char *at = (const char *)sums.at, *end = at + sums.len;

    b->before = table_new();
    while (at < end) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((line != NULL ? line : end) - at);

        if (len > NAME_AT)
            (void)table_put(
                b->before,
                (struct bytes){(const uint8_t *)at + NAME_AT, len - NAME_AT},
                b);
        at += len + 1;
    }
}

int backup_go_on(struct backup *b)
{
    struct bundle_in *opened = NULL;
    struct bundle_member m;
    const struct backup_options *o = b->options;
    int rc = o->series
                 ? bundle_open(o->since, o->since_passphrase, &opened, b->why)
                 : complain(b->why, -EINVAL, o->since,
                            "leave --since or --no-series out",
                            "without series nothing is left out");
    OWNED(bundle_in_free) struct bundle_in *in = opened;

    if (rc == 0)
        rc = read_about(b, in);
    while (rc == 0) {
        rc = bundle_next(in, &m, b->why);
        if (rc == 0) {
            b->before_ns = (b->since.at.ms - WRITTEN_LATE_MS) * 1000000;
            read_names(b, bundle_sums(in));
            return 0;
        }
        rc = rc > 0 ? 0 : rc;
    }
    return rc;
}
