#include "store/query.h"

#include "store/backend.h"
#include "store/cell.h"
#include "store/rows.h"

#include "core/vec.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

enum {
    IN_MAX = 500,
    GROUPS_MAX = 100,
    ROWS_EXPECTED = 64, /* room from the beginning: a page and the one behind it */
};

/* The records with a value come first, by index; those without after them, by id. */
enum phase {
    PHASE_VALUED,
    PHASE_EMPTY,
    PHASE_ANY, /* the order needs no column: by id */
};

struct group {
    bool is_any;
    bool has_some;
};

struct query {
    struct arena *arena;
    const char *what;
    struct buf where;
    VEC(struct store_arg) args;
    bool has_box;
    int64_t box[4];
    enum query_column order;
    bool is_descending;
    bool is_after;
    struct store_arg after;
    int64_t after_id;
    int limit;
    bool is_limited; /* query_limit was called */
    uint64_t bound;  /* columns with a condition that no empty one meets */
    struct group groups[GROUPS_MAX];
    size_t group_count;
    size_t any_count; /* of them, those of which one condition is enough */
};

struct query *query_new(struct arena *arena, const char *what, int64_t tenant, int64_t no)
{
    struct query *query = ARENA_NEW(arena, struct query);

    query->arena = arena;
    query->what = what;
    query->where.arena = arena;
    query->order = QUERY_ID;
    VEC_PUSH(arena, &query->args, INT(tenant));
    VEC_PUSH(arena, &query->args, INT(no));
    buf_add(&query->where, STR("tenant = $1 AND register = $2"));
    query->limit = QUERY_LIMIT_MAX;
    return query;
}

static void add_column(struct buf *buf, enum query_column column)
{
    static const char *const NAMES[] = {"id", "cell", "valid_from", "valid_to", "version"};

    assert(column < QUERY_COLUMNS);
    if (column >= QUERY_ID) {
        buf_add(buf, str_from_z(NAMES[column - QUERY_ID]));
        return;
    }
    buf_char(buf, column < QUERY_N1 ? 't' : column < QUERY_M1 ? 'n' : 'm');
    buf_char(buf, (char)('1' + column % 8));
}

/* " $7": the value's place. */
static void add_value(struct query *query, struct buf *buf, struct store_arg value)
{
    VEC_PUSH(query->arena, &query->args, value);
    buf_char(buf, '$');
    buf_int(buf, (int64_t)query->args.count);
}

/* What stands between a condition and the one before it. */
static void add_joint(struct query *query)
{
    struct group *group = query->group_count > 0 ? &query->groups[query->group_count - 1] : NULL;

    if (group == NULL || (group->has_some && !group->is_any))
        buf_add(&query->where, STR(" AND "));
    else if (group->has_some)
        buf_add(&query->where, STR(" OR "));
    if (group != NULL)
        group->has_some = true;
}

void query_open(struct query *query, bool is_any)
{
    assert(query->group_count < GROUPS_MAX);
    add_joint(query);
    buf_char(&query->where, '(');
    query->groups[query->group_count++] = (struct group){.is_any = is_any};
    query->any_count += is_any ? 1 : 0;
}

void query_close(struct query *query)
{
    const struct group *group = &query->groups[--query->group_count];

    assert(group->has_some);
    query->any_count -= group->is_any ? 1 : 0;
    buf_char(&query->where, ')');
}

void query_where_constant(struct query *query, bool holds)
{
    add_joint(query);
    buf_add(&query->where, holds ? STR("1 = 1") : STR("1 = 0"));
}

/* A record in which it is empty passes no more. */
static void bind(struct query *query, enum query_column column)
{
    if (query->any_count == 0)
        query->bound |= UINT64_C(1) << column;
}

static void add_condition(struct query *query, enum query_column column, const char *op,
                          struct store_arg value)
{
    add_joint(query);
    add_column(&query->where, column);
    buf_add(&query->where, str_from_z(op));
    add_value(query, &query->where, value);
}

/* A range of the index: what begins with the text is not behind the text and U+10FFFF. */
static void add_starts(struct query *query, enum query_column column, struct str text)
{
    query_open(query, false);
    add_condition(query, column, " >= ", TEXT(text));
    add_condition(query, column, " < ",
                  TEXT(str_printf(query->arena, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(text))));
    query_close(query);
}

