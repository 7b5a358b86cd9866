/* What kinds of alerts there are, as the alarm MIBs count them. */
#include "station/alert.h"
#include "station/alert_life.h"

#include "base/mem.h"

#include <string.h>

/* IANAItuEventType (IANA-ITU-ALARM-TC). */
enum {
    COMMUNICATIONS = 2,
    QUALITY_OF_SERVICE = 3,
    PROCESSING = 4,
    EQUIPMENT = 5,
    ENVIRONMENT = 6,
    INTEGRITY = 7,
    SECURITY_SERVICE = 10
};

/* IANAItuProbableCause (IANA-ITU-ALARM-TC). */
enum {
    LOSS_OF_SIGNAL = 8,
    POWER_PROBLEM = 58,
    COOLING_FAN_FAILURE = 107,
    HIGH_TEMPERATURE = 123,
    STORAGE_CAPACITY_PROBLEM = 151,
    BANDWIDTH_REDUCED = 201,
    COMMUNICATIONS_PROTOCOL_ERROR = 504,
    COMMUNICATIONS_SUBSYSTEM_FAILURE = 505,
    CONFIGURATION_ERROR = 506,
    CPU_CYCLES_LIMIT_EXCEEDED = 509,
    EQUIPMENT_MALFUNCTION = 514,
    PERFORMANCE_DEGRADED = 532,
    QUEUE_SIZE_EXCEEDED = 537,
    RESPONSE_TIME_EXCESSIVE = 542,
    THRESHOLD_CROSSED = 549,
    UNDERLYING_RESOURCE_UNAVAILABLE = 554,
    AUTHENTICATION_FAILURE = 600,
    UNEXPECTED_INFORMATION = 616
};

enum { CALM_TOLD_MS = 600000 };

