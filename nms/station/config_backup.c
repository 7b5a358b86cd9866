/* Backups that the station makes by itself (portolan.yaml: backup), and keys
 * that were called otherwise in earlier versions. */
#include "base/text.h"
#include "station/config_read.h"
#include "station/config_speaker.h"
#include "station/seal.h"
#include "station/secret_file.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS (24.0 * 3600 * 1000)

const struct yaml_renamed config_renamed[] = {
    {"events", "keep", "retention", "events"},
    {"topology", "keep", "retention", "topology"},
    {.was = NULL},
};

struct written {
    struct config_backup backup;
    struct secret passphrase;
};

static const struct yaml_field fields[] = {
    {.key = "directory",
     .type = YAML_T_TEXT,
     .offset = offsetof(struct written, backup.directory)},
    {.key = "every",
     .type = YAML_T_DURATION,
     .offset = offsetof(struct written, backup.every_ms),
     .preset = "24h",
     .max = 365 * DAY_MS},
    {.key = "keep",
     .type = YAML_T_INT,
     .offset = offsetof(struct written, backup.keep),
     .preset = "7",
     .min = 1,
     .max = 1000},
    {.key = "series",
     .type = YAML_T_BOOL,
     .offset = offsetof(struct written, backup.series),
     .preset = "false"},
    {.key = "passphrase_secret",
     .offset = offsetof(struct written, passphrase.text)},
    {.key = "passphrase_secret_file",
     .offset = offsetof(struct written, passphrase.file)},
    {.key = NULL},
};

void config_backup_init(struct config_backup *b)
{
    b->every_ms = (int64_t)DAY_MS;
    b->keep = 7;
}

void config_backup_fini(struct config_backup *b)
{
    const struct secret s = {.text = b->passphrase};
    struct secret passphrase = s;

    secret_fini(&passphrase);
    free(b->directory);
    *b = (struct config_backup){0};
}

/* What the command that is to open it can be given. */
static int check_passphrase(struct yaml_node n, const char *passphrase,
                            struct complaint *why)
{
    if (strlen(passphrase) < SEAL_PASSPHRASE_MIN)
        return yaml_complain(n, why, "use a longer one",
                             "the passphrase has fewer than %d octets",
                             SEAL_PASSPHRASE_MIN);
    if (strlen(passphrase) > SECRET_LEN_MAX)
        return yaml_complain(n, why, "use a shorter one",
                             "the passphrase has more than %d octets",
                             SECRET_LEN_MAX);
    if (strpbrk(passphrase, "\r\n") != NULL)
        return yaml_complain(n, why, "write it on one line",
                             "the passphrase has more than one line");
    return 0;
}

static int check(struct yaml_node n, const struct config_backup *b,
                 struct complaint *why)
{
    if (b->directory != NULL && b->directory[0] != '/')
        return yaml_complain(yaml_get(n, "directory"), why,
                             "write a path that begins with /",
                             "\"%s\" is not an absolute path", b->directory);
    if (b->every_ms != 0 && b->every_ms < 10000)
        return yaml_complain(yaml_get(n, "every"), why,
                             "write 10s or more, or 0 for none",
                             "backups that often would be all that is done");
    return b->passphrase != NULL ? check_passphrase(n, b->passphrase, why) : 0;
}

int config_read_backup(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct config_backup *out = field;
    struct written w = {.backup = {.keep = 0}};
    int rc = yaml_read(n, fields, &w, ctx, why);

    if (rc == 0)
        rc = secret_read(n, "passphrase_secret", &w.passphrase, ctx, why);
    free(w.passphrase.file);
    w.backup.passphrase = w.passphrase.text;
    if (w.backup.passphrase != NULL)
        (void)text_trim(w.backup.passphrase); /* as the command does */
    if (rc == 0)
        rc = check(n, &w.backup, why);
    if (rc < 0) {
        config_backup_fini(&w.backup);
        return rc;
    }
    config_backup_fini(out);
    *out = w.backup;
    return 0;
}
