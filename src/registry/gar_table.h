/*
 * The objects of a ГАР file that are valid, in memory, compactly: texts are kept once
 * (house numbers, paths and postcodes repeat), an object costs some hundred bytes.
 */
#pragma once

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"

enum {
    GAR_TABLE_MAX = 10 * 1000 * 1000,
    GAR_TABLE_PARAMS = 6, /* kinds of parameters that can be kept */
};

struct gar_object {
    int64_t id;     /* OBJECTID */
    int64_t record; /* the id of its record; 0: not settled yet */
    uint32_t name;  /* numbers of texts: NAME, or the number of a house, flat, room */
    uint32_t type;  /* TYPENAME */
    uint32_t number1, number2;
    uint32_t guid;
    uint32_t adm_path, mun_path; /* of the parent: the object's own number is left out */
    uint32_t params[GAR_TABLE_PARAMS];
    uint8_t level; /* 0: known from a hierarchy only */
    uint8_t kind;  /* HOUSETYPE, APARTTYPE, ROOMTYPE */
    uint8_t kind1, kind2;
    bool is_there; /* its record exists */
};

struct gar_table;

struct gar_table *gar_table_open(void);
void gar_table_close(struct gar_table **table);
size_t gar_table_count(const struct gar_table *table);
struct gar_object *gar_table_at(const struct gar_table *table, size_t index);
/* NULL when there is none. */
struct gar_object *gar_table_find(const struct gar_table *table, int64_t id);
/* Finds or adds. ERR_LIMIT when there are too many. */
MUST_CHECK bool gar_table_put(struct gar_table *table, int64_t id, struct gar_object **object,
                              struct err *err);
/* The number of a text (0 for the empty one), and the text of a number. */
uint32_t gar_table_keep(struct gar_table *table, struct str text);
struct str gar_table_text(const struct gar_table *table, uint32_t number);
