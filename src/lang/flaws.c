#include "lang/flaws.h"

#include "core/arena.h"

void flaws_add(struct flaws *flaws, struct arena *arena, struct str path, const char *id,
               struct str detail)
{
    if (flaws->count == FLAWS_MAX)
        return;
    struct flaw *flaw = ARENA_NEW(arena, struct flaw);

    *flaw = (struct flaw){.path = path, .id = id, .detail = detail};
    if (flaws->last == NULL)
        flaws->first = flaw;
    else
        flaws->last->next = flaw;
    flaws->last = flaw;
    flaws->count++;
}