/* Models are numbers for life: a new type gets the next one. */
static const struct alert_type types[] = {
    {"device.unreachable", "device unreachable", 1, EVENT_FAULT, SEVERITY_MAJOR,
     COMMUNICATIONS, COMMUNICATIONS_SUBSYSTEM_FAILURE, 1, 2, true, 0},
    {"agent.silent", "SNMP agent silent", 2, EVENT_FAULT, SEVERITY_MINOR,
     COMMUNICATIONS, COMMUNICATIONS_PROTOCOL_ERROR, 0, 0, false, 0},
    {"device.restarted", "device restarted", 3, EVENT_FAULT, SEVERITY_WARNING,
     EQUIPMENT, EQUIPMENT_MALFUNCTION, 0, 0, true, CALM_TOLD_MS},
    {"port.down", "port down", 4, EVENT_FAULT, SEVERITY_MAJOR, COMMUNICATIONS,
     LOSS_OF_SIGNAL, 3, 4, false, CALM_PORT_MS},
    {"threshold.high", "threshold crossed", 5, EVENT_PERFORMANCE,
     SEVERITY_MINOR, QUALITY_OF_SERVICE, THRESHOLD_CROSSED, 7, 8, false, 0},
    {"baseline.anomaly", "unusual for the hour", 6, EVENT_PERFORMANCE,
     SEVERITY_WARNING, QUALITY_OF_SERVICE, PERFORMANCE_DEGRADED, 9, 10, false,
     0},
    {"storage.full", "storage fills up", 7, EVENT_PERFORMANCE, SEVERITY_MINOR,
     PROCESSING, STORAGE_CAPACITY_PROBLEM, 0, 0, false, 0},
    {"temperature", "temperature out of range", 8, EVENT_FAULT, SEVERITY_MAJOR,
     ENVIRONMENT, HIGH_TEMPERATURE, 19, 20, false, 0},
    {"fan", "fan failed", 9, EVENT_FAULT, SEVERITY_MAJOR, ENVIRONMENT,
     COOLING_FAN_FAILURE, 19, 20, false, 0},
    {"power", "power supply failed", 10, EVENT_FAULT, SEVERITY_MAJOR, EQUIPMENT,
     POWER_PROBLEM, 19, 20, false, 0},
    {"duplex.mismatch", "duplex differs over a link", 11, EVENT_FAULT,
     SEVERITY_MINOR, PROCESSING, CONFIGURATION_ERROR, 0, 0, false, 0},
    {"speed.mismatch", "speed differs over a link", 12, EVENT_FAULT,
     SEVERITY_MINOR, QUALITY_OF_SERVICE, BANDWIDTH_REDUCED, 0, 0, false, 0},
    {"link.mislink", "traffic contradicts a link", 13, EVENT_FAULT,
     SEVERITY_WARNING, INTEGRITY, UNEXPECTED_INFORMATION, 0, 0, true, 0},
    {"authentication.failure", "authentication failed", 14, EVENT_SECURITY,
     SEVERITY_WARNING, SECURITY_SERVICE, AUTHENTICATION_FAILURE, 0, 0, false,
     CALM_TOLD_MS},
    {"bgp.down", "BGP session down", 15, EVENT_FAULT, SEVERITY_MAJOR,
     COMMUNICATIONS, COMMUNICATIONS_PROTOCOL_ERROR, 17, 18, false,
     CALM_SESSION_MS},
    {"ospf.down", "OSPF neighbor down", 16, EVENT_FAULT, SEVERITY_MAJOR,
     COMMUNICATIONS, COMMUNICATIONS_PROTOCOL_ERROR, 17, 18, false,
     CALM_SESSION_MS},
    {"entity.fault", "hardware fault", 17, EVENT_FAULT, SEVERITY_MAJOR,
     EQUIPMENT, EQUIPMENT_MALFUNCTION, 19, 20, false, 0},
    {"trap.storm", "storm of notifications", 18, EVENT_FAULT, SEVERITY_WARNING,
     QUALITY_OF_SERVICE, QUEUE_SIZE_EXCEEDED, 13, 14, false, 0},
    {"station.overloaded", "station overloaded", 19, EVENT_PERFORMANCE,
     SEVERITY_MAJOR, PROCESSING, CPU_CYCLES_LIMIT_EXCEEDED, 0, 0, true, 0},
    {"station.isolated", "station cut off", 20, EVENT_FAULT, SEVERITY_CRITICAL,
     COMMUNICATIONS, COMMUNICATIONS_SUBSYSTEM_FAILURE, 0, 0, true, 0},
    {"station.disk", "station's disk is short", 21, EVENT_PERFORMANCE,
     SEVERITY_MAJOR, PROCESSING, STORAGE_CAPACITY_PROBLEM, 0, 0, false, 0},
    {"station.series", "rrdcached is away", 22, EVENT_FAULT, SEVERITY_MAJOR,
     PROCESSING, UNDERLYING_RESOURCE_UNAVAILABLE, 0, 0, false, 0},
    {"poll.overrun", "polls take too long", 23, EVENT_PERFORMANCE,
     SEVERITY_WARNING, QUALITY_OF_SERVICE, RESPONSE_TIME_EXCESSIVE, 0, 0, true,
     0},
    {"station.agent", "SNMP agent does not serve the station", 24, EVENT_FAULT,
     SEVERITY_MINOR, PROCESSING, UNDERLYING_RESOURCE_UNAVAILABLE, 0, 0, true,
     0},
    {"station.late", "station is late", 25, EVENT_PERFORMANCE, SEVERITY_WARNING,
     QUALITY_OF_SERVICE, PERFORMANCE_DEGRADED, 0, 0, false, 0},
    {"station.spool", "samples pile up", 26, EVENT_PERFORMANCE, SEVERITY_MINOR,
     PROCESSING, QUEUE_SIZE_EXCEEDED, 0, 0, false, 0},
    {"station.resources", "station runs short of memory or descriptors", 27,
     EVENT_PERFORMANCE, SEVERITY_MAJOR, PROCESSING,
     UNDERLYING_RESOURCE_UNAVAILABLE, 0, 0, false, 0},
    {"station.database", "station's state is written slowly", 28,
     EVENT_PERFORMANCE, SEVERITY_MINOR, PROCESSING, RESPONSE_TIME_EXCESSIVE, 0,
     0, false, 0},
    {"station.helpers", "helpers end again and again", 29, EVENT_FAULT,
     SEVERITY_WARNING, PROCESSING, UNDERLYING_RESOURCE_UNAVAILABLE, 0, 0, false,
     0},
    {"station.sandbox", "sandbox refused a system call", 30, EVENT_SECURITY,
     SEVERITY_MAJOR, SECURITY_SERVICE, UNEXPECTED_INFORMATION, 0, 0, false, 0},
    {"station.backup", "daily backup failed", 31, EVENT_FAULT, SEVERITY_MAJOR,
     PROCESSING, UNDERLYING_RESOURCE_UNAVAILABLE, 0, 0, false, 0},
};

const struct alert_type *alert_types(size_t *count)
{
    *count = COUNT_OF(types);
    return types;
}

const struct alert_type *alert_type_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}
