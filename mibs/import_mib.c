#include "mibs/import_mib.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void mib_parser_start(void)
{
    snmp_disable_log();
    snmp_set_mib_errors(0);
    snmp_set_mib_warnings(0);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID,
                           NETSNMP_DS_LIB_MIB_PARSE_LABEL, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID,
                           NETSNMP_DS_LIB_SAVE_MIB_DESCRS, 0);
    netsnmp_init_mib_internals();
}

void mib_parser_hush(void)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (nowhere >= 0) {
        (void)dup2(nowhere, STDERR_FILENO); /* else it prints, no harm done */
        close(nowhere);
    }
}

size_t mib_parser_directory(const char *path)
{
    int files = add_mibdir(path);

    return files > 0 ? (size_t)files : 0;
}

bool mib_parser_read(const char *module)
{
    (void)netsnmp_read_module(module); /* gives the whole tree in any case */
    return which_module(module) >= 0;
}

/* The numbers on the way from the root to t. */
static bool oid_of(const struct tree *t, struct oid_store *out)
{
    const struct tree *way[OID_MAX];
    size_t len = 0;

    for (; t != NULL && t->parent != t; t = t->parent) {
        if (len == OID_MAX)
            return false;
        way[len++] = t;
    }
    out->len = 0;
    while (len-- > 0)
        if (!oid_push(out, (uint32_t)way[len]->subid))
            return false;
    return out->len > 0;
}

static uint8_t indexes_of(const struct tree *entry)
{
    uint8_t count = 0;

    if (entry->augments != NULL) {
        const struct tree *other = find_tree_node(entry->augments, -1);

        return other != NULL && other->augments == NULL && other != entry
                   ? indexes_of(other)
                   : 0;
    }
    for (const struct index_list *i = entry->indexes; i != NULL; i = i->next)
        count++;
    return count;
}

static bool is_entry(const struct tree *t)
{
    return t != NULL && (t->indexes != NULL || t->augments != NULL);
}

static bool is_text_type(int type)
{
    return type == TYPE_OCTETSTR || type == TYPE_OPAQUE ||
           type == TYPE_NETADDR || type == TYPE_IPADDR || type == TYPE_OBJID ||
           type == TYPE_BITSTRING || type == TYPE_NSAPADDRESS;
}

static uint8_t kind_of(const struct tree *t)
{
    if (is_entry(t))
        return MIB_ENTRY;
    if (is_entry(t->parent))
        return MIB_COLUMN;
    for (const struct tree *c = t->child_list; c != NULL; c = c->next_peer)
        if (is_entry(c))
            return MIB_TABLE;
    return t->type != TYPE_OTHER && t->child_list == NULL ? MIB_SCALAR
                                                          : MIB_NODE;
}

/* True if the module's file is in none of the directories. */
static bool is_foreign(const struct mib_own *own, int id)
{
    const struct module *m = find_module(id);
    const char *slash =
        m != NULL && m->file != NULL ? strrchr(m->file, '/') : NULL;

    for (size_t i = 0; slash != NULL && i < own->count; i++) {
        size_t len = (size_t)(slash - m->file);

        if (strlen(own->at[i]) == len && strncmp(own->at[i], m->file, len) == 0)
            return false;
    }
    return own->count > 0;
}

static bool parser_find(void *arg, const char *module, const char *name,
                        struct mib_object *out)
{
    const struct tree *t;

    *out = (struct mib_object){0};
    if (module[0] != '\0' && !mib_parser_read(module))
        return false;
    t = find_tree_node(name, module[0] != '\0' ? which_module(module) : -1);
    if (t == NULL || !oid_of(t, &out->oid))
        return false;
    out->kind = kind_of(t);
    out->is_text = is_text_type(t->type);
    out->is_foreign = is_foreign(arg, t->modid);
    if (out->kind == MIB_COLUMN)
        out->index_count = indexes_of(t->parent);
    else if (out->kind == MIB_ENTRY)
        out->index_count = indexes_of(t);
    else if (out->kind == MIB_TABLE && t->child_list != NULL)
        out->index_count = indexes_of(t->child_list);
    return true;
}

static bool is_of(const struct tree *t, int module)
{
    for (int i = 0; i < t->number_modules; i++)
        if (t->module_list[i] == module)
            return true;
    return t->modid == module;
}

static void parser_each(void *arg, const char *module,
                        void (*told)(void *told_arg, const char *name,
                                     struct oid oid),
                        void *told_arg)
{
    const struct tree *t = get_tree_head();
    int id;

    (void)arg;
    if (!mib_parser_read(module))
        return;
    id = which_module(module);
    /* Down first, then along, then up: every node once. */
    while (t != NULL) {
        struct oid_store oid;

        if (is_of(t, id) && oid_of(t, &oid))
            told(told_arg, t->label, oid_view(&oid));
        if (t->child_list != NULL) {
            t = t->child_list;
            continue;
        }
        while (t != NULL && t->next_peer == NULL)
            t = t->parent != t ? t->parent : NULL;
        t = t != NULL ? t->next_peer : NULL;
    }
}

struct mib_names mib_parser_names(const struct mib_own *own)
{
    return (struct mib_names){
        .find = parser_find, .each = parser_each, .arg = (void *)own};
}
