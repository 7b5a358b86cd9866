/* Whatever a walk brings, programs are in order, each once, with safe texts;
 * and what stands in a location is a place on earth or none. */
#include "mibs/location.h"
#include "mibs/program_mib.h"

#include "base/cursor.h"
#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TABLES = 3, COLUMNS = 9, INDEXES = 12, NAME_MAX_LEN = 16 };

/* One variable: its table, column and index, a type and octets. */
static void take_one(struct programs *p, struct cursor *c)
{
    const struct oid entries[TABLES] = {programs_installed_entry(),
                                        programs_run_entry(),
                                        programs_perf_entry()};
    struct oid entry = entries[cursor_u8(c) % TABLES];
    struct oid_store name;
    const uint32_t tail[] = {cursor_u8(c) % COLUMNS, cursor_u8(c) % INDEXES, 7};
    uint8_t how = cursor_u8(c);
    struct value v = {.type = VALUE_INTEGER, .integer = (int8_t)how};

    oid_copy(&name, entry);
    (void)oid_append(&name, (struct oid){tail, how % 16 == 0 ? 3 : 2});
    if (how % 2 == 0) {
        size_t len = cursor_u8(c) % 48;

        v.type = VALUE_OCTETS;
        v.octets = cursor_bytes(c, len < cursor_left(c) ? len : cursor_left(c));
    }
    programs_take(p, oid_view(&name), &v);
}

static void check_text(const char *text)
{
    assert(text != NULL && text_is_utf8(bytes_of_text(text)));
}

static void check_programs(struct programs *p)
{
    const struct program *list;
    size_t cut, count = programs_list(p, &list, &cut);

    assert(count <= INDEXES && cut == 0);
    for (size_t i = 0; i < count; i++) {
        assert(list[i].name[0] != '\0');
        assert(i == 0 || list[i - 1].index < list[i].index);
        check_text(list[i].name);
        check_text(list[i].installed);
        check_text(list[i].path);
        check_text(list[i].parameters);
        assert(!(list[i].cpu_s < 0) && !(list[i].memory_bytes < 0));
    }
}

static void check_location(struct bytes octets)
{
    struct buffer OWNED_BUFFER text = {0};
    struct coordinates at;

    text_safe(octets, NULL, false, octets.len, &text);
    if (text.len > 0 && location_coordinates(text.at, &at))
        assert(fabs(at.latitude) <= 90 && fabs(at.longitude) <= 180);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c = cursor_over((struct bytes){data, size});
    OWNED(programs_free) struct programs *p = programs_new();

    check_location((struct bytes){data, size});
    while (cursor_left(&c) > 0)
        take_one(p, &c);
    check_programs(p);
    return 0;
}
