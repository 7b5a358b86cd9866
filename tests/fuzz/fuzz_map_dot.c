/* Any octets as a map to be imported: DOT. */
#include "map_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_map_import(MAP_FROM_DOT, data, size);
    return 0;
}
