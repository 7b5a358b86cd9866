/* Any octets as a map to be imported: a table of links. */
#include "map_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_map_import(MAP_FROM_CSV, data, size);
    return 0;
}
