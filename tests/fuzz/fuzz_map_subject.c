/* Names of maps, which come from whoever asks: a name that is one of a
 * generated map is that of its subject, and of no other; patterns of sites end.
 */
#include "topology/map_subject.h"
#include "topology/site.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { PATTERN_MAX = 64 };
    OWNED(free) char *text = mem_text_of(data, size);
    struct buffer OWNED_BUFFER name = {0};
    struct map_subject s, again;

    if (map_subject_parse(text, &s)) {
        map_subject_name(&s, &name);
        assert(map_subject_parse(name.at, &again));
        assert(again.view == s.view && again.vlan == s.vlan &&
               again.depth == s.depth && strcmp(again.of, s.of) == 0 &&
               prefix_equal(&again.prefix, &s.prefix));
    }
    if (size < 2 * PATTERN_MAX) {
        OWNED(free) char *pattern = mem_text_of(data, size / 2);

        (void)site_pattern_fits(pattern, text);
        assert(site_pattern_fits("*", text));
    }
    return 0;
}
