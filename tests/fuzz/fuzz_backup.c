/* Any octets as a backup: reading ends; every name leads below where it would
 * be unpacked; what says that it is a backup is one that a restore knows what
 * to do with, without writing anything. What was sealed and is another one by
 * an octet is refused.
 *
 * The first octet: 0 are records of members (types, names, octets), of which an
 * archive with right sums is made: it is read as it was put in, or refused for
 * a member that is none of a backup. Else the rest is the file. */
#include "base/mem.h"
#include "station/bundle.h"
#include "station/restore.h"
#include "station/store_schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/evp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    LOG_N_AT = SEAL_MARK_LEN,
    LOG_N_LEAST = 10,
    ABOUT_MAX = 65536,
    BLOCK = 512,
    NAME_MAX_USTAR = 100,
    MEMBERS_MAX = 32
};

static const char passphrase[] = "a passphrase";
static const char sums_name[] = "SHA256SUMS";

struct source {
    struct bytes rest;
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static ssize_t read_some(void *arg, void *at, size_t room)
{
    struct source *s = arg;
    size_t len = s->rest.len < room ? s->rest.len : room;

    if (len > 0)
        memcpy(at, s->rest.at, len);
    s->rest.at += len;
    s->rest.len -= len;
    return (ssize_t)len;
}

static void check_name(const char *name)
{
    must(name[0] != '/' && name[0] != '\0');
    must(strlen(name) <= BUNDLE_NAME_MAX);
    must(strcmp(name, "..") != 0 && strncmp(name, "../", 3) != 0);
    must(strstr(name, "/../") == NULL && strstr(name, "//") == NULL);
    size_t len = strlen(name);
    must(len < 3 || strcmp(name + len - 3, "/..") != 0);
}

static void check_about(const struct buffer *text)
{
    struct backup_about about;
    struct complaint why = {.what = ""};
    int rc = backup_about_read("x", text->at != NULL ? text->at : "", text->len,
                               &about, &why);

    must(rc == 0 || (why.what[0] != '\0' && about.id == NULL));
    must(rc < 0 || (about.format == BACKUP_FORMAT && about.id != NULL));
    backup_about_fini(&about);
}

/* What was read, one after the other: names and octets, for comparing. */
static int read_all(struct bytes octets, const char *secret,
                    struct buffer *told)
{
    struct source source = {octets};
    struct bundle_in *opened = NULL;
    struct bundle_member m;
    struct complaint why = {.what = ""};
    char part[512];
    int rc = bundle_open_from(read_some, &source, secret, &opened, &why);
    OWNED(bundle_in_free) struct bundle_in *in = opened;

    must((rc == 0) == (in != NULL));
    while (rc == 0 && (rc = bundle_next(in, &m, &why)) > 0) {
        struct buffer OWNED_BUFFER text = {0};
        ssize_t len = 0;

        check_name(m.name);
        must(m.mode <= 0777);
        buffer_format(told, "%s\n", m.name);
        /* Every other one is skipped. */
        while (m.size % 2 == 0 && text.len <= ABOUT_MAX &&
               (len = bundle_read(in, part, sizeof part)) > 0)
            buffer_add(&text, part, (size_t)len);
        must(len < 0 || m.size % 2 != 0 || text.len == m.size ||
             text.len > ABOUT_MAX);
        if (strcmp(m.name, BACKUP_ABOUT) == 0)
            check_about(&text);
        buffer_add(told, text.at, text.len);
        rc = 0;
    }
    must(rc == 0 || why.what[0] != '\0');
    return rc;
}

/* ---- as a restore sees it ---- */

static void try_restore(struct bytes octets)
{
    char path[40];
    struct restore_report report;
    struct complaint why = {.what = ""};
    int fd = memfd_create("backup", MFD_CLOEXEC);

    must(fd >= 0 && write(fd, octets.at, octets.len) == (ssize_t)octets.len);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (int base = 0; base < 2; base++) {
        const struct restore_options options = {.from = path,
                                                .passphrase = passphrase,
                                                .base = base ? path : NULL,
                                                .data = "/nonexistent/data/",
                                                .dry_run = true,
                                                .series = octets.len % 2 != 0,
                                                .uid = (uid_t)-1};
        int rc = restore(&options, &report, &why);

        must(rc <= 0 && (rc == 0 || why.what[0] != '\0'));
        must(rc < 0 || (report.files > 0 &&
                        report.about.schema <= store_schema_version()));
        must(report.aside == NULL && report.config == NULL);
        restore_report_fini(&report);
    }
    (void)close(fd);
}

static void take_file(struct bytes octets)
{
    struct buffer OWNED_BUFFER told = {0};
    struct buffer OWNED_BUFFER again = {0};
    struct buffer OWNED_BUFFER other = {0};
    bool sealed = seal_is_sealed(octets) && octets.len > LOG_N_AT;

    buffer_add(&other, octets.at, octets.len);
    if (sealed) /* a key is cheap to make then, whatever the input says */
        other.at[LOG_N_AT] = LOG_N_LEAST;
    octets = buffer_view(&other);
    int rc = read_all(octets, passphrase, &told);
    must(!sealed || read_all(octets, NULL, &again) == -EACCES);
    try_restore(octets);
    if (rc < 0 || !sealed)
        return;
    size_t at = told.len % octets.len;
    other.at[at != LOG_N_AT ? at : 0] ^= 1;
    must(read_all(octets, passphrase, &again) < 0);
}

/* ---- archives that are made ---- */

struct making {
    struct bytes rest; /* of the input */
    struct buffer archive, sums, told;
    bool is_one; /* all of it is as in a backup */
};

static uint8_t take_octet(struct making *m)
{
    if (m->rest.len == 0)
        return 0;
    m->rest.len--;
    return *m->rest.at++;
}

static struct bytes take_octets(struct making *m, size_t len)
{
    struct bytes out = {m->rest.at, len < m->rest.len ? len : m->rest.len};

