/*
 * JSON Schema 2020-12, compiled once, then checked against values.
 *
 * Understood: type, enum, const, properties, patternProperties, additionalProperties,
 * unevaluatedProperties (false), propertyNames, required, dependentRequired,
 * dependentSchemas, minProperties, maxProperties, items, prefixItems, minItems, maxItems,
 * uniqueItems, contains, minContains, maxContains, minimum, maximum, exclusiveMinimum,
 * exclusiveMaximum, multipleOf, minLength, maxLength, pattern (pattern.h), format
 * (asserted), allOf, anyOf, oneOf, not, if/then/else, $ref and $defs within the document,
 * $schema (2020-12), $id (at the root), title, description, default, examples, $comment,
 * deprecated, readOnly, writeOnly, x-*.  A keyword it does not know is refused, so nothing
 * is silently unchecked.
 *
 * Numbers are compared as decimals.  A text, number or other single value gets one flaw,
 * the first; an object or array one for each thing wrong.
 */
#pragma once

#include "core/err.h"
#include "core/json.h"
#include "lang/flaws.h"

struct schema;

/*
 * document must live as long as the schema.  err begins with the place as JSON Pointer:
 * "/properties/area/minimun: this keyword is not known".
 */
MUST_CHECK bool schema_compile(struct arena *arena, const struct json *document,
                               struct schema **schema, struct err *err);
/*
 * True when value fits; else flaws are added.  A value whose check would take too long
 * (schemas that multiply, or nest too deep) gets the flaw "limit".
 */
bool schema_check(const struct schema *schema, const struct json *value, struct arena *arena,
                  struct flaws *flaws);
