#include "workflow/bpmn_reader.h"

#include "core/arena.h"
#include "workflow/flow_feel.h"

#include <stdarg.h>
#include <stdio.h>

const struct xml_tree *bpmn_reader_find(const struct bpmn_reader *reader, struct str reference)
{
    const struct xml_tree *found = map_find(&reader->elements, reference);

    if (found == NULL && str_find_char(reference, ':') < reference.len) {
        (void)str_cut(&reference, ':');
        found = map_find(&reader->elements, reference);
    }
    return found;
}

struct str bpmn_reader_label(const struct xml_tree *element)
{
    struct str name = str_trim(xml_tree_value(element, "name"));

    return name.len > 0 ? name : xml_tree_value(element, "id");
}

struct str bpmn_reader_value_name(const struct bpmn_reader *reader, struct str reference)
{
    const struct xml_tree *element = bpmn_reader_find(reader, reference);
    const struct xml_tree *object;

    if (element == NULL || bpmn_reader_is(element->name, "dataStoreReference"))
        return (struct str){0};
    if (!bpmn_reader_is(element->name, "dataObjectReference"))
        return bpmn_reader_label(element);
    object = bpmn_reader_find(reader, xml_tree_value(element, "dataObjectRef"));
    if (object != NULL && xml_tree_value(object, "name").len > 0)
        return bpmn_reader_label(object);
    return bpmn_reader_label(element);
}

struct str bpmn_reader_own(const struct xml_tree *element, const char *name)
{
    return str_trim(xml_tree_value_in(element, STR(BPMN_SPACE_UPRAVA), name));
}

struct str bpmn_reader_days(struct bpmn_reader *reader, const struct xml_tree *element)
{
    struct str days = bpmn_reader_own(element, "days");

    reader->model->has_working_days |= days.len > 0;
    return days;
}

bool bpmn_reader_is(struct str value, const char *word)
{
    return str_equal(value, str_from_z(word));
}

static bool is_feel(struct str language)
{
    return language.len == 0 || bpmn_reader_is(language, "feel") ||
           bpmn_reader_is(language, "FEEL") || bpmn_reader_is(language, "text/feel") ||
           bpmn_reader_is(language, "application/feel") ||
           str_find(language, STR("/FEEL")) < language.len;
}

static struct str fault_of(struct bpmn_reader *reader, struct bpmn_expression *expression)
{
    struct err err = {0};

    if (!is_feel(expression->language))
        return str_printf(reader->arena, "expressions in \"%.*s\" are not executed: write FEEL",
                          STR_ARG(str_slice(expression->language, 0, 100)));
    if (str_starts(expression->text, STR("${")) || str_starts(expression->text, STR("#{")))
        return STR("it is written for another engine: write FEEL, without ${ }");
    if (flow_feel_parse(reader->arena, expression->text, reader->names.items, reader->names.count,
                        &expression->feel, &err))
        return (struct str){0};
    return str_copy(reader->arena, str_from_z(err.text));
}

struct bpmn_expression bpmn_reader_expression(struct bpmn_reader *reader, struct str text,
                                              const struct xml_tree *element)
{
    struct bpmn_expression expression = {.text = str_trim(text),
                                         .language = xml_tree_value(element, "language"),
                                         .line = element->line};

    /* Some editors mark FEEL by a leading "=", which no FEEL expression begins with. */
    if (str_starts(expression.text, STR("=")))
        expression.text = str_trim(str_slice(expression.text, 1, expression.text.len));
    if (expression.text.len > 0)
        expression.fault = fault_of(reader, &expression);
    return expression;
}

struct bpmn_expression bpmn_reader_child(struct bpmn_reader *reader, const struct xml_tree *element,
                                         const char *name)
{
    const struct xml_tree *child = xml_tree_find(element, name);

    return child == NULL ? (struct bpmn_expression){.line = element->line}
                         : bpmn_reader_expression(reader, child->text, child);
}

void bpmn_reader_note(struct bpmn_reader *reader, bool is_warning, const struct xml_tree *element,
                      const char *format, ...)
{
    struct bpmn_node stand_in = {.line = element->line,
                                 .id = xml_tree_value(element, "id"),
                                 .name = xml_tree_value(element, "name"),
                                 .process = reader->process};
    char text[ERR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    bpmn_note(&reader->model->findings, is_warning, &stand_in, "%s", text);
}
