/* template_read.h - reads templates; for the files template*.c alone. */
#ifndef GRAPHS_TEMPLATE_READ_H
#define GRAPHS_TEMPLATE_READ_H

#include "base/yaml.h"
#include "graphs/template.h"

/* Reads the template called name of map n. 0, or -EINVAL with *why; then *out
 * is NULL. */
int template_read(const char *name, struct yaml_node n,
                  struct graph_template **out, struct complaint *why)
    __attribute__((warn_unused_result));
void template_free(struct graph_template *t);
OWNED_BY(struct graph_template, template_free)

#endif
