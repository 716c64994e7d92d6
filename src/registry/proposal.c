#include "registry/proposal.h"

#include "auth/journal.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "queue/job.h"
#include "store/rows.h"

#define KIND STR("registry.proposal")
#define COLUMNS                                                                                    \
    "uuid, is_own, peer, peer_title, register, record, title, base, was, patch, reason, author,"   \
    " actor, put_at, state, answer, decided_at, decided_by, number, there"

static struct proposal read_row(const struct rows *rows, size_t row)
{
    return (struct proposal){
        .uuid = rows_text(rows, row, 0),
        .is_own = rows_int(rows, row, 1) != 0,
        .peer = rows_int(rows, row, 2),
        .peer_title = rows_text(rows, row, 3),
        .register_id = rows_text(rows, row, 4),
        .record = rows_int(rows, row, 5),
        .title = rows_text(rows, row, 6),
        .base = rows_int(rows, row, 7),
        .was = rows_text(rows, row, 8),
        .patch = rows_text(rows, row, 9),
        .reason = rows_text(rows, row, 10),
        .author = rows_text(rows, row, 11),
        .actor = rows_int(rows, row, 12),
        .put_at = rows_int(rows, row, 13),
        .state = rows_text(rows, row, 14),
        .answer = rows_text(rows, row, 15),
        .decided_at = rows_int(rows, row, 16),
        .decided_by = rows_int(rows, row, 17),
        .number = rows_int(rows, row, 18),
        .there = rows_int(rows, row, 19),
    };
}

bool proposal_list(const struct registry *registry, const struct proposal_ask *ask,
                   struct proposal **proposals, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT " COLUMNS " FROM proposal WHERE tenant = $1 AND is_own = $2"
                     " AND ($3 = '' OR state = $3) AND ($4 = '' OR register = $4)"
                     " AND put_at < $5 ORDER BY put_at DESC, uuid LIMIT $6",
                     ARGS(INT(registry->tx->tenant), INT(ask->is_own), TEXT(ask->state),
                          TEXT(ask->register_id), INT(ask->before > 0 ? ask->before : INT64_MAX),
                          INT(ask->limit)),
                     err))
        return false;
    *proposals = ARENA_ARRAY(registry->arena, struct proposal, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*proposals)[i] = read_row(&rows, i);
    return true;
}

bool proposal_count(const struct registry *registry, bool is_own, struct str state, int64_t *count,
                    struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT count(*) FROM proposal WHERE tenant = $1 AND is_own = $2"
                     " AND state = $3",
                     ARGS(INT(registry->tx->tenant), INT(is_own), TEXT(state)), err))
        return false;
    *count = rows_int(&rows, 0, 0);
    return true;
}

