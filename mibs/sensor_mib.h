/* sensor_mib.h - sensors of ENTITY-SENSOR-MIB (RFC 3433) and LM-SENSORS-MIB of
 * net-snmp. */
#ifndef MIBS_SENSOR_MIB_H
#define MIBS_SENSOR_MIB_H

#include "mibs/harvest.h"

extern const struct reader entity_sensor_reader; /* entPhySensorTable */
extern const struct reader lm_temp_reader;       /* lmTempSensorsTable */
extern const struct reader lm_fan_reader;        /* lmFanSensorsTable */
extern const struct reader lm_volt_reader;       /* lmVoltSensorsTable */

/* Of use to tables of the same kind. A part by its entPhysicalIndex, as it was
 * known before where the tables were not read; NULL. What it is called. The
 * interface that it is of, or within; 0. */
const struct entity *sensor_entity(const struct harvest *h, uint32_t index);
const char *sensor_entity_descr(struct harvest *h, const struct entity *e,
                                uint32_t index);
uint32_t sensor_port(const struct harvest *h, uint32_t index);

/* A sensor of facts without name, OID and limits. */
struct sensor *sensor_add(struct harvest *h, const char *class,
                          const char *unit, double value);

/* Adds what no sensor has the OID of yet, named by its entity, those of other
 * standard tables (power_mib.h) and supplies. Entities (or those known before)
 * must be finished. */
void sensor_finish(struct harvest *h);

#endif
