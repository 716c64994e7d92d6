#include "registry/change.h"

#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "registry/record_reach.h"
#include "store/rows.h"

bool change_idempotency(struct change *change, struct str key, struct str request, struct err *err)
{
    change->once.account = change->actor;
    change->once.now = change->now;
    return idempotency_read(&change->once, key, request, err);
}

static struct registry registry_of(const struct change *change, struct tx *tx)
{
    return (struct registry){tx, change->arena, change->catalog, change->now, change->reader};
}

static struct record_reach reach_of(const struct change *change, struct tx *tx)
{
    static const enum policy_action ACTIONS[] = {
        [RECORD_CREATE] = POLICY_CREATE,
        [RECORD_CHANGE] = POLICY_CHANGE,
        [RECORD_DELETE] = POLICY_DELETE,
    };
    struct registry registry = registry_of(change, tx);

    return record_reach_of(&registry, change->draft.type, ACTIONS[change->draft.act]);
}

static bool read_old(struct tx *read, struct change *change, struct err *err)
{
    struct registry registry = registry_of(change, read);
    struct record_reach reach = reach_of(change, read);

    if (!record_get(&registry, catalog_no(change->catalog, change->draft.type), change->id,
                    change->day, &change->old, err))
        return false;
    if (!record_reach_has(&reach, change->arena, change->old.body))
        return err_set(err, ERR_DENIED, "your role does not allow this with this record");
    if (change->expected != 0 && change->expected != change->old.version)
        return err_set(err, ERR_CONFLICT, "someone else changed this record meanwhile");
    change->draft.old = &change->old;
    change->draft.valid_from = change->old.valid_from;
    change->draft.valid_to = change->old.valid_to;
    return true;
}

static void put_day(struct arena *arena, struct json *wire, struct str name, int64_t day,
                    int64_t none)
{
    struct buf text = {.arena = arena};

    if (day == none) {
        json_set(wire, name, json_new(arena, JSON_NULL));
        return;
    }
    time_print_day(&text, day);
    json_set_text(arena, wire, name, buf_str(&text));
}

/* The record as a program sees it, for a merge patch. */
static bool print_wire(const struct change *change, struct json **wire, struct err *err)
{
    struct json *data;

    if (!json_parse(change->arena, change->old.body,
                    &(struct json_limits){.bytes = RECORD_BODY_MAX}, &data, err))
        return false;
    *wire = json_new(change->arena, JSON_OBJECT);
    json_set(*wire, STR("data"), data);
    if (change->draft.type->is_temporal) {
        put_day(change->arena, *wire, STR("valid_from"), change->old.valid_from, RECORD_ALWAYS);
        put_day(change->arena, *wire, STR("valid_to"), change->old.valid_to, RECORD_FOREVER);
    }
    return true;
}

static void read_day(const struct change *change, struct flaws *flaws, struct str name,
                     int64_t none, int64_t *day)
{
    const struct json *value = json_find(change->input, name);

    if (value == NULL)
        return;
    if (value->kind == JSON_NULL)
        *day = none;
    else if (value->kind != JSON_STRING || !time_parse_day(value->text, day))
        flaws_add(flaws, change->arena, str_printf(change->arena, "/%.*s", STR_ARG(name)), "format",
                  STR("date"));
}

/* What the server tells may come back unchanged; anything else is a mistake. */
static void check_members(const struct change *change, struct flaws *flaws)
{
    static const struct str KNOWN[] = {
        STR_INIT("data"),       STR_INIT("valid_from"), STR_INIT("valid_to"), STR_INIT("id"),
        STR_INIT("changed_at"), STR_INIT("version"),    STR_INIT("title"),
    };

    for (const struct json *member = change->input->first; member != NULL; member = member->next) {
        bool is_known = false;

        for (size_t i = 0; i < ARRAY_LEN(KNOWN); i++)
            is_known |= str_equal(KNOWN[i], member->name);
        if (!is_known)
            flaws_add(flaws, change->arena,
                      str_printf(change->arena, "/%.*s", STR_ARG(member->name)),
                      "additionalProperties", (struct str){0});
    }
}

