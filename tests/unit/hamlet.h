/*
 * A tenant with a small pack of its own, for tests of records: people own parcels (with
 * dates) and keep houses, houses stand in streets, flats are in houses.
 */
#pragma once

#include "core/file.h"
#include "core/id.h"
#include "registry/change.h"
#include "registry/record_list.h"
#include "town.h"

enum {
    HAMLET_DAY = 20514, /* 2026-03-02 */
};

#define HAMLET_NOW      (HAMLET_DAY * (int64_t)TIME_DAY_MS + 9 * 3600000)
#define HAMLET_ALL      (POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET)
#define HAMLET_ACTOR    7
#define HAMLET_REGISTER "{\"title\":\"T\",\"type\":\"object\",\"additionalProperties\":false,"
#define HAMLET_TEXT     "\"type\":\"string\",\"title\":\"t\",\"maxLength\":100"

/* house.json, with more of the schema behind its fields. */
#define HAMLET_HOUSE(more)                                                                         \
    HAMLET_REGISTER                                                                                \
    "\"x-uprava\":{\"title\":\"{{street}}, {{number}}\",\"key\":[\"code\"],"                       \
    "\"search\":[\"number\",\"note\",\"tags\",\"pin\"],\"sort\":\"number\"},"                      \
    "\"properties\":{\"code\":{" HAMLET_TEXT "},"                                                  \
    "\"street\":{" HAMLET_TEXT ",\"x-uprava\":{\"ref\":\"hamlet.street\"}},"                       \
    "\"number\":{" HAMLET_TEXT ",\"x-uprava\":{\"index\":true}},"                                  \
    "\"year\":{\"type\":\"integer\",\"title\":\"t\",\"x-uprava\":{\"index\":true}},"               \
    "\"area\":{\"type\":\"number\",\"multipleOf\":0.01,\"title\":\"t\",\"x-uprava\":{"             \
    "\"index\":true}},"                                                                            \
    "\"built_on\":{\"type\":\"string\",\"format\":\"date\",\"title\":\"t\",\"x-uprava\":{"         \
    "\"index\":true}},"                                                                            \
    "\"is_old\":{\"type\":\"boolean\",\"title\":\"t\",\"x-uprava\":{\"index\":true}},"             \
    "\"keeper\":{" HAMLET_TEXT                                                                     \
    ",\"x-uprava\":{\"ref\":\"hamlet.person\",\"on_delete\":\"clear\"}},"                          \
    "\"note\":{" HAMLET_TEXT ",\"x-uprava\":{\"access\":\"personal\"}},"                           \
    "\"phone\":{" HAMLET_TEXT ",\"x-uprava\":{\"access\":\"personal\"}},"                          \
    "\"pin\":{" HAMLET_TEXT ",\"x-uprava\":{\"access\":\"secret\"}},"                              \
    "\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"title\":\"t\"},"               \
    "\"place\":{\"type\":\"object\",\"title\":\"t\",\"x-uprava\":{\"geometry\":true}}}" more "}"

struct hamlet {
    struct town town;
    struct str folder;
    struct arena *packs; /* the library's */
    struct model_library *library;
    const struct catalog *catalog;
    struct err err; /* of the last refusal */
};

