#include "registry/beside.h"

#include "core/id.h"
#include "store/rows.h"

enum {
    BESIDE_STEP = 1000000000, /* far above the numbers of registers */
    RELEASED_MAX = 1000,      /* own values that lose a reference in one write */
};

int64_t beside_no(int64_t no)
{
    return BESIDE_STEP + no;
}

const struct register_type *beside_type(const struct catalog *catalog, int64_t no)
{
    return no > BESIDE_STEP ? catalog_type(catalog, no - BESIDE_STEP) : NULL;
}

static int64_t no_of(const struct registry *registry, const struct register_type *type)
{
    return beside_no(catalog_no(registry->catalog, type));
}

bool beside_get(const struct registry *registry, const struct register_type *type, int64_t id,
                struct record *record, struct err *err)
{
    return record_get(registry, no_of(registry, type), id, RECORD_ALWAYS, record, err);
}

bool beside_list(const struct registry *registry, const struct register_type *type, int64_t after,
                 int limit, struct beside_page *page, struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT r.id, r.version, r.changed_at, r.body, b.title, b.is_gone"
                     " FROM record r LEFT JOIN borrowed b ON b.tenant = $1 AND b.register = $2"
                     " AND b.id = r.id WHERE r.tenant = $1 AND r.register = $3 AND r.id > $4"
                     " ORDER BY r.id LIMIT $5",
                     ARGS(INT(registry->tx->tenant), INT(catalog_no(registry->catalog, type)),
                          INT(no_of(registry, type)), INT(after), INT(limit)),
                     err))
        return false;
    page->items = ARENA_ARRAY(registry->arena, struct beside, rows.count + 1);
    page->count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        page->items[i] = (struct beside){
            .record = {.no = no_of(registry, type),
                       .id = rows_int(&rows, i, 0),
                       .version = rows_int(&rows, i, 1),
                       .changed_at = rows_int(&rows, i, 2),
                       .valid_from = RECORD_ALWAYS,
                       .valid_to = RECORD_FOREVER,
                       .title = rows_text(&rows, i, 4),
                       .body = rows_text(&rows, i, 3)},
            .is_gone = rows_is_null(&rows, i, 5) || rows_int(&rows, i, 5) != 0,
        };
    return true;
}

/* One look by key for each row of a page, and none where nothing is said. */
bool beside_mark(const struct registry *registry, const struct register_type *type,
                 const struct record_page *page, bool *has, struct err *err)
{
    struct beside_page any;
    struct rows rows;

    if (!beside_list(registry, type, INT64_MIN, 1, &any, err))
        return false;
    for (size_t i = 0; i < page->count; i++) {
        has[i] = false;
        if (any.count == 0)
            continue;
        if (!store_query(registry->tx, registry->arena, &rows,
                         "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 AND id = $3",
                         ARGS(INT(registry->tx->tenant), INT(no_of(registry, type)),
                              INT(page->records[i].id)),
                         err))
            return false;
        has[i] = rows.count > 0;
    }
    return true;
}

/* What the actor does not see stays; naming it is refused. */
static bool keep_hidden(const struct registry *registry, struct beside_change *change,
                        struct err *err)
{
    struct json *old = NULL;

    if (change->draft.old != NULL &&
        !json_parse(registry->arena, change->old.body,
                    &(struct json_limits){.bytes = RECORD_BODY_MAX}, &old, err))
        return false;
    for (size_t i = 0; i < change->type->field_count; i++) {
        const struct register_field *field = &change->type->fields[i];
        struct json *kept = json_find(old, field->name);

        if ((field->access & ~change->classes) == 0)
            continue;
        if (json_find(change->value, field->name) != NULL)
            return err_set(err, ERR_DENIED, "your role does not allow the field %.*s",
                           STR_ARG(field->name));
        if (kept != NULL)
            json_set(change->value, field->name, json_copy(registry->arena, kept));
    }
    return true;
}

static void drop_nulls(struct json *value)
{
    for (struct json *member = value->first; member != NULL;) {
        struct json *next = member->next;

        if (member->kind == JSON_NULL)
            json_drop(value, member->name);
        member = next;
    }
}

static bool read_old(const struct registry *registry, struct beside_change *change, struct err *err)
{
    struct err absent = {0};

    change->old = (struct record){0};
    if (!beside_get(registry, change->type, change->id, &change->old, &absent) &&
        absent.code != ERR_ABSENT) {
        *err = absent;
        return false;
    }
    if (change->expected >= 0 && change->expected != change->old.version)
        return err_set(err, ERR_CONFLICT, "someone else changed this record meanwhile");
    change->draft.old = change->old.version == 0 ? NULL : &change->old;
    return true;
}

