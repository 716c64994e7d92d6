#include "registry/record_prepare.h"
#include "auth/journal.h"
#include "core/id.h"
#include "core/time.h"
#include "core/utf8.h"
#include "registry/beside.h"
#include "registry/geometry.h"
#include "registry/record_title.h"
#include "registry/register_rule.h"
#include "registry/slot.h"
#include "registry/words.h"

struct check {
    struct record_draft *draft;
    struct arena *arena;
    struct flaws *flaws;
    struct flaws passed_over; /* of an upkeep */
    const struct json *old;   /* the value before; NULL when there is none */
    int64_t day;              /* on which codes must be valid */
};

static void find_flaw(struct check *check, const struct register_field *field, const char *id,
                      struct str detail)
{
    flaws_add(check->flaws, check->arena, str_printf(check->arena, "/%.*s", STR_ARG(field->name)),
              id, detail);
}

static void check_code(struct check *check, const struct register_field *field,
                       const struct json *value)
{
    const struct catalog_code *code;
    const struct json *old = json_find(check->old, field->name);

    /* A code that has gone out of use stays where it stood. */
    if (old != NULL && json_equal(old, value))
        return;
    code = catalog_code_on(check->draft->catalog, field->list, value->text, check->day);
    if (code == NULL)
        find_flaw(check, field, "code", field->list);
    else if (!catalog_code_is_valid(code, check->day))
        find_flaw(check, field, "code-date", code->title[MODEL_RU]);
}

static void check_ref(struct check *check, const struct register_field *field,
                      const struct json *value)
{
    struct record_draft *draft = check->draft;
    int64_t id;

    if (!id_parse(value->text, &id) || field->ref_index < 0) {
        find_flaw(check, field, "ref", field->ref);
        return;
    }
    if (draft->refs == NULL)
        draft->refs = ARENA_ARRAY(check->arena, struct record_ref, draft->type->field_count);
    draft->refs[draft->ref_count++] =
        (struct record_ref){.no = draft->catalog->nos[field->ref_index],
                            .id = id,
                            .field = field->name,
                            .type = draft->catalog->model->types[field->ref_index]};
}

static void check_geometry(struct check *check, const struct register_field *field,
                           const struct json *value)
{
    struct err err;

    if (geometry_check(value, check->draft->box, &err))
        check->draft->has_box = true;
    else
        find_flaw(check, field, "geometry", str_copy(check->arena, str_from_z(err.text)));
}

static void check_field(struct check *check, const struct register_field *field)
{
    const struct json *value = json_find(check->draft->value, field->name);

    if (value == NULL || value->kind == JSON_NULL)
        return;
    if (field->type == FIELD_CODE && value->kind == JSON_STRING)
        check_code(check, field, value);
    else if (field->type == FIELD_REF && value->kind == JSON_STRING)
        check_ref(check, field, value);
    else if (field->type == FIELD_GEOMETRY && value->kind == JSON_OBJECT)
        check_geometry(check, field, value);
}

/* Of a part of a record nothing is required. */
static void check_part(struct check *check)
{
    struct flaws found = {0};

    schema_check(check->draft->type->schema, check->draft->value, check->arena, &found);
    for (const struct flaw *flaw = found.first; flaw != NULL; flaw = flaw->next)
        if (!str_equal(str_from_z(flaw->id), STR("required")))
            flaws_add(check->flaws, check->arena, flaw->path, flaw->id, flaw->detail);
}

static bool check_value(struct check *check, struct err *err)
{
    struct record_draft *draft = check->draft;
    const struct register_type *type = draft->type;

    if (draft->value == NULL || draft->value->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "a record is a JSON object");
    if (draft->is_beside)
        draft->value = register_rule_strip(check->arena, type, draft->value);
    else if (!draft->is_copy)
        draft->value = register_rule_compute(check->arena, type, draft->value, draft->now);
    if (draft->is_upkeep || draft->is_copy)
        check->flaws = &check->passed_over;
    if (draft->is_beside)
        check_part(check);
    else
        schema_check(type->schema, draft->value, check->arena, check->flaws);
    for (size_t i = 0; i < type->field_count; i++)
        check_field(check, &type->fields[i]);
    if (type->is_temporal && !draft->is_beside && draft->valid_from >= draft->valid_to)
        flaws_add(check->flaws, check->arena, STR("/valid_to"), "order", STR("valid_from"));
    return draft->is_upkeep || draft->is_copy || check->flaws->count == 0 ||
           err_set(err, ERR_INPUT, "some fields of the record are wrong");
}

