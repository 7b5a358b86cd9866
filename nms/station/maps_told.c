/* What is told of documents: that they changed, to whoever listens; themselves,
 * as text. */
#include "station/maps_parts.h"

void maps_listen(struct maps *s, maps_change_fn told, void *arg)
{
    s->told = told;
    s->told_arg = arg;
}

static void tell(const struct maps *s, const struct maps_entry *e,
                 const char *what, const struct maps_change *deed)
{
    struct maps_change change = {.name = e->name,
                                 .revision = e->revision,
                                 .changed = e->changed,
                                 .who = "",
                                 .what = what};

    if (deed != NULL && strcmp(deed->name, e->name) == 0) {
        change.who = deed->who;
        change.what = deed->what;
        change.edits = deed->edits;
    }
    s->told(s->told_arg, &change);
}

static bool is_other(const struct maps_entry *was, const struct maps_entry *is)
{
    return was->revision != is->revision || was->changed.ms != is->changed.ms;
}

/* Both lists are by name. */
static void compare(const struct maps *s, const struct maps_entries *was,
                    const struct maps_entries *is,
                    const struct maps_change *deed)
{
    for (size_t a = 0, b = 0; a < was->count || b < is->count;) {
        const struct maps_entry *old = a < was->count ? &was->at[a] : NULL;
        const struct maps_entry *new = b < is->count ? &is->at[b] : NULL;
        int order = old == NULL   ? 1
                    : new == NULL ? -1
                                  : strcmp(old->name, new->name);

        a += order <= 0;
        b += order >= 0;
        if (order < 0 && old->made)
            tell(s, old, "deleted", deed);
        else if (order > 0 && new->made)
            tell(s, new, "found", deed);
        else if (order == 0 && new->made && is_other(old, new))
            tell(s, new, "found", deed);
    }
}

void maps_publish(struct maps *s, struct maps_catalogue *c,
                  const struct maps_change *deed)
{
    struct maps_catalogue *before = s->catalogue;

    s->catalogue = c;
    if (s->told != NULL && before != NULL)
        compare(s, &before->entries, &c->entries, deed);
    maps_catalogue_free(before);
}

void maps_publish_placed(struct maps *s, struct maps_catalogue *c,
                         const char *name)
{
    maps_publish(
        s, c, &(struct maps_change){.name = name, .who = "", .what = "placed"});
}

char *maps_title(const char *name, struct wall at)
{
    struct buffer OWNED_BUFFER title = {0};
    char moment[32];

    wall_format(at, moment, sizeof moment);
    buffer_text(&title, name);
    if (moment[0] != '\0')
        buffer_format(&title, " · %.10s %.8s UTC", moment, moment + 11);
    return buffer_take(&title);
}

void maps_write(const struct map *m, enum maps_format format,
                const struct map_json_form *form, struct buffer *out)
{
    if (format == MAPS_GV)
        map_write(m, out);
    else if (format == MAPS_JSON && (form->brief || form->shown))
        map_write_json_as(m, form, out);
    else if (format == MAPS_JSON)
        map_write_json(m, out);
    else if (format == MAPS_CSV)
        map_write_csv(m, out);
    else
        map_write_graphml(m, out);
}