bool beside_prepare(const struct registry *registry, struct beside_change *change,
                    struct flaws *flaws, struct err *err)
{
    change->draft = (struct record_draft){
        .type = change->type,
        .id = change->id,
        .now = registry->now,
        .is_beside = true,
    };
    if (change->value == NULL || change->value->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "own values are a JSON object");
    if (!read_old(registry, change, err) || !keep_hidden(registry, change, err))
        return false;
    drop_nulls(change->value);
    if (change->value->first == NULL && change->draft.old == NULL)
        return true; /* nothing was said, and nothing is */
    change->draft.act = change->value->first == NULL ? RECORD_DELETE
                        : change->draft.old == NULL  ? RECORD_CREATE
                                                     : RECORD_CHANGE;
    change->draft.value = change->value;
    return record_prepare(registry->tx, registry->arena, registry->catalog, &change->draft, flaws,
                          err);
}

bool beside_run(const struct registry *registry, struct beside_change *change, struct err *err)
{
    if (change->value->first == NULL && change->draft.old == NULL)
        return true;
    return (change->published.publisher == 0 ||
            borrowed_put(registry->tx, catalog_no(registry->catalog, change->type), change->id,
                         &change->published, err)) &&
           record_apply(registry->tx, &change->draft, change->actor, registry->now, err);
}

static struct record said_of(const struct rows *rows, size_t row, int64_t no)
{
    return (struct record){
        .no = no,
        .id = rows_int(rows, row, 0),
        .valid_from = rows_int(rows, row, 1),
        .valid_to = rows_int(rows, row, 2),
        .version = rows_int(rows, row, 3),
        .body = rows_text(rows, row, 4),
    };
}

/* Takes the reference out, as a change like any other; of a value that says nothing else the
 * whole. */
static bool clear_one(const struct registry *registry, const struct beside_release *release,
                      const struct record *old, struct err *err)
{
    struct flaws flaws = {0};
    struct json *value;
    struct record_draft draft = {
        .act = RECORD_CHANGE,
        .type = release->type,
        .id = old->id,
        .old = old,
        .import = release->gone->import,
        .cause = release->gone->cause,
        .now = registry->now,
        .is_beside = true,
        .is_upkeep = true,
    };

    if (!json_parse(registry->arena, old->body, &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &value, err))
        return false;
    json_drop(value, release->field->name);
    draft.value = value;
    if (value->first == NULL)
        draft.act = RECORD_DELETE;
    return record_prepare(registry->tx, registry->arena, registry->catalog, &draft, &flaws, err) &&
           record_apply(registry->tx, &draft, release->actor, registry->now, err);
}

/* Canonical bodies have no blanks: a field with that id is one piece of text. */
static bool find_naming(const struct registry *registry, const struct beside_release *release,
                        struct rows *rows, struct err *err)
{
    struct str id = id_text(registry->arena, release->gone->id);
    struct str part = str_printf(registry->arena, "%%\"%.*s\":\"%.*s\"%%",
                                 STR_ARG(release->field->name), STR_ARG(id));

    return store_query(registry->tx, registry->arena, rows,
                       "SELECT id, valid_from, valid_to, version, body FROM record"
                       " WHERE tenant = $1 AND register = $2 AND body LIKE $3 ORDER BY id LIMIT $4",
                       ARGS(INT(registry->tx->tenant), INT(no_of(registry, release->type)),
                            TEXT(part), INT(RELEASED_MAX + 1)),
                       err);
}

bool beside_release(const struct registry *registry, const struct beside_release *release,
                    struct err *err)
{
    struct rows rows;

    if (!find_naming(registry, release, &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    if (release->field->on_delete == FIELD_REFUSE || rows.count > RELEASED_MAX)
        return err_set(err, ERR_CONFLICT,
                       "own values beside published records refer to this one (%.*s, %.*s): change "
                       "those first",
                       STR_ARG(release->type->title), STR_ARG(release->field->title));
    for (size_t i = 0; i < rows.count; i++) {
        struct record old = said_of(&rows, i, no_of(registry, release->type));

        if (!clear_one(registry, release, &old, err))
            return false;
    }
    return true;
}
