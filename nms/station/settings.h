/* settings.h - what people set by the page although the configuration is a file
 * of the engineer's: credentials, where discovery goes, receivers, rules of
 * alerts, what ports should be, sites. It is kept in DATA/settings.yaml, which
 * the station alone writes (mode 0600), read after the file by the same schema,
 * and added to it. A change that does not check is refused with the fault; one
 * that does is in force when it is answered, as if the file had been changed
 * and the station told to reload it.
 *
 * Secrets go in and never come out. All functions are for the loop.
 */
#ifndef STATION_SETTINGS_H
#define STATION_SETTINGS_H

#include "base/complaint.h"
#include "base/own.h"

#include <stdbool.h>

#include <jansson.h>

struct config;
struct rule_patterns;
struct settings;

/* Takes the configuration anew, beside the loop; what came of it is told by
 * settings_settled(). */
typedef void (*settings_renew_fn)(void *arg);

/* data_dir is copied; reads what is there. */
struct settings *settings_new(const char *data_dir);
void settings_free(struct settings *s); /* who waits is told -ECANCELED */
OWNED_BY(struct settings, settings_free)

/* Who takes it; before that, and without, changes are refused. */
void settings_listen(struct settings *s, settings_renew_fn renew, void *arg);
/* The configuration is in force (rc 0), or was refused. */
void settings_settled(struct settings *s, int rc, const struct complaint *why);

/* Told once a change is in force, or was refused after all. */
typedef void (*settings_done_fn)(void *arg, int rc,
                                 const struct complaint *why);

/* Changes. 0: done will come; else -EINVAL (it does not check), -EEXIST,
 * -ENOENT, -EPERM (it is of the file), -EBUSY, -EIO, and *why. config is the
 * one in force. */

/* Lists of what has a name: the file's come first, those of the page after
 * them. A rule of the page may also change one of the file, or a default: it
 * has that one's name, and what is other. */
enum settings_list { SETTINGS_CREDENTIALS, SETTINGS_RECEIVERS, SETTINGS_RULES };

int settings_add(struct settings *s, const struct config *config,
                 enum settings_list list, const json_t *item,
                 settings_done_fn done, void *arg, struct complaint *why)
    __attribute__((warn_unused_result));
/* One of them. */
struct settings_place {
    enum settings_list list;
    const char *name;
};
/* change: what is other; null leaves a key out; "position": its place among
 * those of the page. NULL: what the page says of it goes. */
int settings_change(struct settings *s, const struct config *config,
                    const struct settings_place *at, const json_t *change,
                    settings_done_fn done, void *arg, struct complaint *why)
    __attribute__((warn_unused_result));
/* What the page says of it, with secrets, as long as no change is taken; NULL:
 * nothing. */
json_t *settings_item(const struct settings *s, enum settings_list list,
                      const char *name);

/* Lists of which the first that fits counts: those of the page come after the
 * file's, and are set as a whole. */
enum settings_order { SETTINGS_SITES, SETTINGS_PORTS };
int settings_set_order(struct settings *s, const struct config *config,
                       enum settings_order which, const json_t *list,
                       settings_done_fn done, void *arg, struct complaint *why)
    __attribute__((warn_unused_result));
/* change: lists under seeds, ranges, within, exclude; in place of those of the
 * page, or (add) besides. */
int settings_set_discovery(struct settings *s, const struct config *config,
                           json_t *change, bool add, settings_done_fn done,
                           void *arg, struct complaint *why)
    __attribute__((warn_unused_result));

/* 0, or -EINVAL: a credential that came from outside names a file, which the
 * station would read. */
int settings_check_credential(const json_t *credential, struct complaint *why)
    __attribute__((warn_unused_result));

/* The same of a receiver, and that it runs no program. */
int settings_check_receiver(const json_t *receiver, struct complaint *why)
    __attribute__((warn_unused_result));

/* Forgets whoever waits with that argument; the change goes on. */
void settings_forget(struct settings *s, const void *arg);

/* As they are in force: credentials in the order of trying, without secrets;
 * {"seeds": [{"value", "from"}] ...}. from: "file", then with its line, or
 * "page". */
json_t *settings_credentials(const struct config *config);
json_t *settings_discovery(const struct config *config);
json_t *settings_sites(const struct config *config);
json_t *settings_ports(const struct config *config);

/* Patterns as a list of their texts at key; nothing where there are none. */
void settings_put_patterns(json_t *o, const char *key,
                           const struct rule_patterns *patterns);
/* Puts from, line and, if whole, "settings" of a receiver, nothing for one that
 * is not configured. */
void settings_tell_receiver(const struct config *config, const char *name,
                            bool whole, json_t *o);

struct station;
struct settings *station_settings(struct station *s);
const struct config *station_config(const struct station *s);

#endif
