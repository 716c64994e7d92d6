#include "workflow/flow_task.h"

#include <stdlib.h>

#include "core/num.h"
#include "core/vec.h"
#include "store/rows.h"
#include "workflow/flow_row.h"

/* The columns of a flow's head come first, so that flow_store_row reads them. */
#define COLUMNS                                                                                    \
    "f.id, f.pack, f.version, f.file, f.process, f.state, f.error, f.step, f.last_no, f.begun_at," \
    " f.changed_at, f.register, f.record, f.caller, f.caller_wait, w.no, w.kind, w.node, w.name,"  \
    " w.tag, w.body"

enum {
    WAIT_COLUMN = 15,
};

static enum flow_wait_kind kind_of(struct str name)
{
    for (int i = FLOW_WAIT_TASK; i < FLOW_WAIT_CONDITION; i++)
        if (str_equal(str_from_z(flow_row_waits[i]), name))
            return (enum flow_wait_kind)i;
    return FLOW_WAIT_CONDITION;
}

static bool read_row(const struct rows *rows, size_t row, struct arena *arena,
                     struct flow_task *task, struct err *err)
{
    struct json *body;

    if (!json_parse(arena, rows_text(rows, row, WAIT_COLUMN + 5),
                    &(struct json_limits){.bytes = 64 << 20}, &body, err))
        return false;
    *task = (struct flow_task){.flow = flow_store_row(rows, row),
                               .wait = (int)rows_int(rows, row, WAIT_COLUMN),
                               .kind = kind_of(rows_text(rows, row, WAIT_COLUMN + 1)),
                               .element = rows_text(rows, row, WAIT_COLUMN + 2),
                               .name = rows_text(rows, row, WAIT_COLUMN + 3),
                               .asked_at = json_find_int(body, STR("asked_at"), 0),
                               .due_at = json_find_int(body, STR("due_at"), 0),
                               .data = json_find(body, STR("data"))};
    if (task->kind == FLOW_WAIT_TASK &&
        !num_parse_int(rows_text(rows, row, WAIT_COLUMN + 4), &task->claimant))
        task->claimant = 0;
    return true;
}

bool flow_task_get(struct tx *tx, struct arena *arena, int64_t flow, int wait,
                   struct flow_task *task, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT " COLUMNS " FROM flow_wait AS w JOIN flow AS f"
                     " ON f.tenant = w.tenant AND f.id = w.flow"
                     " WHERE w.tenant = $1 AND w.flow = $2 AND w.no = $3"
                     " AND w.kind IN ('task', 'service', 'call') AND f.tenant = $1",
                     ARGS(INT(tx->tenant), INT(flow), INT(wait)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "that is not waited for any more");
    return read_row(&rows, 0, arena, task, err);
}

struct gathering {
    struct tx *tx;
    struct arena *arena;
    const struct flow_task_ask *ask;
    VEC(struct flow_task) found;
    VEC(struct str) tags;
};

