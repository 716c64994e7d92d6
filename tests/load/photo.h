/* Bytes as a phone's camera leaves them: a JPEG by its first bytes, which nothing makes smaller. */
#pragma once

#include <stdint.h>

enum {
    PHOTO_SIZE = 200 * 1000,
};

/* Of that seed. */
void photo_make(char photo[PHOTO_SIZE], uint64_t seed);
/* Makes it another one than all with other numbers. */
void photo_mark(char photo[PHOTO_SIZE], uint64_t number);
