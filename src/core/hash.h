/* SipHash-2-4: the hash for tables whose keys come from outside.  Not for signatures. */
#pragma once

#include "core/str.h"

/* Keyed with a secret drawn once per process from the system. */
uint64_t hash_bytes(struct str bytes);

/* With a given 128-bit key: for tests against the published vectors. */
uint64_t hash_keyed(struct str bytes, uint64_t key0, uint64_t key1);
