#include "core/hash.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

static inline void mix(struct state *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static inline void take_word(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s);
    mix(s);
    s->v0 ^= word;
}

static uint64_t word_at(const char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

uint64_t hash_keyed(struct str bytes, uint64_t key0, uint64_t key1)
{
    struct state s = {key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d,
                      key0 ^ 0x6c7967656e657261, key1 ^ 0x7465646279746573};
    size_t whole = bytes.len & ~(size_t)7;
    uint64_t tail = (uint64_t)bytes.len << 56;

    for (size_t at = 0; at < whole; at += 8)
        take_word(&s, word_at(bytes.ptr + at));
    for (size_t at = whole; at < bytes.len; at++)
        tail |= (uint64_t)(unsigned char)bytes.ptr[at] << (8 * (at - whole));
    take_word(&s, tail);
    s.v2 ^= 0xff;
    for (int i = 0; i < 4; i++)
        mix(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* Written once, before the first use. */
static uint64_t secret[2];
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void draw_secret(void)
{
    /* 16 bytes are never given in part; only a kernel without the call fails. */
    if (getrandom(secret, sizeof secret, 0) != (ssize_t)sizeof secret) {
        fprintf(stderr, "uprava: the system gives no random numbers\n");
        abort();
    }
}

uint64_t hash_bytes(struct str bytes)
{
    pthread_once(&secret_once, draw_secret);
    return hash_keyed(bytes, secret[0], secret[1]);
}
