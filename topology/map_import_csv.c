/* Links as lines of a table: CSV (RFC 4180), with semicolons or tabs too. */
#include "base/text.h"
#include "topology/map_import_parts.h"

#include <errno.h>

enum { COLUMNS_MAX = 64, FIELD_MAX = 4096 };

/* What a column says. */
enum column {
    COLUMN_OTHER, /* an attribute of the link, by its name */
    COLUMN_A,
    COLUMN_B,
    COLUMN_OF_A, /* an attribute of that node */
    COLUMN_OF_B
};

struct field {
    struct buffer text;
    size_t column;
};

struct table_reader {
    struct import *im;
    const char *at, *end;
    const char *line_start;
    size_t line;
    char separator;
    struct field fields[COLUMNS_MAX];
    size_t count;
    enum column roles[COLUMNS_MAX];
    char *names[COLUMNS_MAX];
    size_t columns; /* 0: not known yet */
};

static size_t column_now(const struct table_reader *r)
{
    return (size_t)(r->at - r->line_start) + 1;
}

static void next_line(struct table_reader *r)
{
    r->line++;
    r->line_start = r->at;
}

/* A field in quotation marks, which stand for themselves if doubled. */
static void read_quoted(struct table_reader *r, struct field *f)
{
    size_t line = r->line, column = column_now(r);

    for (r->at++; r->at < r->end; r->at++) {
        if (*r->at == '"' && r->at + 1 < r->end && r->at[1] == '"') {
            r->at++;
        } else if (*r->at == '"') {
            r->at++;
            return;
        }
        if (f->text.len < FIELD_MAX)
            buffer_char(&f->text, *r->at);
        if (*r->at == '\n') {
            r->line++;
            r->line_start = r->at + 1;
        }
    }
    import_refuse(r->im, -EINVAL, line, column, "close it with \"",
                  "a quotation mark is not closed");
}

static bool at_line_end(const struct table_reader *r)
{
    return r->at == r->end || *r->at == '\n' ||
           (*r->at == '\r' && (r->at + 1 == r->end || r->at[1] == '\n'));
}

/* Takes off what the export put in front, so that programs for tables see no
 * formula in a name. */
static void take_off_mark(struct field *f)
{
    const char *begin = f->text.at + strspn(f->text.at, "'");

    if (begin == f->text.at || *begin == '\0' ||
        strchr("=+-@\t\r", *begin) == NULL)
        return;
    memmove(f->text.at, f->text.at + 1, f->text.len--);
}

static void read_field(struct table_reader *r, struct field *f)
{
    buffer_clear(&f->text);
    buffer_text(&f->text, "");
    f->column = column_now(r);
    if (r->at < r->end && *r->at == '"')
        read_quoted(r, f);
    while (!at_line_end(r) && *r->at != r->separator) {
        if (f->text.len < FIELD_MAX)
            buffer_char(&f->text, *r->at);
        r->at++;
    }
    take_off_mark(f);
}

static void skip_line_end(struct table_reader *r)
{
    if (r->at < r->end && *r->at == '\r')
        r->at++;
    if (r->at < r->end)
        r->at++;
    next_line(r);
}

/* One row into fields. */
static void read_row(struct table_reader *r)
{
    r->count = 0;
    if (r->at < r->end && *r->at == '#') { /* a comment, unless quoted */
        while (r->at < r->end && *r->at != '\n')
            r->at++;
        return;
    }
    for (;;) {
        if (r->count == COLUMNS_MAX) {
            import_refuse(r->im, -EINVAL, r->line, column_now(r),
                          "leave columns out", "a line has more than %d fields",
                          COLUMNS_MAX);
            return;
        }
        read_field(r, &r->fields[r->count++]);
        if (r->im->rc < 0 || at_line_end(r))
            return;
        r->at++;
    }
}

static bool is_blank(const struct table_reader *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->fields[i].text.len > 0)
            return false;
    return true;
}

/* ---- columns ---- */

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (import_is_called(word, *words))
            return true;
    return false;
}

static enum column role_of(const char *name)
{
    static const char *const as[] = {
        "a",           "from",          "source",      "src",
        "node_a",      "device_a",      "host_a",      "a_name",
        "a_end",       "end_a",         "local",       "local_device",
        "local_host",  "source_device", "source_node", "source_name",
        "source_host", "from_device",   "from_node",   "node1",
        "node_1",      "device1",       "device_1",    "device",
        "hostname",    "name",          NULL};
    static const char *const bs[] = {
        "b",           "to",          "target",        "dst",
        "destination", "node_b",      "device_b",      "host_b",
        "b_name",      "b_end",       "end_b",         "remote",
        "remote_name", "remote_host", "remote_device", "target_device",
        "target_node", "target_name", "target_host",   "to_device",
        "to_node",     "node2",       "node_2",        "device2",
        "device_2",    "neighbor",    "neighbor_name", "neighbor_device",
        "neighbour",   "peer",        "connected_to",  NULL};
    static const char *const ports[] = {"a_port", "b_port", "a_interface",
                                        "b_interface", NULL};

    if (is_one_of(name, as))
        return COLUMN_A;
    if (is_one_of(name, bs))
        return COLUMN_B;
    if (is_one_of(name, ports))
        return COLUMN_OTHER;
    if (strncmp(name, "a_", 2) == 0)
        return COLUMN_OF_A;
    return strncmp(name, "b_", 2) == 0 ? COLUMN_OF_B : COLUMN_OTHER;
}

