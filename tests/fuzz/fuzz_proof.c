/* Any octets as the head of a request, and as the headers that prove who asks:
 * what is found is a part of the input that fits where it goes, or "". */
#include "north/gate.h"
#include "north/http_door.h"
#include "north/proof.h"

#include "base/mem.h"
#include "base/own.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sys/queue.h>

#include <event2/keyvalq_struct.h>

enum { ROOM = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* value is what was found in text, which is NUL-terminated. */
static void must_be_of(const char *text, const char *value, bool found,
                       bool may_be_empty)
{
    must(memchr(value, '\0', ROOM) != NULL);
    must(found || value[0] == '\0');
    must(!found || may_be_empty || value[0] != '\0');
    must(strstr(text, value) != NULL);
}

static void read_headers(const char *text)
{
    char value[ROOM] = "?"; /* which goes, found or not */
    struct refusal why;
    const struct gate_names names = {.count = 0};

    must_be_of(text, value, proof_cookie(text, "s", value, sizeof value),
               false);
    must(strpbrk(value, "; \t") == NULL);
    must_be_of(text, value, proof_bearer(text, value, sizeof value), false);
    must_be_of(text, value, proof_host(text, value, sizeof value), false);
    (void)gate_knows(&names, text, &why);
    (void)proof_same_origin(text, text);
    must(!proof_same_origin(text, ""));
}

/* A request by a browser of another page is never let through. */
static void pass_gate(const char *text)
{
    const struct api_route post = {
        .method = API_POST, .pattern = "discovery", .role = ROLE_OPERATOR};
    const struct caller caller = {.kind = CALLER_SESSION,
                                  .role = ROLE_ADMINISTRATOR};
    const struct gate_headers headers = {.host = "station:8161",
                                         .origin = text,
                                         .fetch_site = NULL,
                                         .page = "page"};
    struct refusal why = {0};
    bool permitted = gate_permits(&caller, &post, &headers, &why);
    const char *behind = strstr(text, "://");

    must(permitted == (why.status == 0));
    must(!permitted ||
         (behind != NULL && strlen(behind + 3) == strlen("station:8161")));
}

/* Where a request ends is told by one length, or by none. */
static void find_end(const char *text)
{
    OWNED(free) char *copy = mem_text(text);
    struct evkeyvalq headers;
    struct evkeyval *h;
    struct refusal why = {0};
    unsigned lengths = 0;
    char *save = NULL;

    TAILQ_INIT(&headers);
    for (char *line = strtok_r(copy, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        char *colon = strchr(line, ':');

        h = mem_new(struct evkeyval);
        h->key = line;
        h->value = colon != NULL ? colon + 1 : line + strlen(line);
        if (colon != NULL)
            *colon = '\0';
        TAILQ_INSERT_TAIL(&headers, h, next);
    }
    must(!gate_ends(&headers, true, &why) || gate_ends(&headers, false, &why));
    why = (struct refusal){0};
    bool ends = gate_ends(&headers, false, &why);
    must(ends == (why.status == 0));
    while ((h = TAILQ_FIRST(&headers)) != NULL) {
        lengths += strcasecmp(h->key, "Content-Length") == 0;
        must(!ends || strcasecmp(h->key, "Transfer-Encoding") != 0);
        must(!ends || strpbrk(h->key, " \t\r") == NULL);
        TAILQ_REMOVE(&headers, h, next);
        free(h);
    }
    must(!ends || lengths <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"Cookie", "Authorization", "X", ""};
    char *text = mem_text_of(data, size);
    char value[ROOM];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        bool found = door_field((struct bytes){data, size}, names[i], value,
                                sizeof value);

        must(memchr(value, '\0', sizeof value) != NULL);
        must(found || value[0] == '\0');
        must(strchr(value, '\n') == NULL);
    }
    read_headers(text);
    pass_gate(text);
    find_end(text);
    free(text);
    return 0;
}
