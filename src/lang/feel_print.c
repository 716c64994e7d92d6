/* Values as text: feel_value_print and feel_value_print_bare of feel_value.h. */
#include "lang/feel_time.h"
#include "lang/feel_value.h"

static void print_quoted(struct buf *buf, struct str text)
{
    buf_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buf_char(buf, '\\');
        buf_char(buf, text.ptr[i]);
    }
    buf_char(buf, '"');
}

static void print_list(struct buf *buf, const struct feel_list *list)
{
    buf_char(buf, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_add(buf, STR(", "));
        feel_value_print(buf, list->items[i]);
    }
    buf_char(buf, ']');
}

/* A name that would not be read again as one goes into quotes. */
static bool is_plain_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (strchr("\"\\{}[](),:;<>=!&|", name.ptr[i]) != NULL)
            return false;
    return name.len > 0;
}

static void print_context(struct buf *buf, const struct feel_context *context)
{
    buf_char(buf, '{');
    for (size_t i = 0; i < context->count; i++) {
        if (i > 0)
            buf_add(buf, STR(", "));
        if (is_plain_name(context->entries[i].name))
            buf_add(buf, context->entries[i].name);
        else
            print_quoted(buf, context->entries[i].name);
        buf_add(buf, STR(": "));
        feel_value_print(buf, context->entries[i].value);
    }
    buf_char(buf, '}');
}

static void print_range(struct buf *buf, const struct feel_range *range)
{
    if (range->is_outside) {
        buf_add(buf, STR("(!= "));
        feel_value_print(buf, range->low);
        buf_char(buf, ')');
        return;
    }
    if ((range->low == NULL && !range->has_low) || (range->high == NULL && !range->has_high)) {
        const struct feel_value *end = range->low == NULL ? range->high : range->low;
        bool is_within = range->low == NULL ? range->has_high : range->has_low;
        buf_add(buf, range->low == NULL ? STR("(<") : STR("(>"));
        if (is_within)
            buf_char(buf, '=');
        buf_char(buf, ' ');
        if (end != NULL)
            feel_value_print(buf, end);
        buf_char(buf, ')');
        return;
    }
    buf_char(buf, range->has_low ? '[' : '(');
    feel_value_print(buf, range->low != NULL ? range->low : &feel_null);
    buf_add(buf, STR(".."));
    feel_value_print(buf, range->high != NULL ? range->high : &feel_null);
    buf_char(buf, range->has_high ? ']' : ')');
}

void feel_value_print_bare(struct buf *buf, const struct feel_value *value)
{
    if (value->kind == FEEL_NULL)
        buf_add(buf, STR("null"));
    else if (value->kind == FEEL_BOOLEAN)
        buf_add(buf, value->boolean ? STR("true") : STR("false"));
    else if (value->kind == FEEL_NUMBER)
        feel_number_print(buf, value->number);
    else if (value->kind == FEEL_STRING)
        buf_add(buf, value->text);
    else if (value->kind == FEEL_LIST)
        print_list(buf, &value->list);
    else if (value->kind == FEEL_CONTEXT)
        print_context(buf, &value->context);
    else if (value->kind == FEEL_RANGE)
        print_range(buf, &value->range);
    else if (value->kind == FEEL_FUNCTION)
        buf_add(buf, STR("function"));
    else
        feel_time_print(buf, value);
}

void feel_value_print(struct buf *buf, const struct feel_value *value)
{
    if (value->kind == FEEL_STRING)
        print_quoted(buf, value->text);
    else
        feel_value_print_bare(buf, value);
}
