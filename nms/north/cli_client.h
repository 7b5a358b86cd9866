/* cli_client.h - asks the station by its API, over its socket or a URL. */
#ifndef NORTH_CLI_CLIENT_H
#define NORTH_CLI_CLIENT_H

#include "base/bytes.h"
#include "base/complaint.h"
#include "base/own.h"

#include <jansson.h>

struct client;

/* url NULL: over the socket. Both are borrowed. */
struct client *client_new(const char *socket_path, const char *url);
void client_free(struct client *c);
OWNED_BY(struct client, client_free)

/* Over a URL: shows that token, trusts that certificate (PEM); each may be
 * NULL: none, and what the system trusts. The token is copied, the name of the
 * file borrowed. */
void client_prove(struct client *c, const char *token, const char *ca_file);

/* From now on whatever is asked fails, and *why says why: how to prove who asks
 * could not be read. */
void client_refuse(struct client *c, const struct complaint *why);

/* From now on whatever is not answered whole within so long fails. */
void client_hurry(struct client *c, unsigned limit_s);

/* Whoever sits at a terminal is told when an answer does not come: there the
 * station may be starting, which takes a minute of a large network. */
typedef void (*client_waits_fn)(void *arg);
void client_tell_waits(struct client *c, client_waits_fn told, void *arg);

/* Paths are those behind /api/v1/ (cli_url.h). What fails is told by *why: no
 * station there, or what the station said. */
int client_get(struct client *c, const char *path, json_t **out,
               struct complaint *why) __attribute__((warn_unused_result));

/* method "POST", "PATCH" or "DELETE"; body is taken, NULL: none. */
int client_send(struct client *c, const char *method, const char *path,
                json_t *body, json_t **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* POSTs a document. */
int client_post(struct client *c, const char *path, struct bytes document,
                json_t **out, struct complaint *why)
    __attribute__((warn_unused_result));

/* Appends the octets of a picture or table to out. */
int client_fetch(struct client *c, const char *path, struct buffer *out,
                 struct complaint *why) __attribute__((warn_unused_result));

/* Gives line by line, without its end, as they come, until it is false that
 * more are wanted: -ECANCELED. */
typedef bool (*client_line_fn)(void *arg, const char *line);
int client_lines(struct client *c, const char *path, client_line_fn on_line,
                 void *arg, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
