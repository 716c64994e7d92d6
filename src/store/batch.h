/*
 * Many writes in one transaction of a tenant.
 *
 * Rules:
 * 1. A write that fails is rolled back to its savepoint, with the head of the journal;
 *    the others go on.
 * 2. An error that ended the whole transaction (the disk is full, ON CONFLICT ROLLBACK)
 *    fails its write; all the others are done again, each in a transaction of its own,
 *    because they may have seen what is gone now.
 * 3. When the commit fails, every write of the batch fails: nothing is said to be saved
 *    that is not.
 * 4. The changes of the search index wait for the end of the batch (search_queue.h).
 * 5. The head of the journal is written once, as the last statement.
 */
#pragma once

#include "store/state.h"

/*
 * Sets ok and err of the writes it did and returns how many: it stops taking more after
 * a while.  The tenant's session is closed and forgotten when its disk failed.
 */
size_t batch_run(struct tenant *tenant, struct store_write **writes, size_t count);
