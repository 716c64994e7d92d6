/* How long a server serves: signals, looking after the journals, the end or the hand-over. */
#pragma once

#include "cli/command.h"

struct web;

/* Before any thread is started. */
void lifetime_begin(void);
/* The time that stands in the file of UPRAVA_TEST_CLOCK. */
int64_t lifetime_test_clock(void);
/* Before lifetime_wait: true when it was told to stop meanwhile. */
bool lifetime_rest(int ms);
/* What the server does by itself besides: its backups. */
MUST_CHECK bool lifetime_plan(struct command_run *run, struct node *node, struct err *err);
/* Ends that; it may not have begun. */
void lifetime_end(struct node *node);
/* Until it is told to stop, or another process has gone on with the connections. */
void lifetime_wait(struct command_run *run, struct node *node, struct web *web);
