#include "registry/renewal.h"

#include "core/arena.h"
#include "core/csv.h"

struct comparing {
    struct arena *arena;
    const struct pack *was, *is;
    struct renewal *renewal;
};

static void add(struct comparing *it, struct renewal_change change)
{
    struct renewal *renewal = it->renewal;

    if (renewal->count < RENEWAL_MAX)
        renewal->changes[renewal->count++] = change;
    else
        renewal->has_more = true;
}

/* "registers/house.json" is "housing.house". */
static struct str file_id(struct comparing *it, struct str path)
{
    struct str name = path;

    str_cut(&name, '/');
    while (name.len > 0 && name.ptr[name.len - 1] != '.')
        name.len--;
    return str_printf(it->arena, "%.*s.%.*s", STR_ARG(it->is->id),
                      STR_ARG(str_slice(name, 0, name.len - 1)));
}

static bool parse(struct comparing *it, const struct pack_file *file, struct json **json,
                  struct err *err)
{
    *json = NULL;
    return file == NULL || json_parse(it->arena, file->bytes, NULL, json, err) ||
           err_while(err, "%.*s", STR_ARG(file->path));
}

/* Objects by their members: was and is may be NULL. */
static void compare_members(struct comparing *it, struct renewal_change like,
                            const struct json *was, const struct json *is)
{
    for (const struct json *one = is == NULL ? NULL : is->first; one != NULL; one = one->next) {
        const struct json *old = json_find(was, one->name);
        struct renewal_change change = like;

        if (old != NULL && json_equal(old, one))
            continue;
        change.act = old == NULL ? RENEWAL_NEW : RENEWAL_OTHER;
        change.id = one->name;
        change.title = json_find_text(one, STR("title"));
        if (old != NULL && !str_equal(json_find_text(old, STR("title")), change.title))
            change.was = json_find_text(old, STR("title"));
        add(it, change);
    }
    for (const struct json *old = was == NULL ? NULL : was->first; old != NULL; old = old->next) {
        struct renewal_change change = like;

        if (json_find(is, old->name) != NULL)
            continue;
        change.act = RENEWAL_GONE;
        change.id = old->name;
        change.title = json_find_text(old, STR("title"));
        add(it, change);
    }
}

static bool compare_register(struct comparing *it, const struct pack_file *was,
                             const struct pack_file *is, struct err *err)
{
    struct renewal_change change = {.kind = RENEWAL_REGISTER};
    struct json *old, *new;

    if (!parse(it, was, &old, err) || !parse(it, is, &new, err))
        return false;
    change.id = file_id(it, (is != NULL ? is : was)->path);
    change.title = json_find_text(new != NULL ? new : old, STR("title"));
    change.act = old == NULL ? RENEWAL_NEW : new == NULL ? RENEWAL_GONE : RENEWAL_OTHER;
    if (old == NULL || new == NULL) {
        add(it, change);
        return true;
    }
    if (!str_equal(json_find_text(old, STR("title")), change.title))
        change.was = json_find_text(old, STR("title"));
    compare_members(it, (struct renewal_change){.kind = RENEWAL_FIELD, .place = change.id},
                    json_find(old, STR("properties")), json_find(new, STR("properties")));
    json_drop(old, STR("properties"));
    json_drop(new, STR("properties"));
    if (!json_equal(old, new))
        add(it, change);
    return true;
}

/* [{"id":"clerk",…}] as {"clerk":{…}}. */
static struct json *by_id(struct comparing *it, const struct json *roles)
{
    struct json *object = json_new(it->arena, JSON_OBJECT);

    for (const struct json *one = roles == NULL ? NULL : roles->first; one != NULL; one = one->next)
        json_set(object, json_find_text(one, STR("id")), json_copy(it->arena, one));
    return object;
}

static bool compare_roles(struct comparing *it, const struct pack_file *was,
                          const struct pack_file *is, struct err *err)
{
    struct json *old, *new;

    if (!parse(it, was, &old, err) || !parse(it, is, &new, err))
        return false;
    compare_members(it, (struct renewal_change){.kind = RENEWAL_ROLE}, by_id(it, old),
                    by_id(it, new));
    return true;
}

static int find_column(const struct csv_row *header, const char *name)
{
    for (size_t i = 0; i < header->count; i++)
        if (str_equal(header->fields[i], str_from_z(name)))
            return (int)i;
    return -1;
}