static const struct pack_file HAMLET_FILES[] = {
    {STR_INIT("lists/kind.csv"), STR_INIT("code,title,title.ky,valid_from,valid_to\n"
                                          "street,улица,көчө,,\n"
                                          "lane,переулок,,,\n"
                                          "yard,двор,,,2020-01-01\n"
                                          "yard,двор снова,,2024-01-01,2025-01-01\n")},
    {STR_INIT("registers/flat.json"),
     STR_INIT(HAMLET_REGISTER
              "\"x-uprava\":{\"title\":\"{{house}}, кв. {{number}}\",\"search\":[\"number\"]},"
              "\"properties\":{\"house\":{" HAMLET_TEXT ",\"x-uprava\":{\"ref\":\"hamlet.house\"}},"
              "\"number\":{" HAMLET_TEXT "}},\"required\":[\"house\"]}")},
    {STR_INIT("registers/house.json"), STR_INIT(HAMLET_HOUSE(""))},
    {STR_INIT("registers/parcel.json"),
     STR_INIT(
         HAMLET_REGISTER
         "\"x-uprava\":{\"title\":\"{{code}} {{name}}\",\"key\":[\"code\"],\"temporal\":true,"
         "\"search\":[\"name\",\"use\"]},\"properties\":{\"code\":{" HAMLET_TEXT "},"
         "\"name\":{" HAMLET_TEXT ",\"x-uprava\":{\"index\":true}},"
         "\"use\":{" HAMLET_TEXT "},"
         "\"owner\":{" HAMLET_TEXT
         ",\"x-uprava\":{\"ref\":\"hamlet.person\",\"on_delete\":\"clear\"}},"
         "\"place\":{\"type\":\"object\",\"title\":\"t\",\"x-uprava\":{\"geometry\":true}}}}")},
    {STR_INIT("registers/person.json"),
     STR_INIT(HAMLET_REGISTER "\"x-uprava\":{\"title\":\"{{name}}\",\"search\":[\"name\"]},"
                              "\"properties\":{\"name\":{" HAMLET_TEXT "},"
                              "\"parent\":{" HAMLET_TEXT
                              ",\"x-uprava\":{\"ref\":\"hamlet.person\"}}}}")},
    {STR_INIT("registers/street.json"),
     STR_INIT(HAMLET_REGISTER
              "\"x-uprava\":{\"title\":\"{{kind}} {{name}}\",\"search\":[\"name\"]},"
              "\"properties\":{\"name\":{" HAMLET_TEXT ",\"x-uprava\":{\"index\":true}},"
              "\"kind\":{" HAMLET_TEXT ",\"x-uprava\":{\"list\":\"hamlet.kind\",\"index\":true}}},"
              "\"required\":[\"name\"]}")},
};

static inline void hamlet_write(const struct hamlet *hamlet, struct str path, struct str bytes)
{
    struct str whole = file_join(check_arena(), hamlet->folder, path);
    struct err err;

    for (size_t i = 1; i < whole.len; i++)
        if (whole.ptr[i] == '/')
            CHECK_OK(file_make_folder(str_slice(whole, 0, i), &err), &err);
    CHECK_OK(file_write(whole, bytes, &err), &err);
}

/* Writes the pack under another version; another file may stand in for one of its own, or be one
 * more. */
static inline void hamlet_write_pack(const struct hamlet *hamlet, const char *version,
                                     const struct pack_file *other)
{
    hamlet_write(hamlet, str_printf(check_arena(), "packs/hamlet-%s/pack.json", version),
                 str_printf(check_arena(),
                            "{\"id\":\"hamlet\",\"version\":\"%s\",\"title\":\"Деревня\"}",
                            version));
    if (other != NULL)
        hamlet_write(
            hamlet,
            str_printf(check_arena(), "packs/hamlet-%s/%.*s", version, STR_ARG(other->path)),
            other->bytes);
    for (size_t i = 0; i < ARRAY_LEN(HAMLET_FILES); i++) {
        const struct pack_file *file = &HAMLET_FILES[i];

        if (other != NULL && str_equal(other->path, file->path))
            file = other;
        hamlet_write(
            hamlet, str_printf(check_arena(), "packs/hamlet-%s/%.*s", version, STR_ARG(file->path)),
            file->bytes);
    }
}

static inline void hamlet_install(struct hamlet *hamlet)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};
    struct err err;

    CHECK_OK(catalog_install(hamlet->town.tenant, hamlet->library, (struct pack_ids){PACK, 1}, 0,
                             HAMLET_NOW, &err),
             &err);
    CHECK_OK(catalog_get(hamlet->town.tenant, hamlet->library, &hamlet->catalog, &err), &err);
    hamlet->town.catalog = hamlet->catalog;
}

/* Another file may stand in the place of one of the pack's own, or beside them. */
static inline void hamlet_open_with(struct hamlet *hamlet, const struct pack_file *other)
{
    struct str *folders;

    *hamlet = (struct hamlet){0};
    town_open(&hamlet->town, NULL, 0);
    hamlet->folder = check_folder();
    hamlet_write_pack(hamlet, "1.0.0", other);
    hamlet->packs = arena_open(0);
    folders = ARENA_NEW(hamlet->packs, struct str);
    *folders = file_join(hamlet->packs, hamlet->folder, STR("packs"));
    hamlet->library = model_library_new(hamlet->packs, folders, 1);
    hamlet_install(hamlet);
}

static inline void hamlet_open(struct hamlet *hamlet)
{
    hamlet_open_with(hamlet, NULL);
}

static inline void hamlet_close(struct hamlet *hamlet)
{
    town_close(&hamlet->town);
    model_library_close(&hamlet->library);
    arena_close(&hamlet->packs);
}

static inline const struct register_type *hamlet_type(const struct hamlet *hamlet, const char *name)
{
    const struct register_type *type =
        model_type(hamlet->catalog->model, str_printf(check_arena(), "hamlet.%s", name));

    CHECK(type != NULL);
    return type;
}

