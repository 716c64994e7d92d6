#include "registry/publication.h"

#include "auth/journal.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "queue/worker.h"
#include "registry/borrowed.h"
#include "registry/record_where.h"
#include "registry/slot.h"
#include "store/rows.h"

enum {
    KEPT_STEP = 1000000, /* numbers of kept rows: -(register * KEPT_STEP + edition) */
    SWEEP_BATCH = 500,
    DEPTH_MAX = 8, /* levels of the tree, as in subscription.h */
};

int64_t publication_kept_no(int64_t no, int64_t edition)
{
    return -(no * KEPT_STEP + edition);
}

bool publication_keep(struct tx *tx, const struct record_draft *draft, struct err *err)
{
    return store_exec(
        tx,
        "INSERT INTO record (tenant, register, id, valid_from, valid_to, version, changed_at,"
        " salt, title, body, cell, x1, y1, x2, y2,"
        " t1, t2, t3, t4, t5, t6, t7, t8, n1, n2, n3, n4, n5, n6, n7, n8,"
        " m1, m2, m3, m4, m5, m6, m7, m8)"
        " SELECT tenant, $5, id, valid_from, valid_to, version, changed_at,"
        " salt, title, body, cell, x1, y1, x2, y2,"
        " t1, t2, t3, t4, t5, t6, t7, t8, n1, n2, n3, n4, n5, n6, n7, n8,"
        " m1, m2, m3, m4, m5, m6, m7, m8"
        " FROM record WHERE tenant = $1 AND register = $2 AND id = $3 AND valid_from = $4"
        " ON CONFLICT DO NOTHING",
        ARGS(INT(tx->tenant), INT(draft->no), INT(draft->id), INT(draft->old->valid_from),
             INT(publication_kept_no(draft->no, draft->published_no))),
        err);
}

bool publication_erase(struct tx *tx, int64_t no, int64_t id, struct err *err)
{
    return store_exec(tx,
                      "DELETE FROM record WHERE tenant = $1 AND register BETWEEN $2 AND $3"
                      " AND id = $4",
                      ARGS(INT(tx->tenant), INT(publication_kept_no(no, KEPT_STEP - 1)),
                           INT(publication_kept_no(no, 0)), INT(id)),
                      err);
}

static bool is_named(struct str list, struct str name)
{
    while (list.len > 0)
        if (str_equal(str_trim(str_cut(&list, ',')), name))
            return true;
    return false;
}

bool publication_may(const struct register_field *field)
{
    return (field->access & ~(unsigned)(POLICY_PUBLIC | POLICY_INTERNAL)) == 0;
}

/* A field that a pack has made personal since is not shown, whatever was published. */
static const bool *read_fields(struct arena *arena, const struct register_type *type,
                               struct str names)
{
    bool *shows = ARENA_ARRAY(arena, bool, type->field_count + 1);

    for (size_t i = 0; i < type->field_count; i++)
        shows[i] = publication_may(&type->fields[i]) && is_named(names, type->fields[i].name);
    return shows;
}

static bool read_readers(const struct registry *registry, struct publication *publication,
                         struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT child, filter FROM publication_reader"
                     " WHERE tenant = $1 AND register = $2 ORDER BY child",
                     ARGS(INT(registry->tx->tenant), INT(publication->no)), err))
        return false;
    publication->readers = ARENA_ARRAY(registry->arena, struct publication_reader, rows.count);
    publication->reader_count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        publication->readers[i] =
            (struct publication_reader){rows_int(&rows, i, 0), rows_text(&rows, i, 1)};
    return true;
}

static struct publication_edition edition_of(const struct rows *rows, size_t row)
{
    return (struct publication_edition){
        .no = rows_int(rows, row, 0),
        .seq = rows_int(rows, row, 1),
        .at = rows_int(rows, row, 2),
        .actor = rows_int(rows, row, 3),
        .total = rows_int(rows, row, 4),
        .note = rows_text(rows, row, 5),
    };
}

bool publication_editions(const struct registry *registry, const struct register_type *type,
                          int limit, struct publication_edition **editions, size_t *count,
                          struct err *err)
{
    struct rows rows;

