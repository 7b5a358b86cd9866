#include "topology/dot_lexer.h"
#include "base/mem.h"
#include "base/text.h"
#include "topology/dot.h"

#include <ctype.h>
#include <errno.h>

static const struct {
    const char *word;
    enum dot_token token;
} keywords[] = {
    {"strict", DOT_STRICT},     {"graph", DOT_GRAPH}, {"digraph", DOT_DIGRAPH},
    {"subgraph", DOT_SUBGRAPH}, {"node", DOT_NODE},   {"edge", DOT_EDGES},
};

void dot_lexer_init(struct dot_lexer *l, const char *place, struct bytes text,
                    struct complaint *why)
{
    const char *at = text.len > 0 ? (const char *)text.at : "";

    *l = (struct dot_lexer){
        .place = place, .at = at, .end = at + text.len, .line = 1, .why = why};
    if (text.len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        l->at += 3; /* a byte order mark */
    l->line_at = l->at;
}

void dot_lexer_fini(struct dot_lexer *l)
{
    buffer_fini(&l->text);
}

bool dot_lexer_is(const struct dot_lexer *l, char sign)
{
    return l->token == DOT_SIGN && l->sign == sign;
}

int dot_lexer_break(struct dot_lexer *l, int rc, const char *what,
                    const char *remedy)
{
    char place[160];

    if (l->rc < 0)
        return l->rc;
    snprintf(place, sizeof place, "%.120s:%u:%u", l->place, l->token_line,
             l->token_column);
    l->rc = complain(l->why, rc, place, remedy, "%s", what);
    l->token = DOT_BROKEN;
    return l->rc;
}

static int peek(const struct dot_lexer *l, size_t ahead)
{
    return (size_t)(l->end - l->at) > ahead ? (unsigned char)l->at[ahead] : -1;
}

/* One octet further, counting lines. */
static void step(struct dot_lexer *l)
{
    if (*l->at++ == '\n') {
        l->line++;
        l->line_at = l->at;
    }
}

static void skip_line(struct dot_lexer *l)
{
    while (l->at < l->end && *l->at != '\n')
        l->at++;
}

static void mark(struct dot_lexer *l)
{
    l->token_line = l->line;
    l->token_column = (unsigned)(l->at - l->line_at) + 1;
}

static void skip_comment(struct dot_lexer *l)
{
    mark(l);
    l->at += 2;
    while (l->at < l->end && !(peek(l, 0) == '*' && peek(l, 1) == '/'))
        step(l);
    if (l->at == l->end)
        (void)dot_lexer_break(l, -EINVAL, "a comment that does not end",
                              "close it with */");
    else
        l->at += 2;
}

/* White space, comments, and lines that begin with '#'. */
static void skip_blank(struct dot_lexer *l)
{
    while (l->at < l->end && l->rc == 0) {
        int c = peek(l, 0);

        if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f')
            step(l);
        else if (c == '/' && peek(l, 1) == '*')
            skip_comment(l);
        else if (c == '/' && peek(l, 1) == '/')
            skip_line(l);
        else if (c == '#' && l->at == l->line_at)
            skip_line(l);
        else
            return;
    }
}

static bool is_name_start(int c)
{
    return c >= 0x80 || c == '_' || (c > 0 && isalpha(c));
}

static bool is_name_part(int c)
{
    return is_name_start(c) || (c > 0 && isdigit(c));
}

static void keep(struct dot_lexer *l)
{
    if (*l->at == '\0')
        (void)dot_lexer_break(l, -EINVAL, "an octet 0 in the text",
                              "DOT is text in UTF-8");
    else if (l->text.len >= DOT_TEXT_MAX)
        (void)dot_lexer_break(l, -EFBIG, "a text of more than 1 MB",
                              "shorten it");
    else
        buffer_char(&l->text, *l->at);
    step(l);
}

/* The same of len octets that are no line end and no octet 0. */
static void keep_run(struct dot_lexer *l, size_t len)
{
    size_t room = DOT_TEXT_MAX - l->text.len;

    len = len < room ? len : room; /* then keep() complains */
    buffer_add(&l->text, l->at, len);
    l->at += len;
}

static void read_word(struct dot_lexer *l)
{
    enum { KEYWORD_MIN = 4, KEYWORD_MAX = 8 };
    size_t len = 0;

    while (is_name_part(peek(l, len)))
        len++;
    keep_run(l, len);
    if (is_name_part(peek(l, 0)))
        keep(l);
    if (l->rc < 0)
        return;
    l->token = DOT_ID;
    if (len < KEYWORD_MIN || len > KEYWORD_MAX)
        return;
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (text_compare_nocase(l->text.at, keywords[i].word) == 0)
            l->token = keywords[i].token;
}

static bool is_number_start(const struct dot_lexer *l)
{
    int c = peek(l, 0), next = peek(l, 1);

    if (c == '-')
        return (next > 0 && isdigit(next)) || next == '.';
    if (c == '.')
        return next > 0 && isdigit(next);
    return c > 0 && isdigit(c);
}

static void read_number(struct dot_lexer *l)
{
    l->token = DOT_ID;
    do
        keep(l);
    while (l->rc == 0 &&
           ((peek(l, 0) > 0 && isdigit(peek(l, 0))) || peek(l, 0) == '.'));
}

/* How many octets from here on stand for themselves between quotes. */
static size_t plain_run(const struct dot_lexer *l)
{
    const char *at = l->at;

    while (at < l->end && *at != '"' && *at != '\\' && *at != '\n' &&
           *at != '\0')
        at++;
    return (size_t)(at - l->at);
}

/* What stands between quotes: \" is a quote, a backslash before a line end
 * joins the lines, every other backslash stays for who asks (escString). */
static void read_quoted_part(struct dot_lexer *l)
{
    step(l);
    for (;;) {
        keep_run(l, plain_run(l));
        if (l->rc < 0 || l->at == l->end || peek(l, 0) == '"')
            break;
        int next = peek(l, 1);

        if (peek(l, 0) == '\\' && next == '\n') {
            step(l);
            step(l);
        } else if (peek(l, 0) == '\\' && next == '"') {
            step(l);
            keep(l);
        } else if (peek(l, 0) == '\\' && next == '\\') {
            keep(l);
            keep(l);
        } else {
            keep(l);
        }
    }
    if (l->rc < 0)
        return;
    if (l->at == l->end)
        (void)dot_lexer_break(l, -EINVAL, "a string that does not end",
                              "close it with a quotation mark");
    else
        step(l);
}

static void read_quoted(struct dot_lexer *l)
{
    l->token = DOT_ID;
    buffer_text(&l->text, "");
    read_quoted_part(l);
    while (l->rc == 0) { /* "a" + "b" */
        const char *at = l->at, *line_at = l->line_at;
        unsigned line = l->line;

        skip_blank(l);
        if (l->rc == 0 && peek(l, 0) == '+') {
            step(l);
            skip_blank(l);
            if (peek(l, 0) == '"') {
                read_quoted_part(l);
                continue;
            }
            (void)dot_lexer_break(l, -EINVAL, "'+' without a string behind it",
                                  "write \"one\" + \"two\"");
        }
        if (l->rc == 0) {
            l->at = at;
            l->line_at = line_at;
            l->line = line;
        }
        return;
    }
}

static void read_html(struct dot_lexer *l)
{
    unsigned depth = 1;

    l->token = DOT_HTML;
    buffer_text(&l->text, "");
    step(l);
    while (l->rc == 0 && l->at < l->end) {
        int c = peek(l, 0);

        if (c == '<')
            depth++;
        else if (c == '>' && --depth == 0)
            break;
        keep(l);
    }
    if (l->rc < 0)
        return;
    if (l->at == l->end)
        (void)dot_lexer_break(l, -EINVAL, "an HTML string that does not end",
                              "close it with >");
    else
        step(l);
}

static void read_sign(struct dot_lexer *l)
{
    char what[64];
    int c = peek(l, 0), next = peek(l, 1);

    if (c == '-' && (next == '-' || next == '>')) {
        l->token = DOT_EDGE;
        l->at += 2;
    } else if (c > 0 && strchr("{}[]=;,:", c) != NULL) {
        l->token = DOT_SIGN;
        l->sign = (char)c;
        step(l);
    } else {
        if (c > ' ' && c < 0x7F)
            snprintf(what, sizeof what, "'%c' has no meaning here", c);
        else
            snprintf(what, sizeof what, "octet 0x%02X has no meaning here",
                     (unsigned)c);
        (void)dot_lexer_break(l, -EINVAL, what,
                              "put names with such signs in quotation marks");
    }
}

void dot_lexer_next(struct dot_lexer *l)
{
    if (l->rc == 0)
        skip_blank(l);
    if (l->rc < 0) {
        l->token = DOT_BROKEN;
        return;
    }
    mark(l);
    buffer_clear(&l->text);
    if (l->at == l->end)
        l->token = DOT_END;
    else if (is_name_start(peek(l, 0)))
        read_word(l);
    else if (is_number_start(l))
        read_number(l);
    else if (peek(l, 0) == '"')
        read_quoted(l);
    else if (peek(l, 0) == '<')
        read_html(l);
    else
        read_sign(l);
}
