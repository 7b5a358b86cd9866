/* What is kept of a change: who, what, and what came of it; secrets never. */
#include "north/audit.h"

#include "base/mem.h"
#include "north/routes.h"
#include "station/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- a store that keeps the last entry ---- */

struct store {
    char text[4096];
};

struct station {
    struct store store;
};

struct store *station_store(struct station *s)
{
    return &s->store;
}

uint64_t store_event(struct store *s, const struct store_event *e)
{
    (void)snprintf(s->text, sizeof s->text, "%s", e->text);
    return 1;
}

/* What the record has of a body that was sent to pattern. */
static const char *kept_of(struct station *s, const char *pattern,
                           const char *body)
{
    const struct api_route route = {.method = API_POST, .pattern = pattern};
    struct api_request r = {.station = s,
                            .route = &route,
                            .caller = {.kind = CALLER_SESSION},
                            .status = 400,
                            .body = json_loads(body, 0, NULL)};

    assert_non_null(r.body);
    s->store.text[0] = '\0';
    audit_note(&r);
    assert_true(s->store.text[0] != '\0');
    json_decref(r.body);
    return s->store.text;
}

static void a_secret_is_not_kept_whatever_it_is(void **state)
{
    static const char *const bodies[][2] = {
        {"credentials", "{\"name\": \"a\", \"community\": \"hidden\"}"},
        {"credentials", "{\"name\": \"a\", \"community\": 47114711}"},
        {"credentials", "{\"name\": \"a\", \"auth_secret\": 47114711}"},
        {"credentials", "{\"name\": \"a\", \"Community\": \"hidden\"}"},
        {"credentials", "{\"name\": \"a\", \"community\": 47.114711}"},
        {"credentials", "[{\"name\": \"a\", \"community\": [47114711]}]"},
        {"receivers", "{\"headers\": {\"Authorization\": \"hidden\"}}"},
        {"receivers",
         "{\"headers\": [{\"name\": \"X\", \"value\": \"hidden\"}]}"},
        {"receivers", "{\"headers\": [\"X: hidden\"], \"secret\": 47114711}"},
        {"receivers", "{\"webhook\": {\"url\": \"http://hidden\"}}"},
        {"users/+", "{\"password\": {\"new\": \"hidden\"}}"},
    };
    struct station *s = mem_new(struct station);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        const char *text = kept_of(s, bodies[i][0], bodies[i][1]);

        if (strstr(text, "(not kept)") == NULL ||
            strstr(text, "hidden") != NULL || strstr(text, "4711") != NULL ||
            strstr(text, "47.11") != NULL)
            fail_msg("%s: %s", bodies[i][1], text);
    }
    free(s);
}

static void what_is_no_secret_is_kept(void **state)
{
    struct station *s = mem_new(struct station);

    (void)state;
    assert_non_null(
        strstr(kept_of(s, "users",
                       "{\"name\": \"ann\", \"role\": \"viewer\", "
                       "\"must_change\": true, \"password\": null}"),
               "\"name\":\"ann\",\"role\":\"viewer\","
               "\"must_change\":true,\"password\":null"));
    assert_non_null(
        strstr(kept_of(s, "alerts/rules", "{\"above\": 90, \"hold\": \"5m\"}"),
               "{\"above\":90,\"hold\":\"5m\"}"));
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_not_kept_whatever_it_is),
        cmocka_unit_test(what_is_no_secret_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