    if (!store_query(
            registry->tx, registry->arena, &rows,
            "SELECT no, seq, at, actor, total, note FROM edition"
            " WHERE tenant = $1 AND register = $2 ORDER BY no DESC LIMIT $3",
            ARGS(INT(registry->tx->tenant), INT(catalog_no(registry->catalog, type)), INT(limit)),
            err))
        return false;
    *editions = ARENA_ARRAY(registry->arena, struct publication_edition, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*editions)[i] = edition_of(&rows, i);
    return true;
}

bool publication_get(const struct registry *registry, const struct register_type *type,
                     struct publication *publication, struct err *err)
{
    struct publication_edition *editions;
    struct rows rows;
    size_t count;

    *publication = (struct publication){.no = catalog_no(registry->catalog, type), .type = type};
    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT fields, layout FROM publication WHERE tenant = $1 AND register = $2",
                     ARGS(INT(registry->tx->tenant), INT(publication->no)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "the register %.*s is not published", STR_ARG(type->id));
    publication->fields = rows_text(&rows, 0, 0);
    publication->layout = rows_int(&rows, 0, 1);
    publication->shows = read_fields(registry->arena, type, publication->fields);
    if (!read_readers(registry, publication, err) ||
        !publication_editions(registry, type, 1, &editions, &count, err))
        return false;
    if (count > 0)
        publication->newest = editions[0];
    return true;
}

const struct publication_reader *publication_reader_of(const struct publication *publication,
                                                       int64_t reader)
{
    const struct publication_reader *all = NULL;

    for (size_t i = 0; i < publication->reader_count; i++) {
        if (publication->readers[i].child == reader)
            return &publication->readers[i];
        if (publication->readers[i].child == PUBLICATION_ALL)
            all = &publication->readers[i];
    }
    return all;
}

bool publication_list(const struct registry *registry, struct publication **publications,
                      size_t *count, struct err *err)
{
    VEC(struct publication) found = {0};
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT register FROM publication WHERE tenant = $1 ORDER BY register",
                     ARGS(INT(registry->tx->tenant)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct register_type *type = catalog_type(registry->catalog, rows_int(&rows, i, 0));
        struct publication one;

        if (type == NULL)
            continue; /* its pack is gone */
        if (!publication_get(registry, type, &one, err))
            return false;
        VEC_PUSH(registry->arena, &found, one);
    }
    *publications = found.items;
    *count = found.count;
    return true;
}

/* What is published changes by editions, not by the clock. */
static bool read_where(const struct registry *registry, const struct register_type *type,
                       struct str text, struct record_filter **filters, size_t *count,
                       struct err *err)
{
    struct record_filter *filter = ARENA_NEW(registry->arena, struct record_filter);

    if (!record_filter_where(registry->arena, type, text, (struct feel_clock){0}, filter, err))
        return false;
    if (record_where_has_clock(filter->where))
        return err_set(err, ERR_INPUT, "today() and now() cannot stand in a publication's filter");
    *filters = filter;
    *count = 1;
    return true;
}

bool publication_filters(const struct registry *registry, const struct register_type *type,
                         struct str text, struct record_filter **filters, size_t *count,
                         struct err *err)
{
    VEC(struct record_filter) found = {0};
    struct buf buf = {.arena = registry->arena};

    if (str_starts(text, STR("=")))
        return read_where(registry, type, str_slice(text, 1, text.len), filters, count, err);
    while (text.len > 0) {
        struct str value = str_trim(str_cut(&text, ';'));
        struct str name = str_trim(str_cut(&value, '='));
        struct record_filter filter;
        struct store_arg slot;

        if (name.len == 0)
            continue;
        if (!record_filter_parse(registry->arena, type, name, str_trim(value), &filter, err))
            return false;
        for (size_t i = 0; i < filter.count; i++)
            if (!slot_parse(&buf, filter.field, filter.values[i], &slot))
                return err_set(err, ERR_INPUT, "%.*s: \"%.*s\" is no such value",
                               STR_ARG(filter.field->name),
                               STR_ARG(str_slice(filter.values[i], 0, 80)));
        VEC_PUSH(registry->arena, &found, filter);
    }
    if (found.count > RECORD_LIST_FILTERS_MAX / 2)
        return err_set(err, ERR_INPUT, "at most %d conditions", RECORD_LIST_FILTERS_MAX / 2);
    *filters = found.items;
    *count = found.count;
    return true;
}

