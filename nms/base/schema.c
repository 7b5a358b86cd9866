/* Reads maps by schema tables: the second half of yaml.h. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/yaml.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { VALUE_SHOWN_MAX = 60, NEAR_KEY_MAX = 32, DURATION_TEXT_MAX = 24 };

/* How one call of yaml_read() or yaml_read_all() goes about it. */
struct reading {
    void *ctx;
    struct complaint *why;
    struct yaml_faults *faults; /* NULL: the first fault ends it */
};

/* One value, from the file or from the preset of its field (node absent). */
struct value {
    struct yaml_node node;
    const struct yaml_field *field;
    const char *text;
    void *out; /* the field of the struct */
};

static const char *const *choice_of_bool(void)
{
    static const char *const words[] = {"false", "true", "no", "yes",
                                        "off",   "on",   NULL};
    return words;
}

/* The index of text among words, case aside; -1 if it is none of them. */
static int word_index(const char *const *words, const char *text)
{
    for (int i = 0; words[i] != NULL; i++)
        if (text_compare_nocase(words[i], text) == 0)
            return i;
    return -1;
}

/* "one of a, b, c" */
static void words_list(const char *const *words, struct buffer *out)
{
    for (size_t i = 0; words[i] != NULL; i++)
        buffer_format(out, "%s%s", i == 0 ? "write one of " : ", ", words[i]);
}

/* text as it may be shown in a fault. */
static void add_shown(const char *text, struct buffer *out)
{
    buffer_char(out, '"');
    text_safe(bytes_of_text(text), NULL, false, VALUE_SHOWN_MAX, out);
    buffer_text(out, strlen(text) > VALUE_SHOWN_MAX ? "...\"" : "\"");
}

/* The value is not what it should be: "a number" ... */
static int refuse(const struct value *v, const char *should_be,
                  const char *remedy, struct complaint *why)
{
    struct buffer OWNED_BUFFER shown = {0};

    add_shown(v->text, &shown);
    return yaml_complain(v->node, why,
                         v->field->help != NULL ? v->field->help : remedy,
                         "%s is not %s", shown.at, should_be);
}

static bool in_range(const struct yaml_field *f, double number)
{
    if (f->min == 0 && f->max == 0)
        return true;
    return number >= f->min && number <= f->max;
}

static int out_of_range(const struct value *v, const char *min, const char *max,
                        struct complaint *why)
{
    char remedy[sizeof why->remedy];

    (void)snprintf(remedy, sizeof remedy, "write a value from %s to %s", min,
                   max);
    return yaml_complain(v->node, why, remedy, "%s is %s", v->text,
                         "out of range");
}

static int number_out_of_range(const struct value *v, struct complaint *why)
{
    char min[32], max[32];

    (void)snprintf(min, sizeof min, "%.15g", v->field->min);
    (void)snprintf(max, sizeof max, "%.15g", v->field->max);
    return out_of_range(v, min, max, why);
}

static int read_text(const struct value *v, struct complaint *why)
{
    char **out = v->out;

    (void)why;
    free(*out);
    *out = mem_text(v->text);
    return 0;
}

static int read_bool(const struct value *v, struct complaint *why)
{
    int word = word_index(choice_of_bool(), v->text);

    if (word < 0)
        return refuse(v, "true or false", "write true or false", why);
    *(bool *)v->out = word % 2 == 1;
    return 0;
}

static int read_int(const struct value *v, struct complaint *why)
{
    char *end = NULL;
    bool digits = v->text[0] == '-' || (v->text[0] >= '0' && v->text[0] <= '9');

    errno = 0;
    int64_t number = strtoll(v->text, &end, 10);
    if (!digits || end == v->text || *end != '\0' || errno != 0)
        return refuse(v, "a whole number", "write digits alone", why);
    if (!in_range(v->field, (double)number))
        return number_out_of_range(v, why);
    *(int64_t *)v->out = number;
    return 0;
}

static int read_double(const struct value *v, struct complaint *why)
{
    char *end = NULL;

    if (v->text[0] == '\0' ||
        v->text[strspn(v->text, "+-.0123456789eE")] != '\0')
        return refuse(v, "a number", "write it such as 0.5", why);
    double number = strtod(v->text, &end);
    if (*end != '\0' || !isfinite(number))
        return refuse(v, "a number", "write it such as 0.5", why);
    if (!in_range(v->field, number))
        return number_out_of_range(v, why);
    *(double *)v->out = number;
    return 0;
}

static int read_duration(const struct value *v, struct complaint *why)
{
    char min[DURATION_TEXT_MAX], max[DURATION_TEXT_MAX];
    int64_t ms = 0;

    if (duration_parse(v->text, &ms) < 0)
        return refuse(v, "a duration",
                      "write it with a unit, such as 30s, "
                      "5m or 6h",
                      why);
    if (!in_range(v->field, (double)ms)) {
        duration_format((int64_t)v->field->min, min, sizeof min);
        duration_format((int64_t)v->field->max, max, sizeof max);
        return out_of_range(v, min, max, why);
    }
    *(int64_t *)v->out = ms;
    return 0;
}

static int read_choice(const struct value *v, struct complaint *why)
{
    struct buffer OWNED_BUFFER words = {0};
    int word = word_index(v->field->choices, v->text);

    if (word < 0) {
        words_list(v->field->choices, &words);
        return refuse(v, "known here", words.at, why);
    }
    *(int *)v->out = word;
    return 0;
}

typedef int (*read_fn)(const struct value *v, struct complaint *why);

