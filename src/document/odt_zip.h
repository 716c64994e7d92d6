/*
 * The zip an OpenDocument file is: read whole into memory, within bounds, and written so that
 * office suites and `file` know it: "mimetype" first, stored, without an extra field.
 *
 * What is written depends on the bytes alone, not on the clock: the same entries make the same
 * file.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

enum {
    ODT_ZIP_BYTES_MAX = 8 * 1024 * 1024,     /* packed */
    ODT_ZIP_UNPACKED_MAX = 32 * 1024 * 1024, /* all entries together */
    ODT_ZIP_ENTRIES_MAX = 500,
};

struct odt_zip_entry {
    struct str name; /* a folder's ends in "/" */
    struct str bytes;
};

struct odt_zip {
    struct odt_zip_entry *items;
    size_t count;
};

/* ERR_INPUT: no zip, damaged, encrypted; ERR_LIMIT: a bomb. */
MUST_CHECK bool odt_zip_read(struct arena *arena, struct str bytes, struct odt_zip *zip,
                             struct err *err);
/* NULL when there is none of that name. */
struct odt_zip_entry *odt_zip_find(const struct odt_zip *zip, struct str name);
/* Appends the zip; "mimetype" comes first wherever it stood. */
void odt_zip_write(const struct odt_zip *zip, struct buf *out);