/* "": all that may be. A field that cannot be named must not come back under another's cover. */
static bool complete_fields(const struct registry *registry, const struct publication_wish *wish,
                            struct str *fields, struct err *err)
{
    const struct register_type *type = wish->type;
    struct buf buf = {.arena = registry->arena};
    struct str rest = wish->fields;

    while (rest.len > 0) {
        struct str name = str_trim(str_cut(&rest, ','));
        const struct register_field *field = register_type_field(type, name);

        if (name.len > 0 && field == NULL)
            return err_set(err, ERR_INPUT, "there is no field %.*s",
                           STR_ARG(str_slice(name, 0, 60)));
        if (name.len > 0 && !publication_may(field))
            return err_set(err, ERR_INPUT, "%.*s: only public and internal fields can be published",
                           STR_ARG(name));
    }
    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        bool is_in =
            wish->fields.len == 0 ? publication_may(field) : is_named(wish->fields, field->name);

        if (field->is_in_title && !is_in)
            return err_set(err, ERR_INPUT,
                           "%.*s: it stands in the title of the records, so it has to be "
                           "published with them",
                           STR_ARG(field->name));
        if (is_in && buf.len > 0)
            buf_char(&buf, ',');
        if (is_in)
            buf_add(&buf, field->name);
    }
    *fields = buf_str(&buf);
    return buf.len > 0 || err_set(err, ERR_INPUT, "no field of this register can be published");
}

static bool check(const struct registry *registry, const struct publication_wish *wish,
                  struct str *fields, struct err *err)
{
    struct record_filter *filters;
    size_t count;

    if (wish->type->meaning == REGISTER_TYPE_PERSONS)
        return err_set(err, ERR_INPUT, "a register of persons cannot be published");
    if (wish->reader.filter.len > PUBLICATION_FILTER_MAX)
        return err_set(err, ERR_INPUT, "the filter is longer than %d", PUBLICATION_FILTER_MAX);
    return complete_fields(registry, wish, fields, err) &&
           publication_filters(registry, wish->type, wish->reader.filter, &filters, &count, err);
}

bool publication_check(const struct registry *registry, const struct publication_wish *wish,
                       struct err *err)
{
    struct str fields;

    return check(registry, wish, &fields, err);
}

static bool note(const struct registry *registry, struct journal_entry *entry, struct err *err)
{
    entry->at = registry->now;
    return journal_add(registry->tx, entry, err);
}

static struct str describe(const struct registry *registry, struct str fields,
                           const struct publication_reader *reader)
{
    struct buf buf = {.arena = registry->arena};

    buf_printf(&buf, "{\"child\":\"%lld\",\"fields\":", (long long)reader->child);
    json_write_text(&buf, fields);
    buf_add(&buf, STR(",\"filter\":"));
    json_write_text(&buf, reader->filter);
    buf_char(&buf, '}');
    return buf_str(&buf);
}

bool publication_put(const struct registry *registry, const struct publication_wish *wish,
                     struct err *err)
{
    int64_t no = catalog_no(registry->catalog, wish->type);
    int64_t tenant = registry->tx->tenant;
    struct journal_entry entry = {.actor = wish->actor, .action = STR("publication.put"), .no = no};
    struct str fields;

    if (!check(registry, wish, &fields, err))
        return false;
    entry.detail = describe(registry, fields, &wish->reader);
    return store_exec(registry->tx,
                      "INSERT INTO publication (tenant, register, fields, layout)"
                      " VALUES ($1, $2, $3, 0)"
                      " ON CONFLICT (tenant, register) DO UPDATE SET fields = $3",
                      ARGS(INT(tenant), INT(no), TEXT(fields)), err) &&
           store_exec(
               registry->tx,
               "INSERT INTO publication_reader (tenant, register, child, filter)"
               " VALUES ($1, $2, $3, $4)"
               " ON CONFLICT (tenant, register, child) DO UPDATE SET filter = $4",
               ARGS(INT(tenant), INT(no), INT(wish->reader.child), TEXT(wish->reader.filter)),
               err) &&
           note(registry, &entry, err);
}

bool publication_remove(const struct registry *registry, const struct publication_wish *wish,
                        struct err *err)
{
    int64_t no = catalog_no(registry->catalog, wish->type);
    int64_t tenant = registry->tx->tenant;
    struct publication publication;
    struct journal_entry entry = {
        .actor = wish->actor, .action = STR("publication.remove"), .no = no};
    int64_t changed;

