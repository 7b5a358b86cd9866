/* Any octets as a backup: reading ends; every name leads below where it would
 * be unpacked; what was read to its end without a fault is what was written.
 * What was sealed and is another one by an octet is refused. */
#include "station/bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LOG_N_AT = SEAL_MARK_LEN, LOG_N_LEAST = 10 };

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

static int read_all(struct bytes octets, const char *passphrase)
{
    struct source source = {octets};
    struct bundle_in *opened = NULL;
    struct bundle_member m;
    struct complaint why;
    char part[512];
    int rc = bundle_open_from(read_some, &source, passphrase, &opened, &why);
    OWNED(bundle_in_free) struct bundle_in *in = opened;

    must((rc == 0) == (in != NULL));
    while (rc == 0 && (rc = bundle_next(in, &m, &why)) > 0) {
        check_name(m.name);
        must(m.mode <= 0777);
        /* Every other one is skipped. */
        if (m.size % 2 == 0)
            while (bundle_read(in, part, sizeof part) > 0)
                ;
        rc = 0;
    }
    must(rc == 0 || why.what[0] != '\0');
    return rc;
}

/* ---- sealed and opened ---- */

static int open_all(struct bytes octets, struct buffer *plain)
{
    struct source source = {octets};
    struct unseal *made = NULL;
    struct complaint why;
    const void *at;
    ssize_t len;
    int rc = unseal_new("a passphrase", read_some, &source, &made, &why);
    OWNED(unseal_free) struct unseal *u = made;

    if (rc < 0)
        return rc;
    while ((len = unseal_read(u, &at)) > 0)
        buffer_add(plain, at, (size_t)len);
    return (int)len;
}

/* The head is cheap to make a key of, whatever the input says. */
static void take_sealed(const uint8_t *data, size_t size)
{
    static const char mark[] = "portolan-sealed-1\n";
    struct buffer OWNED_BUFFER made = {0};
    struct buffer OWNED_BUFFER plain = {0};

    buffer_text(&made, mark);
    buffer_char(&made, LOG_N_LEAST);
    buffer_add(&made, data, size);
    must(open_all(buffer_view(&made), &plain) < 0);
    (void)read_all(buffer_view(&made), "a passphrase");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size + 1);

    memcpy(copy, data, size);
    if (size > LOG_N_AT && seal_is_sealed((struct bytes){copy, size}))
        copy[LOG_N_AT] = LOG_N_LEAST;
    (void)read_all((struct bytes){copy, size}, "a passphrase");
    (void)read_all((struct bytes){copy, size}, NULL);
    if (size > 0 && data[0] % 16 == 0)
        take_sealed(data + 1, size - 1);
    free(copy);
    return 0;
}
