/*
 * How objects of the ГАР become records: a pack's imports/gar.json, compiled
 * (docs/reference/import.md lists its keys).
 */
#pragma once

#include "registry/catalog.h"
#include "registry/gar_table.h"

enum gar_from {
    GAR_FROM_ID,
    GAR_FROM_GUID,
    GAR_FROM_LEVEL,
    GAR_FROM_NAME,
    GAR_FROM_TYPE, /* TYPENAME as a code of the field's list */
    GAR_FROM_KIND, /* of a house, a flat, a room, as a number */
    GAR_FROM_NUMBER1,
    GAR_FROM_KIND1,
    GAR_FROM_NUMBER2,
    GAR_FROM_KIND2,
    GAR_FROM_ADM_PATH,
    GAR_FROM_MUN_PATH,
    GAR_FROM_ANCESTOR, /* the nearest one in the register the field refers to */
    GAR_FROM_TEXT,     /* the address in full */
    GAR_FROM_PARAM,    /* + its place in the table */
};

enum {
    GAR_LEVELS = 18,
};

struct gar_plan_field {
    const struct register_field *field;
    int from;                /* enum gar_from */
    unsigned levels;         /* bits: only for these */
    bool is_first;           /* set when the record is created, never changed */
    const struct map *types; /* GAR_FROM_TYPE: TYPENAME without its dot → struct str */
};

struct gar_section {
    const struct register_type *type;
    unsigned levels;
    const struct register_field *match; /* holds OBJECTID */
    struct gar_plan_field *fields;
    size_t field_count;
};

struct gar_plan {
    struct gar_section *sections; /* what is referred to comes first */
    size_t section_count;
    int section_of[GAR_LEVELS]; /* by level, -1 */
    int params[GAR_TABLE_PARAMS];
    unsigned text_levels;
    const struct json *whole; /* types that are no abbreviations: no dot behind them */
    const struct json *words; /* "house": {"2": "д."} … */
};

/* ERR_ABSENT when no installed pack has one; ERR_INPUT names what is wrong in it. */
MUST_CHECK bool gar_plan_compile(struct arena *arena, const struct catalog *catalog,
                                 struct gar_plan *plan, struct err *err);
/* Does the ГАР bring records of this register? */
bool gar_plan_takes(struct arena *arena, const struct model *model,
                    const struct register_type *type);
/* "д. 5", "ул. Мира": one object as addresses name it. */
void gar_plan_print(struct buf *buf, const struct gar_plan *plan, const struct gar_table *table,
                    const struct gar_object *object);
