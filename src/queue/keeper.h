/*
 * Keeps the leases of jobs that run in this process, so that nobody begins them a second
 * time however silent they are: a thread of its own, which no job can hold up.
 */
#pragma once

#include "queue/job.h"

struct keeper;

/* A job that runs here. The caller's memory, between keeper_hold and keeper_let_go. */
struct keeper_claim {
    struct keeper_claim *next;
    struct str tenant;
    struct job job;
    int64_t renewed_at;
    int64_t asked_at; /* the keeper's */
    bool is_lost;     /* another worker has it; with keeper_is_lost */
};

struct keeper *keeper_start(struct arena *arena, struct store *store, int64_t (*clock)(void));
void keeper_hold(struct keeper *keeper, struct keeper_claim *claim);
void keeper_let_go(struct keeper *keeper, struct keeper_claim *claim);
bool keeper_is_lost(struct keeper *keeper, const struct keeper_claim *claim);
/*
 * Inside the write that is about to claim a job of that tenant: those of this process come
 * first, whose lease may be over when the machine stood still.
 */
MUST_CHECK bool keeper_renew(struct keeper *keeper, struct tx *tx, int64_t now, struct err *err);
/* Nothing is held any more. */
void keeper_stop(struct keeper *keeper);
