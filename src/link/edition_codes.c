#include "link/edition_codes.h"

#include "core/vec.h"
#include "registry/code_lists.h"
#include "registry/record_reindex.h"
#include "store/news.h"

static struct json *find_member(struct arena *arena, struct json *object, struct str name)
{
    struct json *found = json_find(object, name);

    return found != NULL ? found : json_set(object, name, json_new(arena, JSON_OBJECT));
}

static void tell_code(struct edition_codes *codes, const struct register_field *field,
                      const struct catalog_code *code, struct edition_slice *slice)
{
    struct arena *arena = codes->arena;
    struct str key = str_printf(arena, "%.*s %.*s", STR_ARG(field->name), STR_ARG(code->code));
    struct json *titles;

    if (map_find(&codes->told, key) != NULL)
        return;
    map_put(&codes->told, key, codes);
    if (slice->codes == NULL)
        slice->codes = json_new(arena, JSON_OBJECT);
    titles = json_set(find_member(arena, slice->codes, field->name), code->code,
                      json_new(arena, JSON_ARRAY));
    for (int language = 0; language < MODEL_LANGUAGES; language++)
        json_push(titles, json_new_text(arena, code->title[language]));
}

void edition_codes_tell(struct edition_codes *codes, struct edition_slice *slice)
{
    for (size_t i = 0; i < codes->type->field_count; i++) {
        const struct register_field *field = &codes->type->fields[i];
        const struct catalog_code *code;

        if (field->type != FIELD_CODE || !codes->shows[i])
            continue;
        code = catalog_code(codes->catalog, field->list, json_find_text(slice->value, field->name));
        if (code != NULL)
            tell_code(codes, field, code, slice);
    }
}

/* A code that the mirror does not know, or calls otherwise. */
struct foreign {
    struct str list;
    struct catalog_code code;
};

struct gathered {
    const struct edition_codes_taking *taking;
    const struct catalog *catalog;
    struct arena *arena;
    VEC(struct foreign) items;
    bool is_searched; /* one is called otherwise, and records are found by its title */
};

static bool is_searched(const struct register_type *type, struct str list)
{
    for (size_t i = 0; i < type->search_count; i++)
        if (str_equal(type->fields[type->search[i]].list, list))
            return true;
    return false;
}

/* Where the mirror's packs have the code, with the dates it has there. */
static void add_code(struct gathered *gathered, const struct register_field *field,
                     const struct json *titles)
{
    const struct catalog_code *own = catalog_code(gathered->catalog, field->list, titles->name);
    const struct json *title = titles->first;
    struct foreign foreign = {
        .list = field->list,
        .code = {.valid_from = INT64_MIN / 2, .valid_to = INT64_MAX / 2},
    };
    bool is_same = own != NULL;

    if (own != NULL)
        foreign.code = *own;
    foreign.code.code = titles->name;
    foreign.code.title[MODEL_RU] = (struct str){0};
    for (int language = 0; language < MODEL_LANGUAGES; language++) {
        foreign.code.title[language] =
            json_text(title).len > 0 ? json_text(title) : foreign.code.title[MODEL_RU];
        is_same = is_same && str_equal(own->title[language], foreign.code.title[language]);
        title = title == NULL ? NULL : title->next;
    }
    if (is_same || foreign.code.title[MODEL_RU].len == 0)
        return;
    VEC_PUSH(gathered->arena, &gathered->items, foreign);
    gathered->is_searched |= own != NULL && is_searched(gathered->taking->type, field->list);
}

static void gather(struct gathered *gathered, const struct edition_piece *piece)
{
    for (size_t i = 0; i < piece->count; i++) {
        const struct json *codes = piece->slices[i].codes;

        for (const struct json *one = codes == NULL ? NULL : codes->first; one != NULL;
             one = one->next) {
            const struct register_field *field =
                register_type_field(gathered->taking->type, one->name);

            if (field == NULL || field->type != FIELD_CODE || one->kind != JSON_OBJECT)
                continue;
            for (const struct json *titles = one->first; titles != NULL; titles = titles->next)
                add_code(gathered, field, titles);
        }
    }
}

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    const struct gathered *gathered = data;

    for (size_t i = 0; i < gathered->items.count; i++)
        if (!code_lists_put(tx, gathered->items.items[i].list, &gathered->items.items[i].code, err))
            return false;
    return (!gathered->is_searched || record_reindex_words(tx, 0, gathered->taking->now, err)) &&
           news_tell(tx, NEWS_CATALOG, err);
}

bool edition_codes_take(const struct edition_codes_taking *taking,
                        const struct edition_piece *piece, bool *has_new, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(4 * 1024);
    struct gathered gathered = {.taking = taking, .arena = arena};

    if (!catalog_get(taking->mirror, taking->library, &gathered.catalog, err))
        return false;
    gather(&gathered, piece);
    *has_new = gathered.items.count > 0;
    return !*has_new || (tenant_write_wait(taking->mirror, run_put, &gathered, err) &&
                         catalog_reload(taking->mirror, taking->library, err));
}
