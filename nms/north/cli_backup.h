/* cli_backup.h - what `backup` and `restore` share. */
#ifndef NORTH_CLI_BACKUP_H
#define NORTH_CLI_BACKUP_H

#include "north/cli.h"
#include "station/config.h"

/* Where a station's things are; texts are owned. */
struct cli_places {
    char *data;    /* the directory */
    char *config;  /* the file; NULL: there is none */
    char *station; /* its name; NULL: not known, where none is asked */
    char *user;    /* NULL: not known */
};
void cli_places_fini(struct cli_places *p);

/* By the options, by the station that answers (ask), by the configuration,
 * which, where none is asked, may be faulty. */
enum cli_exit cli_places(struct cli *c, bool ask, struct cli_places *out,
                         struct complaint *why);

#endif
