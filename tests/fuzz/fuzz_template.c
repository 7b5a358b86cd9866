/* Any text as a file of templates: each is read or complained of with a place,
 * those compiled in stay, and what is read can be drawn. */
#include "graphs/picture.h"

#include <stdlib.h>

/* Templates that are there without any file; other tests draw them. */
enum { SHIPPED = 9 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void hear(const struct complaint *why, void *arg)
{
    (void)arg;
    must(strncmp(why->place, "fuzz.yaml", 9) == 0);
    must(why->what[0] != '\0' && why->remedy[0] != '\0');
}

static size_t prints_of(const struct picture_argv *argv)
{
    size_t count = 0;

    for (size_t i = 0; i < argv->count; i++) {
        must(argv->at[i] != NULL);
        count += strncmp(argv->at[i], "PRINT:", 6) == 0;
    }
    return count;
}

static void draw(const struct graph_template *t, size_t objects)
{
    struct picture_object object[] = {{.path = "a/b.rrd", .label = "a:b"},
                                      {.path = "a/c.rrd", .label = "c"}};
    struct picture p = {.what = t,
                        .objects = object,
                        .count = objects,
                        .title = "t",
                        .to_s = 86400 * 7};
    OWNED(picture_plan_free) struct picture_plan *plan = picture_plan_new(&p);
    OWNED(picture_argv_free)
    struct picture_argv *ask = picture_ask(plan, "/", NULL);
    const char *printed[1000];
    size_t count = prints_of(ask);

    must(count > 0 && count <= COUNT_OF(printed));
    for (size_t i = 0; i < count; i++)
        printed[i] = i % 7 == 0 ? "-nan" : "1.5e+03";
    must(picture_take(plan, printed, count) == 0);
    OWNED(picture_argv_free)
    struct picture_argv *argv = picture_arguments(plan, "/", NULL);
    struct buffer OWNED_BUFFER words = {0};

    must(argv->count > 0);
    picture_describe(plan, &words);
    must(words.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(templates_free)
    struct graph_templates *set =
        templates_of_text("fuzz.yaml", (struct bytes){data, size}, hear, NULL);

    must(templates_find(set, "traffic") != NULL);
    must(templates_count(set) <= TEMPLATES_MAX);
    must(templates_count(set) >= SHIPPED);
    for (size_t i = SHIPPED; i < templates_count(set); i++) {
        draw(templates_at(set, i), 1);
        draw(templates_at(set, i), 2);
    }
    return 0;
}
