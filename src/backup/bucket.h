/*
 * A bucket of an S3-compatible store: "s3://BUCKET" or "s3://BUCKET/PREFIX".  Requests are signed
 * and go to ENDPOINT/BUCKET/PREFIX/name (path style, which all stores understand).  What fails for
 * a moment is tried again; what was interrupted goes on where it was.  One thread at a time.
 */
#pragma once

#include "backup/bucket_access.h"
#include "core/buf.h"
#include "net/client.h"

enum {
    BUCKET_PART = 8 * 1024 * 1024, /* larger objects go in parts of it, or of a multiple */
    BUCKET_PARTS_MAX = 9000,       /* stores take 10,000 */
    BUCKET_TRIES = 3,
};

struct bucket {
    struct client client;
    struct client_key key;
    struct str name;           /* "BUCKET" */
    struct str base;           /* "https://s3.example.ru/BUCKET" */
    struct str prefix;         /* "" or "town/backup/" */
    bool (*go_on)(void *data); /* asked now and then: false ends it; may be NULL */
    void *data;
};

/* True for an address of a bucket. */
bool bucket_is_address(struct str target);
/* For bucket_close. */
MUST_CHECK bool bucket_open(struct bucket *bucket, struct arena *arena, struct str target,
                            const struct bucket_access *access, struct err *err);
void bucket_close(struct bucket *bucket);

typedef bool bucket_told(void *data, struct str name, int64_t size, struct err *err);

/* Tells names that begin with the prefix, without it, however many there are. */
MUST_CHECK bool bucket_each(struct bucket *bucket, struct str prefix, bucket_told *each, void *data,
                            struct err *err);
/* The same of what would be folders in it, without going through their contents. */
MUST_CHECK bool bucket_each_folder(struct bucket *bucket, struct str prefix, bucket_told *each,
                                   void *data, struct err *err);
/* The bytes of the file become an object: as a whole or not at all. */
MUST_CHECK bool bucket_put(struct bucket *bucket, struct str name, int fd, int64_t size,
                           struct err *err);
/* Into the file, from its beginning; max: so many of its first bytes will do; 0: all. */
MUST_CHECK bool bucket_get(struct bucket *bucket, struct str name, int64_t max, int fd,
                           struct err *err);
MUST_CHECK bool bucket_remove(struct bucket *bucket, struct str name, struct err *err);