static void add_words(struct words *words, const struct catalog *catalog, struct buf *buf,
                      const struct register_field *field, const struct json *value)
{
    const struct map *synonyms = &catalog->model->synonyms;

    if (value == NULL || value->kind == JSON_NULL || field->access == POLICY_SECRET)
        return;
    if (field->type == FIELD_REF)
        return; /* its title stands in the record's own, when it matters */
    if (field->type == FIELD_CODE) {
        words_add(words, synonyms, buf,
                  catalog_code_title(catalog, field->list, value->text, MODEL_RU));
        return;
    }
    for (const struct json *item = value->first; item != NULL; item = item->next)
        words_add(words, synonyms, buf, item->text);
    words_add(words, synonyms, buf, value->text);
}

/* Appends the words of one slice. */
static void add_slice(const struct catalog *catalog, const struct register_type *type,
                      struct str title, const struct json *value, struct buf *titles,
                      struct buf *others)
{
    struct words *words = words_mine();

    words_add(words, &catalog->model->synonyms, titles, title);
    for (size_t i = 0; i < type->search_count; i++) {
        const struct register_field *field = &type->fields[type->search[i]];

        if (!field->is_in_title)
            add_words(words, catalog, others, field, json_find(value, field->name));
    }
}

static void fill_words(const struct record_draft *draft, struct arena *arena, struct str title,
                       const struct json *value, struct search_entry *entry)
{
    struct buf titles = {.arena = arena};
    struct buf others = {.arena = arena};

    add_slice(draft->catalog, draft->type, title, value, &titles, &others);
    *entry = (struct search_entry){draft->no, draft->id, buf_str(&titles), buf_str(&others)};
}

static struct registry registry_of(struct tx *tx, const struct record_draft *draft)
{
    return (struct registry){tx, draft->arena, draft->catalog, draft->now, NULL};
}

bool record_prepare_entry(const struct registry *registry, const struct register_type *type,
                          const struct record *slices, size_t count, struct search_entry *entry,
                          struct err *err)
{
    struct buf titles = {.arena = registry->arena};
    struct buf others = {.arena = registry->arena};

    for (size_t i = 0; i < count; i++) {
        struct json *value;

        if (!json_parse(registry->arena, slices[i].body,
                        &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value, err))
            return err_while(err, "the stored record");
        add_slice(registry->catalog, type, slices[i].title, value, &titles, &others);
    }
    *entry = (struct search_entry){count > 0 ? slices[0].no : 0, count > 0 ? slices[0].id : 0,
                                   buf_str(&titles), buf_str(&others)};
    return true;
}

bool record_prepare_words(struct tx *tx, const struct record_draft *draft,
                          const struct record *record, struct search_entry *entry, struct err *err)
{
    struct registry registry = registry_of(tx, draft);

    return record_prepare_entry(&registry, draft->type, record, 1, entry, err);
}

/* What the search index and the map hold of the slice that is to be replaced. */
static bool read_old(struct record_draft *draft, struct arena *arena, struct json **old,
                     struct err *err)
{
    const struct register_type *type = draft->type;
    const struct json *geometry;
    struct err none;

    if (!json_parse(arena, draft->old->body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, old,
                    err))
        return err_while(err, "the stored record");
    fill_words(draft, arena, draft->old->title, *old, &draft->old_words);
    geometry = type->geometry < 0 ? NULL : json_find(*old, type->fields[type->geometry].name);
    draft->had_box = geometry != NULL && geometry->kind == JSON_OBJECT &&
                     geometry_check(geometry, draft->old_box, &none);
    return true;
}

static bool print_body(struct record_draft *draft, struct arena *arena, struct err *err)
{
    struct buf body = {.arena = arena};

    json_canonical(&body, draft->value);
    draft->body = buf_str(&body);
    if (draft->body.len > RECORD_BODY_MAX)
        return err_set(err, ERR_LIMIT, "the record has %zu bytes; at most %d are kept",
                       draft->body.len, RECORD_BODY_MAX);
    draft->is_same = draft->old != NULL && str_equal(draft->old->body, draft->body) &&
                     draft->old->valid_from == draft->valid_from &&
                     draft->old->valid_to == draft->valid_to &&
                     (!draft->is_copy || str_equal(draft->old->title, draft->title));
    return true;
}