bool proposal_get(const struct registry *registry, struct str uuid, struct proposal *proposal,
                  struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT " COLUMNS " FROM proposal WHERE tenant = $1 AND uuid = $2",
                     ARGS(INT(registry->tx->tenant), TEXT(uuid)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such proposal");
    *proposal = read_row(&rows, 0);
    return true;
}

/* Version 4, RFC 9562. */
static struct str new_uuid(struct arena *arena)
{
    unsigned char b[16];

    secret_random(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    return str_printf(arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                      b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                      b[12], b[13], b[14], b[15]);
}

static struct str print(struct arena *arena, const struct json *value)
{
    struct buf buf = {.arena = arena};

    json_canonical(&buf, value);
    return buf_str(&buf);
}

static void put_value(struct arena *arena, struct json *object, struct str name,
                      const struct json *value)
{
    json_set(object, name, value != NULL ? json_copy(arena, value) : json_new(arena, JSON_NULL));
}

static const struct json *value_of(const struct json *object, struct str name)
{
    const struct json *value = json_find(object, name);

    return value != NULL && value->kind == JSON_NULL ? NULL : value;
}

static bool is_same(const struct json *a, const struct json *b)
{
    return a == NULL || b == NULL ? a == b : json_equal(a, b);
}

bool proposal_prepare(struct subscription *subscription, const struct record *record,
                      const struct json *value, struct proposal *proposal, struct err *err)
{
    const struct publication *publication = &subscription->publication;
    const struct register_type *type = publication->type;
    struct arena *arena = subscription->registry.arena;
    struct json *was = json_new(arena, JSON_OBJECT), *patch = json_new(arena, JSON_OBJECT);
    struct json *published;

    if (!json_parse(arena, record->body, &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &published, err))
        return false;
    for (size_t i = 0; i < type->field_count; i++) {
        struct str name = type->fields[i].name;
        const struct json *old = value_of(published, name), *new = value_of(value, name);

        if (!publication->shows[i] || json_find(value, name) == NULL || is_same(old, new))
            continue;
        put_value(arena, was, name, old);
        put_value(arena, patch, name, new);
    }
    if (patch->first == NULL)
        return err_set(err, ERR_INPUT, "nothing differs from what is published");
    *proposal = (struct proposal){
        .uuid = new_uuid(arena),
        .is_own = true,
        .peer = subscription->publisher_id,
        .peer_title = subscription->publisher_title,
        .register_id = type->id,
        .record = record->id,
        .title = record->title,
        .base = record->version,
        .was = print(arena, was),
        .patch = print(arena, patch),
        .put_at = subscription->registry.now,
        .state = STR("waiting"),
    };
    return true;
}

/* *number: of the entry; may be NULL. */
static bool note(const struct registry *registry, const struct proposal *proposal, int64_t actor,
                 const char *action, int64_t *number, struct err *err)
{
    struct buf detail = {.arena = registry->arena};
    struct journal_entry entry = {
        .at = registry->now, .actor = actor, .action = str_from_z(action)};
    const struct register_type *type = model_type(registry->catalog->model, proposal->register_id);

    buf_add(&detail, STR("{\"uuid\":"));
    json_write_text(&detail, proposal->uuid);
    buf_add(&detail, STR(",\"peer\":"));
    json_write_text(&detail, proposal->peer_title);
    buf_char(&detail, '}');
    entry.detail = buf_str(&detail);
    entry.no = type != NULL ? catalog_no(registry->catalog, type) : 0;
    /* Of an own one the record is none of ours, but what it is borrowed under. */
    entry.record = proposal->record;
    if (!journal_add(registry->tx, &entry, err))
        return false;
    if (number != NULL)
        *number = entry.seq;
    return true;
}

static bool put_job(const struct registry *registry, struct str uuid, struct err *err)
{
    struct job job = {
        .kind = KIND,
        .payload = str_printf(registry->arena, "{\"uuid\":\"%.*s\"}", STR_ARG(uuid)),
        .put_at = registry->now,
    };
    int64_t id;

    return job_put(registry->tx, &job, registry->now, &id, err);
}

static bool insert(const struct registry *registry, const struct proposal *one, struct err *err)
{
    return store_exec(
        registry->tx,
        "INSERT INTO proposal (tenant, " COLUMNS ")"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
        " $18, $19, $20, $21) ON CONFLICT DO NOTHING",
        ARGS(INT(registry->tx->tenant), TEXT(one->uuid), INT(one->is_own), INT(one->peer),
             TEXT(one->peer_title), TEXT(one->register_id), INT(one->record), TEXT(one->title),
             INT(one->base), TEXT(one->was), TEXT(one->patch), TEXT(one->reason), TEXT(one->author),
             INT(one->actor), INT(one->put_at), TEXT(one->state), TEXT(one->answer), NONE,
             INT(one->decided_by), INT(one->number), INT(one->there)),
        err);
}

static bool check_word(struct str text, const char *what, struct err *err)
{
    size_t letters = utf8_length(text);

    return (utf8_is_valid(text) && letters > 0 && letters <= PROPOSAL_REASON_MAX) ||
           err_set(err, ERR_INPUT, "%s is needed, of at most %d letters", what,
                   PROPOSAL_REASON_MAX);
}

bool proposal_put(const struct registry *registry, const struct proposal *proposal, struct err *err)
{
    return check_word(proposal->reason, "a reason", err) && insert(registry, proposal, err) &&
           note(registry, proposal, proposal->actor, "proposal.put", NULL, err) &&
           put_job(registry, proposal->uuid, err);
}

/* Whoever carried it: only fields that are published, and sizes that are ours. */
static bool check_patch(const struct registry *registry, const struct publication *publication,
                        struct str text, struct err *err)
{
    struct json *patch;

    if (text.len > PROPOSAL_PATCH_MAX)
        return err_set(err, ERR_LIMIT, "a proposal has at most %d bytes", PROPOSAL_PATCH_MAX);
    if (!json_parse(registry->arena, text, &(struct json_limits){.bytes = PROPOSAL_PATCH_MAX},
                    &patch, err))
        return false;
    if (patch->kind != JSON_OBJECT || patch->first == NULL)
        return err_set(err, ERR_INPUT, "a proposal names the fields it would change");
    for (const struct json *one = patch->first; one != NULL; one = one->next) {
        const struct register_field *field = register_type_field(publication->type, one->name);

        if (field == NULL || !publication->shows[field - publication->type->fields])
            return err_set(err, ERR_DENIED, "the field %.*s is not published",
                           STR_ARG(str_slice(one->name, 0, 60)));
    }
    return true;
}

static bool is_uuid(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = text.ptr[i];

        if (is_dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return text.len == PROPOSAL_UUID_LEN;
}

static bool check_received(const struct registry *registry, int64_t child,
                           const struct proposal *proposal, struct err *err)
{
    const struct register_type *type = model_type(registry->catalog->model, proposal->register_id);
    struct publication publication;
    bool is_reader = false;

    if (type == NULL)
        return err_set(err, ERR_DENIED, "the register is not published");
    if (!publication_get(registry, type, &publication, err))
        return err->code == ERR_ABSENT ? err_set(err, ERR_DENIED, "the register is not published")
                                       : false;
    for (size_t i = 0; i < publication.reader_count; i++)
        is_reader |= publication.readers[i].child == child ||
                     publication.readers[i].child == PUBLICATION_ALL;
    if (!is_reader)
        return err_set(err, ERR_DENIED, "the register is not published to them");
    return (is_uuid(proposal->uuid) || err_set(err, ERR_INPUT, "a proposal has a uuid")) &&
           check_word(proposal->reason, "a reason", err) &&
           (utf8_length(proposal->author) <= PROPOSAL_REASON_MAX ||
            err_set(err, ERR_INPUT, "the author's name is too long")) &&
           check_patch(registry, &publication, proposal->patch, err) &&
           check_patch(registry, &publication, proposal->was, err);
}

/* *is_there: it came before, from the same one. */
static bool find_before(const struct registry *registry, int64_t child, const struct proposal *one,
                        bool *is_there, struct err *err)
{
    struct proposal before;
    struct err absent = {0};

    *is_there = proposal_get(registry, one->uuid, &before, &absent);
    if (!*is_there && absent.code != ERR_ABSENT) {
        *err = absent;
        return false;
    }
    return !*is_there ||
           (before.peer == child && !before.is_own && before.record == one->record &&
            str_equal(before.register_id, one->register_id) &&
            str_equal(before.patch, one->patch) && str_equal(before.reason, one->reason)) ||
           err_set(err, ERR_DENIED, "there is another proposal with that uuid");
}

static bool check_room(const struct registry *registry, int64_t child, struct err *err)
{
    struct rows rows;

    return store_query(registry->tx, registry->arena, &rows,
                       "SELECT count(*) FROM proposal WHERE tenant = $1 AND is_own = 0"
                       " AND state = 'open' AND peer = $2",
                       ARGS(INT(registry->tx->tenant), INT(child)), err) &&
           (rows_int(&rows, 0, 0) < PROPOSAL_OPEN_MAX ||
            err_set(err, ERR_LIMIT, "%d proposals of that municipality are undecided",
                    PROPOSAL_OPEN_MAX));
}

bool proposal_receive(const struct registry *registry, int64_t child,
                      const struct proposal *proposal, struct err *err)
{
    struct proposal one = *proposal;
    bool is_there;

    one.is_own = false;
    one.peer = child;
    one.actor = one.decided_by = one.there = 0;
    one.state = STR("open");
    one.answer = (struct str){0};
    if (!check_received(registry, child, &one, err) ||
        !find_before(registry, child, &one, &is_there, err))
        return false;
    if (is_there)
        return true;
    return check_room(registry, child, err) &&
           note(registry, &one, 0, "proposal.receive", &one.number, err) &&
           tx_speak_for(registry->tx, child, err) && insert(registry, &one, err) &&
           tx_speak_for(registry->tx, 0, err);
}

bool proposal_answer(const struct registry *registry, const struct proposal *decided,
                     struct err *err)
{
    int64_t changed;

    if (!store_change(registry->tx,
                      "UPDATE proposal SET state = $4, answer = $5, decided_at = $6, there = $7"
                      " WHERE tenant = $1 AND uuid = $2 AND peer = $3 AND is_own = 1"
                      " AND state IN ('waiting', 'open') AND state <> $4",
                      ARGS(INT(registry->tx->tenant), TEXT(decided->uuid), INT(decided->peer),
                           TEXT(decided->state), TEXT(decided->answer),
                           decided->decided_at > 0 ? INT(decided->decided_at) : NONE,
                           INT(decided->there)),
                      &changed, err))
        return false;
    return changed == 0 || str_equal(decided->state, STR("open")) ||
           note(registry, decided, 0, "proposal.answer", NULL, err);
}

bool proposal_unsent(const struct registry *registry, const struct proposal_unsent *ask,
                     struct proposal_page *page, struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT " COLUMNS " FROM proposal WHERE tenant = $1 AND is_own = $2"
                     " AND state = $3 AND there = 0 AND ($5 = 0 OR peer = $5)"
                     " ORDER BY put_at, uuid LIMIT $4",
                     ARGS(INT(registry->tx->tenant), INT(ask->is_own),
                          TEXT(ask->is_own ? STR("waiting") : STR("open")), INT(ask->limit),
                          INT(ask->peer)),
                     err))
        return false;
    page->items = ARENA_ARRAY(registry->arena, struct proposal, rows.count + 1);
    page->count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        page->items[i] = read_row(&rows, i);
    return true;
}

/* The number of a receipt does not count: what was decided before it may still be to be heard. */
bool proposal_pending(const struct registry *registry, struct proposal_pending *pending,
                      struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT min(put_at) FROM proposal WHERE tenant = $1 AND is_own = 0"
                     " AND state = 'open' AND there > 0",
                     ARGS(INT(registry->tx->tenant)), err))
        return false;
    *pending = (struct proposal_pending){.from = rows_int(&rows, 0, 0)};
    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT max(there) FROM proposal WHERE tenant = $1 AND is_own = 0"
                     " AND state IN ('accepted', 'declined')",
                     ARGS(INT(registry->tx->tenant)), err))
        return false;
    pending->after = rows_int(&rows, 0, 0);
    return true;
}

