/* map_edit_shape.h - what each operation takes, for the files map_edit*.c. */
#ifndef TOPOLOGY_MAP_EDIT_SHAPE_H
#define TOPOLOGY_MAP_EDIT_SHAPE_H

#include "topology/map_edit.h"

enum map_shape {
    SHAPE_BARE,       /* undo */
    SHAPE_OBJECT,     /* hide:ID */
    SHAPE_ATTRIBUTES, /* add:ID,key=value,... */
    SHAPE_TEXT,       /* rename:ID=TEXT */
    SHAPE_KEY,        /* set:ID,KEY=VALUE */
    SHAPE_PAIR,       /* bind:ID=DEVICE */
    SHAPE_PLACE,      /* move:ID=X,Y */
    SHAPE_LINK,       /* link:A/PORT=B/PORT */
    SHAPE_CLOUD       /* cloud:NAME=ID,ID or =PREFIX */
};

struct map_op_row {
    const char *name;
    enum map_shape shape;
    const char *id_key, *other_key; /* of the JSON object */
    const char *usage, *words;      /* "moved" */
};
const struct map_op_row *map_op_row(enum map_op op);

/* False if there is no operation of that name. */
bool map_op_parse(const char *name, enum map_op *out);

/* An edit with nothing in it. */
struct map_edit map_edit_none(enum map_op op);

/* Appends a name as it stands in a list. */
void map_name_text(const char *name, struct buffer *out);

/* Appends "A/PORT=B/PORT", separators escaped. */
void map_ends_text(const char *a, const char *a_port, const char *b,
                   const char *b_port, struct buffer *out);

/* An attribute of the document that is not the person's to set. */
bool map_is_own_key(const char *key, bool link);

#endif
