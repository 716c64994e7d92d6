/* An import's options as the JSON its row keeps, and the part that is remembered. */
#pragma once

#include "registry/import.h"

void import_text_print(struct buf *buf, const struct import *import);
/* What cannot be read is left as it is by default. */
void import_text_parse(struct arena *arena, struct str text, struct import *import);
/* Columns, constants, empties: what the next file with the same columns gets. */
void import_text_print_mapping(struct buf *buf, struct arena *arena,
                               const struct import_options *options);
void import_text_parse_mapping(struct arena *arena, struct str text,
                               struct import_options *options);