bool proposal_news(const struct registry *registry, int64_t peer,
                   const struct proposal_pending *since, int limit, struct proposal_page *page,
                   struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT uuid, state, answer, decided_at, number FROM proposal"
                     " WHERE tenant = $1 AND is_own = 0"
                     " AND state IN ('accepted', 'declined', $6) AND put_at >= $3"
                     " AND peer = $2 AND number > $4 ORDER BY number LIMIT $5",
                     ARGS(INT(registry->tx->tenant), INT(peer), INT(since->from), INT(since->after),
                          INT(limit), TEXT(since->with_open ? STR("open") : STR("accepted"))),
                     err))
        return false;
    page->items = ARENA_ARRAY(registry->arena, struct proposal, rows.count + 1);
    page->count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        page->items[i] = (struct proposal){
            .uuid = rows_text(&rows, i, 0),
            .state = rows_text(&rows, i, 1),
            .answer = rows_text(&rows, i, 2),
            .decided_at = rows_int(&rows, i, 3),
            .number = rows_int(&rows, i, 4),
        };
    return true;
}

bool proposal_hear(const struct registry *registry, const struct proposal *told, struct err *err)
{
    int64_t changed;

    if (!store_change(registry->tx,
                      "UPDATE proposal SET state = $3, answer = $4, decided_at = $5, there = $6"
                      " WHERE tenant = $1 AND uuid = $2 AND is_own = 0 AND state = 'open'"
                      " AND (there < $6 OR $3 <> 'open')",
                      ARGS(INT(registry->tx->tenant), TEXT(told->uuid), TEXT(told->state),
                           TEXT(told->answer), told->decided_at > 0 ? INT(told->decided_at) : NONE,
                           INT(told->there)),
                      &changed, err))
        return false;
    return changed == 0 || put_job(registry, told->uuid, err);
}

