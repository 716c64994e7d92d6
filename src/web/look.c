#include "web/look.h"

#include "core/file.h"

enum {
    LOOK_FILE_MAX = 4 * 1024 * 1024,
};

static const char *const LANGUAGES[MODEL_LANGUAGES] = {"ru", "ky", "en"};

struct sources {
    struct arena *arena;
    struct str folder;
    struct template_set *sets[MODEL_LANGUAGES];
};

static bool add_template(struct sources *sources, struct str path, struct str name, struct err *err)
{
    struct str source;

    if (!file_read(sources->arena, path, LOOK_FILE_MAX, &source, err))
        return false;
    for (int i = 0; i < MODEL_LANGUAGES; i++)
        if (!template_add(sources->sets[i], name, source, err))
            return false;
    return true;
}

/* pages/list.html is page/list; layout/head.html is layout/head. */
static bool add_folder(struct sources *sources, const char *folder, const char *prefix,
                       struct err *err)
{
    struct str path = file_join(sources->arena, sources->folder, str_from_z(folder));
    struct str *names;
    size_t count;

    if (!file_list(sources->arena, path, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str stem = str_slice(names[i], 0, names[i].len - MIN(names[i].len, (size_t)5));

        if (str_ends(names[i], STR(".html")) &&
            !add_template(sources, file_join(sources->arena, path, names[i]),
                          str_printf(sources->arena, "%s/%.*s", prefix, STR_ARG(stem)), err))
            return false;
    }
    return true;
}

static bool add_components(struct sources *sources, struct err *err)
{
    struct str path = file_join(sources->arena, sources->folder, STR("components"));
    struct str *names;
    size_t count;

    if (!file_list(sources->arena, path, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str folder = file_join(sources->arena, path, names[i]);
        struct str file = file_join(sources->arena, folder, STR("template.html"));

        if (file_exists(file) &&
            !add_template(sources, file,
                          str_printf(sources->arena, "component/%.*s", STR_ARG(names[i])), err))
            return false;
    }
    return true;
}

/* "error-summary" is error_summary in a view. */
static struct str view_name(struct arena *arena, struct str folder)
{
    char *name = str_to_z(arena, folder);

    for (size_t i = 0; i < folder.len; i++)
        if (name[i] == '-')
            name[i] = '_';
    return (struct str){name, folder.len};
}

static bool load_examples(struct arena *arena, struct str ui, struct look *look, struct err *err)
{
    struct str path = file_join(arena, ui, STR("components"));
    struct str *names;
    size_t count;

    look->examples = json_new(arena, JSON_OBJECT);
    if (!file_list(arena, path, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str file = file_join(arena, file_join(arena, path, names[i]), STR("examples.json"));
        struct json *examples;
        struct str bytes;

        if (!file_exists(file))
            continue;
        if (!file_read(arena, file, LOOK_FILE_MAX, &bytes, err) ||
            !json_parse(arena, bytes, NULL, &examples, err))
            return err_while(err, "%.*s", STR_ARG(file));
        json_set(look->examples, view_name(arena, names[i]), examples);
    }
    return true;
}

static bool load_messages(struct arena *arena, struct str ui, struct look *look, struct err *err)
{
    for (int i = 0; i < MODEL_LANGUAGES; i++) {
        struct str path = str_printf(arena, "%.*s/i18n/%s.po", STR_ARG(ui), LANGUAGES[i]);
        struct str po;

        look->messages[i] = messages_new(arena, str_from_z(LANGUAGES[i]));
        if (!file_read(arena, path, LOOK_FILE_MAX, &po, err) ||
            !messages_add_po(look->messages[i], po, err))
            return err_while(err, "%.*s", STR_ARG(path));
    }
    return true;
}

static struct str type_of(struct str path)
{
    static const struct {
        const char *ending;
        const char *type;
    } TYPES[] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".woff2", "font/woff2"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".json", "application/json"},
    };

    for (size_t i = 0; i < ARRAY_LEN(TYPES); i++)
        if (str_ends(path, str_from_z(TYPES[i].ending)))
            return str_from_z(TYPES[i].type);
    return STR("application/octet-stream");
}

static bool add_asset(struct arena *arena, struct look *look, struct str file, struct str path,
                      struct err *err)
{
    struct look_asset *asset = ARENA_NEW(arena, struct look_asset);
    struct str brotli = str_printf(arena, "%.*s.br", STR_ARG(file));
    struct str gzip = str_printf(arena, "%.*s.gz", STR_ARG(file));

    *asset = (struct look_asset){.path = path, .type = type_of(path)};
    if (!file_read(arena, file, LOOK_FILE_MAX, &asset->bytes, err) ||
        (file_exists(brotli) && !file_read(arena, brotli, LOOK_FILE_MAX, &asset->brotli, err)) ||
        (file_exists(gzip) && !file_read(arena, gzip, LOOK_FILE_MAX, &asset->gzip, err)))
        return false;
    map_put(&look->assets, path, asset);
    return true;
}

static bool add_assets(struct arena *arena, struct look *look, struct str folder, struct str path,
                       struct err *err)
{
    struct str *names;
    size_t count;

    if (!file_list(arena, folder, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str file = file_join(arena, folder, names[i]);
        struct str below = str_printf(arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(names[i]));

        if (str_ends(file, STR(".br")) || str_ends(file, STR(".gz")))
            continue;
        if (file_is_folder(file) ? !add_assets(arena, look, file, below, err)
                                 : !add_asset(arena, look, file, below, err))
            return false;
    }
    return true;
}

static bool load_assets(struct arena *arena, struct str folder, struct look *look, struct err *err)
{
    struct str manifest;

    look->assets.arena = arena;
    return file_read(arena, file_join(arena, folder, STR("manifest.json")), LOOK_FILE_MAX,
                     &manifest, err) &&
           json_parse(arena, manifest, NULL, &look->manifest, err) &&
           add_assets(arena, look, folder, STR("/assets"), err);
}

bool look_load(struct arena *arena, struct str ui, struct str assets, struct look **look,
               struct err *err)
{
    struct look *loaded = ARENA_NEW(arena, struct look);
    struct sources sources = {.arena = arena, .folder = ui};

    if (!load_messages(arena, ui, loaded, err) || !load_assets(arena, assets, loaded, err))
        return err_while(err, "the pages' files (run script/build)");
    for (int i = 0; i < MODEL_LANGUAGES; i++)
        loaded->pages[i] = sources.sets[i] =
            template_set_new(arena, TEMPLATE_HTML, loaded->messages[i]);
    if (!add_folder(&sources, "pages", "page", err) ||
        !add_folder(&sources, "layout", "layout", err) || !add_components(&sources, err) ||
        !load_examples(arena, ui, loaded, err))
        return err_while(err, "the pages' templates");
    for (int i = 0; i < MODEL_LANGUAGES; i++)
        if (!template_check(sources.sets[i], err))
            return err_while(err, "the pages' templates");
    *look = loaded;
    return true;
}
