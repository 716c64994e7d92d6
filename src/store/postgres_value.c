#include "store/postgres_value.h"

#include "store/postgres_statement.h"
#include "store/rows.h"

#include <endian.h>

/* Numbers of types, of the catalogue pg_type. */
enum {
    TYPE_BOOL = 16,
    TYPE_NAME = 19,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_VARCHAR = 1043,
};

struct postgres_values postgres_value_print(struct arena *scratch, struct store_args args)
{
    size_t count = MAX(args.count, 1);
    int64_t *numbers = ARENA_ARRAY(scratch, int64_t, count);
    struct postgres_values values = {ARENA_ARRAY(scratch, const char *, count),
                                     ARENA_ARRAY(scratch, int, count),
                                     ARENA_ARRAY(scratch, int, count)};

    for (size_t i = 0; i < args.count; i++) {
        const struct store_arg *arg = &args.items[i];

        values.formats[i] = 1;
        if (arg->kind == STORE_INT) {
            numbers[i] = (int64_t)htobe64((uint64_t)arg->number);
            values.texts[i] = (const char *)&numbers[i];
            values.lens[i] = sizeof numbers[i];
        } else if (arg->kind == STORE_TEXT) {
            values.texts[i] = arg->text.ptr != NULL ? arg->text.ptr : "";
            values.lens[i] = (int)arg->text.len;
        }
    }
    return values;
}

/* The high byte comes first. */
static int64_t read_number(const char *bytes, int len)
{
    uint64_t number = bytes[0] < 0 ? UINT64_MAX : 0;

    for (int i = 0; i < len; i++)
        number = number << 8 | (unsigned char)bytes[i];
    return (int64_t)number;
}

static bool read_value(const PGresult *result, int row, int column, struct store_arg *value,
                       struct err *err)
{
    const char *bytes = libpq.getvalue(result, row, column);
    int len = libpq.getlength(result, row, column);

    if (libpq.getisnull(result, row, column)) {
        *value = NONE;
        return true;
    }
    switch (libpq.ftype(result, column)) {
    case TYPE_BOOL:
        *value = INT(bytes[0] != 0);
        return true;
    case TYPE_INT2:
    case TYPE_INT4:
    case POSTGRES_INT8:
        *value = INT(read_number(bytes, len));
        return true;
    case TYPE_NAME:
    case POSTGRES_TEXT:
    case TYPE_VARCHAR:
        *value = TEXT(((struct str){bytes, (size_t)len}));
        return true;
    default:
        return err_set(err, ERR_BROKEN, "column %s is of a type that is not read",
                       libpq.fname(result, column));
    }
}

bool postgres_value_give(const PGresult *result, const struct backend_sink *sink, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(1024);
    size_t columns = (size_t)libpq.nfields(result);
    struct store_arg *values = ARENA_ARRAY(arena, struct store_arg, MAX(columns, 1));
    const struct rows one = {1, columns, values};

    for (int row = 0; row < libpq.ntuples(result); row++) {
        for (size_t i = 0; i < columns; i++)
            if (!read_value(result, row, (int)i, &values[i], err))
                return false;
        if (!sink->row(sink->data, &one, err))
            return false;
    }
    return true;
}
