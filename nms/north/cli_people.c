/* Who may use the station: people and their passwords, scripts and tokens. */
#include "base/mem.h"
#include "north/cli_print.h"
#include "north/cli_prompt.h"
#include "north/cli_url.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct print_column user_columns[] = {
    {{"name", "Name", UNIT_TEXT}, NULL},
    {{"role", "Role", UNIT_TEXT}, NULL},
    {{"seen", "Signed in", UNIT_AGO}, NULL},
    {{"sessions", "Sessions", UNIT_COUNT}, NULL},
    {{"must_change", "Must change password", UNIT_FLAG}, NULL},
    {{"language", NULL, UNIT_TEXT}, NULL},
    {{"made", NULL, UNIT_TIME}, NULL},
};

static const struct print_column token_columns[] = {
    {{"name", "Name", UNIT_TEXT}, NULL},  {{"role", "Role", UNIT_TEXT}, NULL},
    {{"by", "Made by", UNIT_TEXT}, NULL}, {{"made", "Made", UNIT_AGO}, NULL},
    {{"used", "Used", UNIT_AGO}, NULL},   {{"ends", "Ends", UNIT_TIME}, NULL},
};

static enum cli_exit list(struct cli *c, const char *what,
                          const struct print_column *columns, size_t count,
                          const char *nothing, struct complaint *why)
{
    json_t *body;

    if (client_get(cli_client(c), what, &body, why) < 0)
        return CLI_FAILED;
    print_list(c, body, json_object_get(body, what), columns, count, nothing);
    json_decref(body);
    return CLI_DONE;
}

enum cli_exit cli_user_list(struct cli *c, struct complaint *why)
{
    return list(c, "users", user_columns, COUNT_OF(user_columns),
                "there are no users", why);
}

enum cli_exit cli_token_list(struct cli *c, struct complaint *why)
{
    return list(c, "tokens", token_columns, COUNT_OF(token_columns),
                "there are no tokens", why);
}

/* ---- typing a password ---- */

/* The password to be: typed twice on a terminal, else the first line of
 * standard input; "": the station makes one. */
static enum cli_exit read_password(char out[CLI_TYPED_MAX],
                                   struct complaint *why)
{
    bool terminal = isatty(STDIN_FILENO) == 1;
    enum cli_exit code =
        cli_read_line("New password (empty: one is made): ", out, why);

    if (code != CLI_DONE || !terminal || out[0] == '\0')
        return code;
    return cli_read_again(out, "these are two passwords", why);
}

/* ---- people ---- */

/* Sends a body, which is taken, and says done, with the password if the station
 * made one. */
static enum cli_exit order(struct cli *c, const char *method, const char *path,
                           json_t *body, const char *done,
                           struct complaint *why)
{
    json_t *answer;

    if (client_send(cli_client(c), method, path, body, &answer, why) < 0)
        return CLI_FAILED;
    const char *password = json_text_at(answer, "password");
    if (c->layout == LAYOUT_JSON)
        print_json(answer);
    else if (password[0] != '\0')
        printf("%s; the password, to be changed when it is first used: %s\n",
               done, password);
    else
        printf("%s\n", done);
    json_decref(answer);
    return CLI_DONE;
}

/* What is asked of the station for a password that was typed. */
static json_t *password_body(const char *password)
{
    return json_pack("{s:s,s:b}", "password", password, "must_change",
                     password[0] == '\0');
}

enum cli_exit cli_user_add(struct cli *c, struct complaint *why)
{
    char password[CLI_TYPED_MAX];
    const char *role = c->values.role != NULL ? c->values.role : "viewer";
    enum cli_exit code = read_password(password, why);

    if (code != CLI_DONE)
        return code;
    json_t *body = password_body(password);
    explicit_bzero(password, sizeof password);
    if (body == NULL)
        return cli_refuse(why, CLI_FAILED, "type it in UTF-8",
                          "the password is no text");
    json_object_set_new(body, "name", json_string(cli_word(c, 0)));
    json_object_set_new(body, "role", json_string(role));
    return order(c, "POST", "users", body, "added", why);
}

/* PATCH users/NAME; body is taken. */
static enum cli_exit change(struct cli *c, json_t *body, const char *done,
                            struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "users", cli_word(c, 0), NULL);
    return order(c, "PATCH", path.at, body, done, why);
}

enum cli_exit cli_user_password(struct cli *c, struct complaint *why)
{
    char password[CLI_TYPED_MAX];
    enum cli_exit code = read_password(password, why);

    if (code != CLI_DONE)
        return code;
    json_t *body = password_body(password);
    explicit_bzero(password, sizeof password);
    if (body == NULL)
        return cli_refuse(why, CLI_FAILED, "type it in UTF-8",
                          "the password is no text");
    return change(c, body, "the password is another; sessions ended", why);
}

enum cli_exit cli_user_role(struct cli *c, struct complaint *why)
{
    return change(c, json_pack("{s:s}", "role", cli_word(c, 1)),
                  "the role is another", why);
}

enum cli_exit cli_user_delete(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "users", cli_word(c, 0), NULL);
    return order(c, "DELETE", path.at, NULL, "deleted", why);
}

/* ---- scripts ---- */

enum cli_exit cli_token_new(struct cli *c, struct complaint *why)
{
    const char *role = c->values.role != NULL ? c->values.role : "viewer";
    json_t *answer,
        *body = json_pack("{s:s,s:s}", "name", cli_word(c, 0), "role", role);

    if (c->values.lasts != NULL)
        json_object_set_new(body, "duration", json_string(c->values.lasts));
    if (client_send(cli_client(c), "POST", "tokens", body, &answer, why) < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_JSON)
        print_json(answer);
    else
        printf("%s\n", json_text_at(answer, "token"));
    json_decref(answer);
    return CLI_DONE;
}

enum cli_exit cli_token_revoke(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "tokens", cli_word(c, 0), NULL);
    return order(c, "DELETE", path.at, NULL, "revoked", why);
}