static inline int64_t hamlet_no(const struct hamlet *hamlet, const char *name)
{
    return catalog_no(hamlet->catalog, hamlet_type(hamlet, name));
}

static inline struct json *hamlet_json(struct str text)
{
    struct json *json;
    struct err err;

    CHECK_OK(json_parse(check_arena(), text, NULL, &json, &err), &err);
    return json;
}

/* Its registers as tx sees them. */
static inline const struct registry *hamlet_registry(const struct hamlet *hamlet, struct tx *tx)
{
    struct registry *registry = ARENA_NEW(check_arena(), struct registry);

    *registry = (struct registry){tx, check_arena(), hamlet->catalog, HAMLET_NOW, NULL};
    return registry;
}

static inline bool hamlet_prepare(struct hamlet *hamlet, struct record_draft *draft,
                                  struct flaws *flaws)
{
    CLEANUP(tx_done) struct tx tx = {0};

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &hamlet->err), &hamlet->err);
    draft->now = HAMLET_NOW;
    hamlet->err = (struct err){0};
    return record_prepare(&tx, check_arena(), hamlet->catalog, draft, flaws, &hamlet->err);
}

static inline bool hamlet_apply_run(struct tx *tx, void *data, struct err *err)
{
    return record_apply(tx, data, HAMLET_ACTOR, HAMLET_NOW, err);
}

static inline bool hamlet_apply(struct hamlet *hamlet, struct record_draft *draft)
{
    hamlet->err = (struct err){0};
    return tenant_write_wait(hamlet->town.tenant, hamlet_apply_run, draft, &hamlet->err);
}

static inline enum err_code hamlet_do(struct hamlet *hamlet, struct record_draft *draft)
{
    struct flaws flaws = {0};

    if (hamlet_prepare(hamlet, draft, &flaws) && hamlet_apply(hamlet, draft))
        return ERR_NONE;
    return hamlet->err.code;
}

/* Makes a record that must come to be. */
static inline int64_t hamlet_make(struct hamlet *hamlet, const char *type, struct str json)
{
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = hamlet_type(hamlet, type),
                                 .value = hamlet_json(json),
                                 .valid_from = RECORD_ALWAYS,
                                 .valid_to = RECORD_FOREVER};
    bool ok = hamlet_do(hamlet, &draft) == ERR_NONE;

    CHECK_OK(ok, &hamlet->err);
    return draft.id;
}

static inline struct record *hamlet_slices(struct hamlet *hamlet, const char *type, int64_t id,
                                           size_t *count)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record *records;
    struct err err;

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(record_slices(hamlet_registry(hamlet, &tx), hamlet_no(hamlet, type), id, &records,
                           count, &err),
             &err);
    return records;
}

static inline struct record *hamlet_get(struct hamlet *hamlet, const char *type, int64_t id)
{
    size_t count;
    struct record *records = hamlet_slices(hamlet, type, id, &count);

    return count > 0 ? &records[0] : NULL;
}

/* Replaces the value of a stored slice. */
static inline enum err_code hamlet_change(struct hamlet *hamlet, const char *type,
                                          const struct record *old, struct str json)
{
    struct record_draft draft = {.act = RECORD_CHANGE,
                                 .type = hamlet_type(hamlet, type),
                                 .value = hamlet_json(json),
                                 .valid_from = old->valid_from,
                                 .valid_to = old->valid_to,
                                 .old = old};

    return hamlet_do(hamlet, &draft);
}

static inline enum err_code hamlet_delete(struct hamlet *hamlet, const char *type,
                                          const struct record *old)
{
    struct record_draft draft = {
        .act = RECORD_DELETE, .type = hamlet_type(hamlet, type), .old = old};

    return hamlet_do(hamlet, &draft);
}

/* Ids and titles that a question finds, in their order: "title|title". */
static inline struct str hamlet_find(struct hamlet *hamlet, const char *type, const char *words)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf titles = {.arena = check_arena()};
    struct record_ask ask = {.type = hamlet_type(hamlet, type),
                             .words = str_from_z(words),
                             .limit = 100,
                             .valid_on = HAMLET_DAY};
    struct record_page page;
    struct err err;

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(record_list(hamlet_registry(hamlet, &tx), &ask, &page, &err), &err);
    for (size_t i = 0; i < page.count; i++) {
        if (i > 0)
            buf_char(&titles, '|');
        buf_add(&titles, page.records[i].title);
    }
    return buf_str(&titles);
}
