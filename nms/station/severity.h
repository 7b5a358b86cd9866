/* severity.h - how bad something is. */
#ifndef STATION_SEVERITY_H
#define STATION_SEVERITY_H

/* ITU-T X.733 perceived severity, higher is worse. */
enum severity {
    SEVERITY_CLEARED,
    SEVERITY_INDETERMINATE,
    SEVERITY_WARNING,
    SEVERITY_MINOR,
    SEVERITY_MAJOR,
    SEVERITY_CRITICAL,
    SEVERITIES
};
const char *severity_name(int severity); /* "cleared" ... "critical" */

#endif