static const char *const OPERATORS[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};

static void add_null(struct query *query, enum query_op op)
{
    buf_add(&query->where, op == QUERY_IS_NULL ? STR(" IS NULL") : STR(" IS NOT NULL"));
}

void query_where(struct query *query, enum query_column column, enum query_op op,
                 struct store_arg value)
{
    if (op != QUERY_IS_NULL)
        bind(query, column);
    switch (op) {
    case QUERY_IS_NULL:
    case QUERY_NOT_NULL:
        add_joint(query);
        add_column(&query->where, column);
        add_null(query, op);
        break;
    case QUERY_STARTS:
        add_starts(query, column, value.text);
        break;
    case QUERY_EQ:
    case QUERY_NE:
    case QUERY_LT:
    case QUERY_LE:
    case QUERY_GT:
    case QUERY_GE:
        add_condition(query, column, OPERATORS[op], value);
        break;
    }
}

void query_where_beside(struct query *query, enum query_column column, enum query_op op,
                        struct store_arg value)
{
    assert(op <= QUERY_GE);
    add_joint(query);
    buf_char(&query->where, '+'); /* an expression: no index has it */
    add_column(&query->where, column);
    buf_add(&query->where, str_from_z(OPERATORS[op]));
    add_value(query, &query->where, value);
}

static void add_place(struct query *query, const struct tx *tx, struct query_place place)
{
    if (place.member.len == 0) {
        add_column(&query->where, place.column);
        return;
    }
    struct str behind = str_from_z(tx->session->backend->member);

    buf_add(&query->where, str_cut(&behind, '?'));
    add_value(query, &query->where, TEXT(place.member));
    buf_add(&query->where, behind);
}

void query_where_place(struct query *query, const struct tx *tx, struct query_place place,
                       enum query_op op, struct store_arg value)
{
    if (place.member.len == 0) {
        query_where(query, place.column, op, value);
        return;
    }
    assert(op != QUERY_STARTS);
    add_joint(query);
    add_place(query, tx, place);
    if (op == QUERY_IS_NULL || op == QUERY_NOT_NULL) {
        add_null(query, op);
        return;
    }
    buf_add(&query->where, str_from_z(OPERATORS[op]));
    add_value(query, &query->where, value);
}

void query_where_places(struct query *query, const struct tx *tx, struct query_place one,
                        enum query_op op, struct query_place other)
{
    assert(op <= QUERY_GE);
    add_joint(query);
    add_place(query, tx, one);
    buf_add(&query->where, str_from_z(OPERATORS[op]));
    add_place(query, tx, other);
}

/* Filled up to a power of two with the last value: few texts, so statements are found again. */
void query_where_in(struct query *query, enum query_column column, const struct store_arg *values,
                    size_t count)
{
    size_t places = 1;

    assert(count <= IN_MAX);
    bind(query, column);
    add_joint(query);
    if (count == 0) {
        buf_add(&query->where, STR("1 = 0"));
        return;
    }
    while (places < count)
        places *= 2;
    add_column(&query->where, column);
    buf_add(&query->where, STR(" IN ("));
    for (size_t i = 0; i < places; i++) {
        if (i > 0)
            buf_add(&query->where, STR(", "));
        add_value(query, &query->where, values[MIN(i, count - 1)]);
    }
    buf_add(&query->where, STR(")"));
}

void query_valid_on(struct query *query, int64_t day)
{
    add_joint(query);
    buf_add(&query->where, STR("valid_from <= "));
    add_value(query, &query->where, INT(day));
    buf_add(&query->where, STR(" AND (valid_to IS NULL OR valid_to > "));
    add_value(query, &query->where, INT(day));
    buf_add(&query->where, STR(")"));
}

void query_in_box(struct query *query, const int64_t box[4])
{
    query->has_box = true;
    memcpy(query->box, box, sizeof query->box);
}

void query_order(struct query *query, enum query_column column, bool is_descending)
{
    query->order = column;
    query->is_descending = is_descending;
}

void query_after(struct query *query, struct store_arg value, int64_t id)
{
    query->is_after = true;
    query->after = value;
    query->after_id = id;
}

