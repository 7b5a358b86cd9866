#include "station/severity.h"

const char *severity_name(int severity)
{
    static const char *const names[SEVERITIES] = {
        "cleared", "indeterminate", "warning", "minor", "major", "critical"};

    return severity >= 0 && severity < SEVERITIES ? names[severity]
                                                  : "indeterminate";
}
