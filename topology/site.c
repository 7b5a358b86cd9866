#include "topology/site.h"

#include "base/text.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The last star may take one more octet whenever the rest does not fit: no
 * pattern takes longer than the product of the lengths. */
bool site_pattern_fits(const char *pattern, const char *text)
{
    const char *star = NULL, *from = text;

    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            from = text;
        } else if (*pattern != '\0' &&
                   (*pattern == '?' || lower(*pattern) == lower(*text))) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++from;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static const char *location_of(const struct topo_device *d)
{
    return d->facts != NULL ? d->facts->system.location : "";
}

static bool rule_fits(const struct site_rule *r, const struct topo_device *d)
{
    bool within = !r->has_prefix;

    for (size_t i = 0; i < d->addr_count && !within; i++)
        within = prefix_contains(&r->prefix, &d->addrs[i]);
    return within &&
           (r->location == NULL ||
            site_pattern_fits(r->location, location_of(d))) &&
           (r->device == NULL || site_pattern_fits(r->device, d->name));
}

void site_of(const struct site_rules *rules, const struct topo_device *d,
             struct buffer *out)
{
    const char *location = location_of(d);
    size_t len = strcspn(location, ",;/");

    buffer_text(out, "");
    for (size_t i = 0; rules != NULL && i < rules->count; i++)
        if (rule_fits(&rules->at[i], d)) {
            buffer_text(out, rules->at[i].name);
            return;
        }
    while (len > 0 && location[len - 1] == ' ')
        len--;
    while (len > 0 && *location == ' ') {
        location++;
        len--;
    }
    buffer_add(out, location, len);
}
