#include "registry/import_guess.h"

#include "core/utf8.h"

/* Other names people give to what is no field of its own. */
static const struct {
    struct str word;
    struct str target;
} WORDS[] = {
    {STR_INIT("id"), STR_INIT("id")},
    {STR_INIT("validfrom"), STR_INIT("valid_from")},
    {STR_INIT("действуетс"), STR_INIT("valid_from")},
    {STR_INIT("validto"), STR_INIT("valid_to")},
    {STR_INIT("действуетпо"), STR_INIT("valid_to")},
    {STR_INIT("lat"), STR_INIT("lat")},
    {STR_INIT("latitude"), STR_INIT("lat")},
    {STR_INIT("широта"), STR_INIT("lat")},
    {STR_INIT("кеңдик"), STR_INIT("lat")},
    {STR_INIT("lon"), STR_INIT("lon")},
    {STR_INIT("lng"), STR_INIT("lon")},
    {STR_INIT("long"), STR_INIT("lon")},
    {STR_INIT("longitude"), STR_INIT("lon")},
    {STR_INIT("долгота"), STR_INIT("lon")},
    {STR_INIT("узундук"), STR_INIT("lon")},
};

/* "Площадь общая, м²" and "площадь_общая" are one: letters and digits, folded. */
static struct str strip(struct arena *arena, struct str text)
{
    struct buf folded = {.arena = arena};
    struct buf out = {.arena = arena};
    struct str rest;

    utf8_fold(&folded, text);
    rest = buf_str(&folded);
    while (rest.len > 0) {
        uint32_t code = utf8_next(&rest);

        if (utf8_is_letter(code) || utf8_is_digit(code))
            utf8_put(&out, code);
    }
    return buf_str(&out);
}

static struct str before_unit(struct str title)
{
    size_t end = MIN(str_find_char(title, ','), str_find_char(title, '('));

    return str_slice(title, 0, end);
}

static bool is_called(struct arena *arena, const struct catalog *catalog,
                      const struct register_field *field, struct str word)
{
    if (str_equal(strip(arena, field->name), word))
        return true;
    for (int language = 0; language < MODEL_LANGUAGES; language++) {
        struct str title = messages_get(catalog->model->messages[language], field->title);

        if (str_equal(strip(arena, title), word))
            return true;
    }
    return false;
}

static struct str target_of(struct arena *arena, const struct catalog *catalog,
                            const struct register_type *type, struct str word)
{
    if (word.len == 0)
        return (struct str){0};
    for (size_t i = 0; i < type->field_count; i++)
        if (is_called(arena, catalog, &type->fields[i], word))
            return type->fields[i].name;
    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
        if (str_equal(WORDS[i].word, word) &&
            (type->is_temporal || !str_starts(WORDS[i].target, STR("valid_"))) &&
            (type->geometry >= 0 || !str_starts(WORDS[i].target, STR("l"))))
            return WORDS[i].target;
    return (struct str){0};
}

static bool is_taken(const struct import_column *columns, size_t count, struct str target)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(columns[i].target, target))
            return true;
    return false;
}

void import_guess(struct arena *arena, const struct catalog *catalog,
                  const struct register_type *type, struct import_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str target = target_of(arena, catalog, type, strip(arena, columns[i].title));

        if (target.len == 0)
            target = target_of(arena, catalog, type, strip(arena, before_unit(columns[i].title)));
        columns[i].target = is_taken(columns, i, target) ? (struct str){0} : target;
    }
}