/* One role, and one who took them: each is a part of the index. */
static bool gather(struct gathering *it, struct str role, struct str tag, struct err *err)
{
    const struct flow_task_ask *ask = it->ask;
    struct rows rows;

    if (!store_query(it->tx, it->arena, &rows,
                     "SELECT " COLUMNS " FROM flow_wait AS w JOIN flow AS f"
                     " ON f.tenant = w.tenant AND f.id = w.flow"
                     " WHERE w.tenant = $1 AND w.kind = 'task' AND w.name = $2 AND w.tag = $3"
                     " AND (w.term, w.flow, w.no) > ($4, $5, $6) AND w.term <= $10"
                     " AND ($7 = 0 OR f.register = $7) AND ($8 = 0 OR f.record = $8)"
                     " AND f.tenant = $1 ORDER BY w.term, w.flow, w.no LIMIT $9",
                     ARGS(INT(it->tx->tenant), TEXT(role), TEXT(tag), INT(ask->after.term),
                          INT(ask->after.flow), INT(ask->after.wait), INT(ask->no),
                          INT(ask->record), INT(ask->limit + 1),
                          INT(ask->before > 0 ? ask->before - 1 : FLOW_ROW_NO_TERM)),
                     err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        struct flow_task task;

        if (!read_row(&rows, i, it->arena, &task, err))
            return false;
        VEC_PUSH(it->arena, &it->found, task);
    }
    return true;
}

static struct str tag_of(struct arena *arena, int64_t account)
{
    return account == 0 ? (struct str){0} : str_printf(arena, "%lld", (long long)account);
}

/* What stands at tasks they may do: nothing, their account, those of who is away. */
static void find_tags(struct gathering *it)
{
    const struct flow_task_ask *ask = it->ask;
    bool is_all = ask->whose == FLOW_TASK_ALL;

    if (is_all || ask->whose == FLOW_TASK_FREE)
        VEC_PUSH(it->arena, &it->tags, (struct str){0});
    if (is_all || ask->whose == FLOW_TASK_MINE)
        VEC_PUSH(it->arena, &it->tags, tag_of(it->arena, ask->account));
    if (is_all || ask->whose == FLOW_TASK_OTHERS)
        for (size_t i = 0; ask->absent != NULL && i < ask->absent->count; i++)
            VEC_PUSH(it->arena, &it->tags, tag_of(it->arena, ask->absent->items[i].account));
}

static bool gather_role(struct gathering *it, const struct policy_role *role, struct err *err)
{
    const struct str names[] = {role->id, role->title};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        for (size_t j = 0; j < it->tags.count; j++)
            if (names[i].len > 0 && (i == 0 || !str_equal(names[0], names[1])) &&
                !gather(it, names[i], it->tags.items[j], err))
                return false;
    return true;
}

struct flow_task_place flow_task_place(const struct flow_task *task)
{
    return (struct flow_task_place){task->due_at > 0 ? task->due_at : FLOW_ROW_NO_TERM,
                                    task->flow.id, task->wait};
}

static int compare(const void *a, const void *b)
{
    struct flow_task_place x = flow_task_place(a);
    struct flow_task_place y = flow_task_place(b);

    if (x.term != y.term)
        return x.term < y.term ? -1 : 1;
    if (x.flow != y.flow)
        return x.flow < y.flow ? -1 : 1;
    return x.wait - y.wait;
}

/* Roles may share a title: each of them found the task. */
static void drop_doubles(struct gathering *it)
{
    size_t kept = 0;

    for (size_t i = 0; i < it->found.count; i++)
        if (kept == 0 || compare(&it->found.items[kept - 1], &it->found.items[i]) != 0)
            it->found.items[kept++] = it->found.items[i];
    it->found.count = kept;
}

bool flow_task_list(struct tx *tx, struct arena *arena, const struct flow_task_ask *ask,
                    struct flow_task_page *page, struct err *err)
{
    struct gathering it = {tx, arena, ask, {0}, {0}};
    size_t count = 0;
    const struct policy_role *roles =
        ask->rights->policy == NULL ? NULL : policy_roles(ask->rights->policy, &count);

    find_tags(&it);
    for (size_t i = 1; i < count; i++) /* the first is everybody's */
        if ((ask->rights->roles >> i & 1) != 0 && !gather_role(&it, &roles[i], err))
            return false;
    if (it.found.count > 1)
        qsort(it.found.items, it.found.count, sizeof *it.found.items, compare);
    drop_doubles(&it);
    page->items = it.found.items;
    page->has_more = it.found.count > (size_t)ask->limit;
    page->count = MIN(it.found.count, (size_t)ask->limit);
    return true;
}

bool flow_task_next(struct tx *tx, struct arena *arena, const struct flow_task_ask *ask,
                    int64_t flow, int *wait, struct err *err)
{
    struct gathering it = {tx, arena, ask, {0}, {0}};
    struct rows rows;

    *wait = 0;
    find_tags(&it);
    if (!store_query(tx, arena, &rows,
                     "SELECT no, name, tag FROM flow_wait WHERE tenant = $1 AND flow = $2"
                     " AND kind = 'task' ORDER BY no",
                     ARGS(INT(tx->tenant), INT(flow)), err))
        return false;
    for (size_t i = 0; i < rows.count && *wait == 0; i++) {
        bool is_theirs = false;

        for (size_t j = 0; j < it.tags.count; j++)
            is_theirs |= str_equal(it.tags.items[j], rows_text(&rows, i, 2));
        if (is_theirs && policy_has_role(ask->rights, rows_text(&rows, i, 1)))
            *wait = (int)rows_int(&rows, i, 0);
    }
    return true;
}

bool flow_task_claim(struct tx *tx, const struct flow_task_claim *claim, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    int64_t changed = 0;

    if (!store_change(tx,
                      "UPDATE flow_wait SET tag = $5 WHERE tenant = $1 AND flow = $2 AND no = $3"
                      " AND kind = 'task' AND tag = $4",
                      ARGS(INT(tx->tenant), INT(claim->flow), INT(claim->wait),
                           TEXT(tag_of(scratch, claim->from)), TEXT(tag_of(scratch, claim->to))),
                      &changed, err))
        return false;
    return changed == 1 || err_set(err, ERR_CONFLICT, "somebody else has taken this task");
}

static bool take_end(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(struct flow_task_end *)data = (struct flow_task_end){
        rows_int(row, 0, 0), rows_int(row, 0, 1), rows_int(row, 0, 2), rows_int(row, 0, 3) != 0};
    return true;
}

bool flow_task_ended(struct tx *tx, int64_t flow, int wait, struct flow_task_end *end,
                     struct err *err)
{
    *end = (struct flow_task_end){0};
    return store_each(tx,
                      "SELECT step, at, actor, CASE WHEN wait = $3 THEN 1 ELSE 0 END FROM flow_step"
                      " WHERE tenant = $1 AND flow = $2"
                      " ORDER BY CASE WHEN wait = $3 THEN 0 ELSE 1 END, step DESC LIMIT 1",
                      ARGS(INT(tx->tenant), INT(flow), INT(wait)), take_end, end, err);
}

static bool take_wait(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(int *)data = (int)rows_int(row, 0, 0);
    return true;
}

bool flow_task_at(struct tx *tx, int64_t flow, struct str element, int *wait, struct err *err)
{
    *wait = 0;
    if (!store_each(tx,
                    "SELECT no FROM flow_wait WHERE tenant = $1 AND flow = $2 AND node = $3"
                    " AND kind IN ('task', 'service', 'call') ORDER BY no LIMIT 1",
                    ARGS(INT(tx->tenant), INT(flow), TEXT(element)), take_wait, wait, err))
        return false;
    return *wait > 0 || err_set(err, ERR_CONFLICT, "nothing waits at \"%.*s\" any more",
                                STR_ARG(str_slice(element, 0, 100)));
}
