#include "north/mib_module.h"

#include <stdio.h>
#include <string.h>

static const char module[] = {
#include "mibs/PORTOLAN-MIB.inc"
    0};

void mib_module_print(uint32_t enterprise, struct buffer *out)
{
    char root[32];

    (void)snprintf(root, sizeof root, "enterprises %d", MIB_ENTERPRISE);
    const char *at = strstr(module, root);
    buffer_add(out, module, (size_t)(at - module));
    buffer_format(out, "enterprises %u", enterprise);
    buffer_text(out, at + strlen(root));
}
