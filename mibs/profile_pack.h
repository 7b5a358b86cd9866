/* profile_pack.h - profiles as octets and back (pack.h), before they are linked
 * to their ancestors; for mibs/profile*.c.
 */
#ifndef MIBS_PROFILE_PACK_H
#define MIBS_PROFILE_PACK_H

#include "mibs/pack.h"
#include "mibs/profile_model.h"

/* Changes with every change of what is packed, or of what it means. */
enum { PROFILE_PACK_VERSION = 2 };

/* Packs *p, or makes *p of what is read: its things lie in pack->arena, and
 * are as sound as if they had been read from YAML, whatever the octets are.
 * *p is NULL if they are no profile. */
void profile_pack(struct pack *pack, struct profile **p);

/* The parts that are of values, conditions and sources. */
void pack_template(struct pack *pack, struct profile *p, struct template *t,
                   size_t columns);
void pack_expr(struct pack *pack, struct profile *p, struct expr *e,
               size_t columns);
void pack_pattern(struct pack *pack, struct profile *p,
                  const struct pattern **v);
void pack_patterns(struct pack *pack, struct profile *p,
                   struct pattern_list *v);
void pack_texts(struct pack *pack, struct text_list *v);
void pack_translations(struct pack *pack, struct translation **v,
                       size_t *count);
void pack_any_of(struct pack *pack, struct profile *p, struct any_of *v,
                 size_t columns);

#endif