/* A list as {"code":{"title":…,"row":…}}, all rows of a code together. */
static bool read_list(struct comparing *it, const struct pack_file *file, struct json **list,
                      struct err *err)
{
    struct csv *csv;
    struct csv_row row;
    int code, title;

    *list = json_new(it->arena, JSON_OBJECT);
    if (file == NULL)
        return true;
    csv = csv_open_text(it->arena, (struct csv_format){.separator = ','}, file->bytes);
    if (!csv_next(csv, &row, err))
        return err_while(err, "%.*s", STR_ARG(file->path));
    code = find_column(&row, "code");
    title = find_column(&row, "title");
    while (code >= 0 && title >= 0) {
        struct buf text = {.arena = it->arena};
        struct json *one;

        if (!csv_next(csv, &row, err))
            return err_while(err, "%.*s", STR_ARG(file->path));
        if (row.fields == NULL)
            break;
        if ((size_t)code >= row.count || (size_t)title >= row.count)
            continue;
        one = json_find(*list, row.fields[code]);
        if (one == NULL)
            one = json_set(*list, str_copy(it->arena, row.fields[code]),
                           json_new(it->arena, JSON_OBJECT));
        buf_add(&text, json_find_text(one, STR("row")));
        for (size_t i = 0; i < row.count; i++) {
            buf_add(&text, row.fields[i]);
            buf_char(&text, '\n');
        }
        json_set(one, STR("title"),
                 json_new_text(it->arena, str_copy(it->arena, row.fields[title])));
        json_set(one, STR("row"), json_new_text(it->arena, buf_str(&text)));
    }
    return true;
}

static bool compare_list(struct comparing *it, const struct pack_file *was,
                         const struct pack_file *is, struct err *err)
{
    struct renewal_change change = {.kind = RENEWAL_LIST};
    struct json *old, *new;

    change.id = file_id(it, (is != NULL ? is : was)->path);
    change.act = was == NULL ? RENEWAL_NEW : RENEWAL_GONE;
    if (was == NULL || is == NULL) {
        add(it, change);
        return true;
    }
    if (!read_list(it, was, &old, err) || !read_list(it, is, &new, err))
        return false;
    compare_members(it, (struct renewal_change){.kind = RENEWAL_CODE, .place = change.id}, old,
                    new);
    return true;
}

/* What nobody who works with the pack sees as such. */
static bool is_beside(struct str path)
{
    return str_equal(path, STR("pack.json")) || str_starts(path, STR("tests/")) ||
           str_starts(path, STR("i18n/")) || str_find(path, STR("/")) == path.len;
}

static bool compare_file(struct comparing *it, const struct pack_file *was,
                         const struct pack_file *is, struct err *err)
{
    struct str path = (is != NULL ? is : was)->path;

    if (was != NULL && is != NULL && str_equal(was->bytes, is->bytes))
        return true;
    if (str_starts(path, STR("registers/")) && str_ends(path, STR(".json")))
        return compare_register(it, was, is, err);
    if (str_equal(path, STR("roles.json")))
        return compare_roles(it, was, is, err);
    if (str_starts(path, STR("lists/")) && str_ends(path, STR(".csv")))
        return compare_list(it, was, is, err);
    if (!is_beside(path))
        add(it, (struct renewal_change){.kind = RENEWAL_FILE,
                                        .act = was == NULL  ? RENEWAL_NEW
                                               : is == NULL ? RENEWAL_GONE
                                                            : RENEWAL_OTHER,
                                        .id = path});
    return true;
}

bool renewal_compare(struct arena *arena, const struct pack *was, const struct pack *is,
                     struct renewal *renewal, struct err *err)
{
    struct comparing it = {arena, was, is, renewal};

    *renewal = (struct renewal){.changes = ARENA_ARRAY(arena, struct renewal_change, RENEWAL_MAX)};
    for (size_t i = 0; i < is->file_count; i++)
        if (!compare_file(&it, pack_file_find(was, is->files[i].path), &is->files[i], err))
            return false;
    for (size_t i = 0; i < was->file_count; i++)
        if (pack_file_find(is, was->files[i].path) == NULL &&
            !compare_file(&it, &was->files[i], NULL, err))
            return false;
    return true;
}
