/*
 * The zip of the ГАР: its entries one after another, unpacked as a stream by libarchive.
 * A zip that grows too much, has too many entries or is none is refused with a sentence.
 */
#pragma once

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"

enum {
    GAR_ZIP_ENTRIES_MAX = 20000,
    GAR_ZIP_RATIO_MAX = 250,         /* unpacked to packed, over the zip */
    GAR_ZIP_FREE = 64 * 1024 * 1024, /* unpacked bytes that no ratio is asked for */
};

/* What a file of the ГАР holds, by its name: AS_HOUSES_PARAMS_20231030_….XML. */
enum gar_kind {
    GAR_OTHER,
    GAR_OBJECTS,
    GAR_HOUSES,
    GAR_STEADS,
    GAR_APARTMENTS,
    GAR_ROOMS,
    GAR_CARPLACES,
    GAR_PARAMS,
    GAR_ADM_HIERARCHY,
    GAR_MUN_HIERARCHY,
};
enum gar_kind gar_zip_kind(struct str name);

struct gar_zip_visitor {
    /* Is this entry wanted? It is passed over unread otherwise. */
    bool (*begin)(void *data, struct str name);
    bool (*take)(void *data, struct str bytes, struct err *err);
    bool (*end)(void *data, struct str name, struct err *err);
    void *data;
};

/* path NULL: of bytes. *position: bytes of the zip read so far, for progress. */
MUST_CHECK bool gar_zip_each(const char *path, struct str bytes, int64_t *position,
                             const struct gar_zip_visitor *visitor, struct err *err);
