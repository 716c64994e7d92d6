/*
 * TLS for the server's side of a connection, without any I/O: encrypted bytes go in and
 * come out through a pair of buffers (a BIO pair), so that the loop stays their master.
 *
 * TLS 1.2 and 1.3; no client certificates, no HTTP/2.  Certificates are read once.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct bio_st;
struct ssl_ctx_st;
struct ssl_st;

/* {0}: a connection without TLS. */
struct tls {
    struct ssl_st *ssl;
    struct bio_st *wire; /* our end of the pair */
};

/* PEM files: the certificate with its chain, and its key. */
MUST_CHECK bool tls_load(struct str certificate, struct str key, struct ssl_ctx_st **context,
                         struct err *err);
/* When the certificate of a PEM file ends. */
MUST_CHECK bool tls_read_end(struct str certificate, int64_t *at, struct err *err);
void tls_unload(struct ssl_ctx_st **context);

bool tls_open(struct tls *tls, struct ssl_ctx_st *context);
void tls_close(struct tls *tls);
bool tls_is_open(const struct tls *tls);
/* The handshake is over. */
bool tls_is_ready(const struct tls *tls);

/* Where received bytes are to be put; 0: no room until some were read. */
size_t tls_room(struct tls *tls, char **room);
void tls_received(struct tls *tls, size_t count);
/* Plain bytes: their number; 0: more must be received; -1: closed, or broken. */
int tls_read(struct tls *tls, char *bytes, size_t room);

/* Takes plain bytes: their number; 0: first send what is there; -1: broken. */
int tls_write(struct tls *tls, struct str plain);
/* Encrypted bytes that wait to be sent; they stay where they are until tls_sent. */
struct str tls_waiting(struct tls *tls);
void tls_sent(struct tls *tls, size_t count);
/* Nothing more will be written: a last record waits to be sent. */
void tls_finish(struct tls *tls);
