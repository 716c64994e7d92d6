#include "registry/record_prepare.h"
#include "auth/journal.h"
#include "core/id.h"
#include "core/time.h"
#include "core/utf8.h"
#include "registry/geometry.h"
#include "registry/record_title.h"
#include "registry/slot.h"
#include "registry/words.h"

struct check {
    struct record_draft *draft;
    struct arena *arena;
    struct flaws *flaws;
    int64_t day; /* on which codes must be valid */
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
    const struct catalog_code *code = catalog_code(check->draft->catalog, field->list, value->text);

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
        (struct record_ref){draft->catalog->nos[field->ref_index], id, field->name};
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

static bool check_value(struct check *check, struct err *err)
{
    struct record_draft *draft = check->draft;
    const struct register_type *type = draft->type;

    if (draft->value == NULL || draft->value->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "a record is a JSON object");
    schema_check(type->schema, draft->value, check->arena, check->flaws);
    for (size_t i = 0; i < type->field_count; i++)
        check_field(check, &type->fields[i]);
    if (type->is_temporal && draft->valid_from >= draft->valid_to)
        flaws_add(check->flaws, check->arena, STR("/valid_to"), "order", STR("valid_from"));
    if (check->flaws->count > 0)
        return err_set(err, ERR_INPUT, "some fields of the record are wrong");
    return true;
}

static void add_words(struct words *words, const struct map *synonyms,
                      const struct record_draft *draft, struct buf *buf,
                      const struct register_field *field, const struct json *value)
{
    if (value == NULL || value->kind == JSON_NULL || field->access == POLICY_SECRET)
        return;
    if (field->type == FIELD_REF)
        return; /* its title stands in the record's own, when it matters */
    if (field->type == FIELD_CODE) {
        words_add(words, synonyms, buf,
                  catalog_code_title(draft->catalog, field->list, value->text, MODEL_RU));
        return;
    }
    for (const struct json *item = value->first; item != NULL; item = item->next)
        words_add(words, synonyms, buf, item->text);
    words_add(words, synonyms, buf, value->text);
}

static void fill_words(const struct record_draft *draft, struct arena *arena, struct str title,
                       const struct json *value, struct search_entry *entry)
{
    const struct register_type *type = draft->type;
    const struct map *synonyms = &draft->catalog->model->synonyms;
    struct words *words = words_mine();
    struct buf titles = {.arena = arena};
    struct buf others = {.arena = arena};

    words_add(words, synonyms, &titles, title);
    for (size_t i = 0; i < type->search_count; i++) {
        const struct register_field *field = &type->fields[type->search[i]];

        if (!field->is_in_title)
            add_words(words, synonyms, draft, &others, field, json_find(value, field->name));
    }
    *entry = (struct search_entry){draft->no, draft->id, buf_str(&titles), buf_str(&others)};
}

bool record_prepare_words(const struct record_draft *draft, struct arena *arena,
                          const struct record *record, struct search_entry *entry, struct err *err)
{
    struct json *value;

    if (!json_parse(arena, record->body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value,
                    err))
        return err_while(err, "the stored record");
    fill_words(draft, arena, record->title, value, entry);
    return true;
}

/* What the search index and the map hold of the slice that is to be replaced. */
static bool read_old(struct record_draft *draft, struct arena *arena, struct err *err)
{
    const struct register_type *type = draft->type;
    const struct json *geometry;
    struct json *value;

    if (!json_parse(arena, draft->old->body, &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &value, err))
        return err_while(err, "the stored record");
    fill_words(draft, arena, draft->old->title, value, &draft->old_words);
    geometry = type->geometry < 0 ? NULL : json_find(value, type->fields[type->geometry].name);
    draft->had_box = geometry != NULL && geometry->kind == JSON_OBJECT &&
                     geometry_check(geometry, draft->old_box, err);
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
                     draft->old->valid_to == draft->valid_to;
    return true;
}

static void start(struct record_draft *draft, struct arena *arena, const struct catalog *catalog)
{
    draft->arena = arena;
    draft->catalog = catalog;
    draft->no = catalog_no(catalog, draft->type);
    draft->refs = NULL;
    draft->ref_count = 0;
    draft->has_box = draft->had_box = draft->is_same = false;
    draft->body = draft->title = (struct str){0};
    if (!draft->type->is_temporal) {
        draft->valid_from = RECORD_ALWAYS;
        draft->valid_to = RECORD_FOREVER;
    }
    if (draft->old != NULL)
        draft->id = draft->old->id;
    else if (draft->id == 0)
        draft->id = id_next(time_now());
}

bool record_prepare(struct tx *read, struct arena *arena, const struct catalog *catalog,
                    struct record_draft *draft, struct flaws *flaws, struct err *err)
{
    struct check check = {draft, arena, flaws, 0};

    start(draft, arena, catalog);
    check.day = draft->type->is_temporal ? MAX(draft->valid_from, 0) : time_now() / TIME_DAY_MS;
    if (draft->act == RECORD_DELETE)
        return read_old(draft, arena, err);
    if (!check_value(&check, err) || !print_body(draft, arena, err))
        return false;
    if (draft->is_same)
        return true;
    if (!record_title(read, arena, catalog, draft->type, draft->value, &draft->title, err) ||
        (draft->old != NULL && !read_old(draft, arena, err)))
        return false;
    slot_fill(arena, draft->type, draft->value, draft->slots);
    fill_words(draft, arena, draft->title, draft->value, &draft->words);
    journal_salt(arena, &draft->salt);
    draft->digest = journal_digest(arena, draft->salt, draft->body);
    return true;
}
