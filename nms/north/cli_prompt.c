#include "north/cli_prompt.h"

#include "base/mem.h"
#include "base/text.h"
#include "station/seal.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sys/signalfd.h>

enum { LINE_ROOM = CLI_TYPED_MAX + 2 }; /* and its end */

static enum cli_exit too_long(struct complaint *why)
{
    return cli_refuse(why, CLI_FAILED, "use a shorter one",
                      "what was given has more than %d octets", SECRET_LEN_MAX);
}

/* Waits for a line of the terminal, which shows nothing meanwhile. Who leaves
 * by a signal, or stops, is given a terminal that shows what is typed again. */
static void await_line(const struct termios *shown,
                       const struct termios *hidden)
{
    static const int leaving[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP};
    struct signalfd_siginfo came;
    sigset_t held, before;

    sigemptyset(&held);
    for (size_t i = 0; i < COUNT_OF(leaving); i++)
        sigaddset(&held, leaving[i]);
    (void)sigprocmask(SIG_BLOCK, &held, &before);
    struct pollfd on[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = signalfd(-1, &held, SFD_CLOEXEC), .events = POLLIN}};
    while (on[1].fd >= 0 && poll(on, COUNT_OF(on), -1) >= 0 &&
           on[0].revents == 0) {
        if (read(on[1].fd, &came, sizeof came) != sizeof came)
            break;
        (void)tcsetattr(STDIN_FILENO, TCSANOW, shown);
        (void)raise((int)came.ssi_signo);
        (void)sigprocmask(SIG_SETMASK, &before, NULL); /* it comes now */
        (void)sigprocmask(SIG_BLOCK, &held, NULL);
        (void)tcsetattr(STDIN_FILENO, TCSANOW, hidden);
    }
    if (on[1].fd >= 0)
        (void)close(on[1].fd);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

enum cli_exit cli_read_line(const char *prompt, char out[CLI_TYPED_MAX],
                            struct complaint *why)
{
    char line[LINE_ROOM] = "";
    struct termios shown, hidden;
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;

    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        (void)fputs(prompt, stderr);
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
        await_line(&shown, &hidden);
    }
    if (fgets(line, sizeof line, stdin) == NULL)
        line[0] = '\0';
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        (void)fputc('\n', stderr);
    }
    line[strcspn(line, "\r\n")] = '\0';
    size_t len = strlen(line);
    bool fits = len < CLI_TYPED_MAX;
    memcpy(out, line, fits ? len + 1 : 0);
    if (!fits)
        out[0] = '\0';
    explicit_bzero(line, sizeof line);
    return fits ? CLI_DONE : too_long(why);
}

/* Takes text, which is overwritten and freed. */
static enum cli_exit take(char *text, char out[CLI_TYPED_MAX],
                          struct complaint *why)
{
    size_t len = strlen(text);
    bool fits = len < CLI_TYPED_MAX;

    if (fits)
        memcpy(out, text, len + 1);
    explicit_bzero(text, len);
    free(text);
    return fits ? CLI_DONE : too_long(why);
}

static enum cli_exit of_file(const char *path, char out[CLI_TYPED_MAX],
                             struct complaint *why)
{
    char *text;
    bool more; /* notes below it */
    int rc = secret_file_read(path, &text, &more);

    if (rc < 0)
        return cli_refuse(why, CLI_FAILED, "check its name and permissions",
                          "%s cannot be read: %s", path, strerror(-rc));
    return take(text, out, why);
}

enum cli_exit cli_read_again(const char typed[CLI_TYPED_MAX],
                             const char *differ, struct complaint *why)
{
    char again[CLI_TYPED_MAX];
    enum cli_exit code = cli_read_line("Again: ", again, why);

    if (code != CLI_DONE)
        return code;
    bool same = strcmp(typed, again) == 0;
    explicit_bzero(again, sizeof again);
    return same ? CLI_DONE
                : cli_refuse(why, CLI_FAILED, "type it again", "%s", differ);
}

static enum cli_exit typed(bool is_new, char out[CLI_TYPED_MAX],
                           struct complaint *why)
{
    enum cli_exit code = cli_read_line("Passphrase of the backup: ", out, why);

    if (code != CLI_DONE || !is_new || isatty(STDIN_FILENO) != 1)
        return code;
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
    else if (known != NULL)
        code = take(mem_text(known), out, why);
    else
        code = typed(is_new, out, why);
    if (code != CLI_DONE)
        return code;
    (void)text_trim(out); /* as the station does */
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