static void start(struct record_draft *draft, struct arena *arena, const struct catalog *catalog)
{
    draft->arena = arena;
    draft->catalog = catalog;
    draft->no = catalog_no(catalog, draft->type);
    if (draft->is_beside)
        draft->no = beside_no(draft->no);
    draft->refs = NULL;
    draft->ref_count = 0;
    draft->has_box = draft->had_box = draft->is_same = false;
    draft->body = (struct str){0};
    if (!draft->is_copy)
        draft->title = (struct str){0};
    if (!draft->type->is_temporal || draft->is_beside) {
        draft->valid_from = RECORD_ALWAYS;
        draft->valid_to = RECORD_FOREVER;
    }
    if (draft->old != NULL)
        draft->id = draft->old->id;
    else if (draft->id == 0)
        draft->id = id_next(draft->now);
}

/* Records without dates, and those that always held, are looked at as of today. */
static int64_t check_day(const struct record_draft *draft)
{
    return draft->valid_from > RECORD_ALWAYS ? draft->valid_from
                                             : catalog_day(draft->catalog, draft->now);
}

static bool fill_indexes(const struct registry *registry, struct record_draft *draft,
                         struct err *err)
{
    if (!draft->is_copy && !record_title(registry, draft->type, draft->value, &draft->title, err))
        return false;
    slot_fill(registry->arena, draft->type, draft->value, draft->slots);
    fill_words(draft, registry->arena, draft->title, draft->value, &draft->words);
    return true;
}

/* Nobody looks for a part of a record: it is found by the record it stands beside. */
static void leave_out_indexes(struct record_draft *draft)
{
    for (size_t i = 0; i < RECORD_SLOTS; i++)
        draft->slots[i] = NONE;
    draft->has_box = draft->had_box = false;
}

bool record_prepare(struct tx *read, struct arena *arena, const struct catalog *catalog,
                    struct record_draft *draft, struct flaws *flaws, struct err *err)
{
    struct check check = {.draft = draft, .arena = arena, .flaws = flaws};
    struct registry registry = {read, arena, catalog, draft->now, NULL};
    struct json *old = NULL;

    start(draft, arena, catalog);
    if (draft->old != NULL && !read_old(draft, arena, &old, err))
        return false;
    if (draft->act == RECORD_DELETE)
        return true;
    check.old = old;
    check.day = check_day(draft);
    if (!check_value(&check, err) || !print_body(draft, arena, err))
        return false;
    if (draft->is_same)
        return true;
    if (!draft->is_copy && !borrowed_check(&registry, draft, old, flaws, err))
        return false;
    if (draft->is_beside)
        leave_out_indexes(draft);
    else if (!fill_indexes(&registry, draft, err))
        return false;
    journal_salt(arena, &draft->salt);
    draft->digest = journal_digest(arena, draft->salt, draft->body);
    return true;
}

static bool renew_old(struct tx *tx, struct record_draft *draft, struct err *err)
{
    struct registry registry = registry_of(tx, draft);
    struct record now;

    if (!record_get(&registry, draft->no, draft->id, draft->old->valid_from, &now, err))
        return err->code == ERR_ABSENT; /* what follows finds the conflict */
    return str_equal(now.title, draft->old->title) || now.version != draft->old->version ||
           record_prepare_words(tx, draft, &now, &draft->old_words, err);
}

bool record_prepare_titles(struct tx *tx, struct record_draft *draft, struct err *err)
{
    struct registry registry = registry_of(tx, draft);
    struct str title;

    if (!draft->type->has_title_refs && !draft->is_rebuilt)
        return true;
    if (draft->old != NULL && !renew_old(tx, draft, err))
        return false;
    if (draft->act == RECORD_DELETE || draft->is_copy)
        return true;
    if (!record_title(&registry, draft->type, draft->value, &title, err))
        return false;
    if (str_equal(title, draft->title))
        return true;
    draft->title = title;
    fill_words(draft, draft->arena, title, draft->value, &draft->words);
    return true;
}
