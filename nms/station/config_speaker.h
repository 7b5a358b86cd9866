/* config_speaker.h - what speaks SNMP with secrets, as it is written:
 * credentials and receivers of portolan.yaml; for config_*.c alone.
 */
#ifndef STATION_CONFIG_SPEAKER_H
#define STATION_CONFIG_SPEAKER_H

#include "station/config_read.h"

#include <stddef.h>

/* A secret, in the file or in one of its own. */
struct secret {
    char *text, *file;
};

/* An entry as it is written; ends up in a struct credential. */
struct speaker {
    char *name, *user, *auth, *priv;
    int version; /* index in versions[] */
    struct secret community, auth_secret, priv_secret;
};

extern const char *const speaker_versions[];

/* Fields of a struct that begins with a struct speaker, but its name and
 * version. */
#define SPEAKER_FIELDS                                                        \
    {.key = "community", .offset = offsetof(struct speaker, community.text)}, \
        {.key = "community_file",                                             \
         .offset = offsetof(struct speaker, community.file)},                 \
        {.key = "user", .offset = offsetof(struct speaker, user)},            \
        {.key = "auth", .offset = offsetof(struct speaker, auth)},            \
        {.key = "auth_secret",                                                \
         .offset = offsetof(struct speaker, auth_secret.text)},               \
        {.key = "auth_secret_file",                                           \
         .offset = offsetof(struct speaker, auth_secret.file)},               \
        {.key = "priv", .offset = offsetof(struct speaker, priv)},            \
        {.key = "priv_secret",                                                \
         .offset = offsetof(struct speaker, priv_secret.text)},               \
    {                                                                         \
        .key = "priv_secret_file",                                            \
        .offset = offsetof(struct speaker, priv_secret.file)                  \
    }

void secret_fini(struct secret *s);
void speaker_fini(struct speaker *e);
#define OWNED_SPEAKER __attribute__((cleanup(speaker_fini)))

/* Fetches a secret called key from its file, if it has one. */
int secret_read(struct yaml_node n, const char *key, struct secret *s,
                struct config_reader *reader, struct complaint *why)
    __attribute__((warn_unused_result));

/* Fetches the secrets of a speaker, which was read. */
int speaker_read(struct yaml_node n, struct speaker *e,
                 struct config_reader *reader, struct complaint *why)
    __attribute__((warn_unused_result));

/* Makes the credential that it describes, if all is there; takes its texts. */
int speaker_credential(struct yaml_node n, struct speaker *e,
                       struct credential **out, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
