#include "north/cli_prompt.h"

#include "base/file.h"
#include "station/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

bool cli_read_line(const char *prompt, char out[CLI_TYPED_MAX])
{
    struct termios shown, hidden;
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;

    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        (void)fputs(prompt, stderr);
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool read = fgets(out, CLI_TYPED_MAX, stdin) != NULL;
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        (void)fputc('\n', stderr);
    }
    if (!read)
        out[0] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    return read;
}

static enum cli_exit of_file(const char *path, char out[CLI_TYPED_MAX],
                             struct complaint *why)
{
    struct buffer OWNED_BUFFER text = {0};
    int rc = file_read(path, CLI_TYPED_MAX, &text);

    if (rc < 0)
        return cli_refuse(why, CLI_FAILED, "check its name and permissions",
                          "%s cannot be read: %s", path, strerror(-rc));
    size_t len = strcspn(text.at, "\r\n");
    if (len >= CLI_TYPED_MAX)
        return cli_refuse(why, CLI_FAILED, "use a shorter one",
                          "the passphrase in %s is too long", path);
    memcpy(out, text.at, len);
    out[len] = '\0';
    explicit_bzero(text.at, text.len);
    return CLI_DONE;
}

enum cli_exit cli_read_again(const char typed[CLI_TYPED_MAX],
                             const char *differ, struct complaint *why)
{
    char again[CLI_TYPED_MAX];

    (void)cli_read_line("Again: ", again);
    bool same = strcmp(typed, again) == 0;
    explicit_bzero(again, sizeof again);
    return same ? CLI_DONE
                : cli_refuse(why, CLI_FAILED, "type it again", "%s", differ);
}

static enum cli_exit typed(bool is_new, char out[CLI_TYPED_MAX],
                           struct complaint *why)
{
    (void)cli_read_line("Passphrase of the backup: ", out);
    if (!is_new || isatty(STDIN_FILENO) != 1)
        return CLI_DONE;
    return cli_read_again(out, "these are two passphrases", why);
}

enum cli_exit cli_read_passphrase(const struct cli *c, bool is_new,
                                  char out[CLI_TYPED_MAX],
                                  struct complaint *why)
{
    const char *known = getenv("PORTOLAN_PASSPHRASE");
    enum cli_exit code = CLI_DONE;

    out[0] = '\0';
    if (c->values.passphrase_file != NULL)
        code = of_file(c->values.passphrase_file, out, why);
    else if (known != NULL && strlen(known) < CLI_TYPED_MAX)
        memcpy(out, known, strlen(known) + 1);
    else
        code = typed(is_new, out, why);
    if (code != CLI_DONE)
        return code;
    if (out[0] == '\0')
        return cli_refuse(
            why, CLI_FAILED,
            is_new ? "give --passphrase-file FILE or PORTOLAN_PASSPHRASE, or "
                     "--without-secrets"
                   : "give --passphrase-file FILE or PORTOLAN_PASSPHRASE",
            is_new ? "the backup holds secrets and needs a passphrase"
                   : "the backup is encrypted: its passphrase is needed");
    if (is_new && strlen(out) < SEAL_PASSPHRASE_MIN)
        return cli_refuse(why, CLI_FAILED, "use a longer one",
                          "the passphrase has fewer than %d octets",
                          SEAL_PASSPHRASE_MIN);
    return CLI_DONE;
}
