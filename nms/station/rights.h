/* rights.h - what the process may do: less with every step of its start. */
#ifndef STATION_RIGHTS_H
#define STATION_RIGHTS_H

#include "base/complaint.h"

struct config;
struct passwd;
struct spawner;

/* Before secrets are read: nobody but root looks into this process, a crash
 * leaves no memory behind, and files are not made for everybody. */
void rights_hide(void);

/* Warns of files with secrets, and of a data directory, that everybody may
 * read: which, and what to do. */
void rights_check_files(const struct config *config);

/* Connections are descriptors: as many as the hard limit allows, up to
 * thousands. */
void rights_allow_descriptors(void);

/* The user to become; NULL when not started as root. 0 or -errno. */
int rights_user(const struct config *config, const struct passwd **out,
                struct complaint *why) __attribute__((warn_unused_result));

/* The data directory is made, and the user's, before root is given up. Not
 * where it is inside of what is the user's: they make it themselves,
 * afterwards. */
int rights_give_data(const struct config *config, const struct passwd *user,
                     struct complaint *why) __attribute__((warn_unused_result));

/* Sockets are open: nothing else needs root, or any capability, ever again.
 * user as rights_user() gave it. */
int rights_drop(const struct passwd *user, struct complaint *why)
    __attribute__((warn_unused_result));

/* Splits off the process that starts programs: rrdcached, rrdtool,
 * portolan-render, and those that receivers of the configuration's own file
 * name, which is read again for one that is new. *out is NULL in a build that
 * has no sandbox. config is borrowed. */
int rights_split(const struct config *config, struct spawner **out,
                 struct complaint *why) __attribute__((warn_unused_result));

/* The last step: the station's sandbox, for every thread. Logs that it is in
 * force, or why there is none. */
int rights_enter_sandbox(struct complaint *why)
    __attribute__((warn_unused_result));

#endif