    if (!publication_get(registry, wish->type, &publication, err) ||
        !store_change(registry->tx,
                      "DELETE FROM publication_reader"
                      " WHERE tenant = $1 AND register = $2 AND child = $3",
                      ARGS(INT(tenant), INT(no), INT(wish->reader.child)), &changed, err))
        return false;
    if (changed == 0)
        return err_set(err, ERR_ABSENT, "it is not published to them");
    entry.detail = describe(registry, publication.fields, &wish->reader);
    return note(registry, &entry, err) &&
           store_exec(registry->tx,
                      "DELETE FROM publication WHERE tenant = $1 AND register = $2 AND NOT EXISTS"
                      " (SELECT 1 FROM publication_reader p WHERE p.tenant = $1"
                      "  AND p.register = $2)",
                      ARGS(INT(tenant), INT(no)), err);
}

static bool write_edition(const struct registry *registry, int64_t no,
                          const struct publication_edition *edition, int64_t layout,
                          struct err *err)
{
    int64_t tenant = registry->tx->tenant;
    struct job sweep = {.kind = STR("registry.editions"),
                        .put_at = registry->now,
                        .payload = str_printf(registry->arena, "{\"register\":%lld,\"no\":%lld}",
                                              (long long)no, (long long)edition->no)};
    int64_t job;

    return store_exec(registry->tx,
                      "INSERT INTO edition (tenant, register, no, seq, at, actor, total, note)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                      ARGS(INT(tenant), INT(no), INT(edition->no), INT(edition->seq),
                           INT(edition->at), INT(edition->actor), INT(edition->total),
                           TEXT(edition->note)),
                      err) &&
           store_exec(registry->tx,
                      "UPDATE register_no SET published_seq = $3, published_no = $4"
                      " WHERE tenant = $1 AND no = $2",
                      ARGS(INT(tenant), INT(no), INT(edition->seq), INT(edition->no)), err) &&
           store_exec(registry->tx,
                      "UPDATE publication SET layout = $3 WHERE tenant = $1 AND register = $2",
                      ARGS(INT(tenant), INT(no), INT(layout)), err) &&
           job_put(registry->tx, &sweep, registry->now, &job, err);
}

/* next: its number, moment and note; the rest is filled in. */
static bool issue(const struct registry *registry, const struct register_type *type,
                  struct publication_edition *next, struct err *err)
{
    int64_t no = catalog_no(registry->catalog, type);
    struct journal_entry entry = {
        .actor = next->actor,
        .action = STR("publication.publish"),
        .no = no,
        .detail = str_printf(registry->arena, "{\"edition\":%lld}", (long long)next->no)};
    struct layout_row row;
    struct rows rows;

    if (!layout_check(registry, type, &row, err) ||
        !store_query(registry->tx, registry->arena, &rows,
                     "SELECT total FROM register_no WHERE tenant = $1 AND no = $2",
                     ARGS(INT(registry->tx->tenant), INT(no)), err))
        return false;
    if (row.slots_to != INT64_MAX)
        return err_set(err, ERR_UNAVAILABLE,
                       "records are being rebuilt after an upgrade: publish when that is over");
    next->total = rows_int(&rows, 0, 0);
    if (next->no > PUBLICATION_EDITIONS_MAX)
        return err_set(err, ERR_LIMIT, "there are too many editions");
    if (!note(registry, &entry, err))
        return false;
    next->seq = entry.seq;
    return write_edition(registry, no, next, row.edition, err);
}

bool publication_publish(const struct registry *registry, const struct register_type *type,
                         struct str text, int64_t actor, struct publication_edition *edition,
                         struct err *err)
{
    struct publication_edition next = {.at = registry->now, .actor = actor, .note = str_trim(text)};
    struct publication publication;

    if (!utf8_is_valid(next.note) || utf8_length(next.note) > PUBLICATION_NOTE_MAX)
        return err_set(err, ERR_INPUT, "what is new: at most %d letters", PUBLICATION_NOTE_MAX);
    if (!publication_get(registry, type, &publication, err))
        return false;
    next.no = publication.newest.no + 1;
    if (!issue(registry, type, &next, err))
        return false;
    *edition = next;
    return true;
}

