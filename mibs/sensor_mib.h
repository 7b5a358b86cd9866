/* sensor_mib.h - sensors of ENTITY-SENSOR-MIB (RFC 3433) and LM-SENSORS-MIB of
 * net-snmp. */
#ifndef MIBS_SENSOR_MIB_H
#define MIBS_SENSOR_MIB_H

#include "mibs/harvest.h"

extern const struct reader entity_sensor_reader; /* entPhySensorTable */
extern const struct reader lm_temp_reader;       /* lmTempSensorsTable */
extern const struct reader lm_fan_reader;        /* lmFanSensorsTable */
extern const struct reader lm_volt_reader;       /* lmVoltSensorsTable */

/* Adds what no sensor has the OID of yet, named by its entity, those of other
 * standard tables (power_mib.h) and supplies. Entities (or those known before)
 * must be finished. */
void sensor_finish(struct harvest *h);

#endif
