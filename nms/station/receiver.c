#include "station/receiver.h"

#include "base/text.h"
#include "wire/credential.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

enum { DAYS = 7, DAY_MIN = 24 * 60, EVERY_DAY = (1 << DAYS) - 1 };

const char *receiver_kind_name(enum receiver_kind kind)
{
    static const char *const names[] = {[RECEIVER_SNMP] = "snmp",
                                        [RECEIVER_WEBHOOK] = "webhook",
                                        [RECEIVER_MAIL] = "mail",
                                        [RECEIVER_RUN] = "run",
                                        [RECEIVER_MASTER] = "master"};

    return names[kind];
}

/* ---- hours ---- */

static const char *const days[DAYS] = {"mon", "tue", "wed", "thu",
                                       "fri", "sat", "sun"};

static int day_of(const char *text)
{
    for (int i = 0; i < DAYS; i++)
        if (strncmp(text, days[i], 3) == 0)
            return i;
    return -1;
}

/* "mon-fri,sun" up to a blank; 0: it is none. */
static uint8_t read_days(const char **text)
{
    unsigned found = 0;

    for (;;) {
        int first = day_of(*text), last = first;

        if (first < 0)
            return 0;
        *text += 3;
        if (**text == '-') {
            last = day_of(*text + 1);
            if (last < 0)
                return 0;
            *text += 4;
        }
        for (int day = first;; day = (day + 1) % DAYS) {
            found |= 1u << day;
            if (day == last)
                break;
        }
        if (**text != ',')
            break;
        (*text)++;
    }
    return **text == ' ' ? (uint8_t)found : 0;
}

int receiver_hours_read(const char *text, struct receiver_hours *out)
{
    unsigned from_h, from_m, to_h, to_m;
    uint8_t on = EVERY_DAY;
    int end = 0;

    *out = (struct receiver_hours){0};
    if (*text < '0' || *text > '9')
        on = read_days(&text);
    if (on == 0 ||
        sscanf(text, " %2u:%2u-%2u:%2u%n", &from_h, &from_m, &to_h, &to_m,
               &end) != 4 ||
        text[end] != '\0' || from_h > 23 || from_m > 59 || to_h > 24 ||
        to_m > 59 || to_h * 60 + to_m > DAY_MIN)
        return -EINVAL;
    *out = (struct receiver_hours){.days = on,
                                   .from_min = (uint16_t)(from_h * 60 + from_m),
                                   .to_min = (uint16_t)(to_h * 60 + to_m)};
    return 0;
}

static bool is_on(const struct receiver_hours *h, int day)
{
    return day >= 0 && day < DAYS && (h->days >> day & 1) != 0;
}

const char *receiver_hours_format(const struct receiver_hours *h, char *out,
                                  size_t room)
{
    struct buffer OWNED_BUFFER text = {0};

    for (int day = 0; day < DAYS && h->days != EVERY_DAY; day++) {
        int last = day;

        if (!is_on(h, day))
            continue;
        while (is_on(h, last + 1))
            last++;
        buffer_format(&text, "%s%s", text.len > 0 ? "," : "", days[day]);
        if (last > day)
            buffer_format(&text, "-%s", days[last]);
        day = last;
    }
    buffer_format(&text, "%s%02u:%02u-%02u:%02u", text.len > 0 ? " " : "",
                  h->from_min / 60u, h->from_min % 60u, h->to_min / 60u,
                  h->to_min % 60u);
    (void)snprintf(out, room, "%s", text.at);
    return out;
}

static bool holds(const struct receiver_hours *h, unsigned weekday,
                  unsigned minute)
{
    bool today = (h->days >> weekday & 1) != 0;
    bool yesterday = (h->days >> (weekday + DAYS - 1) % DAYS & 1) != 0;

    if (h->from_min < h->to_min)
        return today && minute >= h->from_min && minute < h->to_min;
    return (today && minute >= h->from_min) ||
           (yesterday && minute < h->to_min);
}

bool receiver_hours_hold(const struct receiver_week *week, unsigned weekday,
                         unsigned minute)
{
    for (size_t i = 0; i < week->count; i++)
        if (holds(&week->at[i], weekday, minute))
            return true;
    return week->count == 0;
}

/* ---- of what ---- */

static bool any_fits(const struct receiver_texts *patterns, const char *text)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (text_matches(patterns->at[i], text))
            return true;
    return false;
}

bool receiver_wants(const struct receiver *r, const struct alert_record *a)
{
    if (a->worst < r->severity)
        return false;
    if (r->types.count > 0 && !any_fits(&r->types, a->type->name))
        return false;
    return r->objects.count == 0 || any_fits(&r->objects, a->name) ||
           any_fits(&r->objects, a->device);
}

/* ---- its end ---- */

static void texts_fini(struct receiver_texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->at[i]);
    array_fini(t);
}

static void wipe(char *text)
{
    if (text != NULL)
        OPENSSL_cleanse(text, strlen(text));
    free(text);
}

void receiver_free(struct receiver *r)
{
    if (r == NULL)
        return;
    free(r->name);
    credential_free(r->credential);
    wipe(r->url);
    wipe(r->secret);
    for (size_t i = 0; i < r->headers.count; i++)
        OPENSSL_cleanse(r->headers.at[i], strlen(r->headers.at[i]));
    texts_fini(&r->headers);
    texts_fini(&r->to);
    texts_fini(&r->objects);
    texts_fini(&r->types);
    free(r->form);
    free(r->server);
    free(r->from);
    free(r->user);
    free(r->authority);
    free(r->run);
    array_fini(&r->when);
    free(r);
}

static void add_part(struct buffer *out, const char *text)
{
    buffer_format(out, "%s%c", text != NULL ? text : "", '\0');
}

void receiver_add_way(const struct receiver *r, struct buffer *out)
{
    const struct credential *c = r->credential;
    char text[ADDR_TEXT_MAX];

    if (c == NULL)
        return;
    add_part(out, addr_format(&r->addr, text, sizeof text));
    buffer_format(out, "%u %d %d %d %d ", (unsigned)r->port, r->inform,
                  (int)c->version, (int)c->auth, (int)c->priv);
    add_part(out, c->community);
    add_part(out, c->user);
    add_part(out, c->auth_secret);
    add_part(out, c->priv_secret);
    add_part(out, c->context);
}
