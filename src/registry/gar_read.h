/* XML files of the ГАР into the table of objects: what is valid today, where it was chosen. */
#pragma once

#include "registry/gar_table.h"
#include "registry/gar_zip.h"

struct gar_reader {
    struct gar_table *table;
    const struct str *places; /* none: everything */
    size_t place_count;
    struct import_seen *known;    /* gar_end.h: objects that have a record */
    char today[11];               /* "2026-03-09" */
    int params[GAR_TABLE_PARAMS]; /* the kinds of parameters kept, by their place; 0: free */
    int64_t rows;                 /* XML elements read */
};

/* One file, from its bytes as they come. */
struct gar_file;
struct gar_file *gar_read_open(struct arena *arena, struct gar_reader *reader, enum gar_kind kind);
MUST_CHECK bool gar_read_push(struct gar_file *file, struct str bytes, struct err *err);
MUST_CHECK bool gar_read_end(struct gar_file *file, struct err *err);
void gar_read_close(struct gar_file **file);
/* Sets today. */
void gar_read_set_day(struct gar_reader *reader, int64_t day);
