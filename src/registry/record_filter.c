#include "core/vec.h"
#include "registry/record_list.h"
#include "registry/record_where.h"

static bool find_op(struct str name, enum query_op *op)
{
    static const struct {
        const char *name;
        enum query_op op;
    } OPS[] = {
        {"ne", QUERY_NE},  {"lt", QUERY_LT}, {"lte", QUERY_LE},        {"gt", QUERY_GT},
        {"gte", QUERY_GE}, {"in", QUERY_EQ}, {"starts", QUERY_STARTS},
    };

    for (size_t i = 0; i < ARRAY_LEN(OPS); i++)
        if (str_equal(str_from_z(OPS[i].name), name)) {
            *op = OPS[i].op;
            return true;
        }
    return false;
}

/* "year[gte]" is the field year and the word gte. */
static bool split_name(struct str name, struct str *field, struct str *word)
{
    size_t open = str_find_char(name, '[');

    *field = str_slice(name, 0, open);
    *word = (struct str){0};
    if (open == name.len)
        return true;
    if (name.ptr[name.len - 1] != ']')
        return false;
    *word = str_slice(name, open + 1, name.len - open - 2);
    return true;
}

static struct str list_filters(struct arena *arena, const struct register_type *type)
{
    struct buf buf = {.arena = arena};

    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].is_indexed) {
            if (buf.len > 0)
                buf_add(&buf, STR(", "));
            buf_add(&buf, type->fields[i].name);
        }
    return buf_str(&buf);
}

static bool read_values(struct arena *arena, struct str value, bool is_many,
                        struct record_filter *filter, struct err *err)
{
    VEC(struct str) values = {0};

    if (!is_many) {
        VEC_PUSH(arena, &values, value);
    } else {
        while (value.len > 0 && values.count < RECORD_LIST_VALUES_MAX)
            VEC_PUSH(arena, &values, str_cut(&value, ','));
    }
    filter->values = values.items;
    filter->count = values.count;
    if (value.len > 0 && is_many)
        return err_set(err, ERR_INPUT, "%.*s: at most %d values", STR_ARG(filter->field->name),
                       RECORD_LIST_VALUES_MAX);
    return filter->count > 0 ||
           err_set(err, ERR_INPUT, "%.*s: the filter has no value", STR_ARG(filter->field->name));
}

bool record_filter_parse(struct arena *arena, const struct register_type *type, struct str name,
                         struct str value, struct record_filter *filter, struct err *err)
{
    struct str field;
    struct str word;

    *filter = (struct record_filter){.op = QUERY_EQ};
    if (!split_name(name, &field, &word) ||
        (word.len > 0 && !str_equal(word, STR("null")) && !find_op(word, &filter->op)))
        return err_set(err, ERR_INPUT,
                       "%.*s: a filter is field=, or field[ne], [lt], [lte], [gt], [gte], [in], "
                       "[starts], [null]",
                       STR_ARG(str_slice(name, 0, 80)));
    filter->field = register_type_field(type, field);
    if (filter->field == NULL || !filter->field->is_indexed)
        return err_set(err, ERR_INPUT, "%.*s: one can filter by %.*s",
                       STR_ARG(str_slice(field, 0, 60)), STR_ARG(list_filters(arena, type)));
    if (str_equal(word, STR("null"))) {
        filter->op = str_equal(value, STR("false")) ? QUERY_NOT_NULL : QUERY_IS_NULL;
        return true;
    }
    if (filter->op == QUERY_STARTS && filter->field->type != FIELD_TEXT)
        return err_set(err, ERR_INPUT, "%.*s: only texts can start with something", STR_ARG(field));
    return read_values(arena, value, str_equal(word, STR("in")), filter, err);
}

bool record_filter_where(struct arena *arena, const struct register_type *type, struct str text,
                         struct feel_clock clock, struct record_filter *filter, struct err *err)
{
    *filter = (struct record_filter){0};
    return record_where_parse(arena, type, text, clock, &filter->where, err) ||
           err_while(err, "where");
}

const struct register_field *record_filter_hidden(const struct record_filter *filter,
                                                  unsigned classes)
{
    if (filter->where != NULL)
        return record_where_hidden(filter->where, classes);
    return (filter->field->access & ~classes) != 0 ? filter->field : NULL;
}