/* Takes the first row as names of columns; false if it is none. */
static bool take_header(struct table_reader *r)
{
    bool a = false, b = false;

    for (size_t i = 0; i < r->count; i++) {
        r->roles[i] = role_of(text_trim(r->fields[i].text.at));
        bool again =
            (r->roles[i] == COLUMN_A && a) || (r->roles[i] == COLUMN_B && b);
        if (again) /* the first of each is the end */
            r->roles[i] = COLUMN_OTHER;
        a = a || r->roles[i] == COLUMN_A;
        b = b || r->roles[i] == COLUMN_B;
    }
    if (!a || !b)
        return false;
    r->columns = r->count;
    for (size_t i = 0; i < r->count; i++)
        r->names[i] = mem_text(text_trim(r->fields[i].text.at));
    return true;
}

/* Without names: A,B or A,PORT,B,PORT. */
static void take_plain(struct table_reader *r)
{
    static const char *const two[] = {"a", "b"};
    static const char *const four[] = {"a", "a_port", "b", "b_port"};
    const char *const *names = r->count == 2 ? two : four;

    if (r->count != 2 && r->count != 4) {
        import_refuse(r->im, -EINVAL, r->line, 1,
                      "begin with a line such as a,a_port,b,b_port,speed",
                      "the first line names no columns, and has %zu fields",
                      r->count);
        return;
    }
    r->columns = r->count;
    for (size_t i = 0; i < r->count; i++) {
        r->names[i] = mem_text(names[i]);
        r->roles[i] = role_of(names[i]);
    }
}

/* ---- rows ---- */

static const struct field *field_of(const struct table_reader *r,
                                    enum column role)
{
    for (size_t i = 0; i < r->columns; i++)
        if (r->roles[i] == role)
            return &r->fields[i];
    return NULL;
}

static uint32_t node_of(struct table_reader *r, enum column end,
                        enum column attributes)
{
    const struct field *f = field_of(r, end);

    if (f == NULL || f->text.len == 0)
        return UINT32_MAX;
    uint32_t node = import_node(r->im, f->text.at, r->line, f->column);
    for (size_t i = 0; i < r->columns && node != UINT32_MAX; i++)
        if (r->roles[i] == attributes)
            import_set_node(r->im, node, r->names[i] + 2, r->fields[i].text.at);
    return node;
}

static void take_row(struct table_reader *r)
{
    if (r->count > r->columns) {
        import_refuse(r->im, -EINVAL, r->line, r->fields[r->columns].column,
                      "put quotation marks around fields with separators",
                      "the line has %zu fields, the first one %zu", r->count,
                      r->columns);
        return;
    }
    for (size_t i = r->count; i < r->columns; i++) {
        buffer_clear(&r->fields[i].text);
        buffer_text(&r->fields[i].text, "");
        r->fields[i].column = 1;
    }
    uint32_t a = node_of(r, COLUMN_A, COLUMN_OF_A);
    uint32_t b = node_of(r, COLUMN_B, COLUMN_OF_B);
    if (a == UINT32_MAX && r->im->rc == 0) {
        import_refuse(r->im, -EINVAL, r->line, 1,
                      "each line begins a link, or names a node",
                      "the node at the first end is missing");
        return;
    }
    if (b == UINT32_MAX)
        return;
    struct map_link *l = import_link(r->im, a, b, r->line, 1);
    for (size_t i = 0; l != NULL && i < r->columns; i++)
        if (r->roles[i] == COLUMN_OTHER)
            import_set_link(r->im, l, r->names[i], r->fields[i].text.at);
}

/* What stands most often in the first line, outside of quotation marks. */
static char separator_of(struct bytes text)
{
    static const char signs[] = ",;\t";
    size_t counts[3] = {0}, best = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.len && (quoted || text.at[i] != '\n'); i++) {
        quoted = quoted != (text.at[i] == '"');
        for (size_t k = 0; !quoted && k < COUNT_OF(counts); k++)
            counts[k] += text.at[i] == (uint8_t)signs[k];
    }
    for (size_t k = 1; k < COUNT_OF(counts); k++)
        if (counts[k] > counts[best])
            best = k;
    return signs[best];
}

static void reader_fini(struct table_reader *r)
{
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        buffer_fini(&r->fields[i].text);
        free(r->names[i]);
    }
}

void import_csv(struct import *im, struct bytes text)
{
    static const char mark[] = "\xEF\xBB\xBF";
    struct table_reader *r = mem_new(struct table_reader);

    if (text.len >= 3 && memcmp(text.at, mark, 3) == 0)
        text = (struct bytes){text.at + 3, text.len - 3};
    r->im = im;
    r->at = r->line_start = (const char *)text.at;
    r->end = r->at + text.len;
    r->line = 1;
    r->separator = separator_of(text);
    while (r->at < r->end && im->rc == 0) {
        read_row(r);
        if (im->rc < 0)
            break;
        if (!is_blank(r) && r->columns == 0 && take_header(r)) {
            skip_line_end(r);
            continue;
        }
        if (!is_blank(r) && r->columns == 0)
            take_plain(r);
        if (!is_blank(r) && im->rc == 0)
            take_row(r);
        skip_line_end(r);
    }
    reader_fini(r);
    free(r);
}
