#include "north/notice_form.h"

#include "base/mem.h"
#include "base/text.h"
#include "north/alert_json.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name, *type;
} forms[FORMS] = {
    [FORM_JSON] = {"json", "application/json; charset=utf-8"},
    [FORM_SLACK] = {"slack", "application/json; charset=utf-8"},
    [FORM_TEAMS] = {"teams", "application/json; charset=utf-8"},
    [FORM_CHATWORK] = {"chatwork", "application/x-www-form-urlencoded"},
    [FORM_PLAIN] = {"plain", "text/plain; charset=utf-8"},
};

const char *notice_form_name(enum notice_form form)
{
    return forms[form].name;
}

const char *notice_form_type(enum notice_form form)
{
    return forms[form].type;
}

int notice_form_parse(const char *name, enum notice_form *out)
{
    for (unsigned i = 0; i < FORMS; i++)
        if (strcmp(forms[i].name, name) == 0) {
            *out = (enum notice_form)i;
            return 0;
        }
    return -EINVAL;
}

/* ---- words ---- */

static void add_lasting(const struct alert_record *a, struct buffer *out)
{
    char lasted[32];

    if (a->raised.ms == 0 || a->cleared.ms <= a->raised.ms)
        return;
    duration_format(a->cleared.ms - a->raised.ms, lasted, sizeof lasted);
    buffer_format(out, " after %s", lasted);
}

static void add_what(const struct notice_item *item, struct buffer *out)
{
    const struct alert_record *a = item->alert;

    if (item->news == ALERT_ENDED) {
        buffer_text(out, "cleared");
        add_lasting(a, out);
        return;
    }
    if (item->again)
        buffer_text(out, "still ");
    buffer_text(out, severity_name((int)a->severity));
    if (item->news == ALERT_TOUCHED && a->acknowledged.who[0] != '\0')
        buffer_format(out, ", acknowledged by %s", a->acknowledged.who);
}

void notice_symptoms(const struct alert_record *a, size_t max,
                     struct buffer *out)
{
    static const char MORE[] = " ...";
    size_t begin = out->len;

    buffer_format(out, "%zu device%s", a->symptom_count,
                  a->symptom_count == 1 ? "" : "s");
    for (size_t i = 0; i < a->symptom_count; i++) {
        size_t room = i + 1 < a->symptom_count ? sizeof MORE : 1;

        if (out->len - begin + strlen(a->symptoms[i]) + room + 1 > max) {
            if (i > 0)
                buffer_text(out, MORE);
            return;
        }
        buffer_format(out, "%s %s", i == 0 ? ":" : ",", a->symptoms[i]);
    }
}

void notice_line(const struct notice_item *item, struct buffer *out)
{
    enum { NAMES_MAX = 240 };
    const struct alert_record *a = item->alert;

    add_what(item, out);
    buffer_format(out, ": %s: %s", a->name, a->type->title);
    if (a->text[0] != '\0')
        buffer_format(out, ": %s", a->text);
    if (a->symptom_count > 0) {
        buffer_text(out, "; it makes unreachable ");
        notice_symptoms(a, NAMES_MAX, out);
    }
    if (a->index != 0) /* else it is none */
        buffer_format(out, " (alert %" PRIu32 ")", a->index);
    if (item->because == NULL)
        return;
    a = item->because;
    buffer_format(out, "; because of %s: %s", a->name, a->type->title);
    if (a->symptom_count > 0) {
        buffer_text(out, ", which makes unreachable ");
        notice_symptoms(a, NAMES_MAX, out);
    }
    buffer_format(out, " (alert %" PRIu32 ")", a->index);
}

static enum severity worst_of(const struct notice_page *page)
{
    enum severity worst = SEVERITY_CLEARED;

    for (size_t i = 0; i < page->count; i++)
        if (page->items[i].news != ALERT_ENDED &&
            page->items[i].alert->severity > worst)
            worst = page->items[i].alert->severity;
    return worst;
}

