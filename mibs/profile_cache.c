#include "mibs/profile_cache.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/table.h"
#include "mibs/profile_pack.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    CACHE_OCTETS_MAX = 128 << 20,
    CACHE_FILES_MAX = 20000,
    SOURCE_OCTETS_MAX = 8 << 20,
    CACHE_MODE = 0600,
    NS_PER_MS = 1000000,
    /* Times of files are coarse: what was written so shortly before we looked
     * may have been written once more. */
    SETTLED_NS = 2000 * NS_PER_MS,
};
static const int64_t ns_per_s = 1000000000;

/* A file of profiles. */
struct source_file {
    const char *path;
    int64_t size, modified_ns, changed_ns, seen_ns;
    uint64_t hash; /* of its contents */
    uint64_t count;
    struct bytes body; /* its profiles, packed */
};

struct profile_cache {
    char *path;
    struct buffer octets;  /* what was read; texts of profiles lie in it */
    struct arena *arena;   /* the rest of what was taken */
    struct table *by_path; /* struct source_file, of what was read */
    size_t known;          /* how many there are */
    bool changed;
    struct {
        struct source_file *at;
        size_t count, room;
    } kept;               /* what will be written */
    struct arena *packed; /* their bodies, where they are new */
};

/* Says of what program and on what machine a cache was made. */
static uint64_t maker_hash(void)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "%s %d %s %zu %zu %zu %zu %zu %zu", PORTOLAN_VERSION,
                  PROFILE_PACK_VERSION, pattern_engine(),
                  sizeof(struct profile), sizeof(struct profile_table),
                  sizeof(struct source), sizeof(struct condition),
                  sizeof(struct expr_op), sizeof(void *));
    return bytes_hash(buffer_view(&text));
}

/* Four streams of eight octets side by side: octets of megabytes are checked
 * each time that a program starts. */
static uint64_t checksum_of(struct bytes b)
{
    enum { LANES = 4, WORD = sizeof(uint64_t) };
    uint64_t lane[LANES] = {1, 2, 3, 4}, sum = b.len;
    size_t at = 0;

    for (; b.len - at >= LANES * WORD; at += LANES * WORD)
        for (size_t i = 0; i < LANES; i++) {
            uint64_t word;

            memcpy(&word, b.at + at + i * WORD, WORD);
            lane[i] = (lane[i] ^ word) * UINT64_C(0x9fb21c651e98df25);
            lane[i] ^= lane[i] >> 29;
        }
    for (size_t i = 0; i < LANES; i++)
        sum = (sum ^ lane[i]) * UINT64_C(0xff51afd7ed558ccd);
    return sum ^ bytes_hash((struct bytes){b.at + at, b.len - at});
}

/* ---- reading --------------------------------------------------------------
 */

static void pack_file(struct pack *p, struct source_file *f)
{
    uint64_t len = f->body.len;

    pack_some_text(p, &f->path);
    pack_i64(p, &f->size);
    pack_i64(p, &f->modified_ns);
    pack_i64(p, &f->changed_ns);
    pack_i64(p, &f->seen_ns);
    pack_u64(p, &f->hash);
    pack_u64(p, &f->count);
    pack_u64(p, &len);
    if (!p->reads) {
        buffer_add(&p->out, f->body.at, f->body.len);
        return;
    }
    pack_expect(p, len <= cursor_left(&p->in) && f->count <= PROFILES_MAX);
    f->body = cursor_bytes(&p->in, pack_ok(p) ? (size_t)len : 0);
}

/* Maker, checksum of the rest, number of files. */
static void pack_head(struct pack *p, uint64_t *maker, uint64_t *sum)
{
    static const char magic[] = "portolan profiles";
    const char *text = magic;
    double fixed[2]; /* as octets, whatever they are */

    memcpy(&fixed[0], maker, sizeof *maker);
    memcpy(&fixed[1], sum, sizeof *sum);
    pack_some_text(p, &text);
    pack_expect(p, strcmp(text, magic) == 0);
    pack_double(p, &fixed[0]);
    pack_double(p, &fixed[1]);
    memcpy(maker, &fixed[0], sizeof *maker);
    memcpy(sum, &fixed[1], sizeof *sum);
}

static void files_read(struct profile_cache *c)
{
    struct pack p = {.reads = true,
                     .in = cursor_over(buffer_view(&c->octets)),
                     .arena = c->arena};
    uint64_t maker = 0, sum = 0, count = 0;

    pack_head(&p, &maker, &sum);
    if (!pack_ok(&p) || maker != maker_hash() ||
        sum != checksum_of(cursor_rest(&p.in)))
        return;
    pack_u64(&p, &count);
    pack_expect(&p, count <= CACHE_FILES_MAX);
    for (uint64_t i = 0; i < count && pack_ok(&p); i++) {
        struct source_file *f = arena_zero(c->arena, sizeof *f);

        pack_file(&p, f);
        if (pack_ok(&p))
            (void)table_put_text(c->by_path, f->path, f);
    }
    c->known = (size_t)count;
    c->changed = !pack_ok(&p);
}

struct profile_cache *profile_cache_open(const char *path)
{
    struct profile_cache *c = mem_new(struct profile_cache);

