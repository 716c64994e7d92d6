#include "store/search.h"

#include "store/state.h"

bool search_change(struct tx *tx, const struct search_entry *old, const struct search_entry *next,
                   struct err *err)
{
    struct tenant *tenant = tx->owner;

    if (!tx->is_write || tenant == NULL)
        return err_set(err, ERR_BROKEN, "the search index is changed in writes of a tenant");
    tenant->search_changes++;
    if (old != NULL)
        search_queue_add(&tenant->search_queue, old, true);
    if (next != NULL)
        search_queue_add(&tenant->search_queue, next, false);
    return true;
}

bool search_clear(struct tx *tx, struct err *err)
{
    struct tenant *tenant = tx->owner;

    if (!tx->is_write || tenant == NULL)
        return err_set(err, ERR_BROKEN, "the search index is changed in writes of a tenant");
    tenant->search_changes++;
    search_queue_clear(&tenant->search_queue);
    return true;
}

static const struct backend *backend_of(const struct tx *tx)
{
    return tx->session->backend;
}

/*
 * Hits of one call are all of one stage, the cursor's, so a caller who shows only some of
 * them can go on behind any of them.
 */
bool search_find(struct tx *tx, struct arena *arena, const struct search_ask *ask,
                 struct search_cursor *cursor, struct search_hit *hits, size_t *count,
                 bool *is_more, struct err *err)
{
    struct backend_finding finding = {hits, 0, (size_t)MAX(ask->limit, 0)};
    struct search_cursor at = *cursor;

    if (at.stage == 0)
        at = (struct search_cursor){SEARCH_STAGE_TITLE, INT64_MAX};
    while (at.stage < SEARCH_STAGE_LAST) {
        if (!backend_of(tx)->search_stage(tx, arena, ask, &at, &finding, err))
            return false;
        if (finding.count > 0 || finding.max == 0)
            break;
        at = (struct search_cursor){at.stage + 1, INT64_MAX};
    }
    if (finding.count > 0)
        at.id = hits[finding.count - 1].id;
    *cursor = at;
    *count = finding.count;
    *is_more = at.stage < SEARCH_STAGE_REST ||
               (at.stage == SEARCH_STAGE_REST && finding.count == finding.max);
    return true;
}

bool search_merge(struct tx *tx, struct err *err)
{
    return backend_of(tx)->search_merge(tx, err);
}
