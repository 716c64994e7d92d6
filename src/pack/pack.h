/*
 * Solution packs: folders of plain files (docs/reference/packs.md), read into memory,
 * checked, and from then on immutable.  This module knows files only: what stands in a
 * file of registers/ is understood by registry, which hands a checker for it.
 *
 * A pack_set is the packs installed in some tenant, in the order of their requirements;
 * tenants with the same packs share one set.
 */
#pragma once

#include "core/err.h"
#include "core/json.h"

struct pack_file {
    struct str path; /* "registers/house.json" */
    struct str bytes;
};

struct pack {
    struct str id;      /* "housing" */
    struct str version; /* SemVer */
    struct str title;   /* msgid, Russian */
    struct str description;
    struct str licence;
    struct json *manifest;   /* pack.json */
    struct pack_file *files; /* sorted by path */
    size_t file_count;
    char digest[44]; /* SHA-256 over paths and bytes, base64url */
};

/* Which packs: of a wish, of a command. */
struct pack_ids {
    const struct str *items; /* "housing", the newest; or one version: "housing@1.0.0" */
    size_t count;
};

struct pack_set {
    const struct pack **packs;
    size_t count;
};

enum {
    PACK_FILES_MAX = 5000,
    PACK_BYTES_MAX = 64 * 1024 * 1024,
    PACK_FINDINGS_MAX = 500, /* further ones are only counted */
};

/* What pack check finds, for people: "registers/house.json:12: …". */
struct pack_finding {
    struct str file;
    int line;        /* 0: the whole file */
    struct str text; /* what is wrong and what to change, English */
    struct pack_finding *next;
};

struct pack_findings {
    struct arena *arena;
    struct pack_finding *first, *last;
    size_t count;
};

void pack_find(struct pack_findings *findings, struct str file, int line, const char *format, ...)
    PRINTF(4);

/* A service's checker for its kind of file; the rows stand in one table in cli. */
struct pack_checker {
    struct str folder; /* "registers", or one file: "roles.json" */
    void (*check)(const struct pack_set *set, const struct pack *pack, const struct pack_file *file,
                  struct pack_findings *findings);
};

/*
 * Reads a folder. Only well-formed paths, sizes and the id and version in pack.json are
 * looked at.  Links and anything that is neither file nor folder are refused.
 */
MUST_CHECK bool pack_read(struct arena *arena, struct str folder, struct pack **pack,
                          struct err *err);
/* Its pack.json only: which pack it is, without files and digest. */
MUST_CHECK bool pack_read_manifest(struct arena *arena, struct str folder, struct pack *pack,
                                   struct err *err);
/* The same as pack_read of files in memory (an archive's, a test's); sorts them in place, borrows
 * them. */
MUST_CHECK bool pack_make(struct arena *arena, struct pack_file *files, size_t count,
                          struct pack **pack, struct err *err);
/*
 * The same as base with these files in the place of its own, or besides them; one without bytes
 * (ptr NULL) is taken out.  Borrows from both; whoever makes a version of it names it.
 */
MUST_CHECK bool pack_merge(struct arena *arena, const struct pack *base,
                           const struct pack_file *changes, size_t count, struct pack **pack,
                           struct err *err);
/*
 * A municipality's own version is called "1.0.0+own.3.x<digest of the changes>": the same order as
 * 1.0.0, and two that are called alike are alike.  Sorts the changes.
 */
struct str pack_own_version(struct arena *arena, struct str shipped, int64_t no,
                            struct pack_file *changes, size_t count);
/* "1.0.0" of that; any other version as it is. */
struct str pack_shipped_version(struct str version);
/* 3 of that; 0: it is no own version. */
int64_t pack_own_no(struct str version);
/* [a-z0-9_.-] in at most 6 parts, none beginning with a dot or a dash; README.md, LICENSE. */
bool pack_path_is_valid(struct str path);
/* All that can be said about a pack together with those it requires. */
void pack_check(const struct pack_set *set, const struct pack *pack,
                const struct pack_checker *checkers, size_t checker_count,
                struct pack_findings *findings);
/*
 * The line (from 1) of a JSON text where the value of a JSON Pointer (RFC 6901) begins;
 * of the nearest value around it when there is none.  For findings.
 */
int pack_line(struct str text, struct str pointer);
const struct pack_file *pack_file_find(const struct pack *pack, struct str path);
/* Files right in a folder of the pack whose names end so. Stops when each returns false. */
void pack_each_file(const struct pack *pack, struct str folder, struct str ending,
                    bool (*each)(void *data, const struct pack_file *file), void *data);
/* Sorts by requirements; ERR_INPUT names what is missing or too old ("^1", "^0.2"). */
MUST_CHECK bool pack_order(struct arena *arena, const struct pack *const *packs, size_t count,
                           struct pack_set *set, struct err *err);
const struct pack *pack_set_find(const struct pack_set *set, struct str id);
/* -1, 0, 1 by SemVer 2.0.0 precedence. */
int pack_compare_versions(struct str a, struct str b);
bool pack_version_is_valid(struct str version);
/* "^1", "^0.2", "^1.2.3" (caret as in npm), "1.2.3" (exactly), "*". False for anything else. */
bool pack_version_fits(struct str version, struct str range);
bool pack_range_is_valid(struct str range);