    c->path = mem_text(path);
    c->arena = arena_new();
    c->packed = arena_new();
    c->by_path = table_new();
    c->changed = true;
    if (file_read(path, CACHE_OCTETS_MAX, &c->octets) == 0)
        files_read(c);
    return c;
}

void profile_cache_free(struct profile_cache *c)
{
    if (c == NULL)
        return;
    table_free(c->by_path);
    array_fini(&c->kept);
    arena_free(c->packed);
    arena_free(c->arena);
    buffer_fini(&c->octets);
    free(c->path);
    free(c);
}

/* ---- taking ---------------------------------------------------------------
 */

static int64_t ns_of(struct timespec t)
{
    return (int64_t)t.tv_sec * ns_per_s + t.tv_nsec;
}

/* How a file is now; false if it cannot be told. */
static bool file_look(const char *path, struct source_file *out)
{
    struct stat st;

    *out = (struct source_file){.path = path,
                                .seen_ns = wall_now().ms * NS_PER_MS};
    if (stat(path, &st) < 0)
        return false;
    out->size = st.st_size;
    out->modified_ns = ns_of(st.st_mtim);
    out->changed_ns = ns_of(st.st_ctim);
    return true;
}

static bool is_settled(const struct source_file *f)
{
    return f->modified_ns < f->seen_ns - SETTLED_NS &&
           f->changed_ns < f->seen_ns - SETTLED_NS;
}

static bool is_unchanged(const struct source_file *then,
                         const struct source_file *now)
{
    return then->size == now->size && then->modified_ns == now->modified_ns &&
           then->changed_ns == now->changed_ns && is_settled(then);
}

static bool has_contents(const struct source_file *f)
{
    struct buffer OWNED_BUFFER text = {0};

    return file_read(f->path, SOURCE_OCTETS_MAX, &text) == 0 &&
           checksum_of(buffer_view(&text)) == f->hash;
}

/* Unpacks the profiles of f; all of them or none. */
static bool profiles_unpack(struct profile_cache *c,
                            const struct source_file *f,
                            struct profiles_read *out)
{
    struct pack p = {
        .reads = true, .in = cursor_over(f->body), .arena = c->arena};
    size_t before = out->count;

    for (uint64_t i = 0; i < f->count && pack_ok(&p); i++) {
        struct profile *made = NULL;

        profile_pack(&p, &made);
        if (made != NULL)
            *array_add(out) = made;
    }
    if (pack_ok(&p) && cursor_left(&p.in) == 0)
        return true;
    while (out->count > before)
        profile_free(out->at[--out->count]);
    return false;
}

bool profile_cache_take(struct profile_cache *c, const char *file,
                        struct profiles_read *out)
{
    const struct source_file *then = table_find_text(c->by_path, file);
    struct source_file now;

    if (then == NULL || !file_look(file, &now))
        return false;
    bool same = is_unchanged(then, &now);

    if ((!same && !has_contents(then)) || !profiles_unpack(c, then, out))
        return false;
    c->changed |= !same;
    now.path = then->path;
    now.hash = then->hash;
    now.count = then->count;
    now.body = then->body;
    *array_add(&c->kept) = same ? *then : now;
    return true;
}

bool profile_cache_take_older(struct profile_cache *c, const char *file,
                              struct profiles_read *out)
{
    const struct source_file *then = table_find_text(c->by_path, file);

    if (then == NULL || !profiles_unpack(c, then, out))
        return false;
    *array_add(&c->kept) = *then;
    return true;
}

void profile_cache_keep(struct profile_cache *c, const char *file,
                        struct bytes contents, struct profile *const *profiles,
                        size_t count)
{
    struct pack p = {.reads = false};
    struct source_file now;

    c->changed = true;
    if (!file_look(file, &now) || c->kept.count == CACHE_FILES_MAX ||
        (uint64_t)now.size != contents.len)
        return;
    for (size_t i = 0; i < count; i++) {
        struct profile *one = profiles[i];

        profile_pack(&p, &one);
    }
    now.path = arena_text(c->packed, file);
    now.hash = checksum_of(contents);
    now.count = count;
    now.body = arena_bytes(c->packed, buffer_view(&p.out));
    *array_add(&c->kept) = now;
    buffer_fini(&p.out);
}

/* ---- writing --------------------------------------------------------------
 */

int profile_cache_save(struct profile_cache *c)
{
    struct pack body = {.reads = false}, head = {.reads = false};
    uint64_t count = c->kept.count, maker = maker_hash();
    int rc = 0;

    if (c->changed || c->kept.count != c->known) {
        pack_u64(&body, &count);
        for (size_t i = 0; i < c->kept.count; i++)
            pack_file(&body, &c->kept.at[i]);
        uint64_t sum = checksum_of(buffer_view(&body.out));

        pack_head(&head, &maker, &sum);
        buffer_add(&head.out, body.out.at, body.out.len);
        rc = head.out.len > CACHE_OCTETS_MAX
                 ? -EFBIG
                 : file_write(c->path, buffer_view(&head.out), CACHE_MODE);
    }
    buffer_fini(&body.out);
    buffer_fini(&head.out);
    array_fini(&c->kept);
    table_free(c->by_path);
    c->by_path = table_new();
    arena_free(c->packed);
    c->packed = arena_new();
    return rc;
}
