/* What a definition says of how agents are asked, and of what they tell that is
 * not to be shown, to quirks of ours. */
#include "mibs/import_parts.h"

#include "base/mem.h"

#include <string.h>

static bool is_word(struct yaml_node n, const char *word)
{
    const char *text = yaml_text(n);

    return text != NULL && strcmp(text, word) == 0;
}

/* Settings that have no meaning here, or hold for every device anyway. */
static const char *const meaningless[] = {
    "os",
    "text",
    "type",
    "group",
    "icon",
    "icons",
    "over",
    "discovery",
    "mib_dir",
    "poller_modules",
    "discovery_modules",
    "ifXmcbc",
    "processor_stacked",
    "rfc1628_compat",
    "config_highlighting",
    "syslog_hook",
    "polling",
    "ifname",
    "ifalias",
    "snmp_max_oid",
    "empty_ifdescr", /* ports are called by ifName anyway */
};

/* How a list of what is bad is held against a name of ours. */
enum bad_kind { BAD_PART, BAD_PATTERN, BAD_WORD, BAD_KINDS };

static const struct bad_list {
    const char *key; /* of the definition */
    const char *of;  /* what is looked at */
    enum bad_kind kind;
} bad_ports[] =
    {
        {"bad_if", "descr", BAD_PART},
        {"bad_if_regexp", "descr", BAD_PATTERN},
        {"bad_ifname_regexp", "name", BAD_PATTERN},
        {"bad_ifalias_regexp", "alias", BAD_PATTERN},
        {"bad_iftype", "type", BAD_WORD},
},
  bad_vlans[] =
      {
          {"ignore_vlans", "id", BAD_WORD},
},
  bad_storage[] = {
      {"ignore_mount", "descr", BAD_WORD},
      {"ignore_mount_array", "descr", BAD_WORD},
      {"ignore_mount_string", "descr", BAD_PART},
      {"ignore_mount_regexp", "descr", BAD_PATTERN},
};

static const struct bad_quirk {
    const char *name;
    const struct bad_list *lists;
    size_t count;
    bool blind; /* parts are found whatever their case */
} bad_quirks[] = {
    {"ignore_ports", bad_ports, COUNT_OF(bad_ports), true},
    {"ignore_vlans", bad_vlans, COUNT_OF(bad_vlans), false},
    {"ignore_storage", bad_storage, COUNT_OF(bad_storage), false},
};

static size_t item_count(struct yaml_node n)
{
    return yaml_kind(n) == YAML_LIST ? yaml_count(n)
                                     : yaml_kind(n) == YAML_SCALAR;
}

static struct yaml_node item_at(struct yaml_node n, size_t i)
{
    return yaml_kind(n) == YAML_LIST ? yaml_item(n, i) : n;
}

/* A text as a pattern that finds it, in letters of any case. */
static void literal_put(const char *text, struct buffer *out)
{
    buffer_text(out, "(?i)");
    for (; *text != '\0'; text++) {
        if (strchr("\\^$.|?*+()[]{}", *text) != NULL)
            buffer_char(out, '\\');
        buffer_char(out, *text);
    }
}

/* Appends ", OPERATOR: VALUE" for one item; false if it cannot be said. */
static bool operator_put(const struct bad_list *list, bool blind,
                         const char *text, struct buffer *out)
{
    struct buffer OWNED_BUFFER value = {0};
    const char *word = "pattern";

    if (list->kind == BAD_PATTERN) {
        struct buffer OWNED_BUFFER unheard = {0};

        if (!import_pattern(text, false, &value))
            return false;
        OWNED(pattern_free)
        struct pattern *made = pattern_new(value.at, &unheard);

        if (made == NULL)
            return false;
    } else if (list->kind == BAD_PART && blind) {
        literal_put(text, &value);
    } else {
        word = list->kind == BAD_PART ? "contains" : "equal";
        buffer_text(&value, text);
    }
    buffer_format(out, ", %s: ", word);
    import_quote(value.at, out);
    return true;
}

/* Ports that are good though a list says otherwise: a condition more. */
static void good_put(struct yaml_node good, struct buffer *out)
{
    struct buffer OWNED_BUFFER all = {0};

    for (size_t i = 0; i < item_count(good); i++)
        if (import_text(item_at(good, i)) != NULL) {
            buffer_text(&all, all.len > 0 ? "|" : "");
            literal_put(import_text(item_at(good, i)), &all);
        }
    if (all.len == 0)
        return;
    buffer_text(out, ", {of: descr, not_pattern: ");
    import_quote(all.at, out);
    buffer_text(out, "}");
}

/* Adds the items of one list to out, each as a condition of its own. */
static void list_import(struct importer *im, struct yaml_node detection,
                        const struct bad_quirk *quirk,
                        const struct bad_list *list, struct buffer *out)
{
    struct yaml_node all = yaml_get(detection, list->key);
    bool ports = quirk->lists == bad_ports;

    for (size_t i = 0; i < item_count(all); i++) {
        const char *text = import_text(item_at(all, i));
        struct buffer OWNED_BUFFER condition = {0};

        buffer_format(&condition, "{of: %s", list->of);
        if (text == NULL ||
            !operator_put(list, quirk->blind, text, &condition)) {
            import_left(im, IMPORT_QUIRKS, item_at(all, i), list->key,
                        "this is no pattern");
            continue;
        }
        buffer_text(&condition, "}");
        if (ports)
            good_put(yaml_get(detection, "good_if"), &condition);
        buffer_format(out, "  - [%s]\n", condition.at);
        im->report->carried[IMPORT_QUIRKS]++;
    }
}

static void bad_import(struct importer *im, struct yaml_node detection)
{
    for (size_t i = 0; i < COUNT_OF(bad_quirks); i++) {
        const struct bad_quirk *quirk = &bad_quirks[i];
        struct buffer OWNED_BUFFER list = {0};

        for (size_t k = 0; k < quirk->count; k++)
            list_import(im, detection, quirk, &quirk->lists[k], &list);
        if (list.len > 0)
            buffer_format(&im->quirks, "  %s:\n%s", quirk->name, list.at);
    }
}

static bool is_bad_list(const char *key)
{
    for (size_t i = 0; i < COUNT_OF(bad_quirks); i++)
        for (size_t k = 0; k < bad_quirks[i].count; k++)
            if (strcmp(bad_quirks[i].lists[k].key, key) == 0)
                return true;
    return strcmp(key, "good_if") == 0;
}

void import_quirks(struct importer *im, struct yaml_node detection)
{
    struct yaml_node repeaters =
        yaml_get(yaml_get(detection, "snmp"), "max_repeaters");

    if (is_word(yaml_get(detection, "snmp_bulk"), "false")) {
        buffer_text(&im->quirks, "  no_bulk: true\n");
        im->report->carried[IMPORT_QUIRKS]++;
    }
    if (import_is_number(import_text(repeaters))) {
        buffer_format(&im->quirks, "  max_repetitions: %s\n",
                      import_text(repeaters));
        im->report->carried[IMPORT_QUIRKS]++;
    }
    bad_import(im, detection);
    for (size_t i = 0; i < yaml_count(detection); i++) {
        const char *key = import_key(detection, i);
        bool known = strcmp(key, "snmp_bulk") == 0 ||
                     strcmp(key, "snmp") == 0 || is_bad_list(key);

        for (size_t k = 0; k < COUNT_OF(meaningless) && !known; k++)
            known = strcmp(key, meaningless[k]) == 0;
        if (!known)
            import_left(im, IMPORT_QUIRKS, yaml_item(detection, i), key,
                        "there is no such quirk here");
    }
}
