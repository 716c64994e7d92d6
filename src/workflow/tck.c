#include "workflow/tck.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/file.h"
#include "core/vec.h"
#include "lang/feel_time.h"
#include "workflow/dmn.h"
#include "xml/xml_tree.h"

static const struct xml_tree_limits LIMITS = {DMN_BYTES_MAX, DMN_XML_MAX, DMN_DEPTH_MAX};

struct tck {
    struct arena *arena; /* of one test file */
    struct feel_run *run;
    struct dmn_library *library;
    struct str file;
    int64_t now;
    struct tck_tally *tally;
    VEC(const struct feel_value *) untyped; /* texts that may be of another type */
};

static struct str instance_attribute(const struct xml_tree *at, struct str name)
{
    for (size_t i = 0; i < at->count; i++)
        if (str_ends(at->attributes[i].space, STR("XMLSchema-instance")) &&
            str_equal(at->attributes[i].name, name))
            return str_trim(at->attributes[i].value);
    return (struct str){0};
}

static struct str local_name(struct str name)
{
    size_t colon = str_find_char(name, ':');

    return colon < name.len ? str_slice(name, colon + 1, name.len) : name;
}

static bool is_number(struct str type)
{
    return str_equal(type, STR("decimal")) || str_equal(type, STR("double")) ||
           str_equal(type, STR("integer")) || str_equal(type, STR("int")) ||
           str_equal(type, STR("float")) || str_equal(type, STR("long"));
}

static const struct feel_value *moment_from(const struct tck *tck, struct str type, struct str text)
{
    struct feel_moment moment;

    if (str_equal(type, STR("date")) && feel_time_parse_date(text, &moment))
        return feel_value_moment(tck->arena, FEEL_DATE, moment);
    if (str_equal(type, STR("time")) && feel_time_parse_time(tck->run, text, &moment))
        return feel_value_moment(tck->arena, FEEL_TIME, moment);
    if (str_equal(type, STR("dateTime")) && feel_time_parse_date_time(tck->run, text, &moment))
        return feel_value_moment(tck->arena, FEEL_DATE_TIME, moment);
    if (str_ends(type, STR("uration")))
        return feel_time_parse_duration(tck->arena, text);
    return NULL;
}

/* A <value>: its xsi:type says what it is; without one what it stands for does. */
static const struct feel_value *value_from(struct tck *tck, const struct xml_tree *at)
{
    struct str type = local_name(instance_attribute(at, STR("type")));
    struct str text = str_trim(at->text);
    const struct feel_value *moment;
    struct feel_number number;

    if (str_equal(instance_attribute(at, STR("nil")), STR("true")))
        return &feel_null;
    if (str_equal(type, STR("boolean")))
        return feel_value_boolean(str_equal(text, STR("true")) || str_equal(text, STR("1")));
    if (is_number(type))
        return feel_number_parse(text, &number) ? feel_value_number(tck->arena, number)
                                                : &feel_null;
    moment = moment_from(tck, type, text);
    if (moment == NULL)
        moment = feel_value_text(tck->arena, at->text);
    if (type.len == 0)
        VEC_PUSH(tck->arena, &tck->untyped, moment);
    return moment;
}

/* What stands in an inputNode, component, item or expected. */
static const struct feel_value *content_of(struct tck *tck, const struct xml_tree *at)
{
    VEC(struct feel_entry) entries = {0};
    VEC(const struct feel_value *) items = {0};
    const struct xml_tree *list = xml_tree_find(at, "list");

    if (xml_tree_find(at, "value") != NULL)
        return value_from(tck, xml_tree_find(at, "value"));
    for (const struct xml_tree *it = xml_tree_find(at, "component"); it != NULL;
         it = xml_tree_next(it, "component"))
        VEC_PUSH(tck->arena, &entries,
                 (struct feel_entry){xml_tree_value(it, "name"), content_of(tck, it)});
    if (entries.count > 0)
        return feel_value_context(tck->arena, entries.items, entries.count);
    if (list == NULL || str_equal(instance_attribute(list, STR("nil")), STR("true")))
        return &feel_null;
    for (const struct xml_tree *it = xml_tree_find(list, "item"); it != NULL;
         it = xml_tree_next(it, "item"))
        VEC_PUSH(tck->arena, &items, content_of(tck, it));
    return feel_value_list(tck->arena, items.items, items.count);
}