bool publication_adopt(const struct registry *registry, const struct register_type *type,
                       struct publication_edition *edition, struct err *err)
{
    return store_exec(registry->tx,
                      "DELETE FROM edition WHERE tenant = $1 AND register = $2 AND no >= $3",
                      ARGS(INT(registry->tx->tenant), INT(catalog_no(registry->catalog, type)),
                           INT(edition->no)),
                      err) &&
           issue(registry, type, edition, err);
}

struct doing {
    struct publication_order *order;
    const struct catalog *catalog;
};

static bool run_order(struct tx *tx, void *data, struct err *err)
{
    struct doing *doing = data;
    struct publication_order *order = doing->order;
    struct registry registry = {tx, order->arena, doing->catalog, order->now, NULL};

    switch (order->what) {
    case PUBLICATION_PUT:
        return publication_put(&registry, &order->wish, err);
    case PUBLICATION_REMOVE:
        return publication_remove(&registry, &order->wish, err);
    case PUBLICATION_PUBLISH:
        return publication_publish(&registry, order->wish.type, order->note, order->wish.actor,
                                   &order->edition, err);
    }
    return err_set(err, ERR_BROKEN, "an unknown order");
}

bool publication_do(struct tenant *tenant, struct publication_order *order, struct err *err)
{
    struct doing doing = {.order = order};

    return catalog_get(tenant, order->library, &doing.catalog, err) &&
           tenant_write_wait(tenant, run_order, &doing, err);
}

bool publication_child(struct tenant *tenant, struct arena *arena, struct str name, int64_t *child,
                       struct err *err)
{
    struct store *store = tenant_store(tenant);
    struct store_tenant info;
    int64_t above;

    *child = PUBLICATION_ALL;
    if (name.len == 0)
        return true;
    if (!store_get_tenant(store, arena, name, &info, err))
        return false;
    *child = info.id;
    above = info.parent;
    for (int depth = 0; depth < DEPTH_MAX && above != 0; depth++) {
        if (above == tenant_info(tenant)->id)
            return true;
        if (!store_get_tenant_by_id(store, arena, above, &info, err))
            return false;
        above = info.parent;
    }
    return err_set(err, ERR_INPUT, "%.*s is not below this municipality", STR_ARG(name));
}

struct sweep {
    int64_t first, last; /* register numbers */
    int64_t removed;
};

static bool run_sweep(struct tx *tx, void *data, struct err *err)
{
    struct sweep *sweep = data;

    return store_change(
        tx,
        "DELETE FROM record WHERE tenant = $1 AND register BETWEEN $2 AND $3"
        " AND id IN (SELECT id FROM record WHERE tenant = $1"
        "  AND register BETWEEN $2 AND $3 ORDER BY register, id LIMIT $4)",
        ARGS(INT(tx->tenant), INT(sweep->first), INT(sweep->last), INT(SWEEP_BATCH)),
        &sweep->removed, err);
}

static bool sweep_editions(struct worker_task *task, struct str *result, struct err *err)
{
    struct sweep sweep = {.removed = 1};
    bool is_stopping = false;
    const struct register_type *type;
    const struct catalog *catalog;
    struct json *payload;
    int64_t no, edition, done = 0;

    if (!json_parse(task->arena, task->job.payload, NULL, &payload, err))
        return false;
    no = json_find_int(payload, STR("register"), 0);
    if (!catalog_get(task->tenant, task->context, &catalog, err))
        return false;
    type = catalog_type(catalog, no);
    if (type != NULL && !borrowed_tell(task, type, &is_stopping, err))
        return false;
    edition = json_find_int(payload, STR("no"), 0);
    sweep.first = publication_kept_no(no, edition - 1);
    sweep.last = publication_kept_no(no, 0);
    while (sweep.removed > 0 && !is_stopping) {
        if (!tenant_write_wait(task->tenant, run_sweep, &sweep, err) ||
            !worker_report(task, STR("Taking away what older editions kept"), done += sweep.removed,
                           0, (struct str){0}, &is_stopping, err))
            return false;
    }
    if (!is_stopping)
        *result = STR("{}");
    return true;
}

const struct worker_kind publication_kind = {STR_INIT("registry.editions"), sweep_editions, NULL};