static bool read_object(const struct registry *registry, struct str text, struct json **value,
                        struct err *err)
{
    return json_parse(registry->arena, text, &(struct json_limits){.bytes = RECORD_BODY_MAX}, value,
                      err);
}

bool proposal_compare(const struct registry *registry, const struct register_type *type,
                      const struct proposal *proposal, const struct record *record,
                      struct proposal_fields *fields, struct err *err)
{
    VEC(struct proposal_field) found = {0};
    struct json *was, *patch, *now = NULL;

    if (!read_object(registry, proposal->was, &was, err) ||
        !read_object(registry, proposal->patch, &patch, err) ||
        (record != NULL && !read_object(registry, record->body, &now, err)))
        return false;
    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        struct proposal_field one = {
            .field = field,
            .was = value_of(was, field->name),
            .now = value_of(now, field->name),
            .proposed = value_of(patch, field->name),
        };

        one.has_changed = !is_same(one.was, one.now);
        if (json_find(patch, field->name) != NULL)
            VEC_PUSH(registry->arena, &found, one);
    }
    *fields = (struct proposal_fields){found.items, found.count};
    return true;
}

bool proposal_decide(const struct registry *registry, const struct proposal_decision *decision,
                     struct err *err)
{
    bool is_accepted = decision->change != NULL;
    struct proposal proposal;
    int64_t changed;

    if (!proposal_get(registry, decision->uuid, &proposal, err) ||
        (!is_accepted && !check_word(decision->answer, "a word of reason", err)) ||
        !store_change(registry->tx,
                      "UPDATE proposal SET state = $3, answer = $4, decided_at = $5,"
                      " decided_by = $6 WHERE tenant = $1 AND uuid = $2 AND is_own = 0"
                      " AND state = 'open'",
                      ARGS(INT(registry->tx->tenant), TEXT(decision->uuid),
                           TEXT(is_accepted ? STR("accepted") : STR("declined")),
                           TEXT(decision->answer), INT(registry->now), INT(decision->actor)),
                      &changed, err))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "the proposal has been decided already");
    return (!is_accepted || change_run(registry->tx, decision->change, err)) &&
           note(registry, &proposal, decision->actor,
                is_accepted ? "proposal.accept" : "proposal.decline", &proposal.number, err) &&
           store_exec(
               registry->tx, "UPDATE proposal SET number = $3 WHERE tenant = $1 AND uuid = $2",
               ARGS(INT(registry->tx->tenant), TEXT(decision->uuid), INT(proposal.number)), err) &&
           put_job(registry, decision->uuid, err);
}
