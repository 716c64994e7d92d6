#include "registry/gar_table.h"

#include "core/hash.h"

#include <string.h>

enum {
    BLOCK = 4096,           /* objects taken from the system at once */
    TEXT_BLOCK = 16 * 1024, /* texts likewise */
    SLOTS_FIRST = 16 * 1024,
    BLOCKS_MAX = GAR_TABLE_MAX / BLOCK + 2,
    TEXT_BLOCKS_MAX = 16 * (GAR_TABLE_MAX / TEXT_BLOCK) + 2,
};

/* An open table of numbers from 1; each size has an arena of its own. */
struct slots {
    uint32_t *items;
    size_t cap;
    size_t count;
    struct arena *arena;
};

struct gar_table {
    struct arena *arena;
    struct gar_object **blocks;
    size_t count;
    struct slots by_id;
    struct str **texts;
    size_t text_count;
    struct slots by_text;
};

struct gar_table *gar_table_open(void)
{
    struct arena *arena = arena_open(1024 * 1024);
    struct gar_table *table = ARENA_NEW(arena, struct gar_table);

    table->arena = arena;
    table->blocks = ARENA_ARRAY(arena, struct gar_object *, BLOCKS_MAX);
    table->texts = ARENA_ARRAY(arena, struct str *, TEXT_BLOCKS_MAX);
    return table;
}

void gar_table_close(struct gar_table **table)
{
    struct arena *arena;

    if (*table == NULL)
        return;
    arena = (*table)->arena;
    arena_close(&(*table)->by_id.arena);
    arena_close(&(*table)->by_text.arena);
    arena_close(&arena);
    *table = NULL;
}

size_t gar_table_count(const struct gar_table *table)
{
    return table->count;
}

struct gar_object *gar_table_at(const struct gar_table *table, size_t index)
{
    return &table->blocks[index / BLOCK][index % BLOCK];
}

struct str gar_table_text(const struct gar_table *table, uint32_t number)
{
    if (number == 0)
        return (struct str){0};
    return table->texts[(number - 1) / TEXT_BLOCK][(number - 1) % TEXT_BLOCK];
}

/* Numbers of objects are spread by a multiplication: they come in runs. */
static uint64_t hash_id(int64_t id)
{
    uint64_t hash = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);

    return hash ^ (hash >> 32);
}

static uint64_t hash_at(const struct gar_table *table, const struct slots *slots, uint32_t number)
{
    return slots == &table->by_id ? hash_id(gar_table_at(table, number - 1)->id)
                                  : hash_bytes(gar_table_text(table, number));
}

static void grow(const struct gar_table *table, struct slots *slots)
{
    struct slots old = *slots;

    slots->cap = old.cap == 0 ? SLOTS_FIRST : old.cap * 2;
    slots->arena = arena_open(slots->cap * sizeof *slots->items + 64);
    slots->items = ARENA_ARRAY(slots->arena, uint32_t, slots->cap);
    for (size_t i = 0; i < old.cap; i++) {
        size_t at;

        if (old.items[i] == 0)
            continue;
        at = (size_t)hash_at(table, slots, old.items[i]) & (slots->cap - 1);
        while (slots->items[at] != 0)
            at = (at + 1) & (slots->cap - 1);
        slots->items[at] = old.items[i];
    }
    arena_close(&old.arena);
}

static uint32_t *place_of_id(const struct gar_table *table, int64_t id)
{
    const struct slots *slots = &table->by_id;
    size_t at = (size_t)hash_id(id) & (slots->cap - 1);

    while (slots->items[at] != 0 && gar_table_at(table, slots->items[at] - 1)->id != id)
        at = (at + 1) & (slots->cap - 1);
    return &slots->items[at];
}

struct gar_object *gar_table_find(const struct gar_table *table, int64_t id)
{
    uint32_t number = table->by_id.cap > 0 ? *place_of_id(table, id) : 0;

    return number > 0 ? gar_table_at(table, number - 1) : NULL;
}

bool gar_table_put(struct gar_table *table, int64_t id, struct gar_object **object, struct err *err)
{
    uint32_t *place;

    *object = gar_table_find(table, id);
    if (*object != NULL)
        return true;
    if (table->count >= GAR_TABLE_MAX || table->text_count / TEXT_BLOCK + 2 >= TEXT_BLOCKS_MAX)
        return err_set(err, ERR_LIMIT,
                       "over %d objects: choose municipalities, or take fewer regions",
                       GAR_TABLE_MAX);
    if (table->by_id.count * 2 >= table->by_id.cap)
        grow(table, &table->by_id);
    if (table->count % BLOCK == 0)
        table->blocks[table->count / BLOCK] = ARENA_ARRAY(table->arena, struct gar_object, BLOCK);
    place = place_of_id(table, id);
    *object = gar_table_at(table, table->count);
    (*object)->id = id;
    *place = (uint32_t)++table->count;
    table->by_id.count++;
    return true;
}

uint32_t gar_table_keep(struct gar_table *table, struct str text)
{
    struct slots *slots = &table->by_text;
    struct str *kept;
    size_t at;

    if (text.len == 0 || table->text_count >= (size_t)TEXT_BLOCK * (TEXT_BLOCKS_MAX - 1))
        return 0;
    if (slots->count * 2 >= slots->cap)
        grow(table, slots);
    at = (size_t)hash_bytes(text) & (slots->cap - 1);
    while (slots->items[at] != 0 && !str_equal(gar_table_text(table, slots->items[at]), text))
        at = (at + 1) & (slots->cap - 1);
    if (slots->items[at] != 0)
        return slots->items[at];
    if (table->text_count % TEXT_BLOCK == 0)
        table->texts[table->text_count / TEXT_BLOCK] =
            ARENA_ARRAY(table->arena, struct str, TEXT_BLOCK);
    kept = &table->texts[table->text_count / TEXT_BLOCK][table->text_count % TEXT_BLOCK];
    *kept = str_copy(table->arena, text);
    slots->items[at] = (uint32_t)++table->text_count;
    slots->count++;
    return slots->items[at];
}
