#include "registry/import_value.h"

#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "core/utf8.h"
#include "registry/slot.h"

enum {
    REFS_MAX = 20000, /* remembered; then the memory begins anew */
    REF_DEPTH_MAX = 4,
    EMPTY_MAX = 100, /* bytes of a text that may mean nothing */
};

static const struct str YES[] = {STR_INIT("да"),   STR_INIT("true"), STR_INIT("1"),
                                 STR_INIT("есть"), STR_INIT("yes"),  STR_INIT("имеется"),
                                 STR_INIT("ооба"), STR_INIT("бар"),  STR_INIT("истина"),
                                 STR_INIT("+"),    STR_INIT("y"),    STR_INIT("t")};
static const struct str NO[] = {STR_INIT("нет"),  STR_INIT("false"),      STR_INIT("0"),
                                STR_INIT("no"),   STR_INIT("не имеется"), STR_INIT("жок"),
                                STR_INIT("ложь"), STR_INIT("-"),          STR_INIT("отсутствует"),
                                STR_INIT("n"),    STR_INIT("f")};

static struct str fold(struct arena *arena, struct str text)
{
    struct buf buf = {.arena = arena};

    utf8_key(&buf, text);
    return buf_str(&buf);
}

void import_value_init(struct import_values *values, struct arena *arena,
                       const struct catalog *catalog, const struct import_options *options)
{
    *values = (struct import_values){.arena = arena, .catalog = catalog};
    values->empties.arena = values->titles.arena = arena;
    for (size_t i = 0; i < options->empty_count; i++)
        map_put(&values->empties, fold(arena, options->empties[i]), values);
    values->ref_arena = arena_open(64 * 1024);
    values->refs.arena = values->ref_arena;
}

void import_value_done(struct import_values *values)
{
    arena_close(&values->ref_arena);
}

bool import_value_is_empty(const struct import_values *values, struct arena *arena, struct str text)
{
    text = str_trim(text);
    if (text.len == 0)
        return true;
    if (values->empties.count == 0 || text.len > EMPTY_MAX)
        return false;
    return map_find(&values->empties, fold(arena, text)) != NULL;
}

static void refuse(struct import_reading *reading, const char *id, struct str detail)
{
    reading->flaw = (struct flaw){.id = id, .detail = detail};
    reading->verdict = IMPORT_WRONG;
}

static void read_number(struct import_reading *reading, struct str text)
{
    struct buf number = {.arena = reading->arena};
    struct str plain;

    if (!num_parse_typed(reading->arena, text, &plain) || !num_canonical(&number, plain)) {
        refuse(reading, "type", reading->field->type == FIELD_INT ? STR("integer") : STR("number"));
        return;
    }
    reading->value = json_new(reading->arena, JSON_NUMBER);
    reading->value->text = buf_str(&number);
}

/* "22.05.2015 в 20:42" and "2015-05-22T20:42:00Z" are days too. */
static void read_day(struct import_reading *reading, struct str text)
{
    struct str first = str_slice(text, 0, str_find_char(text, ' '));
    struct buf out = {.arena = reading->arena};
    int64_t day;

    if (first.len > 10 && first.ptr[10] == 'T')
        first.len = 10;
    if (!time_parse_day_typed(first, &day)) {
        refuse(reading, "format", STR("date"));
        return;
    }
    time_print_day(&out, day);
    reading->value = json_new_text(reading->arena, buf_str(&out));
}

static bool is_among(const struct str *words, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(words[i], text))
            return true;
    return false;
}

static void read_bool(struct import_reading *reading, struct str text)
{
    struct buf folded = {.arena = reading->arena};
    bool is_yes;

    utf8_fold(&folded, text);
    is_yes = is_among(YES, ARRAY_LEN(YES), buf_str(&folded));
    if (is_yes || is_among(NO, ARRAY_LEN(NO), buf_str(&folded)))
        reading->value = json_new_bool(reading->arena, is_yes);
    else
        refuse(reading, "type", STR("boolean"));
}

static const struct map *titles_of(struct import_values *values, struct str id)
{
    struct catalog_list *list = map_find(&values->catalog->lists, id);
    struct map *titles = map_find(&values->titles, id);

    if (titles != NULL || list == NULL)
        return titles;
    titles = ARENA_NEW(values->arena, struct map);
    titles->arena = values->arena;
    for (size_t i = list->count; i > 0; i--) {
        struct catalog_code *code = &list->codes[i - 1];

        for (int language = MODEL_LANGUAGES - 1; language >= 0; language--)
            map_put(titles, fold(values->arena, code->title[language]), code);
    }
    map_put(&values->titles, id, titles);
    return titles;
}