static bool numbers_agree(struct feel_number a, struct feel_number b)
{
    struct feel_number difference, tolerance;

    if (!feel_number_subtract(a, b, &difference) ||
        !feel_number_parse(STR(TCK_TOLERANCE), &tolerance))
        return false;
    if (feel_number_sign(difference) < 0)
        difference = feel_number_negate(difference);
    return feel_number_compare(difference, tolerance) < 0;
}

static bool is_untyped(const struct tck *tck, const struct feel_value *value)
{
    for (size_t i = 0; i < tck->untyped.count; i++)
        if (tck->untyped.items[i] == value)
            return true;
    return false;
}

static bool text_agrees(const struct tck *tck, struct str text, const struct feel_value *got)
{
    struct buf buf = {.arena = tck->arena};
    struct feel_number number;

    if (got->kind == FEEL_NUMBER)
        return feel_number_parse(text, &number) && numbers_agree(number, got->number);
    feel_value_print_bare(&buf, got);
    return got->kind != FEEL_NULL && str_equal(text, buf_str(&buf));
}

/* Of moments the fractions of a second too, which FEEL's "=" passes over. */
static bool moments_agree(const struct feel_value *expected, const struct feel_value *got)
{
    int order;

    return feel_value_compare(expected, got, &order) && order == 0;
}

static bool agree(const struct tck *tck, const struct feel_value *expected,
                  const struct feel_value *got)
{
    if (expected->kind != got->kind)
        return is_untyped(tck, expected) && text_agrees(tck, str_trim(expected->text), got);
    if (expected->kind == FEEL_NUMBER)
        return numbers_agree(expected->number, got->number);
    if (expected->kind == FEEL_LIST) {
        bool is_good = expected->list.count == got->list.count;
        for (size_t i = 0; i < expected->list.count && is_good; i++)
            is_good = agree(tck, expected->list.items[i], got->list.items[i]);
        return is_good;
    }
    if (expected->kind == FEEL_CONTEXT) {
        bool is_good = expected->context.count == got->context.count;
        for (size_t i = 0; i < expected->context.count && is_good; i++) {
            const struct feel_value *member =
                feel_value_find(got, expected->context.entries[i].name);
            is_good = member != NULL && agree(tck, expected->context.entries[i].value, member);
        }
        return is_good;
    }
    if (expected->kind == FEEL_TIME || expected->kind == FEEL_DATE_TIME)
        return moments_agree(expected, got);
    return feel_value_equal(expected, got) == 1;
}

static struct str shown(const struct tck *tck, const struct feel_value *value)
{
    struct buf buf = {.arena = tck->arena};

    feel_value_print(&buf, value);
    return str_slice(buf_str(&buf), 0, 300);
}

static bool write_line(const struct tck *tck, const char *format, ...) PRINTF(2);

static bool write_line(const struct tck *tck, const char *format, ...)
{
    struct buf buf = {.arena = tck->arena};
    char text[2000];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    buf_add(&buf, str_from_z(text));
    buf_char(&buf, '\n');
    return tck->tally->write(tck->tally->data, buf_str(&buf));
}

/* The element a result or a whole case is about. */
static const struct dmn_element *element_of(const struct tck *tck, struct str space,
                                            struct str type, struct str name)
{
    struct str even = feel_scope_normalize(tck->arena, name);

    if (str_equal(type, STR("decisionService")))
        return dmn_find_in(tck->library, space, DMN_SERVICE, even);
    if (str_equal(type, STR("bkm")))
        return dmn_find_in(tck->library, space, DMN_KNOWLEDGE, even);
    return dmn_find_in(tck->library, space, DMN_DECISION, even);
}

/* An input of an imported model is "import.name", as the evaluation takes it. */
static struct str input_name(const struct tck *tck, struct str space, struct str name)
{
    const struct dmn_model *model = tck->library->first;

    for (size_t i = 0; i < model->import_count && space.len > 0; i++)
        if (str_equal(model->imports[i].space, space) && model->imports[i].name.len > 0)
            return str_printf(tck->arena, "%.*s.%.*s", STR_ARG(model->imports[i].name),
                              STR_ARG(name));
    return name;
}

static const struct feel_value *read_untyped(struct tck *tck, const struct feel_type *type,
                                             const struct feel_value *value);

