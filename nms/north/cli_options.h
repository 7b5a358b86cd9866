/* cli_options.h - what stands on a command line: options by tables, and words.
 */
#ifndef NORTH_CLI_OPTIONS_H
#define NORTH_CLI_OPTIONS_H

#include "base/bytes.h"
#include "base/complaint.h"
#include "base/mem.h"

enum option_type {
    OPTION_FLAG,  /* bool */
    OPTION_TEXT,  /* const char *, borrowed from the command line */
    OPTION_NUMBER /* int64_t within min..max */
};

/* --name, and -letter if it has one. */
struct cli_option {
    const char *name; /* NULL ends a table */
    char letter;      /* 0: none */
    enum option_type type;
    size_t offset;        /* in the struct of values */
    const char *argument; /* what help calls its value: "PORT" */
    const char *help;
    int64_t min, max;
};

struct cli_words ARRAY_OF(const char *);

/* Arguments not read yet. */
struct cli_args {
    char *const *at;
    size_t count;
};

enum { OPTION_TABLES = 2 };

/* Reads options of the tables (each may be NULL) into *values: --name VALUE,
 * --name=VALUE, -o VALUE, -oVALUE; what is no option is appended to words, as
 * is all behind "--". With words NULL it stops at the first word. -EINVAL with
 * *why for what is not known, lacks its value, or is no such number. */
int options_read(const struct cli_option *const tables[OPTION_TABLES],
                 struct cli_args *args, void *values, struct cli_words *words,
                 struct complaint *why) __attribute__((warn_unused_result));

/* The option whose value the argument behind this one is; NULL: that is of
 * none. */
const struct cli_option *
options_wanting(const struct cli_option *const tables[OPTION_TABLES],
                const char *argument);

/* Appends a line of help for each option. */
void options_help(const struct cli_option *table, struct buffer *out);

#endif
