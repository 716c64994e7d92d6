#include "lang/template.h"

#include <string.h>

#include "core/map.h"
#include "core/num.h"
#include "lang/mustache.h"

enum {
    OUTPUT_MAX = 16 * 1024 * 1024,
    STEPS_MAX = 10 * 1000 * 1000, /* nodes visited: sections in sections multiply silently */
    NESTING_MAX = 64,             /* sections and partials open at once while rendering */
};

struct template
{
    struct str name;
    struct mustache code;
    enum {
        UNSEEN,
        OPEN,
        DONE
    } seen; /* by the search for circles */
};

struct template_set {
    struct arena *arena;
    struct mustache_rules rules;
    struct map by_name; /* → struct template */
    VEC(struct template *) list;
};

/* One rendering.  values: the present value is the last, lookups go down from it. */
struct view {
    const struct template_set *set;
    struct str language;
    bool is_html;
    struct buf *out;
    size_t start; /* of what this rendering wrote */
    size_t steps;
    const struct json *values[NESTING_MAX + 1];
    size_t depth;
    size_t nesting;
    struct err *err;
};

struct template_set *template_set_new(struct arena *arena, enum template_escape escape,
                                      const struct messages *messages)
{
    struct template_set *set = ARENA_NEW(arena, struct template_set);

    set->arena = arena;
    set->by_name.arena = arena;
    set->rules = (struct mustache_rules){.messages = messages, .is_html = escape == TEMPLATE_HTML};
    return set;
}

bool template_add(struct template_set *set, struct str name, struct str source, struct err *err)
{
    struct template *template = ARENA_NEW(set->arena, struct template);

    if (map_find(&set->by_name, name) != NULL)
        return err_set(err, ERR_CONFLICT, "template %.*s is there twice", STR_ARG(name));
    if (!mustache_compile(set->arena, &set->rules, source, &template->code, err))
        return err_while(err, "template %.*s", STR_ARG(name));
    template->name = str_copy(set->arena, name);
    map_put(&set->by_name, template->name, template);
    VEC_PUSH(set->arena, &set->list, template);
    return true;
}

static bool visit(struct template_set *set, struct template *template, int depth, struct err *err);

static bool visit_partial(struct template_set *set, const struct template *from,
                          struct mustache_node *node, int depth, struct err *err)
{
    struct template *partial = map_find(&set->by_name, node->text);

    node->partial = partial;
    if (partial == NULL)
        return err_set(err, ERR_INPUT, "template %.*s: line %u: there is no template %.*s",
                       STR_ARG(from->name), node->line, STR_ARG(node->text));
    if (partial->seen == OPEN)
        return err_set(err, ERR_INPUT, "template %.*s: line %u: %.*s would include itself",
                       STR_ARG(from->name), node->line, STR_ARG(node->text));
    return partial->seen == DONE || visit(set, partial, depth + 1, err);
}

static bool visit(struct template_set *set, struct template *template, int depth, struct err *err)
{
    if (depth > NESTING_MAX)
        return err_set(err, ERR_LIMIT, "template %.*s: partials are nested too deep",
                       STR_ARG(template->name));
    template->seen = OPEN;
    for (size_t i = 0; i < template->code.nodes.count; i++) {
        struct mustache_node *node = &template->code.nodes.items[i];

        if (node->kind == MUSTACHE_PARTIAL && !visit_partial(set, template, node, depth, err))
            return false;
    }
    template->seen = DONE;
    return true;
}

bool template_check(struct template_set *set, struct err *err)
{
    for (size_t i = 0; i < set->list.count; i++)
        set->list.items[i]->seen = UNSEEN;
    for (size_t i = 0; i < set->list.count; i++)
        if (set->list.items[i]->seen == UNSEEN && !visit(set, set->list.items[i], 1, err))
            return false;
    return true;
}