    m->rest.at += out.len;
    m->rest.len -= out.len;
    return out;
}

/* POSIX.1-1988's header, section 10.1.1. */
static void put_header(struct buffer *out, const char *name, char type,
                       unsigned mode, size_t size)
{
    char block[BLOCK] = {0};
    unsigned sum = 0;

    memcpy(block, name, strlen(name));
    (void)snprintf(block + 100, 8, "%07o", mode);
    (void)snprintf(block + 108, 8, "%07o", 0u);
    (void)snprintf(block + 116, 8, "%07o", 0u);
    (void)snprintf(block + 124, 12, "%011o", (unsigned)size);
    (void)snprintf(block + 136, 12, "%011o", 1700000000u);
    memset(block + 148, ' ', 8);
    block[156] = type;
    memcpy(block + 257, "ustar\00000", 8);
    for (size_t i = 0; i < BLOCK; i++)
        sum += (uint8_t)block[i];
    (void)snprintf(block + 148, 8, "%06o", sum);
    buffer_add(out, block, BLOCK);
}

static void put_octets(struct buffer *out, struct bytes body)
{
    static const char zeros[BLOCK];
    size_t over = body.len % BLOCK;

    buffer_add(out, body.at, body.len);
    buffer_add(out, zeros, over > 0 ? BLOCK - over : 0);
}

static void put_sum(struct making *m, const char *name, struct bytes body)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    must(EVP_Digest(body.at, body.len, sum, &len, EVP_sha256(), NULL) == 1);
    for (unsigned i = 0; i < len; i++)
        buffer_format(&m->sums, "%02x", sum[i]);
    buffer_format(&m->sums, "  %s\n", name);
}

/* Of letters of names that are known, and of dots and slashes: what leads
 * elsewhere is to be met often. */
static void take_name(struct making *m, char out[NAME_MAX_USTAR + 1])
{
    static const char *const known[] = {
        BACKUP_ABOUT,      BACKUP_KEPT,     "data/state.db", "data/rrd/a/b.rrd",
        "data/maps/",      "etc/",          "data/spool/1",  "data/",
        "data/rrd.layout", "etc/profiles/", "../",           ""};
    static const char letters[] = "abc../01- \n";
    size_t len = (size_t)snprintf(out, NAME_MAX_USTAR, "%s",
                                  known[take_octet(m) % COUNT_OF(known)]);
    size_t more = take_octet(m) % (NAME_MAX_USTAR - len);

    for (size_t i = 0; i < more % 16; i++)
        out[len++] = letters[take_octet(m) % (sizeof letters - 1)];
    out[len] = '\0';
}

static bool is_plain_name(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < len; i++)
        if ((uint8_t)name[i] < ' ')
            return false;
    return len > 0 && name[0] != '/' && name[len - 1] != '/' &&
           strstr(name, "//") == NULL && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0 && strncmp(name, "./", 2) != 0 &&
           strncmp(name, "../", 3) != 0 && strstr(name, "/./") == NULL &&
           strstr(name, "/../") == NULL &&
           (len < 2 || strcmp(name + len - 2, "/.") != 0) &&
           (len < 3 || strcmp(name + len - 3, "/..") != 0);
}

static void make_member(struct making *m)
{
    static const char types[] = {'0', '0', '0', '0', '0', '0', '1', '2', '5'};
    char name[NAME_MAX_USTAR + 1];
    char type = types[take_octet(m) % sizeof types];
    unsigned mode = take_octet(m) * 8u;

    take_name(m, name);
    struct bytes body = take_octets(m, (size_t)take_octet(m) * 4);
    if (type != '0')
        body.len = 0;
    put_header(&m->archive, name, type, mode, body.len);
    put_octets(&m->archive, body);
    put_sum(m, name, body);
    m->is_one = m->is_one && type == '0' && is_plain_name(name);
    buffer_format(&m->told, "%s\n", name);
    if (body.len % 2 == 0)
        buffer_add(&m->told, body.at, body.len);
}

static void take_records(struct bytes records)
{
    static const char end[2 * BLOCK];
    struct making m = {.rest = records, .is_one = true};
    struct buffer OWNED_BUFFER told = {0};

    for (unsigned n = 0; n < MEMBERS_MAX && m.rest.len > 0; n++)
        make_member(&m);
    buffer_add(&m.sums, NULL, 0);
    put_header(&m.archive, sums_name, '0', 0640, m.sums.len);
    put_octets(&m.archive, buffer_view(&m.sums));
    buffer_add(&m.archive, end, sizeof end);
    int rc = read_all(buffer_view(&m.archive), NULL, &told);
    must((rc == 0) == m.is_one);
    must(rc < 0 || bytes_equal(buffer_view(&told), buffer_view(&m.told)));
    try_restore(buffer_view(&m.archive));
    buffer_fini(&m.archive);
    buffer_fini(&m.sums);
    buffer_fini(&m.told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint8_t *copy = malloc(size);

    memcpy(copy, data + 1, size - 1);
    if (data[0] == 0)
        take_records((struct bytes){copy, size - 1});
    else
        take_file((struct bytes){copy, size - 1});
    free(copy);
    return 0;
}
