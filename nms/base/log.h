/* log.h - lines for the engineer who has to act on them.
 *
 * A line begins with the object, says what happened, what follows and what to
 * do, with units. Error: the station lost an ability. Warning: someone should
 * look. Notice: life of the daemon. Info: life of the network. Debug: off
 * without cost. Text from agents passes text_safe() first; secrets are never
 * formatted. The sink is the one mutable thing of the process that is not an
 * argument, like stderr itself.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_NOTICE,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};

enum log_target { LOG_TO_STDERR, LOG_TO_SYSLOG, LOG_TO_JOURNAL };

/* Lines of level and worse go to target from now on. Default: notices and
 * worse to stderr. */
void log_open(enum log_level level, enum log_target target);

bool log_wants(enum log_level level);

/* "error" ... "debug" to its level; false if there is none of that name. */
bool log_level_parse(const char *name, enum log_level *out);

void log_line(enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)                              \
    do {                                            \
        if (log_wants(LOG_LEVEL_DEBUG))             \
            log_line(LOG_LEVEL_DEBUG, __VA_ARGS__); \
    } while (0)

#endif
