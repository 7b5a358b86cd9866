#include "topology/draw_tokens.h"

static const struct draw_state states[MAP_STATES] = {
    [MAP_UP] = {"", "", "up", DRAW_PLATE_LINE, DRAW_SURFACE, DRAW_INK, 1, ""},
    [MAP_WARNING] = {"▲", "warning", "warning", "#AF8700", "#F9EFC8", "#735700",
                     1.8, ""},
    [MAP_MINOR] = {"◆", "minor", "minor", "#BA5F04", "#FBE6CF", "#8F4700", 1.8,
                   ""},
    [MAP_MAJOR] = {"⬟", "major", "major", "#B8290F", "#FBDFD7", "#A82A10", 2,
                   ""},
    [MAP_CRITICAL] = {"⯃", "critical", "critical", "#74083F", "#F6DAE5",
                      "#74083F", 2, ""},
    [MAP_DOWN] = {"■", "down", "down", "#74083F", "#F6DAE5", "#74083F", 2.6,
                  ""},
    [MAP_UNREACHABLE] = {"⊘", "unreachable", "unreachable", "#6D63A8",
                         "#E8E5F4", "#564C93", 1.4, "dashed"},
    [MAP_UNKNOWN] = {"?", "unknown", "unknown", "#74797D", "#E9E7E2", "#565E64",
                     1.2, "dotted"},
    [MAP_SILENCED] = {"z", "silenced", "silenced", DRAW_PLATE_LINE,
                      DRAW_SURFACE, "#3A647B", 1, ""},
    [MAP_UNMANAGED] = {"", "", "not managed", "#85878A", DRAW_SEA, "#5B6166",
                       1.1, "dashed"},
};

/* Lightness falls strictly with load: it survives a grey printer. */
static const struct {
    double below;
    const char *colour;
} loads[DRAW_LOAD_STEPS] = {
    {0.01, "#BDC4C9"}, {0.10, "#93B4D3"},     {0.25, "#6A97CC"},
    {0.40, "#5B75BF"}, {0.55, "#6A4FA9"},     {0.70, "#7C2B8C"},
    {0.85, "#7A1063"}, {HUGE_VAL, "#4D0636"},
};

static const struct {
    uint64_t from_bps;
    double width;
} widths[] = {
    {0, 1.4},
    {1, 1.0}, /* below 100 Mbit/s */
    {UINT64_C(100000000), 1.1},
    {UINT64_C(1000000000), 1.8},
    {UINT64_C(10000000000), 2.8},
    {UINT64_C(25000000000), 3.6},
    {UINT64_C(40000000000), 4.6},
    {UINT64_C(100000000000), 6.0},
    {UINT64_C(400000000000), 7.5},
};

const struct draw_state *draw_state(enum map_state s)
{
    return &states[(unsigned)s < MAP_STATES ? s : MAP_UNKNOWN];
}

const char *draw_load_step(unsigned step)
{
    return loads[step < DRAW_LOAD_STEPS ? step : DRAW_LOAD_STEPS - 1].colour;
}

const char *draw_load_colour(double load)
{
    unsigned step = 0;

    if (isnan(load))
        return DRAW_LINK_UNKNOWN;
    while (step < DRAW_LOAD_STEPS - 1 && load >= loads[step].below)
        step++;
    return loads[step].colour;
}

double draw_link_width(uint64_t speed_bps)
{
    double width = widths[0].width;

    for (size_t i = 0; i < COUNT_OF(widths); i++)
        if (speed_bps >= widths[i].from_bps && (speed_bps > 0 || i == 0))
            width = widths[i].width;
    return width;
}

const char *draw_speed_text(uint64_t speed_bps, char *out, size_t len)
{
    static const struct {
        double unit;
        char letter;
    } units[] = {{1e12, 'T'}, {1e9, 'G'}, {1e6, 'M'}, {1e3, 'k'}};
    double bps = (double)speed_bps;

    out[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (bps >= units[i].unit) {
            snprintf(out, len, "%.3g%c", bps / units[i].unit, units[i].letter);
            return out;
        }
    return out;
}

double draw_plate_size(enum device_kind kind)
{
    enum { INFRASTRUCTURE = 44, END = 30 };

    switch (kind) {
    case KIND_HOST:
    case KIND_PRINTER:
    case KIND_PHONE:
    case KIND_CAMERA:
    case KIND_SENSOR:
    case KIND_AP:
    case KIND_POWER:
    case KIND_UPS:
    case KIND_VM:
        return END;
    case KIND_UNKNOWN:
    case KIND_ROUTER:
    case KIND_SWITCH:
    case KIND_L3SWITCH:
    case KIND_FIREWALL:
    case KIND_SERVER:
    case KIND_WLC:
    case KIND_STORAGE:
    case KIND_HYPERVISOR:
    case KIND_LOADBALANCER:
    case KIND_STACK:
    case KIND_STATION:
    case KIND_SEGMENT:
    case KIND_CLOUD:
    case KIND_INTERNET:
    case DEVICE_KINDS:
        break;
    }
    return INFRASTRUCTURE;
}