static void read_code(struct import_reading *reading, struct str text)
{
    struct str list = reading->field->list;
    const struct catalog_code *code = catalog_code(reading->values->catalog, list, text);

    if (code == NULL) {
        const struct map *titles = titles_of(reading->values, list);

        code = titles != NULL ? map_find(titles, fold(reading->arena, text)) : NULL;
    }
    if (code != NULL)
        reading->value = json_new_text(reading->arena, code->code);
    else
        refuse(reading, "code", list);
}

static void remember(struct import_values *values, struct str name, int64_t id)
{
    int64_t *kept;

    if (values->refs.count >= REFS_MAX) {
        arena_reset(values->ref_arena);
        values->refs = (struct map){.arena = values->ref_arena};
    }
    kept = ARENA_NEW(values->ref_arena, int64_t);
    *kept = id;
    map_put(&values->refs, str_copy(values->ref_arena, name), kept);
}

static bool look_up(struct import_reading *reading, const struct register_type *type,
                    struct str key, int64_t *id, struct err *err)
{
    struct import_values *values = reading->values;
    int64_t no = catalog_no(values->catalog, type);
    struct str folded = fold(reading->arena, key);
    struct str name = str_printf(reading->arena, "%lld|%.*s", (long long)no, STR_ARG(folded));
    const int64_t *known = map_find(&values->refs, name);

    if (known != NULL) {
        *id = *known;
        return true;
    }
    *id = import_seen_find(values->seen, import_seen_hash(no, folded));
    reading->is_on_its_way |= *id != 0;
    if (*id != 0)
        return true;
    if (!layout_need_key(values->catalog, type, err) ||
        !record_find_key(values->tx, reading->arena, no, folded, id, err))
        return false;
    if (*id != 0)
        remember(values, name, *id);
    return true;
}

/* Takes a key's parts off *rest; the last part of the outermost key is all that is left. */
static bool find_by_parts(struct import_reading *reading, const struct register_type *type,
                          struct str *rest, int depth, int64_t *id, struct err *err)
{
    struct buf key = {.arena = reading->arena};

    *id = 0;
    if (type->key_count == 0 || depth > REF_DEPTH_MAX)
        return true;
    for (size_t i = 0; i < type->key_count; i++) {
        const struct register_field *field = &type->fields[type->key[i]];
        bool is_last = depth == 0 && i + 1 == type->key_count;
        int64_t part;

        if (i > 0)
            buf_char(&key, '|');
        if (field->type != FIELD_REF || field->ref_index < 0) {
            buf_add(&key, str_trim(is_last ? *rest : str_cut(rest, '|')));
            continue;
        }
        if (!find_by_parts(reading, reading->values->catalog->model->types[field->ref_index], rest,
                           depth + 1, &part, err))
            return false;
        if (part == 0)
            return true;
        id_print(&key, part);
    }
    return look_up(reading, type, buf_str(&key), id, err);
}

bool import_value_find(struct import_reading *reading, const struct register_type *type,
                       struct str key, int64_t *id, struct err *err)
{
    struct str rest = key;

    reading->is_on_its_way = false;
    return find_by_parts(reading, type, &rest, 0, id, err);
}

static bool find_by_id(struct import_reading *reading, const struct register_type *type,
                       struct str text, int64_t *id, struct err *err)
{
    struct record record;
    struct err absent;

    *id = 0;
    if (!id_parse(text, id))
        return true;
    if (import_seen_find(reading->values->seen,
                         import_seen_hash_id(catalog_no(reading->values->catalog, type), *id)) !=
        0) {
        reading->is_on_its_way = true;
        return true;
    }
    if (record_get(&(struct registry){reading->values->tx, reading->arena, reading->values->catalog,
                                      0, NULL},
                   catalog_no(reading->values->catalog, type), *id, RECORD_FOREVER - 1, &record,
                   &absent))
        return true;
    /* One of those above, perhaps: record_prepare looks for it. */
    if (absent.code == ERR_ABSENT && reading->values->catalog->publishers[type->index] != 0)
        return true;
    *id = 0;
    if (absent.code == ERR_ABSENT)
        return true;
    *err = absent;
    return false;
}

