/* What a backup says of itself. */
#include "base/mem.h"
#include "base/text.h"
#include "station/backup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

const char *backup_machine(void)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return sizeof(long) == 8 ? "little-endian, 64 bits"
                             : "little-endian, 32 bits";
#else
    return sizeof(long) == 8 ? "big-endian, 64 bits" : "big-endian, 32 bits";
#endif
}

bool backup_is_secret(const char *key)
{
    static const char *const keys[] = {"community", "password", "webhook",
                                       "headers", "secret"};
    static const char ending[] = "_secret";
    size_t len = strlen(key), tail = sizeof ending - 1;

    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return len > tail && strcmp(key + len - tail, ending) == 0;
}

void backup_about_fini(struct backup_about *a)
{
    char *texts[] = {a->version, a->station, a->data,  a->machine,
                     a->id,      a->since,   a->config};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    *a = (struct backup_about){0};
}

/* Whoever made the file may have written anything: it is shown on terminals. */
static char *text_at(const json_t *o, const char *key)
{
    enum { OCTETS_MAX = 4096 };
    const char *text = json_string_value(json_object_get(o, key));
    struct buffer OWNED_BUFFER safe = {0};

    if (text != NULL)
        text_safe(bytes_of_text(text), NULL, false, OCTETS_MAX, &safe);
    return safe.len > 0 ? buffer_take(&safe) : mem_text("");
}

int backup_about_read(const char *name, const char *text, size_t len,
                      struct backup_about *out, struct complaint *why)
{
    json_t *o = json_loadb(text, len, 0, NULL);
    int64_t format = json_integer_value(json_object_get(o, "format"));
    char *made = text_at(o, "made");

    *out = (struct backup_about){
        .format = format > 0 && format <= BACKUP_FORMAT ? (int)format : 0,
        .version = text_at(o, "version"),
        .station = text_at(o, "station"),
        .data = text_at(o, "data"),
        .machine = text_at(o, "machine"),
        .id = text_at(o, "id"),
        .since = text_at(o, "since"),
        .config = text_at(o, "config"),
        .schema = json_integer_value(json_object_get(o, "schema")),
        .series = json_is_true(json_object_get(o, "series")),
        .secrets = json_is_true(json_object_get(o, "secrets"))};
    json_decref(o);
    int rc = wall_parse(made, (struct wall){0}, &out->at);
    free(made);
    if (out->format > 0 && rc == 0)
        return 0;
    rc = complain(why, -EBADMSG, name,
                  format > BACKUP_FORMAT
                      ? "install the version that made it, or a newer one"
                      : "give a file that `portolan backup` made",
                  "it is no backup that this version reads");
    backup_about_fini(out);
    return rc;
}
