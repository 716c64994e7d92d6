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

/* One more than what a letter means; 0: no letter of ours. */
static const uint8_t MEANINGS[256] = {
    ['0'] = 1,  ['o'] = 1,  ['O'] = 1,  ['1'] = 2,  ['i'] = 2,  ['I'] = 2,  ['l'] = 2,  ['L'] = 2,
    ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10,
    ['a'] = 11, ['A'] = 11, ['b'] = 12, ['B'] = 12, ['c'] = 13, ['C'] = 13, ['d'] = 14, ['D'] = 14,
    ['e'] = 15, ['E'] = 15, ['f'] = 16, ['F'] = 16, ['g'] = 17, ['G'] = 17, ['h'] = 18, ['H'] = 18,
    ['j'] = 19, ['J'] = 19, ['k'] = 20, ['K'] = 20, ['m'] = 21, ['M'] = 21, ['n'] = 22, ['N'] = 22,
    ['p'] = 23, ['P'] = 23, ['q'] = 24, ['Q'] = 24, ['r'] = 25, ['R'] = 25, ['s'] = 26, ['S'] = 26,
    ['t'] = 27, ['T'] = 27, ['v'] = 28, ['V'] = 28, ['w'] = 29, ['W'] = 29, ['x'] = 30, ['X'] = 30,
    ['y'] = 31, ['Y'] = 31, ['z'] = 32, ['Z'] = 32,
};

bool id_parse(struct str text, int64_t *id)
{
    uint64_t value = 0;

    if (text.len != ID_TEXT_LEN)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned meaning = MEANINGS[(unsigned char)text.ptr[i]];

        /* 13 letters hold 65 bits; an id has 63. */
        if (meaning == 0 || (i == 0 && meaning > 8))
            return false;
        value = value << 5 | (meaning - 1);
    }
    *id = (int64_t)value;
    return true;
}
