/*
 * How an S3-compatible store is reached and with which key: lines "name = value" of a file that
 * only the server's user should be able to read, the rest from the environment variables that
 * other programs use for it too.
 *
 *     endpoint = https://s3.example.ru     (AWS_ENDPOINT_URL_S3)
 *     region = ru-1                        (AWS_REGION; us-east-1 by default)
 *     key = …                              (AWS_ACCESS_KEY_ID)
 *     secret = …                           (AWS_SECRET_ACCESS_KEY)
 *     ca = /etc/ssl/own.pem                (AWS_CA_BUNDLE; the system's by default)
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct bucket_access {
    struct str endpoint, region, id, secret, ca_file;
};

/* path empty: the environment alone. */
MUST_CHECK bool bucket_access_read(struct bucket_access *access, struct arena *arena,
                                   struct str path, struct err *err);
