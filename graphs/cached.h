/* cached.h - the protocol of rrdcached: lines of commands, and replies read as
 * they come, in whatever pieces. Pure.
 *
 * A reply is a status line, "N words", and N more lines. A batch of commands is
 * answered when it ends: by as many lines as commands failed. */
#ifndef GRAPHS_CACHED_H
#define GRAPHS_CACHED_H

#include "base/own.h"
#include "graphs/layout.h"

enum {
    CACHED_LINE_MAX = 4096,     /* octets, of commands and of replies */
    CACHED_SAMPLE_MAX = 420,    /* of one sample in a command */
    CACHED_LINES_MAX = 1000000, /* of one reply */
    CACHED_VALUES_MAX = 4000000 /* of one FETCH */
};

/* The nearest second: where a part of a step is unknown rrdtool counts that
 * part in whole seconds, and divides by too long a time if it had a fraction.
 */
int64_t cached_second(int64_t at_ms);

/* Appends " SECONDS:V:V...", a sample of an UPDATE, with has values, of which
 * count are given. NaN and infinity become U, as those that are not given. */
void cached_sample(int64_t at_s, const double *values, size_t count, size_t has,
                   struct buffer *out);

/* Appends a number as it is sent: ten significant digits or more, NaN and
 * infinity as U. */
void cached_number(double value, struct buffer *out);

/* Appends "CREATE PATH ...\n" for a file whose first sample will be of at_ms.
 */
void cached_create(const char *path, const struct layout *l,
                   enum series_group group, int64_t at_ms, struct buffer *out);

/* Appends "CREATE PATH -r PATH ...\n": the file is laid out anew and keeps what
 * it holds; it is the old or the new one at any moment. Nothing of it may wait
 * to be written: FLUSH it before. */
void cached_renew(const char *path, const struct layout *l,
                  enum series_group group, struct buffer *out);

/* Appends "FETCH PATH CF FROM TO\n". */
void cached_fetch(const char *path, bool max, int64_t from_s, int64_t to_s,
                  struct buffer *out);

/* Reads replies. All zeros is one that expects a reply's first line. */
struct cached_reader {
    char line[CACHED_LINE_MAX];
    size_t len;     /* of the line that is not yet whole */
    int64_t status; /* of the reply at hand; negative: refused */
    uint64_t left;  /* its lines that are still to come */
    bool whole;     /* line holds one that was given */
};

enum cached_event {
    CACHED_MORE,   /* all octets are taken; nothing is complete */
    CACHED_STATUS, /* a reply begins: status, and line holds its words */
    CACHED_LINE,   /* line holds one of its lines */
    CACHED_BROKEN  /* not rrdcached: a line too long or no status */
};

/* Takes octets from *in until something is complete; call again while it gives
 * STATUS or LINE. The reply is complete when left is 0 behind such an event. */
enum cached_event cached_read(struct cached_reader *r, struct bytes *in);

/* Why a command of a batch failed. */
enum cached_failure {
    CACHED_NO_FILE, /* there is no such file */
    CACHED_EXISTS,  /* there is one already */
    CACHED_TOO_OLD, /* a sample of this time or later is there */
    CACHED_REFUSED  /* anything else */
};

/* Reads a line of a batch's reply, "NTH words": nth counts from 1. 0 or
 * -EBADMSG. */
int cached_failure_parse(const char *line, size_t *nth,
                         enum cached_failure *failure)
    __attribute__((warn_unused_result));
/* The same for the status line of a single command that failed. */
enum cached_failure cached_failure_of(const char *words);
/* The second of the last sample that is there, from the words of one that is
 * too old; 0 if they do not tell. */
int64_t cached_last_of(const char *words);

/* What FETCH answers, line by line. */
struct cached_rows {
    int64_t first_s, step_s; /* row i ends at first_s + i * step_s */
    size_t columns, rows;
    char **names;
    double *at; /* rows * columns; NaN = unknown */
    size_t room;
};

/* Takes the next line. 0 or -EBADMSG. */
int cached_rows_take(struct cached_rows *rows, const char *line)
    __attribute__((warn_unused_result));

/* Joins rows so that they are at least step_s apart: the mean of the known
 * values, or their highest. */
void cached_rows_thin(struct cached_rows *rows, int64_t step_s, bool max);

void cached_rows_fini(struct cached_rows *rows);

#endif
