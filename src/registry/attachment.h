/*
 * Files that belong to a record: a scan, a photo, a letter.
 *
 * The bytes lie in the tenant's folder under their SHA-256 (hex), so the same file is kept
 * once; file and folder are synced before the row commits.  A file that is removed leaves
 * the lists; its row and bytes stay, because the journal and the history name them.  Bytes no
 * row names, of a write that was refused or a crash, go after a day (attachment_collect).  Files
 * are of the access class internal: who reads the register's internal fields reads its files, who
 * may change those adds and removes them.  The type is found in the bytes, never believed.
 */
#pragma once

#include "registry/catalog.h"

enum {
    ATTACHMENT_SIZE_MAX = 20 * 1024 * 1024,
    ATTACHMENT_NAME_MAX = 200,    /* characters */
    ATTACHMENT_RECORD_MAX = 1000, /* files of one record */
    ATTACHMENT_PIECE = 64 * 1024, /* what is in memory of one at a time */
};

struct attachment {
    int64_t id;
    int64_t no; /* the register's number */
    int64_t record;
    struct str name;   /* as uploaded, without folders */
    struct str type;   /* "application/pdf" */
    struct str digest; /* SHA-256 in hex: the file's name in the tenant's folder */
    int64_t size;
    int64_t at;
    int64_t actor;
    struct str actor_name;
    int64_t cause; /* when it is put: the flow it is for, as in the journal; 0: none */
};

/* What is attached: an open file's first size bytes, or memory. */
struct attachment_source {
    int fd; /* -1: bytes */
    struct str bytes;
    int64_t size;
    struct str name;
};

/* What happened to the files of a record: put, or removed. */
struct attachment_event {
    int64_t at;
    bool is_removal;
    struct str name; /* the file's */
    struct str actor_name;
};

/* Events after after_at (not included) until until_at. */
struct attachment_past {
    int64_t no, record;
    int64_t after_at, until_at;
    struct attachment_event *items;
    size_t count;
};

struct attachment_page {
    struct attachment *items;
    size_t count;
};

/*
 * Checks name, size and kind, keeps the bytes durably and fills name, type, digest, size.
 * Waits for the disk.  ERR_LIMIT: too large; ERR_INPUT: empty, or of a kind that is not kept
 * (pages, scripts and programs are not).
 */
MUST_CHECK bool attachment_keep(struct tenant *tenant, struct arena *arena,
                                const struct attachment_source *source,
                                struct attachment *attachment, struct err *err);
/* In a write, after attachment_keep, with no, record, at, actor set; sets id, unless it is set
 * already. Journalled ("attach"). ERR_ABSENT: no such record; ERR_UNAVAILABLE: the bytes were
 * collected. */
MUST_CHECK bool attachment_put(struct tx *tx, struct arena *arena, struct attachment *attachment,
                               struct err *err);
/* ERR_ABSENT: no such record, so nothing can be attached to it. */
MUST_CHECK bool attachment_need_record(struct tx *tx, struct arena *arena, int64_t no,
                                       int64_t record, struct err *err);
/* Those not removed, oldest first. ERR_ABSENT: no such record. */
MUST_CHECK bool attachment_list(struct tx *tx, struct arena *arena, int64_t no, int64_t record,
                                struct attachment_page *page, struct err *err);
/* The file id of record in register no, all three set in it; fills the rest. ERR_ABSENT. */
MUST_CHECK bool attachment_get(struct tx *tx, struct arena *arena, struct attachment *attachment,
                               struct err *err);
/* In a write. Journalled ("detach"). ERR_ABSENT when it is removed already. */
MUST_CHECK bool attachment_remove(struct tx *tx, struct arena *arena,
                                  const struct attachment *attachment, int64_t actor, int64_t now,
                                  struct err *err);
/* In a write, for a legal erasure: that the record had any. Their bytes go when they are collected.
 */
MUST_CHECK bool attachment_erase(struct tx *tx, int64_t no, int64_t record, struct err *err);
/* Fills items, the newest first: with no, record and the times set. */
MUST_CHECK bool attachment_events(struct tx *tx, struct arena *arena, struct attachment_past *past,
                                  struct err *err);
/*
 * Opens the bytes after comparing them with their digest. Waits for the disk; closed by
 * file_close.  ERR_BROKEN: they are gone or not what they were.
 */
MUST_CHECK bool attachment_open(struct tenant *tenant, struct arena *arena,
                                const struct attachment *attachment, int *fd, struct err *err);
