/* Any octets as a map to be imported: GraphML, yEd's too. */
#include "map_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_map_import(MAP_FROM_GRAPHML, data, size);
    return 0;
}
