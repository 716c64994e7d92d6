#include "queue/agenda.h"

#include <assert.h>
#include <string.h>

#include "core/hash.h"

enum {
    BUCKETS = 4096,
};

struct agenda {
    struct arena *arena;
    struct agenda_place *buckets[BUCKETS];
    struct agenda_place *unused;
    struct agenda_place **heap; /* the one due first at 0; all places */
    size_t count, cap;
};

struct agenda *agenda_new(void)
{
    struct arena *arena = arena_open(64 * 1024);
    struct agenda *agenda = ARENA_NEW(arena, struct agenda);

    agenda->arena = arena;
    return agenda;
}

void agenda_close(struct agenda **agenda)
{
    struct arena *arena = *agenda != NULL ? (*agenda)->arena : NULL;

    *agenda = NULL;
    arena_close(&arena);
}

static int64_t key_of(const struct agenda_place *place)
{
    return place->is_busy ? INT64_MAX : place->due_at;
}

static void put_at(struct agenda *agenda, struct agenda_place *place, size_t at)
{
    agenda->heap[at] = place;
    place->at = at;
}

static void sift(struct agenda *agenda, struct agenda_place *place)
{
    size_t at = place->at;

    while (at > 0 && key_of(place) < key_of(agenda->heap[(at - 1) / 2])) {
        put_at(agenda, agenda->heap[(at - 1) / 2], at);
        at = (at - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < agenda->count &&
            key_of(agenda->heap[child + 1]) < key_of(agenda->heap[child]))
            child++;
        if (child >= agenda->count || key_of(place) <= key_of(agenda->heap[child]))
            break;
        put_at(agenda, agenda->heap[child], at);
        at = child;
    }
    put_at(agenda, place, at);
}

static struct agenda_place **bucket_of(struct agenda *agenda, struct str name)
{
    return &agenda->buckets[hash_bytes(name) % BUCKETS];
}

static struct agenda_place *make(struct agenda *agenda, struct str name)
{
    struct agenda_place **bucket = bucket_of(agenda, name);
    struct agenda_place *place = agenda->unused;

    assert(name.len < AGENDA_NAME_MAX);
    if (place != NULL)
        agenda->unused = place->next;
    else
        place = ARENA_NEW(agenda->arena, struct agenda_place);
    *place = (struct agenda_place){.due_at = INT64_MAX, .is_recovered = true, .next = *bucket};
    memcpy(place->text, name.ptr, name.len);
    place->name = (struct str){place->text, name.len};
    *bucket = place;
    if (agenda->count == agenda->cap) {
        size_t cap = MAX(agenda->cap * 2, 64);

        agenda->heap = arena_grow(agenda->arena, agenda->heap, agenda->cap * sizeof *agenda->heap,
                                  cap * sizeof *agenda->heap);
        agenda->cap = cap;
    }
    put_at(agenda, place, agenda->count++);
    return place;
}

struct agenda_place *agenda_get(struct agenda *agenda, struct str name)
{
    struct agenda_place *place = *bucket_of(agenda, name);

    while (place != NULL && !str_equal(place->name, name))
        place = place->next;
    return place != NULL ? place : make(agenda, name);
}

void agenda_set(struct agenda *agenda, struct agenda_place *place, int64_t due_at, bool is_busy)
{
    place->due_at = due_at;
    place->is_busy = is_busy;
    sift(agenda, place);
}

struct agenda_place *agenda_first(const struct agenda *agenda)
{
    return agenda->count > 0 && key_of(agenda->heap[0]) < INT64_MAX ? agenda->heap[0] : NULL;
}

/* Below a place that is looked at, both ways down the heap; below any other nothing is earlier. */
static struct agenda_place *first_new_below(const struct agenda *agenda, size_t at)
{
    if (at >= agenda->count || key_of(agenda->heap[at]) == INT64_MAX)
        return NULL;
    if (agenda->heap[at]->visitors == 0)
        return agenda->heap[at];
    struct agenda_place *left = first_new_below(agenda, 2 * at + 1);
    struct agenda_place *right = first_new_below(agenda, 2 * at + 2);

    return left == NULL || (right != NULL && right->due_at < left->due_at) ? right : left;
}

struct agenda_place *agenda_first_new(const struct agenda *agenda)
{
    return first_new_below(agenda, 0);
}

void agenda_tidy(struct agenda *agenda, struct agenda_place *place)
{
    struct agenda_place **at = bucket_of(agenda, place->name);

    if (place->due_at < INT64_MAX || place->visitors > 0)
        return;
    while (*at != place)
        at = &(*at)->next;
    *at = place->next;
    struct agenda_place *last = agenda->heap[--agenda->count];
    if (last != place) {
        put_at(agenda, last, place->at);
        sift(agenda, last);
    }
    place->next = agenda->unused;
    agenda->unused = place;
}

size_t agenda_count(const struct agenda *agenda)
{
    return agenda->count;
}
