/* The objects of one section of the plan as rows of a source, parents first. */
#pragma once

#include "registry/gar_plan.h"
#include "registry/source.h"

struct gar_source {
    const struct catalog *catalog;
    const struct gar_plan *plan;
    const struct gar_table *table;
    const uint32_t *order; /* indexes of objects, sorted */
    size_t count;
    const struct gar_section *section;
    size_t at;
    struct gar_source_cache *cache; /* of ancestors and of the texts before a number */
};

/* columns: "id" and the section's fields, as options with their targets. */
void gar_source_options(struct arena *arena, const struct gar_section *section,
                        struct import_options *options);
void gar_source_open(struct arena *arena, struct gar_source *rows, struct source *source);
/* Indexes of the section's objects in the order they are written. */
size_t gar_source_sort(struct arena *arena, const struct gar_table *table,
                       const struct gar_section *section, uint32_t **order);