/* Fields the actor cannot see stay as they are; naming one is refused. */
static bool guard_hidden(const struct change *change, struct json *data, struct err *err)
{
    const struct register_type *type = change->draft.type;
    struct json *old = NULL;

    if (record_is_open(type, change->classes))
        return true;
    if (change->draft.old != NULL &&
        !json_parse(change->arena, change->old.body,
                    &(struct json_limits){.bytes = RECORD_BODY_MAX}, &old, err))
        return false;
    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        struct json *kept = json_find(old, field->name);
        struct json *given = json_find(data, field->name);

        if ((field->access & ~change->classes) == 0)
            continue;
        if (given != NULL && (kept == NULL || !json_equal(given, kept)))
            return err_set(err, ERR_DENIED, "your role does not allow the field %.*s",
                           STR_ARG(field->name));
        if (kept != NULL && given == NULL)
            json_set(data, field->name, json_copy(change->arena, kept));
    }
    return true;
}

/* An absent value and null are the same; what is stored has no nulls. */
static void drop_nulls(struct json *data)
{
    for (struct json *member = data->first; member != NULL;) {
        struct json *next = member->next;

        if (member->kind == JSON_NULL)
            json_drop(data, member->name);
        member = next;
    }
}

/* A record with dates gets another slice when a new one names it. */
static bool read_id(struct tx *read, struct change *change, struct flaws *flaws, struct err *err)
{
    const struct json *given = json_find(change->input, STR("id"));
    const struct register_type *type = change->draft.type;
    struct registry registry = registry_of(change, read);
    struct record *slices;
    size_t count;

    if (given == NULL)
        return true;
    if (!type->is_temporal) {
        flaws_add(flaws, change->arena, STR("/id"), "additionalProperties", (struct str){0});
        return true;
    }
    if (given->kind != JSON_STRING || !id_parse(given->text, &change->draft.id)) {
        flaws_add(flaws, change->arena, STR("/id"), "ref", type->id);
        return true;
    }
    return record_slices(&registry, catalog_no(change->catalog, type), change->draft.id, &slices,
                         &count, err) &&
           (count > 0 || err_set(err, ERR_ABSENT, "there is no such record"));
}

/* A merge patch takes a member out by naming it null: hidden ones too must not be named. */
static bool guard_patch(const struct change *change, struct err *err)
{
    const struct register_type *type = change->draft.type;
    const struct json *data = json_find(change->input, STR("data"));

    for (size_t i = 0; i < type->field_count; i++) {
        const struct json *given = json_find(data, type->fields[i].name);

        if ((type->fields[i].access & ~change->classes) != 0 && given != NULL &&
            given->kind == JSON_NULL)
            return err_set(err, ERR_DENIED, "your role does not allow the field %.*s",
                           STR_ARG(type->fields[i].name));
    }
    return true;
}

static bool read_input(struct change *change, struct flaws *flaws, struct err *err)
{
    struct json *data;
    struct json *wire;

    if (change->input == NULL || change->input->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "a record is sent as {\"data\": {…}}");
    check_members(change, flaws);
    if (change->is_patch) {
        if (!guard_patch(change, err) || !print_wire(change, &wire, err))
            return false;
        change->input = json_merge(change->arena, wire, change->input);
    }
    data = json_find(change->input, STR("data"));
    if (data == NULL || data->kind != JSON_OBJECT) {
        flaws_add(flaws, change->arena, STR("/data"), "required", (struct str){0});
        return err_set(err, ERR_INPUT, "a record is sent as {\"data\": {…}}");
    }
    drop_nulls(data);
    if (change->draft.type->is_temporal) {
        read_day(change, flaws, STR("valid_from"), RECORD_ALWAYS, &change->draft.valid_from);
        read_day(change, flaws, STR("valid_to"), RECORD_FOREVER, &change->draft.valid_to);
    }
    change->draft.value = data;
    return guard_hidden(change, data, err);
}

/* Paths of flaws begin at the wire form, where the record stands in data. */
static void move_paths(struct change *change, struct flaws *flaws, const struct flaw *last)
{
    struct flaw *flaw = last == NULL ? flaws->first : last->next;

    for (; flaw != NULL; flaw = flaw->next)
        if (!str_equal(flaw->path, STR("/valid_to")))
            flaw->path = str_printf(change->arena, "/data%.*s", STR_ARG(flaw->path));
}

/* Nobody makes a record they would not find again, or gives one away by a slip. */
static bool keep_reach(struct tx *read, const struct change *change, struct err *err)
{
    struct record_reach reach = reach_of(change, read);

    if (change->draft.act == RECORD_DELETE ||
        record_reach_has(&reach, change->arena, change->draft.body))
        return true;
    return err_set(err, ERR_DENIED,
                   change->draft.act == RECORD_CREATE
                       ? "your role allows other records than this: it would be out of your reach"
                       : "with this change the record would be out of your reach");
}

