#include "store/search_queue.h"

#include "store/backend.h"

enum {
    CHUNK = 16 * 1024, /* enough for a batch of changes by hand; more is given back */
};

static void start(struct search_queue *queue)
{
    if (queue->arena == NULL)
        queue->arena = arena_open(CHUNK);
}

void search_queue_add(struct search_queue *queue, const struct search_entry *entry, bool is_out)
{
    start(queue);

    struct search_entry own = {entry->no, entry->id, str_copy(queue->arena, entry->title),
                               str_copy(queue->arena, entry->words)};
    VEC_PUSH(queue->arena, &queue->steps, (struct search_step){own, is_out, false});
}

void search_queue_clear(struct search_queue *queue)
{
    start(queue);
    VEC_PUSH(queue->arena, &queue->steps, (struct search_step){.is_clear = true});
}

void search_queue_cut(struct search_queue *queue, size_t count)
{
    queue->steps.count = MIN(queue->steps.count, count);
    if (queue->steps.count > 0 || queue->arena == NULL)
        return;
    queue->steps.items = NULL;
    queue->steps.cap = 0;
    arena_reset(queue->arena);
}

bool search_queue_run(struct search_queue *queue, struct tx *tx, struct err *err)
{
    for (size_t i = 0; i < queue->steps.count; i++)
        if (!tx->session->backend->search_step(tx, &queue->steps.items[i], err))
            return false;
    search_queue_cut(queue, 0);
    return true;
}

void search_queue_done(struct search_queue *queue)
{
    arena_close(&queue->arena);
    *queue = (struct search_queue){0};
}
