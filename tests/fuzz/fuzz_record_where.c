/*
 * A filter in FEEL: compiled, added to a query, and evaluated over a record.  What is refused
 * names its place; what is compiled is SQL with as many ends of groups as beginnings.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/utf8.h"
#include "registry/record_where.h"
#include "store/backend.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INDEX "\"title\":\"t\",\"x-uprava\":{\"index\":true}}"

static const struct pack_file THING = {
    STR_INIT("registers/thing.json"),
    STR_INIT("{\"title\":\"T\",\"type\":\"object\",\"additionalProperties\":false,"
             "\"x-uprava\":{\"title\":\"{{code}}\",\"key\":[\"code\"]},\"properties\":{"
             "\"code\":{\"type\":\"string\",\"maxLength\":20," INDEX ","
             "\"name\":{\"type\":\"string\",\"maxLength\":20," INDEX ","
             "\"n\":{\"type\":\"integer\"," INDEX ","
             "\"area\":{\"type\":\"number\",\"multipleOf\":0.01," INDEX ","
             "\"day\":{\"type\":\"string\",\"format\":\"date\"," INDEX ","
             "\"at\":{\"type\":\"string\",\"format\":\"date-time\"," INDEX ","
             "\"is_old\":{\"type\":\"boolean\"," INDEX "}}")};

static bool is_balanced(struct str sql)
{
    int depth = 0;

    for (size_t i = 0; i < sql.len && depth >= 0; i++)
        depth += sql.ptr[i] == '(' ? 1 : sql.ptr[i] == ')' ? -1 : 0;
    return depth == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    static const struct backend BACKEND = {.member = "(body ->> ?)"};
    struct store_session session = {.backend = &BACKEND};
    struct tx tx = {.session = &session};
    struct pack pack = {.id = STR("a")};
    struct pack_findings findings = {.arena = arena};
    struct str text = {(const char *)data, size};
    const struct register_type *type;
    const struct record_where *where;
    struct query *query = query_new(arena, "id", 1, 1);
    struct err err = {0};

    if (size > 2000 || !utf8_is_valid(text))
        return 0;
    type = register_type_compile(arena, &pack, &THING, &findings);
    assert(type != NULL);
    if (!record_where_parse(arena, type, text, (struct feel_clock){0}, &where, &err)) {
        assert(err.code == ERR_INPUT || err.code == ERR_LIMIT);
        return 0;
    }
    record_where_add(where, &tx, query);
    assert(is_balanced(query_sql(query)));
    (void)record_where_holds(arena, where, json_new(arena, JSON_OBJECT));
    return 0;
}
