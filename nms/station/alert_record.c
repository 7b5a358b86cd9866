/* Records of alerts: each in one piece of memory, with its texts behind it. */
#include "station/alert.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

const char *object_class_name(enum object_class class)
{
    static const char *const names[OBJECT_CLASSES] = {
        "station", "device", "port", "metric", "link", "group"};

    return names[class];
}

const char *alert_state_name(enum alert_state state)
{
    static const char *const names[ALERT_STATES] = {"pending", "active",
                                                    "cleared"};

    return names[state];
}

/* ---- making them ---- */

enum { TEXTS = 9 };

/* Where a record has its texts. */
static void texts_of(struct alert_record *r, const char **out[TEXTS])
{
    const char **const texts[TEXTS] = {&r->object.part,
                                       &r->qualifier,
                                       &r->name,
                                       &r->device,
                                       &r->text,
                                       &r->rule,
                                       &r->unit,
                                       &r->acknowledged.who,
                                       &r->acknowledged.text};

    memcpy(out, texts, sizeof texts);
}

static size_t text_size(const char *text)
{
    return text != NULL && text[0] != '\0' ? strlen(text) + 1 : 0;
}

static size_t texts_size(const struct alert_record *like)
{
    struct alert_record r = *like;
    const char **texts[TEXTS];
    size_t size = r.symptom_count * sizeof(const char *);

    texts_of(&r, texts);
    for (size_t i = 0; i < TEXTS; i++)
        size += text_size(*texts[i]);
    for (size_t i = 0; i < r.symptom_count; i++)
        size += text_size(r.symptoms[i]);
    return size;
}

/* Copies *text to *room, which moves on. */
static void place(const char **text, char **room)
{
    size_t size = text_size(*text);

    if (size == 0) {
        *text = "";
        return;
    }
    memcpy(*room, *text, size);
    *text = *room;
    *room += size;
}

struct alert_record *alert_copy(const struct alert_record *like)
{
    struct alert_record *r = mem_zero(sizeof *r + texts_size(like));
    const char **symptoms = (const char **)(r + 1);
    char *room = (char *)(symptoms + like->symptom_count);
    const char **texts[TEXTS];

    *r = *like;
    r->refs = 1;
    texts_of(r, texts);
    for (size_t i = 0; i < TEXTS; i++)
        place(texts[i], &room);
    for (size_t i = 0; i < r->symptom_count; i++) {
        symptoms[i] = like->symptoms[i];
        place(&symptoms[i], &room);
    }
    r->symptoms = symptoms;
    return r;
}

uint32_t alert_symptoms_hash(const struct alert_record *a)
{
    struct buffer OWNED_BUFFER names = {0};

    if (a->symptom_count == 0)
        return 0;
    for (size_t i = 0; i < a->symptom_count; i++)
        buffer_format(&names, "%s\n", a->symptoms[i]);
    return (uint32_t)bytes_hash(buffer_view(&names));
}

struct alert_record *alert_ref(const struct alert_record *a)
{
    struct alert_record *shared = (struct alert_record *)a;

    __atomic_add_fetch(&shared->refs, 1, __ATOMIC_RELAXED);
    return shared;
}

void alert_unref(struct alert_record *a)
{
    if (a != NULL && __atomic_sub_fetch(&a->refs, 1, __ATOMIC_ACQ_REL) == 0)
        free(a);
}