void query_limit(struct query *query, int limit)
{
    query->limit = MAX(MIN(limit, QUERY_LIMIT_MAX), 0);
    query->is_limited = true;
}

/* Always as many ranges: one text. The ranges go first, each is a search in the index. */
static void add_from(struct query *query, struct buf *sql)
{
    struct cell_range ranges[CELL_SEARCH_RANGES];

    if (!query->has_box) {
        buf_add(sql, STR(" FROM record WHERE "));
        return;
    }
    cell_search(query->box, ranges);
    buf_add(sql, STR(" FROM (VALUES "));
    for (size_t i = 0; i < CELL_SEARCH_RANGES; i++) {
        buf_add(sql, i > 0 ? STR("), (CAST(") : STR("(CAST("));
        add_value(query, sql, INT(ranges[i].first));
        buf_add(sql, STR(" AS bigint), CAST("));
        add_value(query, sql, INT(ranges[i].last));
        buf_add(sql, STR(" AS bigint)"));
    }
    buf_add(sql, STR(")) AS area CROSS JOIN record WHERE cell BETWEEN area.column1 AND"
                     " area.column2 AND x1 <= "));
    add_value(query, sql, INT(query->box[2]));
    buf_add(sql, STR(" AND x2 >= "));
    add_value(query, sql, INT(query->box[0]));
    buf_add(sql, STR(" AND y1 <= "));
    add_value(query, sql, INT(query->box[3]));
    buf_add(sql, STR(" AND y2 >= "));
    add_value(query, sql, INT(query->box[1]));
    buf_add(sql, STR(" AND "));
}

static void add_after(struct query *query, enum phase phase, struct buf *sql)
{
    bool is_pair = phase == PHASE_VALUED;

    if (!query->is_after || (is_pair && query->after.kind == STORE_NULL) ||
        (phase == PHASE_EMPTY && query->after.kind != STORE_NULL))
        return;
    buf_add(sql, is_pair ? STR(" AND (") : STR(" AND id"));
    if (is_pair) {
        add_column(sql, query->order);
        buf_add(sql, STR(", id)"));
    }
    buf_add(sql, query->is_descending ? STR(" < ") : STR(" > "));
    if (is_pair) {
        buf_char(sql, '(');
        add_value(query, sql, query->after);
        buf_add(sql, STR(", "));
    }
    add_value(query, sql, INT(query->after_id));
    if (is_pair)
        buf_char(sql, ')');
}

static void add_order(const struct query *query, enum phase phase, struct buf *sql)
{
    struct str direction = query->is_descending ? STR(" DESC") : STR("");

    buf_add(sql, STR(" ORDER BY "));
    if (phase == PHASE_VALUED) {
        add_column(sql, query->order);
        buf_add(sql, direction);
        buf_add(sql, STR(", "));
    }
    buf_add(sql, STR("id"));
    buf_add(sql, direction);
}

static const char *compose(struct query *query, enum phase phase, int64_t limit)
{
    struct buf sql = {.arena = query->arena};

    buf_add(&sql, STR("SELECT "));
    buf_add(&sql, str_from_z(query->what));
    add_from(query, &sql);
    buf_add(&sql, buf_str(&query->where));
    if (phase != PHASE_ANY && (query->bound >> query->order & 1) == 0) {
        buf_add(&sql, STR(" AND "));
        add_column(&sql, query->order);
        buf_add(&sql, phase == PHASE_EMPTY ? STR(" IS NULL") : STR(" IS NOT NULL"));
    }
    add_after(query, phase, &sql);
    add_order(query, phase, &sql);
    /* SQLite sorts slower when it watches for an end that does not come. */
    if (query->limit != INT_MAX) {
        buf_add(&sql, STR(" LIMIT "));
        add_value(query, &sql, INT(limit));
    }
    return buf_z(&sql);
}

struct counting {
    store_row *row;
    void *data;
    int64_t count;
};

static bool count_row(void *data, const struct rows *row, struct err *err)
{
    struct counting *counting = data;

    counting->count++;
    return counting->row(counting->data, row, err);
}

static bool run_phase(struct query *query, struct tx *tx, enum phase phase,
                      struct counting *counting, struct err *err)
{
    size_t own = query->args.count; /* the conditions' values; what compose adds goes again */
    const char *sql = compose(query, phase, query->limit - counting->count);
    struct store_args args = {query->args.items, query->args.count};
    bool ok = store_each(tx, sql, args, count_row, counting, err);