static const struct feel_value *read_members(struct tck *tck, const struct feel_type *type,
                                             const struct feel_value *value)
{
    size_t count = value->context.count;
    struct feel_entry *entries = ARENA_ARRAY(tck->arena, struct feel_entry, count);

    for (size_t i = 0; i < count; i++) {
        entries[i] = value->context.entries[i];
        for (size_t j = 0; j < type->count; j++)
            if (str_equal(entries[i].name, type->members[j].name))
                entries[i].value = read_untyped(tck, type->members[j].type, entries[i].value);
    }
    return feel_value_context(tck->arena, entries, count);
}

static const struct feel_value *read_items(struct tck *tck, const struct feel_type *type,
                                           const struct feel_value *value)
{
    size_t count = value->list.count;
    const struct feel_value **items = ARENA_ARRAY(tck->arena, const struct feel_value *, count);

    for (size_t i = 0; i < count; i++)
        items[i] = read_untyped(tck, type->item, value->list.items[i]);
    return feel_value_list(tck->arena, items, count);
}

/* An input without a type of its own has that of its variable. */
static const struct feel_value *read_untyped(struct tck *tck, const struct feel_type *type,
                                             const struct feel_value *value)
{
    struct feel_number number;

    while (type != NULL && type->kind == FEEL_TYPE_ALIAS)
        type = type->item;
    if (type == NULL)
        return value;
    if (type->kind == FEEL_TYPE_CONTEXT && value->kind == FEEL_CONTEXT)
        return read_members(tck, type, value);
    if (type->kind == FEEL_TYPE_LIST && value->kind == FEEL_LIST)
        return read_items(tck, type, value);
    if (type->kind != FEEL_TYPE_PLAIN || !is_untyped(tck, value))
        return value;
    if (type->plain == FEEL_NUMBER && feel_number_parse(str_trim(value->text), &number))
        return feel_value_number(tck->arena, number);
    if (type->plain == FEEL_BOOLEAN)
        return feel_value_boolean(str_equal(str_trim(value->text), STR("true")));
    return feel_read_texts(tck->run, type, value);
}

static const struct feel_value *inputs_of(struct tck *tck, const struct xml_tree *at)
{
    VEC(struct feel_entry) entries = {0};

    for (const struct xml_tree *it = xml_tree_find(at, "inputNode"); it != NULL;
         it = xml_tree_next(it, "inputNode")) {
        struct str name = feel_scope_normalize(tck->arena, xml_tree_value(it, "name"));
        struct str space = xml_tree_value(it, "namespace");
        const struct dmn_element *input = dmn_find_in(tck->library, space, DMN_INPUT, name);
        const struct feel_value *value = content_of(tck, it);
        if (input != NULL)
            value = read_untyped(tck, input->type, value);
        VEC_PUSH(tck->arena, &entries, (struct feel_entry){input_name(tck, space, name), value});
    }
    return feel_value_context(tck->arena, entries.items, entries.count);
}

/* The value of one <resultNode>; NULL: there is no such element. */
static const struct feel_value *result_of(struct tck *tck, const struct xml_tree *at,
                                          const struct xml_tree *node)
{
    struct str type = xml_tree_value(at, "type");
    struct str invocable = xml_tree_value(at, "invocableName");
    struct str name = xml_tree_value(node, "name");
    struct str own_type = xml_tree_value(node, "type");
    const struct dmn_element *element = NULL;
    const struct feel_value *value, *member;
    bool is_invoked = invocable.len > 0 && type.len > 0 && !str_equal(type, STR("decision"));

    if (is_invoked)
        element = element_of(tck, xml_tree_value(at, "namespace"), type, invocable);
    if (element == NULL) {
        element = element_of(tck, xml_tree_value(node, "namespace"),
                             own_type.len > 0 ? own_type : type, name);
        is_invoked = false;
    }
    if (element == NULL)
        return NULL;
    value = dmn_eval(tck->run, tck->library, element, inputs_of(tck, at));
    member = is_invoked ? feel_value_find(value, name) : NULL;
    return member != NULL ? member : value;
}

static void write_notes(const struct tck *tck)
{
    for (size_t i = 0; i < MIN(tck->run->note_count, 3); i++) {
        struct buf buf = {.arena = tck->arena};
        feel_run_print_note(&buf, &tck->run->notes[i]);
        (void)write_line(tck, "    %.*s", STR_ARG(buf_str(&buf)));
    }
}

