#include "web/request.h"

#include "core/id.h"
#include "net/http_parse.h"
#include "web/answer.h"
#include "web/csrf.h"
#include "web/look.h"

#include <unistd.h>

enum {
    QUICK_US = 1000, /* what a read may take on a loop before it moves to the pool */
    QUICK_FAR_US =
        5000, /* of a database that is asked over a connection: the loop rests meanwhile */
};

struct registry request_registry(const struct request *request, struct tx *tx)
{
    return (struct registry){tx, request->arena, request->catalog, request->now, &request->actor};
}

bool request_read(struct request *request, struct tx **tx, struct err *err)
{
    *tx = &request->tx;
    request->registry = request_registry(request, &request->tx);
    if (request->tx.session != NULL)
        return true;
    if (!request->is_on_loop)
        return tx_read(&request->tx, request->tenant, err);
    return tx_read_quick(&request->tx, request->tenant,
                         store_is_shared(request->web->store) ? QUICK_FAR_US : QUICK_US, err);
}

bool request_offload(struct request *request)
{
    request->is_waiting = true;
    return false;
}

bool request_has_type(const struct http_exchange *exchange, struct str type)
{
    struct str header = http_header(exchange, STR("content-type"));

    return http_parse_is(str_trim(str_slice(header, 0, str_find_char(header, ';'))), type);
}

int request_weight(struct str parameters)
{
    struct str text = str_trim(parameters);
    int weight = 0;

    if (!str_starts(text, STR("q=")))
        return 1000;
    text = str_slice(text, 2, text.len);
    for (size_t i = 0; i < 5; i++) {
        char c = i < text.len ? text.ptr[i] : '0';

        if (i != 1)
            weight = weight * 10 + (c >= '0' && c <= '9' ? c - '0' : 0);
    }
    return MIN(weight, 1000);
}

struct str request_query(const struct request *request, struct str name)
{
    return url_find(&request->query, name);
}

bool request_form(struct request *request, struct err *err)
{
    struct str type = http_header(request->exchange, STR("content-type"));

    if (request->has_form)
        return true;
    if (!str_starts(type, STR("application/x-www-form-urlencoded")) ||
        request->exchange->body_fd >= 0 ||
        !url_parse_form(request->arena, request->exchange->body, &request->form))
        return err_set(err, ERR_INPUT, "the form could not be read");
    request->has_form = true;
    return true;
}

struct str request_field(const struct request *request, struct str name)
{
    return url_find(&request->form, name);
}

bool request_multipart(struct request *request, struct multipart *multipart, struct err *err)
{
    const struct http_exchange *exchange = request->exchange;
    const struct multipart_part *token;
    struct str sent = http_header(exchange, STR("x-csrf-token"));

    *multipart = (struct multipart){0};
    if (!multipart_parse(request->arena, http_header(exchange, STR("content-type")), exchange->body,
                         exchange->body_fd, multipart, err))
        return false;
    token = multipart_find(multipart, STR("csrf"));
    if (token != NULL)
        sent = token->text;
    return request->actor.is_token || !request_is_signed_in(request) || csrf_check(request, sent) ||
           err_set(err, ERR_DENIED, "the form is too old: open the page again and repeat");
}

static bool read_file(struct request *request, int fd, size_t size, size_t max, struct str *bytes,
                      struct err *err)
{
    char *read;

    if (size > max)
        return err_set(err, ERR_LIMIT, "the body has %zu bytes; at most %zu are read", size, max);
    read = arena_alloc(request->arena, size + 1);
    for (size_t at = 0; at < size;) {
        ssize_t got = pread(fd, read + at, size - at, (off_t)at);

        if (got <= 0)
            return err_set(err, ERR_BROKEN, "the body could not be read back from its file");
        at += (size_t)got;
    }
    *bytes = (struct str){read, size};
    return true;
}

bool request_bytes(struct request *request, size_t max, struct str *bytes, struct err *err)
{
    const struct http_exchange *exchange = request->exchange;

    if (exchange->body_fd >= 0)
        return read_file(request, exchange->body_fd, exchange->body_size, max, bytes, err);
    if (exchange->body.len > max)
        return err_set(err, ERR_LIMIT, "the body has %zu bytes; at most %zu are read",
                       exchange->body.len, max);
    *bytes = exchange->body;
    return true;
}

bool request_json(struct request *request, size_t max, struct json **json, struct err *err)
{
    struct str body;

    return request_bytes(request, max, &body, err) &&
           json_parse(request->arena, body, &(struct json_limits){.bytes = max}, json, err);
}

static bool find_register(struct request *request, size_t part, const struct register_type **type,
                          struct err *err)
{
    *type = model_type(request->catalog->model, request->parts[part]);
    return *type != NULL || err_set(err, ERR_ABSENT, "there is no such register");
}