bool change_prepare(struct tx *read, struct change *change, struct flaws *flaws, struct err *err)
{
    const struct flaw *last;
    bool ok;

    change->draft.now = change->now;
    if (change->draft.act != RECORD_CREATE && !read_old(read, change, err))
        return false;
    if (change->draft.act != RECORD_DELETE && !read_input(change, flaws, err))
        return false;
    if (change->draft.act == RECORD_CREATE && !read_id(read, change, flaws, err))
        return false;
    last = flaws->last;
    ok = record_prepare(read, change->arena, change->catalog, &change->draft, flaws, err);
    move_paths(change, flaws, last);
    if (ok && flaws->count > 0)
        return err_set(err, ERR_INPUT, "some fields of the record are wrong");
    return ok && keep_reach(read, change, err);
}

/* The draft tells of the record as it stands. */
static void tell_old(struct change *change)
{
    struct record_draft *draft = &change->draft;

    change->is_replay = true;
    draft->old = &change->old;
    draft->is_same = true;
    draft->id = change->old.id;
    draft->version = change->old.version;
    draft->valid_from = change->old.valid_from;
    draft->valid_to = change->old.valid_to;
    draft->body = change->old.body;
}

/* Finds what this key did before: *is_replay, and the draft tells of that record. */
static bool find_replay(struct tx *tx, struct change *change, struct err *err)
{
    struct registry registry = registry_of(change, tx);
    int64_t made;

    change->is_replay = false;
    if (!idempotency_find(tx, &change->once, &made, err))
        return false;
    if (made == 0)
        return true;
    if (!record_get(&registry, change->draft.no, made,
                    change->draft.type->is_temporal ? change->draft.valid_from : 0, &change->old,
                    err))
        return err_while(err, "the record made by this Idempotency-Key");
    tell_old(change);
    return true;
}

/* Whether the record refers there already. */
static bool had_ref(const struct change *change, const struct json *old,
                    const struct record_ref *ref)
{
    return str_equal(json_find_text(old, ref->field), id_text(change->arena, ref->id));
}

/* A new reference leads to what the reader reaches; any other id is none. */
static bool check_refs(struct tx *tx, const struct change *change, struct err *err)
{
    const struct record_draft *draft = &change->draft;
    struct registry registry = registry_of(change, tx);
    struct json *old = NULL;

    if (change->reader == NULL || draft->act == RECORD_DELETE || draft->is_same)
        return true;
    if (draft->old != NULL &&
        !json_parse(change->arena, draft->old->body,
                    &(struct json_limits){.bytes = RECORD_BODY_MAX}, &old, err))
        return false;
    for (size_t i = 0; i < draft->ref_count; i++) {
        const struct record_ref *ref = &draft->refs[i];
        struct record *slices;
        size_t count;

        if (record_reach_of(&registry, ref->type, POLICY_READ).count == 0 ||
            had_ref(change, old, ref))
            continue;
        if (!record_slices(&registry, ref->no, ref->id, &slices, &count, err))
            return false;
        if (count == 0)
            return err_set(err, ERR_CONFLICT, "%.*s: the record it refers to does not exist",
                           STR_ARG(ref->field));
    }
    return true;
}

bool change_run(struct tx *tx, struct change *change, struct err *err)
{
    if (change->once.key.len > 0 && !find_replay(tx, change, err))
        return false;
    if (change->once.key.len > 0 && change->is_replay)
        return true;
    return check_refs(tx, change, err) &&
           record_apply(tx, &change->draft, change->actor, change->now, err) &&
           (change->once.key.len == 0 ||
            idempotency_keep(tx, &change->once, change->draft.id, err));
}

bool change_known_at(const struct registry *registry, struct str text, int64_t *seq,
                     struct err *err)
{
    struct rows rows;
    int64_t at;
    int64_t day;

    if (num_parse_int(text, seq) && *seq >= 0)
        return true;
    if (time_parse_day(text, &day))
        at = (day + 1) * TIME_DAY_MS - 1 -
             (int64_t)catalog_utc_offset(registry->catalog) * TIME_MINUTE_MS;
    else if (!time_parse_moment(text, &at))
        return err_set(err, ERR_INPUT, "known_at: a day, a moment or a journal number");
    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT seq FROM journal WHERE tenant = $1 AND at <= $2"
                     " ORDER BY seq DESC LIMIT 1",
                     ARGS(INT(registry->tx->tenant), INT(at)), err))
        return false;
    *seq = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    return true;
}
