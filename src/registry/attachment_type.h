/*
 * What a file is, told by its bytes as they pass: a short list of what offices and phones
 * make.  What a browser could run (pages, pictures with scripts, programs) is not kept at
 * all.  Only the head is remembered; that all of it is text is told piece by piece.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

enum {
    ATTACHMENT_TYPE_HEAD = 64,
};

/* {0} before the first byte. */
struct attachment_type {
    char head[ATTACHMENT_TYPE_HEAD];
    size_t head_len;
    char cut[4]; /* of a letter that a piece ended within */
    size_t cut_len;
    char first[2]; /* what is not white space */
    size_t first_len;
    bool is_no_text;
};

void attachment_type_add(struct attachment_type *seen, struct str bytes);
/* name only tells apart what has the same bytes: a signature, an office document. */
MUST_CHECK bool attachment_type_find(const struct attachment_type *seen, struct str name,
                                     struct str *type, struct err *err);
