/*
 * A node: an open data directory with all that commands and the server share.
 */
#pragma once

#include "document/pdf.h"
#include "link/fetch.h"
#include "notice/notice_job.h"
#include "registry/catalog.h"
#include "sign/secret.h"
#include "workflow/conduct_job.h"

#include <pthread.h>
#include <stdatomic.h>

struct node_options {
    struct str link_ca; /* of those who vouch for other nodes, PEM; empty: the system's */
    struct str office;  /* the office suite that makes PDFs; empty: of PATH */
    struct str trusted; /* certificates that signatures are compared with, PEM; empty: none */
    struct str data;    /* the data directory */
    struct str store;   /* the address of a database; empty: SQLite files in the data directory */
    struct str files;   /* the folder of attachments; empty: in the data directory */
    struct str key;     /* the file of the node's key; empty: likewise */
    struct str notice;  /* how e-mail and SMS leave; empty: they do not */
    struct str share;   /* where ui, assets and packs lie; empty: found beside the program */
    int slow_flush_ms;  /* for tests and benches */
    bool is_unsafe;     /* likewise */
    int writers;
    int drain_ms;
    int wait_ms;        /* for a database that is away; 0: 5 s */
    int64_t files_max;  /* of open tenants; 0: by the machine (store.h) */
    int64_t memory_max; /* likewise, bytes */
    int64_t unconfirmed_days;
    struct limit_set limits; /* of municipalities that have none of their own */
    int lock; /* of the data directory, from the server before this; 0: to be taken */
};

struct node {
    struct arena *arena; /* the process's */
    struct str data;
    struct str share;
    struct str ui, assets;
    struct store *store;
    struct model_library *library;
    struct process_library *processes;
    struct conduct_job_context flows;
    struct delivery delivery;
    struct notice_job_context notices;
    struct pdf_context pdf;
    struct str trusted;
    struct secret_key key;
    struct fetch_context link;
    char collected[64];     /* upkeep_collect_some: up to this name */
    int64_t collect_at;     /* and when it begins anew */
    pthread_mutex_t backup; /* one at a time */
    int store_wait_ms;
    struct backup_plan *plan;    /* NULL: none */
    int drain_ms;                /* between saying that it stops and stopping */
    struct worker_pool *workers; /* NULL until node_start_workers */
    struct web *web;             /* while it serves */
    atomic_int heir;             /* where a process waits that will take over; -1: none */
    int64_t unconfirmed_days;    /* how long accounts nobody confirms are kept unused; 0: always */
};

/* All but the data: finds the shared files, and reads the address of the store. */
MUST_CHECK bool node_prepare(struct arena *arena, const struct node_options *options,
                             struct node *node, struct err *err);
/* Opens the store, the packs and the node's key. ERR_CONFLICT when another process has it. */
MUST_CHECK bool node_open(struct arena *arena, const struct node_options *options,
                          struct node *node, struct err *err);
void node_start_workers(struct node *node);
/* Hears what other servers on the same database change; behind node_start_workers. */
MUST_CHECK bool node_follow_others(struct node *node, struct err *err);
void node_close(struct node *node);
