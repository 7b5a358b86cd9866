/* Texts with names, expressions, patterns and conditions as octets. */
#include "mibs/profile_pack.h"

void pack_texts(struct pack *pack, struct text_list *v)
{
    pack_list(pack, &v->at, &v->count, sizeof *v->at, PROFILE_LIST_MAX);
    for (size_t i = 0; i < v->count; i++)
        pack_some_text(pack, &v->at[i]);
}

void pack_pattern(struct pack *pack, struct profile *p,
                  const struct pattern **v)
{
    const char *text = !pack->reads && *v != NULL ? pattern_text(*v) : NULL;

    pack_text(pack, &text);
    if (!pack->reads)
        return;
    *v = NULL;
    if (text == NULL)
        return;
    struct pattern *made = pattern_of_sound(text);

    *array_add(&p->patterns) = made;
    *v = made;
}

static void pack_some_pattern(struct pack *pack, struct profile *p,
                              const struct pattern **v)
{
    pack_pattern(pack, p, v);
    if (pack->reads && *v == NULL) {
        struct pattern *none = pattern_of_sound("");

        pack_expect(pack, false);
        *array_add(&p->patterns) = none;
        *v = none;
    }
}

void pack_patterns(struct pack *pack, struct profile *p, struct pattern_list *v)
{
    pack_list(pack, &v->at, &v->count, sizeof *v->at, PROFILE_LIST_MAX);
    for (size_t i = 0; i < v->count; i++)
        pack_some_pattern(pack, p, &v->at[i]);
}

void pack_translations(struct pack *pack, struct translation **v, size_t *count)
{
    pack_list(pack, v, count, sizeof **v, PROFILE_LIST_MAX);
    for (size_t i = 0; i < *count; i++) {
        pack_some_text(pack, &(*v)[i].from);
        pack_some_text(pack, &(*v)[i].to);
    }
}

static void pack_ref(struct pack *pack, struct ref *r, size_t columns)
{
    int64_t from = r->from, to = r->to;

    pack_u8(pack, &r->kind, UINT8_MAX);
    pack_u8(pack, &r->filter, UINT8_MAX);
    pack_u8(pack, &r->column, UINT8_MAX);
    pack_u8(pack, &r->nth_text, UINT8_MAX);
    pack_i64(pack, &from);
    pack_i64(pack, &to);
    pack_text(pack, &r->name);
    r->from = (int16_t)from;
    r->to = (int16_t)to;
    pack_expect(pack,
                from == r->from && to == r->to && ref_is_sound(r, columns));
    if (pack->reads && !pack_ok(pack))
        *r = (struct ref){0};
}

/* A literal part has no name, and the other way round. */
static void pack_part(struct pack *pack, struct template_part *part,
                      size_t columns)
{
    bool literal = part->ref.kind == REF_NONE;

    pack_bool(pack, &literal);
    if (literal) {
        pack_some_text(pack, &part->literal);
        return;
    }
    pack_ref(pack, &part->ref, columns);
    pack_expect(pack, part->ref.kind != REF_NONE);
    if (part->ref.kind == REF_NONE)
        part->literal = "";
}

static void pack_template_text(struct pack *pack, struct template_text *t,
                               size_t columns)
{
    pack_list(pack, &t->parts, &t->count, sizeof *t->parts, TEMPLATE_PARTS_MAX);
    for (size_t i = 0; i < t->count; i++)
        pack_part(pack, &t->parts[i], columns);
}

void pack_template(struct pack *pack, struct profile *p, struct template *t,
                   size_t columns)
{
    (void)p;
    pack_list(pack, &t->texts, &t->count, sizeof *t->texts, PROFILE_LIST_MAX);
    for (size_t i = 0; i < t->count; i++)
        pack_template_text(pack, &t->texts[i], columns);
}

static void pack_op(struct pack *pack, struct expr_op *op, size_t columns)
{
    bool has_ref = op->ref.kind != REF_NONE, has_text = op->text != NULL;
    struct template_text text = {0};

    pack_u8(pack, &op->code, UINT8_MAX);
    pack_double(pack, &op->number);
    pack_bool(pack, &has_ref);
    if (has_ref)
        pack_ref(pack, &op->ref, columns);
    pack_bool(pack, &has_text);
    if (!has_text)
        return;
    if (!pack->reads)
        text = *op->text;
    pack_template_text(pack, &text, columns);
    if (pack->reads) {
        struct template_text *kept = arena_zero(pack->arena, sizeof *kept);

        *kept = text;
        op->text = kept;
    }
}

void pack_expr(struct pack *pack, struct profile *p, struct expr *e,
               size_t columns)
{
    (void)p;
    pack_list(pack, &e->ops, &e->count, sizeof *e->ops, EXPR_OPS_MAX);
    for (size_t i = 0; i < e->count; i++)
        pack_op(pack, &e->ops[i], columns);
    pack_expect(pack, e->count == 0 || expr_is_sound(e));
    if (!pack_ok(pack))
        e->count = 0;
}

static void pack_condition(struct pack *pack, struct profile *p,
                           struct condition *c, size_t columns)
{
    pack_u8(pack, &c->operator, CONDITION_OPERATORS);
    pack_bool(pack, &c->wanted);
    pack_bool(pack, &c->walked);
    pack_template(pack, p, &c->of, columns);
    pack_oid(pack, &c->oid, 0);
    pack_double(pack, &c->number);
    pack_texts(pack, &c->texts);
    pack_pattern(pack, p, &c->pattern);
    pack_expect(pack,
                c->pattern != NULL ||
                    (c->operator!= IS_PATTERN && c->operator!= IS_NOT_PATTERN));
}

void pack_any_of(struct pack *pack, struct profile *p, struct any_of *v,
                 size_t columns)
{
    pack_list(pack, &v->at, &v->count, sizeof *v->at, PROFILE_LIST_MAX);
    for (size_t i = 0; i < v->count; i++) {
        struct all_of *all = &v->at[i];

        pack_list(pack, &all->conditions, &all->count, sizeof *all->conditions,
                  PROFILE_CONDITIONS_MAX * CONDITION_OPERATORS);
        for (size_t k = 0; k < all->count; k++)
            pack_condition(pack, p, &all->conditions[k], columns);
    }
}