static bool run_node(struct tck *tck, const struct xml_tree *at, const struct xml_tree *node)
{
    const struct xml_tree *expected_at = xml_tree_find(node, "expected");
    const struct feel_value *expected, *got;
    struct str name = xml_tree_value(node, "name");

    tck->run = feel_run_new(tck->arena, tck->now);
    expected = expected_at != NULL ? content_of(tck, expected_at) : &feel_null;
    got = result_of(tck, at, node);
    if (got != NULL && agree(tck, expected, got))
        return true;
    (void)write_line(tck, "FAIL %.*s %.*s: %.*s expected %.*s, got %.*s", STR_ARG(tck->file),
                     STR_ARG(xml_tree_value(at, "id")), STR_ARG(name),
                     STR_ARG(shown(tck, expected)),
                     STR_ARG(got == NULL ? STR("no such element") : shown(tck, got)));
    write_notes(tck);
    return false;
}

static void run_case(struct tck *tck, const struct xml_tree *at)
{
    bool is_good = true;

    for (const struct xml_tree *node = xml_tree_find(at, "resultNode"); node != NULL;
         node = xml_tree_next(node, "resultNode"))
        is_good = run_node(tck, at, node) && is_good;
    tck->tally->passed += is_good ? 1 : 0;
    tck->tally->failed += is_good ? 0 : 1;
    if (is_good)
        (void)write_line(tck, "ok %.*s %.*s", STR_ARG(tck->file),
                         STR_ARG(xml_tree_value(at, "id")));
}

/* A file that cannot be read fails as a whole, once for each of its cases. */
static void fail_all(struct tck *tck, const struct xml_tree *root, const struct err *why)
{
    const struct xml_tree *at = root == NULL ? NULL : xml_tree_find(root, "testCase");
    size_t count = 0;

    for (; at != NULL; at = xml_tree_next(at, "testCase"))
        count++;
    tck->tally->failed += MAX(count, 1);
    (void)write_line(tck, "FAIL %.*s: %s", STR_ARG(tck->file), why->text);
}

static bool read_root(struct tck *tck, struct str path, struct xml_tree **root, struct err *err)
{
    struct str bytes;

    return file_read(tck->arena, path, DMN_BYTES_MAX, &bytes, err) &&
           xml_tree_parse(tck->arena, bytes, &LIMITS, root, err);
}

static void run_file(struct str folder, struct str name, int64_t now, struct tck_tally *tally)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct tck tck = {.arena = arena, .now = now, .tally = tally, .file = name};
    struct xml_tree *root = NULL;
    const struct xml_tree *model;
    struct err err = {0};

    if (!read_root(&tck, file_join(arena, folder, name), &root, &err)) {
        fail_all(&tck, root, &err);
        return;
    }
    model = xml_tree_find(root, "modelName");
    if (model == NULL ||
        !dmn_open(arena, file_join(arena, folder, str_trim(model->text)), &tck.library, &err)) {
        if (err.code == ERR_NONE)
            (void)err_set(&err, ERR_INPUT, "the file names no model");
        fail_all(&tck, root, &err);
        return;
    }
    for (const struct xml_tree *at = xml_tree_find(root, "testCase"); at != NULL;
         at = xml_tree_next(at, "testCase"))
        run_case(&tck, at);
}

static bool run_folder(struct str folder, int depth, int64_t now, struct tck_tally *tally,
                       struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str *names;
    size_t count;

    if (depth > TCK_DEPTH_MAX)
        return err_set(err, ERR_LIMIT, "folders nest deeper than %d", TCK_DEPTH_MAX);
    if (!file_list(arena, folder, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str path = file_join(arena, folder, names[i]);
        if (file_is_folder(path)) {
            if (!run_folder(path, depth + 1, now, tally, err))
                return false;
        } else if (str_ends(names[i], STR(".xml")) &&
                   (str_find(names[i], STR("-test-")) < names[i].len ||
                    str_ends(names[i], STR("-test.xml")))) {
            run_file(folder, names[i], now, tally);
        }
    }
    return true;
}

bool tck_run(struct str folder, int64_t now, struct tck_tally *tally, struct err *err)
{
    return run_folder(folder, 0, now, tally, err);
}
