/*
 * PostgreSQL's client library, loaded when a database is asked for: it brings libraries of its
 * own by the dozen, 4 MB of them resident, which a server with files need not hold.
 *
 * A function PQexec is called libpq.exec once libpq_load has succeeded.
 */
#pragma once

#include "core/err.h"

#include <libpq-fe.h>

#define LIBPQ_FUNCTIONS(X)                                                                         \
    X(clear)                                                                                       \
    X(cmdTuples)                                                                                   \
    X(connectdbParams)                                                                             \
    X(consumeInput)                                                                                \
    X(enterPipelineMode)                                                                           \
    X(errorMessage)                                                                                \
    X(exec)                                                                                        \
    X(execParams)                                                                                  \
    X(exitPipelineMode)                                                                            \
    X(finish)                                                                                      \
    X(flush)                                                                                       \
    X(freemem)                                                                                     \
    X(fname)                                                                                       \
    X(ftype)                                                                                       \
    X(getResult)                                                                                   \
    X(getisnull)                                                                                   \
    X(getlength)                                                                                   \
    X(getvalue)                                                                                    \
    X(isBusy)                                                                                      \
    X(nfields)                                                                                     \
    X(notifies)                                                                                    \
    X(nparams)                                                                                     \
    X(ntuples)                                                                                     \
    X(paramtype)                                                                                   \
    X(pipelineSync)                                                                                \
    X(resultErrorField)                                                                            \
    X(resultErrorMessage)                                                                          \
    X(resultStatus)                                                                                \
    X(sendDescribePrepared)                                                                        \
    X(sendFlushRequest)                                                                            \
    X(sendPrepare)                                                                                 \
    X(sendQueryParams)                                                                             \
    X(sendQueryPrepared)                                                                           \
    X(socket)                                                                                      \
    X(status)                                                                                      \
    X(transactionStatus)

struct libpq {
#define X(name) __typeof__(PQ##name) *(name);
    LIBPQ_FUNCTIONS(X)
#undef X
};

extern struct libpq libpq;

/* Before any other use; the second time costs nothing.  ERR_BROKEN when it is not installed. */
MUST_CHECK bool libpq_load(struct err *err);