static const read_fn scalar_readers[] = {
    [YAML_T_TEXT] = read_text,         [YAML_T_BOOL] = read_bool,
    [YAML_T_INT] = read_int,           [YAML_T_DOUBLE] = read_double,
    [YAML_T_DURATION] = read_duration, [YAML_T_CHOICE] = read_choice,
};

static int scalar_read(struct yaml_node n, const struct yaml_field *f,
                       void *out, struct complaint *why)
{
    struct value v = {.node = n, .field = f, .text = yaml_text(n), .out = out};

    if (v.text == NULL)
        return yaml_complain(n, why,
                             f->help != NULL ? f->help : "write one value",
                             "a single value is expected, not a %s",
                             yaml_kind(n) == YAML_MAP ? "map" : "list");
    return scalar_readers[f->type](&v, why);
}

static int map_read(struct yaml_node n, const struct yaml_field *fields,
                    void *out, const struct reading *r);

/* The key is not in the map: its preset, if it has one. */
static int field_default(struct yaml_node map, const struct yaml_field *f,
                         void *out, const struct reading *r)
{
    const struct yaml_node absent = {map.doc, 0};
    struct value v = {
        .node = absent, .field = f, .text = f->preset, .out = out};

    if (f->required && yaml_kind(map) == YAML_MAP)
        return yaml_complain(map, r->why, f->help, "key \"%s\" is missing",
                             f->key);
    if (f->type == YAML_T_MAP)
        return map_read(absent, f->fields, out, r);
    if (f->preset == NULL || f->type == YAML_T_CUSTOM)
        return 0;
    return scalar_readers[f->type](&v, r->why);
}

static int field_read(struct yaml_node map, const struct yaml_field *f,
                      void *out, const struct reading *r)
{
    struct yaml_node n = yaml_get(map, f->key);

    if (yaml_is_null(n))
        return field_default(map, f, out, r);
    if (f->type == YAML_T_CUSTOM)
        return f->read(n, out, r->ctx, r->why);
    if (f->type == YAML_T_MAP)
        return map_read(n, f->fields, out, r);
    return scalar_read(n, f, out, r->why);
}

/* Letters to change, add or leave out from a to b (Levenshtein); both short. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NEAR_KEY_MAX + 1];
    size_t b_len = strlen(b);

    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t best = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            best = best < row[j] + 1 ? best : row[j] + 1;
            row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
        }
    }
    return row[b_len];
}

/* The key that was probably meant; NULL if none is near. */
static const char *near_key(const struct yaml_field *fields, const char *key)
{
    const char *nearest = NULL;
    size_t least = 3;

    if (strlen(key) > NEAR_KEY_MAX)
        return NULL;
    for (const struct yaml_field *f = fields; f->key != NULL; f++) {
        if (strlen(f->key) > NEAR_KEY_MAX)
            continue;
        size_t far = distance(key, f->key);
        if (far < least && far < strlen(f->key)) {
            least = far;
            nearest = f->key;
        }
    }
    return nearest;
}

static int unknown_key(struct yaml_node key, const struct yaml_field *fields,
                       struct complaint *why)
{
    struct buffer OWNED_BUFFER remedy = {0}, OWNED_BUFFER shown = {0};
    const char *near = near_key(fields, yaml_text(key));

    if (near != NULL)
        buffer_format(&remedy, "write \"%s\"", near);
    else
        for (const struct yaml_field *f = fields; f->key != NULL; f++)
            buffer_format(&remedy, "%s%s",
                          f == fields ? "keys known here: " : ", ", f->key);
    add_shown(yaml_text(key), &shown);
    return yaml_complain(key, why, remedy.at, "unknown key %s", shown.at);
}

static bool has_key(const struct yaml_field *fields, const char *key)
{
    while (fields->key != NULL && strcmp(fields->key, key) != 0)
        fields++;
    return fields->key != NULL;
}

void yaml_fault_add(struct yaml_faults *faults, const struct complaint *why)
{
    if (faults->count < YAML_FAULTS_MAX)
        *array_add(faults) = *why;
}

/* What a fault means for the reading: its end, or one more in the list. */
static int note(const struct reading *r, int rc)
{
    if (rc == 0 || r->faults == NULL)
        return rc;
    yaml_fault_add(r->faults, r->why);
    return 0;
}

static int map_read(struct yaml_node n, const struct yaml_field *fields,
                    void *out, const struct reading *r)
{
    int rc = 0;

    if (!yaml_is_null(n) && yaml_kind(n) != YAML_MAP)
        return note(r, yaml_complain(n, r->why, "write keys with their values",
                                     "a map (key: value) is expected"));
    for (size_t i = 0; i < yaml_count(n) && rc == 0; i++)
        if (!has_key(fields, yaml_key(n, i)))
            rc = note(r, unknown_key(yaml_key_node(n, i), fields, r->why));
    for (const struct yaml_field *f = fields; f->key != NULL && rc == 0; f++)
        rc = note(r, field_read(n, f, (char *)out + f->offset, r));
    return rc;
}

int yaml_read(struct yaml_node n, const struct yaml_field *fields, void *out,
              void *ctx, struct complaint *why)
{
    const struct reading r = {.ctx = ctx, .why = why};

    return map_read(n, fields, out, &r);
}

int yaml_read_all(struct yaml_node n, const struct yaml_field *fields,
                  void *out, void *ctx, struct yaml_faults *faults)
{
    struct complaint why = {.what = ""};
    const struct reading r = {.ctx = ctx, .why = &why, .faults = faults};
    size_t before = faults->count;

    (void)map_read(n, fields, out, &r); /* gives 0: faults are in the list */
    return faults->count > before ? -EINVAL : 0;
}