    query->args.count = own;
    return ok;
}

static enum phase first_phase(const struct query *query)
{
    if (query->order == QUERY_ID)
        return PHASE_ANY;
    return query->is_after && query->after.kind == STORE_NULL ? PHASE_EMPTY : PHASE_VALUED;
}

bool query_each(struct query *query, struct tx *tx, store_row *row, void *data, struct err *err)
{
    struct counting counting = {row, data, 0};

    /* What streams has no page: an export gives all there is. */
    if (!query->is_limited)
        query->limit = INT_MAX;
    enum phase phase = first_phase(query);

    if (!run_phase(query, tx, phase, &counting, err))
        return false;
    /* A condition on the column leaves none without a value, but for IS NULL itself. */
    bool has_empty = phase == PHASE_VALUED && counting.count < query->limit &&
                     (query->bound >> query->order & 1) == 0;
    return !has_empty || run_phase(query, tx, PHASE_EMPTY, &counting, err);
}

struct gathered {
    struct arena *arena;
    VEC(struct store_arg) values;
    struct rows *rows;
    size_t max; /* rows there may be */
};

static bool gather(void *data, const struct rows *row, struct err *err)
{
    struct gathered *gathered = data;

    (void)err;
    if (gathered->rows->count == 0) {
        gathered->values.cap = MIN(gathered->max, ROWS_EXPECTED) * row->columns;
        gathered->values.items =
            ARENA_ARRAY(gathered->arena, struct store_arg, gathered->values.cap);
    }
    for (size_t i = 0; i < row->columns; i++) {
        struct store_arg value = row->values[i];

        if (value.kind == STORE_TEXT)
            value.text = str_copy(gathered->arena, value.text);
        VEC_PUSH(gathered->arena, &gathered->values, value);
    }
    gathered->rows->columns = row->columns;
    gathered->rows->count++;
    return true;
}

bool query_run(struct query *query, struct tx *tx, struct arena *arena, struct rows *rows,
               struct err *err)
{
    struct rows found = {0};
    struct gathered gathered = {.arena = arena, .rows = &found};

    if (!query->is_limited)
        query_limit(query, QUERY_LIMIT_MAX);
    gathered.max = (size_t)query->limit;
    if (!query_each(query, tx, gather, &gathered, err))
        return false;
    found.values = gathered.values.items;
    *rows = found;
    return true;
}

/* A statement around the conditions: what stands before, between them and the number, behind. */
static bool run_around(struct query *query, struct tx *tx, const char *const around[3],
                       int64_t number, struct rows *rows, struct err *err)
{
    size_t own = query->args.count;
    struct buf sql = {.arena = query->arena};

    buf_add(&sql, str_from_z(around[0]));
    add_from(query, &sql);
    buf_add(&sql, buf_str(&query->where));
    buf_add(&sql, str_from_z(around[1]));
    add_value(query, &sql, INT(number));
    buf_add(&sql, str_from_z(around[2]));
    struct store_args args = {query->args.items, query->args.count};
    bool ok = store_query(tx, query->arena, rows, buf_z(&sql), args, err);
    query->args.count = own;
    return ok;
}

/*
 * Stepping over rows costs a third of counting them, so first it is asked whether there are
 * as many as the bound: what is slow to count is not counted at all.
 */
bool query_count(struct query *query, struct tx *tx, int64_t bound, int64_t *count, struct err *err)
{
    static const char *const PROBE[] = {"SELECT 1", " LIMIT 1 OFFSET ", ""};
    static const char *const COUNT[] = {"SELECT count(*) FROM (SELECT 1", " LIMIT ", ") AS found"};
    struct rows rows;

    if (!run_around(query, tx, PROBE, bound - 1, &rows, err))
        return false;
    if (rows.count > 0) {
        *count = bound;
        return true;
    }
    if (!run_around(query, tx, COUNT, bound, &rows, err))
        return false;
    *count = rows_int(&rows, 0, 0);
    return true;
}

struct str query_sql(struct query *query)
{
    size_t own = query->args.count;
    const char *sql = compose(query, first_phase(query), query->limit);

    query->args.count = own;
    return str_from_z(sql);
}
