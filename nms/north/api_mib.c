/* The module that describes what the station serves by SNMP. */
#include "north/mib_module.h"
#include "north/routes.h"

void api_mib(struct api_request *r)
{
    struct buffer OWNED_BUFFER text = {0};

    mib_module_print(r->snapshot->station.enterprise, &text);
    api_bytes(r, "text/plain; charset=utf-8", buffer_view(&text));
}
