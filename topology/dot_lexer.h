/* dot_lexer.h - DOT text to tokens; for dot.c alone. */
#ifndef TOPOLOGY_DOT_LEXER_H
#define TOPOLOGY_DOT_LEXER_H

#include "base/bytes.h"
#include "base/complaint.h"

enum dot_token {
    DOT_END,
    DOT_ID,   /* text: a name, a number or a quoted string */
    DOT_HTML, /* text: what stood between < and > */
    DOT_EDGE, /* -- or -> */
    DOT_SIGN, /* sign: one of {}[]=;,: */
    DOT_STRICT,
    DOT_GRAPH,
    DOT_DIGRAPH,
    DOT_SUBGRAPH,
    DOT_NODE,
    DOT_EDGES, /* the word "edge" */
    DOT_BROKEN /* rc and *why tell; every further token is the same */
};

struct dot_lexer {
    const char *place;
    const char *at, *end, *line_at;
    unsigned line; /* of at, from 1 */
    struct complaint *why;
    int rc;

    enum dot_token token; /* the one at hand */
    char sign;
    struct buffer text;
    unsigned token_line, token_column;
};

/* Starts before the first token. */
void dot_lexer_init(struct dot_lexer *l, const char *place, struct bytes text,
                    struct complaint *why);
void dot_lexer_fini(struct dot_lexer *l);

/* Goes to the next token. */
void dot_lexer_next(struct dot_lexer *l);

bool dot_lexer_is(const struct dot_lexer *l, char sign);

/* Complains of the token at hand; rc a negative errno. The first complaint
 * stays. Returns the lexer's rc. */
int dot_lexer_break(struct dot_lexer *l, int rc, const char *what,
                    const char *remedy);

#endif
