/*
 * Named time zones out of the system's zoneinfo (TZif, RFC 8536), read by us with bounds: the
 * process's own zone plays no part.  A name is letters, digits, _ + - and /, so it cannot lead
 * out of the folder.  Beyond the last change listed its footer's rule holds (POSIX TZ).
 */
#pragma once

#include "core/str.h"

struct arena;
struct feel_zones;

struct feel_zones *feel_zone_none(struct arena *arena);
/* False when there is no such zone. */
bool feel_zone_find(struct feel_zones *zones, struct str name);
/* Without daylight saving: for a time that belongs to no day. */
bool feel_zone_standard(struct feel_zones *zones, struct str name, int32_t *offset);
/* Seconds east of Greenwich at a moment UTC. */
bool feel_zone_offset(struct feel_zones *zones, struct str name, int64_t at, int32_t *offset);
/* The same at a local time; of two the earlier moment's, in a gap the one before it. */
bool feel_zone_offset_local(struct feel_zones *zones, struct str name, int64_t local,
                            int32_t *offset);
