/* Which tables are served in the default context. */
#include "base/mem.h"
#include "north/agent_admin.h"
#include "north/agent_view.h"

#include <assert.h>

struct mib_set *agent_station_set(uint32_t enterprise)
{
    const struct mib_table *const *const files[] = {
        agent_station_tables, agent_link_tables, agent_alarm_tables,
        agent_itu_tables,     agent_ping_tables, agent_admin_tables,
        agent_risk_tables,    agent_log_tables};
    const struct mib_table *all[MIB_TABLES_MAX];
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(files); i++)
        for (size_t j = 0; files[i][j] != NULL; j++) {
            assert(count < MIB_TABLES_MAX);
            all[count++] = files[i][j];
        }
    return mib_set_new(all, count, enterprise);
}
