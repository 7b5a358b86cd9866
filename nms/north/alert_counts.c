#include "north/alert_counts.h"

bool alert_counts_add(struct alert_counts *c, const struct alert_record *r)
{
    bool open = false;

    if (r->cause != 0) {
        c->symptoms++;
    } else if (r->silence != 0) {
        c->silenced++;
    } else if (r->shelved.ms != 0) {
        c->shelved++;
    } else {
        c->open[r->severity]++;
        open = true;
    }
    return open;
}
