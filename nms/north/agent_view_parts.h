/* agent_view_parts.h - for agent_view*.c, agent_link.c and agent_risk.c
 * alone. */
#ifndef NORTH_AGENT_VIEW_PARTS_H
#define NORTH_AGENT_VIEW_PARTS_H

#include "north/agent_view.h"
#include "north/alarm_row.h"

/* agent_link.c: links and members of segments, and link_objects. */
void agent_view_list_links(struct agent_view *v,
                           const struct agent_view *before);

/* agent_risk.c: histories of objects, when these are listed and weighed. */
void agent_view_list_histories(struct agent_view *v);

/* agent_view_moments.c: when what it shows changed last. */
void agent_view_date(struct agent_view *v, const struct agent_view *before);

#endif
