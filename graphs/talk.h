/* talk.h - what is said to rrdtool in its remote-control mode ("rrdtool -"),
 * and what it answers. Pure. */
#ifndef GRAPHS_TALK_H
#define GRAPHS_TALK_H

#include "graphs/picture.h"

enum {
    TALK_OCTETS_MAX = 16 << 20, /* of an answer */
    TALK_LINE_MAX = 64 << 10,
    TALK_PRINTED_MAX = 10000
};

/* Appends a command as a line; each argument is quoted, line ends in it become
 * blanks. */
void talk_command(const struct picture_argv *argv, struct buffer *out);

enum talk_state {
    TALK_MORE,   /* the answer is not whole yet */
    TALK_DONE,   /* it is: printed and image are there */
    TALK_FAILED, /* rrdtool says what is wrong: error */
    TALK_BROKEN  /* that is no answer of rrdtool's */
};

struct talk_texts ARRAY_OF(char *);

/* An answer while it comes. All zeros to begin with. */
struct talk {
    struct buffer said;
    size_t at;                  /* what was read of it */
    size_t image_at, image_len; /* in said; 0: none (yet) */
    struct talk_texts printed;  /* print[0] = "..." in their order */
    char error[256];
};

/* Takes more of an answer. What comes behind its end breaks it. */
enum talk_state talk_take(struct talk *t, struct bytes in);

/* The image, valid as long as t is not changed. */
struct bytes talk_image(const struct talk *t);

/* For the next answer; releases all. */
void talk_clear(struct talk *t);

#endif