/* By natural key first: some keys (ОГРН, for one) look like ids. */
static bool read_ref(struct import_reading *reading, struct str text, struct err *err)
{
    const struct register_field *field = reading->field;
    const struct register_type *type;
    int64_t id;

    reading->verdict = IMPORT_ABSENT;
    if (field->ref_index < 0)
        return true;
    type = reading->values->catalog->model->types[field->ref_index];
    if (!import_value_find(reading, type, text, &id, err) ||
        (id == 0 && !find_by_id(reading, type, text, &id, err)))
        return false;
    if (id == 0)
        return true;
    reading->value = json_new_text(reading->arena, id_text(reading->arena, id));
    /* Its title cannot be read before it is written. */
    reading->verdict = reading->is_on_its_way && field->is_in_title ? IMPORT_WAIT : IMPORT_VALUE;
    return true;
}

static void read_json(struct import_reading *reading, struct str text)
{
    struct err err;

    if (!json_parse(reading->arena, text, &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &reading->value, &err))
        refuse(reading, "type", STR("JSON"));
}

static bool is_digits_only(struct str text)
{
    size_t digits = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            digits++;
        else if (text.ptr[i] != ' ' && text.ptr[i] != '-')
            return false;
    }
    return digits > 0;
}

/* "112-233-445 95" is the СНИЛС 11223344595. */
static struct str normal_text(struct arena *arena, const struct register_field *field,
                              struct str text)
{
    static const struct str CODES[] = {
        STR_INIT("inn"),   STR_INIT("inn-person"), STR_INIT("inn-organization"),
        STR_INIT("ogrn"),  STR_INIT("ogrnip"),     STR_INIT("snils"),
        STR_INIT("uin"),   STR_INIT("kpp"),        STR_INIT("bik"),
        STR_INIT("oktmo"), STR_INIT("okato"),      STR_INIT("soate"),
        STR_INIT("pin"),   STR_INIT("postcode"),   STR_INIT("account"),
    };
    struct buf digits = {.arena = arena};

    if (!is_among(CODES, ARRAY_LEN(CODES), field->format) || !is_digits_only(text))
        return text;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != ' ' && text.ptr[i] != '-')
            buf_char(&digits, text.ptr[i]);
    return buf_str(&digits);
}

static void read_texts(struct import_reading *reading, struct str text)
{
    if (text.ptr[0] == '[') {
        read_json(reading, text);
        return;
    }
    reading->value = json_new(reading->arena, JSON_ARRAY);
    json_push(reading->value, json_new_text(reading->arena, text));
}

static bool read_text(struct import_reading *reading, struct str text, struct err *err)
{
    switch (reading->field->type) {
    case FIELD_INT:
    case FIELD_DECIMAL:
        read_number(reading, text);
        return true;
    case FIELD_BOOL:
        read_bool(reading, text);
        return true;
    case FIELD_DAY:
        read_day(reading, text);
        return true;
    case FIELD_CODE:
        read_code(reading, text);
        return true;
    case FIELD_REF:
        return read_ref(reading, text, err);
    case FIELD_GEOMETRY:
    case FIELD_OTHER:
        read_json(reading, text);
        return true;
    case FIELD_TEXTS:
        read_texts(reading, text);
        return true;
    case FIELD_TEXT:
    case FIELD_MOMENT:
        break;
    }
    reading->value =
        json_new_text(reading->arena, normal_text(reading->arena, reading->field, text));
    return true;
}

bool import_value_read(struct import_reading *reading, const struct source_cell *cell,
                       struct err *err)
{
    const struct json *json = cell->json;
    enum field_type type = reading->field->type;
    struct str text = cell->text;

    reading->verdict = IMPORT_VALUE;
    reading->value = NULL;
    reading->is_on_its_way = false;
    if (json != NULL && json->kind == JSON_NULL)
        return true;
    if (cell->is_ready) {
        reading->value = json_copy(reading->arena, json);
        return true;
    }
    /* A text, and a number where a text is wanted, are read as if they stood in a table. */
    if (json != NULL && (json->kind == JSON_STRING ||
                         (json->kind == JSON_NUMBER && type != FIELD_INT && type != FIELD_DECIMAL)))
        text = json->text;
    else if (json != NULL) {
        reading->value = json_copy(reading->arena, json);
        return true;
    }
    if (import_value_is_empty(reading->values, reading->arena, text))
        return true;
    if (type != FIELD_TEXT || !reading->values->is_exact)
        text = str_trim(text);
    return read_text(reading, text, err);
}
