#include "north/cli.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/stat.h>

enum { FILE_MODE = 0644, TOKEN_FILE_MAX = 4096 };

/* The token of the file that was named: it alone, or nobody asks. */
static int read_token(const char *path, struct buffer *out,
                      struct complaint *why)
{
    int rc = file_read(path, TOKEN_FILE_MAX, out);

    if (rc < 0)
        return complain(why, rc, path, "check its name and permissions",
                        "the token cannot be read: %s", strerror(-rc));
    const char *token = out->len > 0 ? text_trim(out->at) : "";
    if (*token == '\0' || strpbrk(token, " \t\r\n") != NULL)
        return complain(why, -EINVAL, path, "`portolan token new` makes one",
                        *token == '\0' ? "there is no token in it"
                                       : "there is more than a token in it");
    return 0;
}

/* Who asks, where it is not the socket that is asked. */
static void prove(struct cli *c)
{
    struct buffer OWNED_BUFFER file = {0};
    struct complaint why = {0};
    const char *token = getenv("PORTOLAN_TOKEN"), *ca = c->values.ca;

    if (c->values.token_file != NULL) {
        if (read_token(c->values.token_file, &file, &why) < 0) {
            client_refuse(c->client, &why);
            return;
        }
        token = text_trim(file.at);
    }
    if (ca == NULL)
        ca = getenv("PORTOLAN_CA");
    client_prove(c->client, token, ca);
}

/* NULL: nobody named one. */
static const char *named_socket(const struct cli *c)
{
    const char *path = c->values.socket;

    if (path == NULL)
        path = getenv("PORTOLAN_SOCKET");
    return path != NULL && *path != '\0' ? path : NULL;
}

static void tell_waits(void *arg)
{
    (void)arg;
    (void)fputs("portolan: the station does not answer yet: it is starting, or "
                "has much to do\n",
                stderr);
}

bool cli_names_socket(const struct cli *c)
{
    return named_socket(c) != NULL;
}

struct client *cli_client(struct cli *c)
{
    const char *path = named_socket(c);

    if (path == NULL)
        path = "/run/portolan/control";
    if (c->client == NULL) {
        c->client = client_new(path, c->values.url);
        if (isatty(STDERR_FILENO) == 1)
            client_tell_waits(c->client, tell_waits, NULL);
        if (c->values.url != NULL)
            prove(c);
    }
    return c->client;
}

const char *cli_word(const struct cli *c, size_t n)
{
    return n < c->words.count ? c->words.at[n] : "";
}

const char *cli_ending(const char *file, const char *const *endings)
{
    size_t len = file != NULL ? strlen(file) : 0;

    for (; *endings != NULL; endings++) {
        size_t tail = strlen(*endings);

        if (len > tail && strcmp(file + len - tail, *endings) == 0)
            return *endings;
    }
    return NULL;
}

unsigned cli_file_mode(unsigned mode)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    return mode & ~mask;
}

enum cli_exit cli_save(const struct cli *c, const char *file,
                       const struct buffer *contents, struct complaint *why)
{
    int rc = file_write(file, buffer_view(contents), cli_file_mode(FILE_MODE));

    if (rc < 0)
        return cli_refuse(why, CLI_FAILED,
                          "check its directory, rights and disk",
                          "%s cannot be written: %s", file, strerror(-rc));
    if (c->layout == LAYOUT_TABLE)
        printf("%s is written, %zu octets\n", file, contents->len);
    return CLI_DONE;
}

enum cli_exit cli_refuse(struct complaint *why, enum cli_exit code,
                         const char *remedy, const char *fmt, ...)
{
    char what[sizeof why->what];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    int rc = complain(why, -EINVAL, "", remedy, "%s", what);
    return rc < 0 ? code : CLI_DONE;
}

enum cli_exit cli_exit_of(int rc)
{
    return rc < 0 ? CLI_FAILED : CLI_DONE;
}
