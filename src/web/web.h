/*
 * The server's shared parts, made once by cli and handed to every request.  Immutable but
 * for what locks itself.
 */
#pragma once

#include "auth/session.h"
#include "auth/throttle.h"
#include "net/http.h"
#include "queue/worker.h"
#include "registry/catalog.h"

#include <stdatomic.h>

struct process_library;
struct delivery;
struct share_table;
struct traffic;
struct look; /* templates, texts and assets: web/look.h */

struct web {
    struct store *store;
    struct model_library *library;
    struct process_library *processes; /* of the same packs */
    struct worker_pool *workers;
    struct http_server *server; /* NULL while it is being started */
    const struct look *look;
    struct throttle *throttle;
    struct traffic *traffic;
    struct share_table *shares; /* of municipalities */
    const struct secret_key *key;
    struct str link_ca;               /* of those who vouch for other nodes; empty: the system's */
    const struct delivery *delivery;  /* how e-mail and SMS leave */
    bool has_office;                  /* it makes PDFs of documents */
    struct str trusted;               /* certificates of signatures (sign/cms.h) */
    const struct policy *node_policy; /* of operators: no role, so no right in any tenant */
    struct str hosts;        /* the node's own names, with commas between; empty: any name */
    int requests_per_minute; /* of one address; 0: no limit */
    int store_wait_ms;       /* how long a request waits for a database that is away */
    int64_t (*clock)(void);  /* tests own time */
    int64_t started_at;
    struct str backup_place;       /* where the server makes backups; empty: it makes none */
    struct str proxy, certificate; /* as http_options has them, for those who look after it */
    atomic_bool has_strange_proxy; /* a proxy tells of visitors, but is not believed */
    struct str metrics_readers;    /* addresses with commas between; empty: this machine's own */
    atomic_bool is_stopping;
};

/* The handler and body_limit of http_options; data is the struct web. */
void web_handle(struct http_exchange *exchange, void *data);
size_t web_body_limit(const struct http_exchange *exchange, void *data);
