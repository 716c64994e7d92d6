#include "workflow/bpmn_edit.h"

#include "core/arena.h"
#include "xml/xml_edit.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

static const char *const ATTRIBUTES[BPMN_EDIT_FIELDS] = {
    [BPMN_EDIT_ROLE] = "role", [BPMN_EDIT_TERM] = "term",         [BPMN_EDIT_DAYS] = "days",
    [BPMN_EDIT_FORM] = "form", [BPMN_EDIT_DECISION] = "decision",
};

static const char *const TIMES[] = {
    [BPMN_TIMER_DATE] = "timeDate",
    [BPMN_TIMER_DURATION] = "timeDuration",
    [BPMN_TIMER_CYCLE] = "timeCycle",
};

struct editing {
    struct arena *arena;
    struct xml_edit *xml;
    struct xml_edit_element *element;
    struct xml_edit_element *timer; /* its timerEventDefinition */
    struct xml_edit_element *time;  /* what stands in it */
};

static bool is_kind(const struct editing *editing, const char *name)
{
    return str_equal(editing->element->name, str_from_z(name));
}

/* The first time that is written; *kind tells which. */
static struct xml_edit_element *find_time(const struct xml_edit_element *timer,
                                          enum bpmn_timer *kind)
{
    for (enum bpmn_timer one = BPMN_TIMER_DATE; one <= BPMN_TIMER_CYCLE; one++) {
        struct xml_edit_element *found = xml_edit_child(timer, TIMES[one]);

        *kind = one;
        if (found != NULL)
            return found;
    }
    *kind = BPMN_TIMER_NONE;
    return NULL;
}

static bool begin(struct editing *editing, struct str text, struct str id, enum bpmn_timer *kind,
                  struct err *err)
{
    *kind = BPMN_TIMER_NONE;
    if (!xml_edit_open(editing->arena, text, &editing->xml, err))
        return false;
    editing->element = xml_edit_find(editing->xml, id);
    if (editing->element == NULL || !str_equal(editing->element->space, STR(BPMN_SPACE)))
        return err_set(err, ERR_ABSENT, "there is no such element");
    editing->timer = xml_edit_child(editing->element, "timerEventDefinition");
    if (editing->timer != NULL)
        editing->time = find_time(editing->timer, kind);
    return true;
}

static void tell_what_it_has(const struct editing *editing, struct bpmn_edit *edit)
{
    bool is_user = is_kind(editing, "userTask");

    edit->has[BPMN_EDIT_NAME] = edit->has[BPMN_EDIT_HELP] = true;
    edit->has[BPMN_EDIT_ROLE] = edit->has[BPMN_EDIT_TERM] = is_user;
    edit->has[BPMN_EDIT_FORM] = is_user || is_kind(editing, "startEvent");
    edit->has[BPMN_EDIT_TIMER] = editing->time != NULL;
    edit->has[BPMN_EDIT_DAYS] =
        is_user || (editing->time != NULL && edit->timer == BPMN_TIMER_DURATION);
    edit->has[BPMN_EDIT_DECISION] = is_kind(editing, "businessRuleTask");
    edit->has[BPMN_EDIT_CONDITION] = is_kind(editing, "sequenceFlow");
}

/* Where an own attribute stands: days of a timer stand at its definition. */
static const struct xml_edit_element *place_of(const struct editing *editing,
                                               enum bpmn_edit_field field)
{
    return field == BPMN_EDIT_DAYS && editing->timer != NULL ? editing->timer : editing->element;
}

static struct str read_value(const struct editing *editing, enum bpmn_edit_field field)
{
    const struct xml_edit_element *child = NULL;

    if (field == BPMN_EDIT_NAME)
        return xml_edit_value(editing->xml, editing->element, STR(""), "name");
    if (ATTRIBUTES[field] != NULL)
        return xml_edit_value(editing->xml, place_of(editing, field), STR(BPMN_SPACE_UPRAVA),
                              ATTRIBUTES[field]);
    if (field == BPMN_EDIT_HELP)
        child = xml_edit_child(editing->element, "documentation");
    else if (field == BPMN_EDIT_TIMER)
        child = editing->time;
    else if (field == BPMN_EDIT_CONDITION)
        child = xml_edit_child(editing->element, "conditionExpression");
    return child == NULL ? (struct str){0} : str_trim(xml_edit_content(editing->xml, child));
}

static void read_all(const struct editing *editing, struct bpmn_edit *edit)
{
    tell_what_it_has(editing, edit);
    for (enum bpmn_edit_field field = 0; field < BPMN_EDIT_FIELDS; field++)
        if (edit->has[field])
            edit->values[field] = read_value(editing, field);
}

bool bpmn_edit_read(struct arena *arena, struct str text, struct str id, struct bpmn_edit *edit,
                    struct err *err)
{
    struct editing editing = {.arena = arena};

    *edit = (struct bpmn_edit){0};
    if (!begin(&editing, text, id, &edit->timer, err))
        return false;
    read_all(&editing, edit);
    return true;
}

static void write_child(const struct editing *editing, const char *name, bool is_first,
                        struct str attributes, struct str value)
{
    const struct xml_edit_element *child = xml_edit_child(editing->element, name);

    if (child != NULL && value.len == 0)
        xml_edit_remove(editing->xml, child);
    else if (child != NULL)
        xml_edit_put_text(editing->xml, child, value);
    else if (value.len > 0)
        xml_edit_add(editing->xml, editing->element, is_first, name, attributes, value);
}

/* Other editors want to be told that it is an expression. */
static struct str expression_type(const struct editing *editing)
{
    struct str type = xml_edit_qualify(editing->xml, editing->element, "tFormalExpression");

    return str_printf(editing->arena, " xmlns:xsi=\"" XSI "\" xsi:type=\"%.*s\"", STR_ARG(type));
}

static void write_value(const struct editing *editing, enum bpmn_edit_field field, struct str value)
{
    struct xml_edit_name name = {STR(BPMN_SPACE_UPRAVA), "uprava", ATTRIBUTES[field]};

    if (value.len == 0)
        value = (struct str){0};
    if (field == BPMN_EDIT_NAME)
        xml_edit_set(editing->xml, editing->element, (struct xml_edit_name){{0}, NULL, "name"},
                     value);
    else if (ATTRIBUTES[field] != NULL)
        xml_edit_set(editing->xml, place_of(editing, field), name, value);
    else if (field == BPMN_EDIT_HELP)
        write_child(editing, "documentation", true, STR(""), value);
    else if (field == BPMN_EDIT_CONDITION)
        write_child(editing, "conditionExpression", false, expression_type(editing), value);
    else if (field == BPMN_EDIT_TIMER && value.len > 0)
        xml_edit_put_text(editing->xml, editing->time, value);
}

bool bpmn_edit_write(struct arena *arena, struct str text, struct str id,
                     const struct bpmn_edit *edit, struct str *changed, struct err *err)
{
    struct editing editing = {.arena = arena};
    struct bpmn_edit was = {0};

    if (!begin(&editing, text, id, &was.timer, err))
        return false;
    read_all(&editing, &was);
    for (enum bpmn_edit_field field = 0; field < BPMN_EDIT_FIELDS; field++)
        if (was.has[field] && edit->has[field] &&
            !str_equal(was.values[field], edit->values[field]))
            write_value(&editing, field, edit->values[field]);
    *changed = xml_edit_print(editing.xml);
    return true;
}
