#include "base/heap.h"

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <sys/mman.h>

enum { LARGE_BLOCK_OCTETS = 64 << 10, TRIM_OCTETS = 1 << 20 };
enum { HEAP_STEP_OCTETS = 4 << 20 };

void heap_return(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_OCTETS);
    (void)mallopt(M_TRIM_THRESHOLD, TRIM_OCTETS);
    (void)mallopt(M_TOP_PAD, HEAP_STEP_OCTETS);
}

char *heap_end(void)
{
    return sbrk(0);
}

void heap_widen(char *begin)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    char *from = (char *)(((uintptr_t)begin + page - 1) / page * page);
    char *end = heap_end();

    if (end > from) /* a kernel without large pages refuses */
        (void)madvise(from, (size_t)(end - from), MADV_HUGEPAGE);
}
