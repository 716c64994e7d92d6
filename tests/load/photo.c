#include "photo.h"

#include <string.h>

enum {
    MARK_AT = 64,
};

void photo_make(char photo[PHOTO_SIZE], uint64_t seed)
{
    static const char HEAD[] = {'\xFF', '\xD8', '\xFF', '\xE0'};
    uint64_t word = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;

    for (int i = 0; i < PHOTO_SIZE; i++) {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        photo[i] = (char)word;
    }
    memcpy(photo, HEAD, sizeof HEAD);
}

void photo_mark(char photo[PHOTO_SIZE], uint64_t number)
{
    memcpy(photo + MARK_AT, &number, sizeof number);
}
