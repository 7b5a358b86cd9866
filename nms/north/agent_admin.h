/* agent_admin.h - portolanAlarmAdminTable: alarms that other managers may
 * acknowledge, shelve and silence. Pure: what they want becomes wishes, which
 * the station grants.
 */
#ifndef NORTH_AGENT_ADMIN_H
#define NORTH_AGENT_ADMIN_H

#include "north/agent_view.h"
#include "north/agentx_post.h"

enum { ADMIN_WISHES_MAX = 16 }; /* of one request */

struct admin_wishes {
    struct agentx_wish at[ADMIN_WISHES_MAX];
    size_t count;
};

/* Reads the bindings of a TestSet. An error of RFC 3416 and which binding has
 * it, from 1; else AGENTX_NO_ERROR. */
uint16_t admin_test(const struct agent_scene *scene, struct agentx_reader *r,
                    struct admin_wishes *out, uint16_t *index);

/* Appends the name of an object as a pattern of silences (silence.h): a star
 * that it has of its own covers one character there, not all that begins so. */
void admin_pattern(const char *name, struct buffer *out);

extern const struct mib_table *const agent_admin_tables[];

#endif