void notice_title(const struct notice_page *page, struct buffer *out)
{
    const struct alert_record *first = page->items[0].alert;

    buffer_format(out, "[%s] ", page->station);
    if (page->count == 1) {
        add_what(&page->items[0], out);
        buffer_format(out, ": %s: %s", first->name, first->type->title);
        return;
    }
    buffer_format(out, "%zu changes of alerts", page->count);
    enum severity worst = worst_of(page);
    if (worst != SEVERITY_CLEARED)
        buffer_format(out, ", the worst %s", severity_name((int)worst));
}

static void add_lines(const struct notice_page *page, struct buffer *out)
{
    for (size_t i = 0; i < page->count && i < NOTICE_LINES_MAX; i++) {
        if (i > 0)
            buffer_char(out, '\n');
        notice_line(&page->items[i], out);
    }
    if (page->count > NOTICE_LINES_MAX)
        buffer_format(out, "\nand %zu more: portolan alerts",
                      page->count - NOTICE_LINES_MAX);
}

/* ---- forms ---- */

static void add_json(json_t *o, struct buffer *out)
{
    char *text = json_dumps(o, JSON_COMPACT);

    if (text != NULL)
        buffer_text(out, text);
    free(text);
    json_decref(o);
}

const char *notice_news(const struct notice_item *item)
{
    static const char *const words[ALERT_NEWS] = {[ALERT_RAISED] = "raised",
                                                  [ALERT_CHANGED] = "changed",
                                                  [ALERT_TOUCHED] = "touched",
                                                  [ALERT_EXPLAINED] =
                                                      "explained",
                                                  [ALERT_ENDED] = "cleared"};

    if (item->news == ALERT_EXPLAINED && item->because == NULL)
        return "symptoms";
    return item->again ? "repeated" : words[item->news];
}

/* The alert as the API tells it, with the first of its symptoms: symptom_count
 * says how many there are. */
static json_t *told_alert(const struct alert_record *r)
{
    json_t *o = alert_json(r), *names = json_object_get(o, "symptoms");

    while (json_array_size(names) > NOTICE_SYMPTOMS_MAX)
        json_array_remove(names, json_array_size(names) - 1);
    return o;
}

static json_t *whole(const struct notice_page *page)
{
    json_t *o = json_object(), *list = json_array();
    struct buffer OWNED_BUFFER line = {0};

    json_put_text(o, "station", page->station);
    json_put_wall(o, "at", page->at);
    json_put_count(o, "sequence", page->seq);
    for (size_t i = 0; i < page->count; i++) {
        json_t *item = json_object();
        buffer_clear(&line);
        notice_line(&page->items[i], &line);
        json_put_text(item, "news", notice_news(&page->items[i]));
        json_put_text(item, "line", line.at);
        json_object_set_new(item, "alert", told_alert(page->items[i].alert));
        if (page->items[i].because != NULL)
            json_object_set_new(item, "because",
                                told_alert(page->items[i].because));
        json_array_append_new(list, item);
    }
    json_object_set_new(o, "items", list);
    return o;
}

/* Slack reads &, < and > of a text as marks. */
static json_t *slack(const char *lines)
{
    struct buffer OWNED_BUFFER safe = {0};

    for (const char *c = lines; *c != '\0'; c++)
        if (*c == '&')
            buffer_text(&safe, "&amp;");
        else if (*c == '<')
            buffer_text(&safe, "&lt;");
        else if (*c == '>')
            buffer_text(&safe, "&gt;");
        else
            buffer_char(&safe, *c);
    return json_pack("{s:s, s:b}", "text", safe.at != NULL ? safe.at : "",
                     "mrkdwn", 0);
}

static json_t *teams_block(const char *text, const char *weight)
{
    return json_pack("{s:s, s:s, s:s, s:b}", "type", "TextBlock", "text", text,
                     "weight", weight, "wrap", 1);
}

static json_t *teams(const char *title, const char *lines)
{
    json_t *card =
        json_pack("{s:s, s:s, s:s, s:[o, o]}", "$schema",
                  "http://adaptivecards.io/schemas/adaptive-card.json", "type",
                  "AdaptiveCard", "version", "1.4", "body",
                  teams_block(title, "Bolder"), teams_block(lines, "Default"));

    return json_pack("{s:s, s:[{s:s, s:o}]}", "type", "message", "attachments",
                     "contentType", "application/vnd.microsoft.card.adaptive",
                     "content", card);
}

