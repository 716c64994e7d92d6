#include "core/id.h"

#include <stdatomic.h>

#include "core/arena.h"
#include "core/hash.h"

enum {
    ID_COUNT_BITS = 21,
};

static const char LETTERS[] = "0123456789abcdefghjkmnpqrstvwxyz";

/*
 * The last id made: what is shared between threads must be somewhere, and an id must not
 * depend on who asks for it.
 */
static _Atomic int64_t last;

int64_t id_next(int64_t now)
{
    const int64_t now_max = (INT64_C(1) << 42) - 1;
    int64_t at = now < 0 ? 0 : MIN(now, now_max);
    int64_t old = atomic_load_explicit(&last, memory_order_relaxed);
    int64_t next;

    do {
        if (at > old >> ID_COUNT_BITS) {
            /* Keyed with the secret of this process: as good as drawn, without a system call. */
            uint64_t drawn = hash_bytes((struct str){(const char *)&at, sizeof at});
            next = at << ID_COUNT_BITS | (int64_t)(drawn >> (64 - ID_COUNT_BITS));
        } else {
            /* A full millisecond flows over into the next: ids still grow. */
            next = old + 1;
        }
    } while (!atomic_compare_exchange_weak(&last, &old, next));
    return next;
}

void id_print(struct buf *buf, int64_t id)
{
    char *out = buf_room(buf, ID_TEXT_LEN);
    uint64_t rest = (uint64_t)id;

    for (int i = ID_TEXT_LEN - 1; i >= 0; i--) {
        out[i] = LETTERS[rest & 31];
        rest >>= 5;
    }
    buf->len += ID_TEXT_LEN;
}

struct str id_text(struct arena *arena, int64_t id)
{
    struct buf buf = {.arena = arena};

    buf.ptr = arena_alloc(arena, ID_TEXT_LEN + 1);
    buf.cap = ID_TEXT_LEN + 1;
    id_print(&buf, id);
    return buf_str(&buf);
}

static int value_of(char c)
{
    char lower = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;

    if (lower == 'o')
        return 0;
    if (lower == 'i' || lower == 'l')
        return 1;
    for (int i = 0; i < 32; i++)
        if (LETTERS[i] == lower)
            return i;
    return -1;
}

bool id_parse(struct str text, int64_t *id)
{
    uint64_t value = 0;

    if (text.len != ID_TEXT_LEN)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        int letter = value_of(text.ptr[i]);

        /* 13 letters hold 65 bits; an id has 63. */
        if (letter < 0 || (i == 0 && letter > 7))
            return false;
        value = value << 5 | (uint64_t)letter;
    }
    *id = (int64_t)value;
    return true;
}
