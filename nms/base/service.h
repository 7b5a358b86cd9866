/* service.h - what a service manager wants to know (sd_notify(3)): that the
 * station is ready, ends, and still turns its loop. Without one all of it does
 * nothing.
 */
#ifndef BASE_SERVICE_H
#define BASE_SERVICE_H

#include <stdint.h>

enum { SERVICE_PATH_MAX = 108 };

struct service {
    char path[SERVICE_PATH_MAX]; /* of its socket; "" = nobody listens */
    int64_t watchdog_ms; /* it ends a station that is silent for so long; 0 */
};

/* Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment,
 * so that no program that is started speaks for the station. */
void service_take(struct service *out);

/* Says "READY=1" and the like. */
void service_tell(const struct service *s, const char *state);

#endif
