#include "cli/kinds.h"

#include <assert.h>

#include "cli/backup_job.h"
#include "cli/pack_try.h"
#include "link/courier.h"
#include "notice/notice_job.h"
#include "registry/borrowed.h"
#include "registry/branding.h"
#include "registry/proposal.h"
#include "registry/record_reindex.h"
#include "registry/record_retitle.h"
#include "registry/seed.h"
#include "registry/sweep.h"
#include "workflow/conduct_escalate.h"
#include "workflow/conduct_job.h"
#include "workflow/offering.h"

enum {
    KINDS_MORE = 13 + COURIER_KINDS, /* besides those of imports and backups */
};

/* Those whose context is the node. */
static const struct worker_kind *with_backups(struct node *node, const struct worker_kind *others,
                                              size_t *count)
{
    struct worker_kind *kinds =
        ARENA_ARRAY(node->arena, struct worker_kind, *count + BACKUP_JOB_KINDS);

    for (size_t i = 0; i < *count; i++)
        kinds[i] = others[i];
    for (size_t i = 0; i < BACKUP_JOB_KINDS; i++) {
        kinds[*count] = backup_job_kinds[i];
        kinds[(*count)++].context = node;
    }
    return kinds;
}

const struct worker_kind *kinds_list(struct node *node, size_t *count)
{
    struct worker_kind *kinds =
        ARENA_ARRAY(node->arena, struct worker_kind, ARRAY_LEN(import_kinds) + KINDS_MORE);

    *count = 0;
    for (size_t i = 0; i < ARRAY_LEN(import_kinds); i++)
        kinds[(*count)++] = import_kinds[i];
    kinds[(*count)++] = record_retitle_kind;
    kinds[(*count)++] = record_reindex_kind;
    kinds[(*count)++] = publication_kind;
    kinds[(*count)++] = borrowed_kind;
    kinds[(*count)++] = branding_kind;
    kinds[(*count)++] = sweep_job_kind;
    kinds[(*count)++] = proposal_kind;
    for (size_t i = 0; i < *count; i++)
        kinds[i].context = node->library;
    node->link.library = node->library;
    node->link.key = &node->key;
    for (size_t i = 0; i < COURIER_KINDS; i++) {
        kinds[*count] = *courier_kinds[i];
        kinds[(*count)++].context = &node->link;
    }
    kinds[*count] = conduct_job_kind;
    kinds[(*count)++].context = &node->flows;
    kinds[*count] = conduct_escalate_kind;
    kinds[(*count)++].context = &node->flows;
    kinds[*count] = offering_kind;
    kinds[(*count)++].context = &node->flows;
    kinds[*count] = pack_try_kind;
    kinds[(*count)++].context = node;
    kinds[*count] = notice_job_kind;
    kinds[(*count)++].context = &node->notices;
    kinds[*count] = pdf_kind;
    kinds[(*count)++].context = &node->pdf;
    assert(*count == ARRAY_LEN(import_kinds) + KINDS_MORE);
    return with_backups(node, kinds, count);
}

bool kinds_load_seeds(struct node *node, struct tenant *tenant, struct pack_ids packs,
                      struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(64 * 1024);
    struct seed_report report;

    return seed_load(tenant, arena, node->library, packs, &report, err);
}
