#include "store/host.h"

#include "store/rows.h"

/* Asked for every request, so without a lock: a table is never changed, only followed by one. */
struct str store_find_host(const struct store *store, struct str host)
{
    const struct host_table *table = atomic_load(&store->hosts);

    for (size_t i = 0; table != NULL && i < table->count; i++)
        if (str_equal(table->items[i].host, host))
            return table->items[i].name;
    return (struct str){0};
}

bool host_reload(struct store *store, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct rows rows;

    if (!tx_read_node(&tx, store, err) ||
        !store_query(&tx, arena, &rows, "SELECT name, host FROM tenant WHERE host <> ''",
                     (struct store_args){0}, err))
        return false;
    struct host_table *table = ARENA_NEW(arena, struct host_table);
    struct store_tenant *items = ARENA_ARRAY(arena, struct store_tenant, rows.count);
    for (size_t i = 0; i < rows.count; i++)
        items[i] =
            (struct store_tenant){.name = rows_text(&rows, i, 0), .host = rows_text(&rows, i, 1)};
    *table = (struct host_table){atomic_load(&store->hosts), arena, items, rows.count};
    arena = NULL; /* the table's from here on */
    atomic_store(&store->hosts, table);
    return true;
}

void host_close(struct store *store)
{
    struct host_table *table = atomic_load(&store->hosts);

    while (table != NULL) {
        struct arena *arena = table->arena;

        table = table->older;
        arena_close(&arena);
    }
    atomic_store(&store->hosts, NULL);
}