/* As a form's value: application/x-www-form-urlencoded. */
static void add_form(const char *text, struct buffer *out)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
            (*c >= '0' && *c <= '9') || strchr("-._~", *c) != NULL)
            buffer_char(out, *c);
        else
            buffer_format(out, "%%%02X", (unsigned)(unsigned char)*c);
}

void notice_body(enum notice_form form, const struct notice_page *page,
                 struct buffer *out)
{
    struct buffer OWNED_BUFFER title = {0}, OWNED_BUFFER lines = {0};

    notice_title(page, &title);
    add_lines(page, &lines);
    switch (form) {
    case FORM_JSON:
        add_json(whole(page), out);
        break;
    case FORM_SLACK:
        add_json(slack(lines.at), out);
        break;
    case FORM_TEAMS:
        add_json(teams(title.at, lines.at), out);
        break;
    case FORM_CHATWORK:
        buffer_text(out, "self_unread=1&body=");
        add_form(lines.at, out);
        break;
    case FORM_PLAIN:
    case FORMS:
        buffer_format(out, "%s\n", lines.at);
        break;
    }
}

/* ---- mail ---- */

enum {
    WORD_OCTETS = 42, /* of text in an encoded word: 56 characters, below the
                         75 of RFC 2047, 2 */
    LINE_OCTETS = 57  /* of text in a line of base64: 76 characters */
};

/* How much of a text goes into one encoded word: whole characters of UTF-8. */
static size_t word_of(const char *text)
{
    size_t len = text_fit(bytes_of_text(text), WORD_OCTETS);

    return len > 0 || text[0] == '\0' ? len : 1; /* of what is no UTF-8 */
}

/* Encoded words (RFC 2047): whatever is in it, no header can be added by it. */
static void add_subject(const char *text, struct buffer *out)
{
    buffer_text(out, "Subject:");
    while (*text != '\0') {
        size_t len = word_of(text);
        buffer_text(out, " =?UTF-8?B?");
        text_base64((struct bytes){(const uint8_t *)text, len}, out);
        text += len;
        buffer_text(out, *text != '\0' ? "?=\r\n" : "?=");
    }
    buffer_text(out, "\r\n");
}

static void add_date(struct wall at, struct buffer *out)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed",
                                       "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr",
                                         "May", "Jun", "Jul", "Aug",
                                         "Sep", "Oct", "Nov", "Dec"};
    time_t s = (time_t)(at.ms / 1000);
    struct tm t;

    gmtime_r(&s, &t);
    buffer_format(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n",
                  days[t.tm_wday], t.tm_mday, months[t.tm_mon],
                  1900 + t.tm_year, t.tm_hour, t.tm_min, t.tm_sec);
}

void notice_mail(const struct notice_page *page, const char *from,
                 const char *const *to, uint64_t id, struct buffer *out)
{
    struct buffer OWNED_BUFFER title = {0}, OWNED_BUFFER lines = {0};
    const char *host = strrchr(from, '@');

    notice_title(page, &title);
    add_lines(page, &lines);
    buffer_char(&lines, '\n');
    buffer_format(out, "From: <%s>\r\n", from);
    for (size_t i = 0; to[i] != NULL; i++)
        buffer_format(out, "%s<%s>", i == 0 ? "To: " : ",\r\n ", to[i]);
    buffer_text(out, "\r\n");
    add_subject(title.at, out);
    add_date(page->at, out);
    buffer_format(out, "Message-ID: <portolan.%" PRIu64 ".%" PRId64 "%s>\r\n",
                  id, page->at.ms, host != NULL ? host : "@portolan.invalid");
    buffer_text(out, "Auto-Submitted: auto-generated\r\n"
                     "MIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: base64\r\n\r\n");
    struct bytes text = buffer_view(&lines);
    for (size_t at = 0; at < text.len; at += LINE_OCTETS) {
        size_t left = text.len - at;
        struct bytes line = {text.at + at,
                             left < LINE_OCTETS ? left : LINE_OCTETS};
        text_base64(line, out);
        buffer_text(out, "\r\n");
    }
}
