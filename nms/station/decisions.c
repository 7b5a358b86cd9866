#include "station/decisions.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[DECIDED_BYS] = {
    [DECIDED_FIRST] = "first",       [DECIDED_KEYS] = "keys",
    [DECIDED_TWIN] = "twin test",    [DECIDED_PLACE] = "address",
    [DECIDED_REPLACED] = "replaced", [DECIDED_HEARSAY] = "hearsay",
    [DECIDED_PIN] = "pin",
};

const char *decided_by_name(enum decided_by by)
{
    return names[by];
}

static const char *text_or_none(const char *text)
{
    return text != NULL ? text : "";
}

static void decision_fini(struct decision *d)
{
    free(d->why); /* and what lies behind it */
}

/* Texts in one piece of memory: most devices have a decision, or several. */
static void take_texts(struct decision *d, const struct decision *new)
{
    struct buffer texts = {0};

    buffer_text(&texts, text_or_none(new->why));
    buffer_char(&texts, '\0');
    size_t second = texts.len;
    buffer_text(&texts, text_or_none(new->second));
    buffer_char(&texts, '\0');
    size_t second_why = texts.len;
    buffer_text(&texts, text_or_none(new->second_why));
    d->why = mem_text_of(texts.at, texts.len);
    d->second = d->why + second;
    d->second_why = d->why + second_why;
    buffer_fini(&texts);
}

static bool is_same(const struct decision *a, const struct decision *b)
{
    return a->by == b->by && a->agree == b->agree && a->differ == b->differ &&
           strcmp(a->why, text_or_none(b->why)) == 0 &&
           a->second_open == b->second_open &&
           strcmp(a->second, text_or_none(b->second)) == 0 &&
           strcmp(a->second_why, text_or_none(b->second_why)) == 0;
}

static void remove_at(struct decisions *list, size_t i)
{
    decision_fini(&list->at[i]);
    list->count--;
    memmove(&list->at[i], &list->at[i + 1],
            (list->count - i) * sizeof list->at[0]);
}

bool decisions_note(struct decisions *list, const struct decision *new)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!addr_equal(&list->at[i].addr, &new->addr))
            continue;
        if (is_same(&list->at[i], new))
            return false;
        remove_at(list, i);
    }
    if (list->count >= DECISIONS_MAX)
        remove_at(list, 0);
    struct decision *d = array_add(list);
    *d = *new;
    take_texts(d, new);
    array_trim(list);
    return true;
}

const struct decision *decisions_of(const struct decisions *list,
                                    const struct addr *addr)
{
    for (size_t i = 0; i < list->count; i++)
        if (addr_equal(&list->at[i].addr, addr))
            return &list->at[i];
    return NULL;
}

void decisions_forget(struct decisions *list, const struct addr *addr)
{
    for (size_t i = list->count; i > 0; i--)
        if (addr_equal(&list->at[i - 1].addr, addr))
            remove_at(list, i - 1);
}

void decisions_move(struct decisions *to, struct decisions *from)
{
    for (size_t i = 0; i < from->count; i++)
        (void)decisions_note(to, &from->at[i]);
    decisions_fini(from);
}

void decisions_fini(struct decisions *list)
{
    for (size_t i = 0; i < list->count; i++)
        decision_fini(&list->at[i]);
    array_fini(list);
}

/* ---- as JSON ---- */

static json_t *signs_to_json(uint16_t bits)
{
    json_t *list = json_array();

    for (int s = 0; s < IDENTITY_SIGNS; s++)
        if ((bits & sign_bit((enum identity_sign)s)) != 0)
            json_array_append_new(
                list, json_string(identity_sign_name((enum identity_sign)s)));
    return list;
}

static uint16_t signs_from_json(const json_t *list)
{
    uint16_t bits = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        enum identity_sign s =
            name != NULL ? identity_sign_named(name) : IDENTITY_SIGNS;

        if (s < IDENTITY_SIGNS)
            bits |= sign_bit(s);
    }
    return bits;
}

json_t *decisions_to_json(const struct decisions *list)
{
    json_t *array = json_array();
    char addr[ADDR_TEXT_MAX];

    for (size_t i = 0; i < list->count; i++) {
        const struct decision *d = &list->at[i];

        json_array_append_new(
            array, json_pack("{s:s,s:I,s:s,s:s,s:o,s:o,s:s,s:s,s:b}", "address",
                             addr_format(&d->addr, addr, sizeof addr), "at",
                             (json_int_t)d->at.ms, "by", decided_by_name(d->by),
                             "why", d->why, "agree", signs_to_json(d->agree),
                             "differ", signs_to_json(d->differ), "second",
                             d->second, "second_why", d->second_why,
                             "second_open", d->second_open));
    }
    return array;
}

void decisions_from_json(struct decisions *list, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *o = json_array_get(array, i);
        const char *addr = json_string_value(json_object_get(o, "address"));
        const char *by = json_string_value(json_object_get(o, "by"));
        struct decision d = {
            .at.ms = json_integer_value(json_object_get(o, "at")),
            .agree = signs_from_json(json_object_get(o, "agree")),
            .differ = signs_from_json(json_object_get(o, "differ")),
            /* copied */
            .why = (char *)json_string_value(json_object_get(o, "why")),
            .second = (char *)json_string_value(json_object_get(o, "second")),
            .second_why =
                (char *)json_string_value(json_object_get(o, "second_why")),
            .second_open = json_is_true(json_object_get(o, "second_open")),
        };

        if (addr == NULL || by == NULL || addr_parse(addr, &d.addr) < 0)
            continue;
        while (d.by < DECIDED_BYS && strcmp(names[d.by], by) != 0)
            d.by++;
        if (d.by < DECIDED_BYS)
            (void)decisions_note(list, &d);
    }
}