/* As json_find, but within this file: rendering spends most of its time here. */
static const struct json *member(const struct json *object, struct str name)
{
    if (object == NULL || object->kind != JSON_OBJECT)
        return NULL;
    for (const struct json *at = object->first; at != NULL; at = at->next)
        if (at->name.len == name.len && at->name.ptr[0] == name.ptr[0] &&
            memcmp(at->name.ptr, name.ptr, name.len) == 0)
            return at;
    return NULL;
}

/* The first part is looked for outward, the others only within what was found. */
static const struct json *look_up(const struct view *view, const struct mustache_node *node)
{
    const struct json *found = NULL;
    size_t depth = view->depth;

    if (node->parts == 0)
        return view->values[view->depth - 1];
    while (found == NULL && depth > 0)
        found = member(view->values[--depth], node->path[0]);
    for (uint32_t i = 1; i < node->parts && found != NULL; i++)
        found = member(found, node->path[i]);
    return found;
}

static bool is_truthy(const struct json *value)
{
    if (value == NULL || value->kind == JSON_NULL || value->kind == JSON_FALSE)
        return false;
    return value->kind == JSON_ARRAY    ? value->first != NULL
           : value->kind == JSON_STRING ? value->text.len > 0
                                        : true;
}

static void print_value(struct view *view, const struct json *value)
{
    bool is_text = value != NULL && value->kind == JSON_STRING;

    if (is_text && view->is_html)
        mustache_escape(view->out, value->text);
    else if (is_text || (value != NULL && value->kind == JSON_NUMBER))
        buf_add(view->out, value->text);
}

/* An int64 has 20 characters at most, so nothing grows. */
static struct str plain_int(char digits[24], int64_t value)
{
    struct buf buf = {.ptr = digits, .cap = 24};

    buf_int(&buf, value);
    return buf_str(&buf);
}

static void print_plural(struct view *view, const struct mustache_node *node)
{
    const struct json *value = look_up(view, node);
    char digits[24];
    int64_t count;

    if (value == NULL || value->kind != JSON_NUMBER)
        return;
    /* Part of a thing takes the form of a few: 1.5 записи, 1.5 records. */
    bool is_whole = json_int(value, &count);
    struct str form = node->forms[is_whole ? messages_plural_form(view->language, count) : 1];
    size_t at = str_find(form, STR("%d"));
    buf_add(view->out, str_slice(form, 0, at));
    if (at == form.len)
        return;
    if (is_whole)
        num_print_local(view->out, plain_int(digits, count), view->language);
    else
        buf_add(view->out, value->text);
    buf_add(view->out, str_slice(form, at + 2, form.len));
}

static bool render_nodes(struct view *view, const struct mustache_node *nodes, size_t from,
                         size_t to);

/* Enters a section or partial; refuses what is too deep. */
static bool enter(struct view *view, const struct mustache_node *node)
{
    if (view->nesting == NESTING_MAX)
        return err_set(view->err, ERR_LIMIT, "line %u: sections and partials are nested too deep",
                       node->line);
    view->nesting++;
    return true;
}

static bool render_with(struct view *view, const struct mustache_node *nodes, size_t at,
                        const struct json *value)
{
    view->values[view->depth++] = value;
    bool ok = render_nodes(view, nodes, at + 1, nodes[at].end);
    view->depth--;
    return ok;
}

static bool render_section(struct view *view, const struct mustache_node *nodes, size_t at,
                           const struct json *value)
{
    bool ok = true;

    if (!enter(view, &nodes[at]))
        return false;
    if (value->kind != JSON_ARRAY)
        ok = render_with(view, nodes, at, value);
    for (const struct json *item = value->kind == JSON_ARRAY ? value->first : NULL;
         ok && item != NULL; item = item->next)
        ok = render_with(view, nodes, at, item);
    view->nesting--;
    return ok;
}

static bool render_inverted(struct view *view, const struct mustache_node *nodes, size_t at)
{
    if (!enter(view, &nodes[at]))
        return false;
    bool ok = render_nodes(view, nodes, at + 1, nodes[at].end);
    view->nesting--;
    return ok;
}

