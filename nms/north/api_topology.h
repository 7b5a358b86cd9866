/* api_topology.h - questions about the past of the topology. */
#ifndef NORTH_API_TOPOLOGY_H
#define NORTH_API_TOPOLOGY_H

#include "north/request.h"
#include "station/recall.h"

/* Answers what recall.h told of a question that failed; found may be NULL. */
void api_recall_problem(struct api_request *r, int result,
                        const struct recalled *found);

/* Forgets such a question: r->forget. */
void api_recall_forget(struct api_request *r);

/* ?name= as a moment, 0 where it is not there. False, and a 400 was
 * answered. */
bool api_moment(struct api_request *r, const char *name, struct wall *out);

#endif
