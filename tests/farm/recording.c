#include "tests/farm/recording.h"

#include "base/arena.h"
#include "base/file.h"
#include "tests/farm/snmprec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RECORDING_OCTETS_MAX = 256 << 20 };

/* A variable; what it points to is in the arena. */
struct record {
    struct oid name;
    struct value value;
    uint32_t line; /* to keep the first of two */
};

struct recording {
    struct arena *arena;
    struct records ARRAY_OF(struct record) records;
};

void recording_free(struct recording *r)
{
    if (r == NULL)
        return;
    arena_free(r->arena);
    array_fini(&r->records);
    free(r);
}

size_t recording_count(const struct recording *r)
{
    return r->records.count;
}

static struct oid oid_keep(struct arena *a, struct oid o)
{
    uint32_t *sub = arena_zero(a, o.len * sizeof *sub);

    if (o.len > 0)
        memcpy(sub, o.sub, o.len * sizeof *sub);
    return (struct oid){sub, o.len};
}

static void record_add(struct recording *r, const struct varbind *vb)
{
    struct record *it = array_add(&r->records);

    it->name = oid_keep(r->arena, vb->name);
    it->value = vb->value;
    it->line = (uint32_t)r->records.count;
    switch (vb->value.type) {
    case VALUE_OCTETS:
    case VALUE_IP:
    case VALUE_OPAQUE:
        it->value.octets = arena_bytes(r->arena, vb->value.octets);
        break;
    case VALUE_OID:
        it->value.oid = oid_keep(r->arena, vb->value.oid);
        break;
    default: /* numbers are in the value itself */
        break;
    }
}

static int record_compare(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    int order = oid_compare(x->name, y->name);

    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static void recording_order(struct recording *r)
{
    size_t kept = 0;

    if (r->records.count > 0)
        qsort(r->records.at, r->records.count, sizeof *r->records.at,
              record_compare);
    for (size_t i = 0; i < r->records.count; i++)
        if (kept == 0 ||
            !oid_equal(r->records.at[kept - 1].name, r->records.at[i].name))
            r->records.at[kept++] = r->records.at[i];
    r->records.count = kept;
}

struct recording *recording_read(const char *name, struct bytes text,
                                 size_t *bad, struct complaint *first)
{
    struct recording *r = mem_new(struct recording);
    struct snmprec *reader = mem_new(struct snmprec);
    struct varbind vb;
    size_t faults = 0;

    r->arena = arena_new();
    snmprec_init(reader, name, text);
    for (int rc;
         (rc = snmprec_next(reader, &vb, faults == 0 ? first : NULL)) != 0;) {
        if (rc > 0)
            record_add(r, &vb);
        else
            faults++;
    }
    free(reader);
    recording_order(r);
    if (bad != NULL)
        *bad = faults;
    return r;
}

/* The output of "xz -dc path". */
static int xz_read(const char *path, struct buffer *out)
{
    int ends[2];

    if (pipe(ends) < 0)
        return -errno;
    pid_t child = fork();

    if (child == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)execlp("xz", "xz", "-dc", "--", path, (char *)NULL);
        _exit(127);
    }
    int rc = child < 0 ? -errno : 0;
    char part[65536];
    ssize_t len;

    (void)close(ends[1]);
    while (rc == 0 && (len = read(ends[0], part, sizeof part)) > 0) {
        buffer_add(out, part, (size_t)len);
        if (out->len > RECORDING_OCTETS_MAX)
            rc = -EFBIG;
    }
    (void)close(ends[0]);
    int status = 0;

    if (child > 0 && waitpid(child, &status, 0) < 0)
        return -errno;
    return rc != 0 ? rc : status == 0 ? 0 : -EIO;
}

int recording_load(const char *path, struct recording **out, size_t *bad,
                   struct complaint *why)
{
    struct buffer OWNED_BUFFER text = {0};
    size_t len = strlen(path);
    bool packed = len > 3 && strcmp(path + len - 3, ".xz") == 0;
    int rc = packed ? xz_read(path, &text)
                    : file_read(path, RECORDING_OCTETS_MAX, &text);

    *out = NULL;
    if (rc < 0)
        return complain(why, rc, path, "name a .snmprec or .snmprec.xz file",
                        "cannot be read: %s", strerror(-rc));
    *out = recording_read(path, buffer_view(&text), bad, why);
    return 0;
}

/* The first record whose name is above, or not below, the one given. */
static size_t record_bound(const struct recording *r, struct oid name,
                           bool above)
{
    size_t low = 0, high = r->records.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = oid_compare(r->records.at[middle].name, name);

        if (order < 0 || (above && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool record_at(const struct recording *r, size_t nth, struct spot *at,
                      struct value *value)
{
    if (nth >= r->records.count)
        return false;
    *at = (struct spot){.row = (uint32_t)nth};
    *value = r->records.at[nth].value;
    return true;
}

bool recording_find(const struct recording *r, struct oid name, struct spot *at,
                    struct value *value, bool *has_object)
{
    size_t nth = record_bound(r, name, false);

    /* an object is there if another instance is: the same but for the last */
    struct oid object = {name.sub, name.len > 0 ? name.len - 1 : 0};

    *has_object = (nth < r->records.count &&
                   oid_begins(r->records.at[nth].name, object)) ||
                  (nth > 0 && oid_begins(r->records.at[nth - 1].name, object));
    return nth < r->records.count && oid_equal(r->records.at[nth].name, name) &&
           record_at(r, nth, at, value);
}

bool recording_after(const struct recording *r, struct oid name,
                     struct spot *at, struct value *value)
{
    return record_at(r, record_bound(r, name, true), at, value);
}

bool recording_next(const struct recording *r, struct spot *at,
                    struct value *value)
{
    return record_at(r, (size_t)at->row + 1, at, value);
}

struct oid recording_name(const struct recording *r, const struct spot *at)
{
    return r->records.at[at->row].name;
}