static bool render_partial(struct view *view, const struct mustache_node *node)
{
    const struct template *partial = node->partial;

    if (partial == NULL) /* the set was not checked */
        partial = map_find(&view->set->by_name, node->text);
    if (partial == NULL)
        return err_set(view->err, ERR_BROKEN, "there is no template %.*s", STR_ARG(node->text));
    if (!enter(view, node))
        return false;
    bool ok = render_nodes(view, partial->code.nodes.items, 0, partial->code.nodes.count);
    view->nesting--;
    return ok;
}

static bool is_within_limits(struct view *view)
{
    if (++view->steps > STEPS_MAX)
        return err_set(view->err, ERR_LIMIT, "the page takes too long to make");
    if (view->out->len - view->start > OUTPUT_MAX)
        return err_set(view->err, ERR_LIMIT, "the page is larger than 16 MiB");
    return true;
}

static bool render_nodes(struct view *view, const struct mustache_node *nodes, size_t from,
                         size_t to)
{
    const struct json *value = NULL; /* of the last section, for its else */
    bool ok = true;

    for (size_t i = from; ok && i < to;) {
        const struct mustache_node *node = &nodes[i];

        if (!is_within_limits(view))
            return false;
        i = node->end > i ? node->end : i + 1;
        switch (node->kind) {
        case MUSTACHE_TEXT:
            buf_add(view->out, node->text);
            break;
        case MUSTACHE_VALUE:
            print_value(view, look_up(view, node));
            break;
        case MUSTACHE_PLURAL:
            print_plural(view, node);
            break;
        case MUSTACHE_SECTION:
            value = look_up(view, node);
            ok = !is_truthy(value) || render_section(view, nodes, (size_t)(node - nodes), value);
            break;
        case MUSTACHE_INVERTED:
            value = look_up(view, node);
            ok = is_truthy(value) || render_inverted(view, nodes, (size_t)(node - nodes));
            break;
        case MUSTACHE_ELSE:
            ok = is_truthy(value) || render_inverted(view, nodes, (size_t)(node - nodes));
            break;
        case MUSTACHE_PARTIAL:
            ok = render_partial(view, node);
            break;
        }
    }
    return ok;
}

/* What was written goes back when it fails. */
static bool render(struct view *view, const struct template *template, const struct json *json)
{
    view->values[0] = json;
    view->depth = 1;
    view->start = view->out->len;
    if (render_nodes(view, template->code.nodes.items, 0, template->code.nodes.count))
        return true;
    view->out->len = view->start;
    return false;
}

bool template_render(const struct template_set *set, struct str name, const struct json *json,
                     struct buf *out, struct err *err)
{
    const struct template *template = map_find(&set->by_name, name);
    struct view view = {.set = set,
                        .language = messages_language(set->rules.messages),
                        .is_html = set->rules.is_html,
                        .out = out,
                        .err = err};

    if (template == NULL)
        return err_set(err, ERR_ABSENT, "there is no template %.*s", STR_ARG(name));
    return render(&view, template, json) || err_while(err, "template %.*s", STR_ARG(name));
}

void template_each_message(const struct template_set *set,
                           void (*found)(void *data, struct str id, struct str plural), void *data)
{
    for (size_t i = 0; i < set->list.count; i++) {
        const struct mustache *code = &set->list.items[i]->code;

        for (size_t j = 0; j < code->messages.count; j++)
            found(data, code->messages.items[j].id, code->messages.items[j].plural);
    }
}

bool template_compile_line(struct arena *arena, struct str source, struct template **line,
                           struct err *err)
{
    struct mustache_rules rules = {.is_line = true};
    struct template *draft = ARENA_NEW(arena, struct template);

    if (!mustache_compile(arena, &rules, source, &draft->code, err))
        return false;
    *line = draft;
    return true;
}

/* Only a limit can fail here, and then there is no title. */
void template_render_line(const struct template *line, const struct json *json, struct buf *out)
{
    struct err err;
    struct view view = {.language = STR("en"), .out = out, .err = &err};

    render(&view, line, json);
}
