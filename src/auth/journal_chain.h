/* The bytes of the chain and of an anchor: inside auth, for journal.c and journal_verify.c. */
#pragma once

#include "auth/journal.h"

/* hash: base64url with a NUL. previous: "" for the first entry. */
void journal_chain(char hash[44], int64_t tenant, struct str previous,
                   const struct journal_entry *entry);
/* What an anchor signs, into the arena. */
struct str journal_anchor_text(struct arena *arena, int64_t tenant, int64_t seq, struct str chain,
                               int64_t at);
