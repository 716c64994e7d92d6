#include "registry/import_claim.h"

#include "registry/import_seen.h"

static uint64_t claim_of(const struct import_rows *rows, uint64_t hash, int64_t from)
{
    return rows->type->is_temporal ? import_seen_hash_id((int64_t)hash, from) : hash;
}

int64_t import_claim_find(const struct import_rows *rows, struct import_item *item, struct str key,
                          int64_t id, int64_t from)
{
    if (rows->claimed == NULL)
        return 0;
    item->claims[0] = key.len > 0 ? claim_of(rows, import_seen_hash(rows->no, key), from) : 0;
    item->claims[1] = id != 0 ? claim_of(rows, import_seen_hash_id(rows->no, id), from) : 0;
    for (size_t i = 0; i < ARRAY_LEN(item->claims); i++) {
        int64_t line = item->claims[i] == 0 ? 0 : import_seen_find(rows->claimed, item->claims[i]);

        if (line != 0 && line != item->row.line)
            return line;
    }
    return 0;
}

void import_claim_put(const struct import_rows *rows, const struct import_item *item)
{
    for (size_t i = 0; i < ARRAY_LEN(item->claims); i++)
        if (item->outcome != IMPORT_IS_WRONG && item->claims[i] != 0)
            import_seen_put(rows->claimed, item->claims[i], item->row.line);
}