static bool refuse_register(const struct request *request, const struct register_type *type,
                            struct err *err)
{
    if (policy_may_some(&request->actor.rights, type->index, POLICY_READ, NULL))
        return err_set(err, ERR_DENIED, "your role does not allow this in this register");
    return err_set(err, request_is_signed_in(request) ? ERR_DENIED : ERR_ABSENT,
                   request_is_signed_in(request) ? "your role does not allow this register"
                                                 : "there is no such register");
}

bool request_register(struct request *request, size_t part, enum policy_action action,
                      const struct register_type **type, unsigned *classes, struct err *err)
{
    if (!find_register(request, part, type, err))
        return false;
    if (policy_may(&request->actor.rights, (*type)->index, action, classes))
        return true;
    if (policy_may_some(&request->actor.rights, (*type)->index, action, NULL))
        return err_set(err, ERR_DENIED,
                       "your role gives you a part of this register, and this is "
                       "for those who may see all of it");
    return refuse_register(request, *type, err);
}

bool request_register_some(struct request *request, size_t part, enum policy_action action,
                           const struct register_type **type, unsigned *classes, struct err *err)
{
    return find_register(request, part, type, err) &&
           (policy_may_some(&request->actor.rights, (*type)->index, action, classes) ||
            refuse_register(request, *type, err));
}

bool request_reads(const struct request *request, const struct register_type *type, int64_t id,
                   bool *reads, struct err *err)
{
    struct registry registry = request->registry;
    struct record record;
    struct err absent = {0};

    *reads = policy_may_some(&request->actor.rights, type->index, POLICY_READ, NULL);
    if (!*reads || !policy_is_limited(&request->actor.rights, type->index, POLICY_READ))
        return true;
    *reads = record_get(&registry, catalog_no(request->catalog, type), id, request_today(request),
                        &record, &absent);
    if (*reads || absent.code == ERR_ABSENT)
        return true;
    *err = absent;
    return false;
}

bool request_id(struct request *request, size_t part, int64_t *id, struct err *err)
{
    return id_parse(request->parts[part], id) ||
           err_set(err, ERR_ABSENT, "there is no such record");
}

bool request_admin(struct request *request, enum policy_admin right, struct err *err)
{
    return (request->actor.rights.admin & right) != 0 ||
           err_set(err, ERR_DENIED, "your role does not allow this");
}

/* What a writer needs to answer a request by itself. */
struct later {
    struct store_write write;
    struct request *request;
    bool (*reply)(struct request *request, void *data, struct err *err);
};

static void on_written(struct store_write *write)
{
    struct later *later = (struct later *)write;
    struct request *request = later->request;
    struct err err = write->err;

    if (write->ok && later->reply(request, write->data, &err))
        request_finish(request);
    else
        request_fail(request, &err);
}

bool request_write(struct request *request, store_run *run,
                   bool (*reply)(struct request *request, void *data, struct err *err), void *data)
{
    struct later *later = ARENA_NEW(request->arena, struct later);

    request->has_written = true;
    *later = (struct later){{.run = run, .data = data, .done = on_written}, request, reply};
    request_later(request);
    tenant_write(request->tenant, &later->write);
    return true;
}

bool request_write_wait(struct request *request, store_run *run, void *data, struct err *err)
{
    request->has_written = true;
    tx_done(&request->tx);
    return tenant_write_wait(request->tenant, run, data, err);
}

void request_later(struct request *request)
{
    tx_done(&request->tx);
    request->is_later = true;
    atomic_fetch_add(&request->holds, 1);
}

void request_finish(struct request *request)
{
    if (atomic_fetch_sub(&request->holds, 1) > 1)
        return;
    tx_done(&request->tx);
    store_release(&request->tenant);
    http_finish(request->exchange);
}

void request_fail(struct request *request, const struct err *err)
{
    answer_reset(request);
    answer_error(request, err, NULL);
    request_finish(request);
}

int64_t request_person(const struct request *request)
{
    return request->actor.level >= ACCOUNT_IDENTIFIED ? request->actor.person : 0;
}

bool request_is_signed_in(const struct request *request)
{
    return request->actor.account > 0;
}

struct str request_text(const struct request *request, struct str id)
{
    return messages_get(request->web->look->messages[request->language], id);
}

int64_t request_today(const struct request *request)
{
    return catalog_day(request->catalog, request->now);
}

struct str request_pack_text(const struct request *request, struct str id)
{
    if (request->catalog == NULL)
        return id;
    return messages_get(request->catalog->model->messages[request->language], id);
}

void request_wake_workers(const struct request *request)
{
    if (request->web->workers != NULL)
        worker_wake(request->web->workers, tenant_info(request->tenant)->name);
}
