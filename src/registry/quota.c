#include "registry/quota.h"

#include <string.h>

#include "core/time.h"
#include "store/rows.h"

enum {
    MEASURED_MS = 15 * 1000,
    MEASURED_PART = 100, /* at most one part of so many of the time goes into it */
    /* So much of the room may be used before it is counted again: other processes make records
     * of the same municipality too. */
    ROOM_PART = 16,
};

static bool take_sum(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(int64_t *)data = rows_int(row, 0, 0);
    return true;
}

bool quota_need_row(struct tx *tx, struct err *err)
{
    struct limit_marks *marks = limit_marks(tx->owner);
    int64_t limit = limit_get(tx->owner, LIMIT_ROWS);
    int64_t rows = 0;

    if (limit == 0)
        return true;
    if (atomic_load(&marks->rows_limit) == limit && atomic_fetch_sub(&marks->rows_room, 1) > 0)
        return true;
    if (!store_each(
            tx, "SELECT CAST(COALESCE(sum(total), 0) AS bigint) FROM register_no WHERE tenant = $1",
            ARGS(INT(tx->tenant)), take_sum, &rows, err))
        return false;
    atomic_store(&marks->rows_limit, limit);
    atomic_store(&marks->rows_room, (limit - rows) / ROOM_PART - 1);
    return rows < limit || err_set(err, ERR_LIMIT, QUOTA_ROWS);
}

bool quota_need_disk(struct tenant *tenant, int64_t more, struct err *err)
{
    struct limit_marks *marks = limit_marks(tenant);
    int64_t limit = limit_get(tenant, LIMIT_DISK);
    int64_t taken = atomic_load(&marks->disk) + atomic_load(&marks->disk_more);

    return limit == 0 || taken + more <= limit || err_set(err, ERR_LIMIT, QUOTA_DISK);
}

int64_t quota_measure_disk(struct tenant *tenant, int64_t now)
{
    struct limit_marks *marks = limit_marks(tenant);
    int64_t began_us = time_monotonic_us();
    int64_t bytes = store_measure_tenant(tenant_store(tenant), tenant_info(tenant)->name).bytes;

    atomic_store(&marks->disk_took, (time_monotonic_us() - began_us) / 1000);
    atomic_store(&marks->disk_more, 0);
    atomic_store(&marks->disk, bytes);
    atomic_store(&marks->disk_at, now);
    return bytes;
}

bool quota_need_file(struct tenant *tenant, int64_t size, int64_t now, struct err *err)
{
    struct limit_marks *marks = limit_marks(tenant);
    int64_t measured_at = atomic_load(&marks->disk_at);
    int64_t pause_ms = MAX(MEASURED_MS, atomic_load(&marks->disk_took) * MEASURED_PART);

    if (limit_get(tenant, LIMIT_DISK) != 0 && (now - measured_at >= pause_ms || now < measured_at))
        quota_measure_disk(tenant, now);
    return quota_need_disk(tenant, size, err);
}

void quota_kept(struct tenant *tenant, int64_t bytes)
{
    atomic_fetch_add(&limit_marks(tenant)->disk_more, bytes);
}

bool quota_is_short(struct tenant *tenant)
{
    struct err err;

    return !quota_need_disk(tenant, 0, &err);
}

bool quota_is_full(const struct err *err)
{
    /* Where it happened may stand before it. */
    return err->code == ERR_LIMIT &&
           (strstr(err->text, QUOTA_ROWS) != NULL || strstr(err->text, QUOTA_DISK) != NULL);
}
