/* What S3-compatible stores say, in XML: lists, errors; and the names they take. */
#pragma once

#include "core/buf.h"
#include "core/err.h"

struct client_answer;

struct bucket_words_item {
    struct str name; /* of an object */
    int64_t size;
};

/* Whatever kind of answer it is: what it does not have is empty. */
struct bucket_words_page {
    struct str kind; /* the root: "ListBucketResult", "Error" */
    struct bucket_words_item *items;
    size_t count;
    struct str next;          /* the token of the next page; empty: this was the last */
    struct str upload;        /* the number of an upload in parts */
    struct str code, message; /* of an error */
};

MUST_CHECK bool bucket_words_parse(struct bucket_words_page *page, struct arena *arena,
                                   struct str text, struct err *err);
/* True for 2xx; else a sentence for the operator. ERR_ABSENT: there is no such object. */
MUST_CHECK bool bucket_words_expect(const struct client_answer *answer, struct arena *arena,
                                    struct str bucket, struct err *err);
bool bucket_words_name(struct str name);
/* "" or "a/b", of plain characters. */
bool bucket_words_prefix(struct str prefix);
/* For the inside of an element. */
struct str bucket_words_escape(struct arena *arena, struct str text);
