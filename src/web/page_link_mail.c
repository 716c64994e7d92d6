#include "core/file.h"
#include "link/exchange.h"
#include "link/reply.h"
#include "web/answer.h"
#include "web/page_link.h"
#include "web/refusal.h"
#include "web/wording.h"

static bool read_part(struct request *request, const struct multipart_part *part, size_t most,
                      struct str *text, struct err *err)
{
    char *room;
    size_t got;

    if (part->size > most)
        return err_set(err, ERR_LIMIT, "the file is too large");
    room = ARENA_ARRAY(request->arena, char, part->size + 1);
    for (*text = (struct str){room, 0}; text->len < part->size; text->len += got)
        if (!file_pull(part->fd, (int64_t)text->len, room + text->len, part->size - text->len, &got,
                       err) ||
            got == 0)
            return got > 0 || err_set(err, ERR_UNAVAILABLE, "the file cannot be read");
    return true;
}

static bool send_text(struct request *request, struct str text, struct str name)
{
    buf_add(&request->exchange->out, text);
    http_add(request->exchange, STR("Content-Disposition"),
             str_printf(request->arena, "attachment; filename=\"%.*s\"", STR_ARG(name)));
    return answer_text(request, 200, STR("application/x-ndjson"));
}

static bool find_mirror(struct request *request, struct exchange *exchange, struct tenant **mirror,
                        struct err *err)
{
    if (!mirror_find(request->web->store, request->arena, tenant_info(request->tenant)->name, 0,
                     mirror, err))
        return false;
    *exchange = (struct exchange){*mirror,           request->web->library,
                                  request->web->key, request->web->link_ca,
                                  request->now,      request->web->workers};
    return true;
}

/* What is to go up, when there is no line. */
bool page_link_mail(struct request *request, struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    struct buf out = {.arena = request->arena};
    struct exchange_counts counts;
    struct exchange exchange;

    if (!request_admin(request, POLICY_SETTINGS, err) ||
        !find_mirror(request, &exchange, &mirror, err) ||
        !exchange_write(&exchange, request->tenant, &out, &counts, err))
        return false;
    if (out.len == 0)
        return err_set(err, ERR_ABSENT, "there is nothing that has to go up");
    return send_text(
        request, buf_str(&out),
        str_printf(request->arena, "%.*s.mail", STR_ARG(tenant_info(request->tenant)->name)));
}

bool page_link_mail_is_reply(const struct multipart_part *part)
{
    static const struct str BEGIN = STR_INIT("{\"uprava_reply\"");
    char room[16];
    size_t got;
    struct err err;

    return file_pull(part->fd, 0, room, sizeof room, &got, &err) &&
           str_starts((struct str){room, got}, BEGIN);
}

bool page_link_mail_read(struct request *request, const struct multipart_part *part,
                         struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    struct exchange_counts counts;
    struct exchange exchange;
    struct str text;

    return find_mirror(request, &exchange, &mirror, err) &&
           read_part(request, part, REPLY_FILE_MAX, &text, err) &&
           exchange_read(&exchange, request->arena, text, &counts, err);
}

static bool find_reader(struct request *request, struct str name, struct peer *peer,
                        struct err *err)
{
    struct tx *tx;

    if (!request_read(request, &tx, err) || !peer_below(tx, request->arena, name, peer, err))
        return false;
    tx_done(&request->tx);
    return true;
}

static struct mail_desk desk_of(struct request *request, const struct peer *peer)
{
    return (struct mail_desk){.above = request->tenant,
                              .library = request->web->library,
                              .arena = request->arena,
                              .now = request->now,
                              .peer = peer};
}

/* What is wrong with it, in words; else it has been taken. */
static bool take(struct request *request, const struct multipart *multipart, struct str *wrong,
                 struct err *err)
{
    const struct multipart_part *file = multipart_find(multipart, STR("file"));
    const struct multipart_part *name = multipart_find(multipart, STR("reader"));
    const struct multipart_part *key = multipart_find(multipart, STR("fingerprint"));
    struct err why = {0};
    struct mail_desk desk;
    struct reply reply;
    struct peer peer;
    struct str text;

    *wrong = (struct str){0};
    if (file == NULL || file->fd < 0 || file->size == 0) {
        *wrong = request_text(request, STR("Choose a file."));
        return true;
    }
    if (!find_reader(request, name != NULL ? name->text : (struct str){0}, &peer, err))
        return false;
    desk = desk_of(request, &peer);
    desk.fingerprint = key != NULL ? key->text : (struct str){0};
    if (read_part(request, file, LETTER_MAIL_MAX, &text, &why) &&
        mail_take(&desk, text, &reply, wrong, &why))
        return true;
    if (why.code == ERR_BROKEN || why.code == ERR_UNAVAILABLE) {
        *err = why;
        return false;
    }
    *wrong = wording_err(request, &why);
    return true;
}

bool page_link_mail_take(struct request *request, struct err *err)
{
    CLEANUP(multipart_done) struct multipart multipart = {0};
    struct str wrong;

    if (!request_multipart(request, &multipart, err) ||
        !request_admin(request, POLICY_SETTINGS, err) || !take(request, &multipart, &wrong, err))
        return false;
    if (wrong.len > 0)
        return page_link_show(request, 422, refusal_text(request, wrong), err);
    answer_notice(request, STR("ok"),
                  request_text(request, STR("The file was taken. Carry the answer back.")));
    return answer_redirect(request, STR("/admin/links"));
}

/* What became of all that came from a reader, to be carried back. */
bool page_link_mail_reply(struct request *request, struct err *err)
{
    struct buf out = {.arena = request->arena};
    struct mail_desk desk;
    struct reply reply;
    struct peer peer;

    if (!request_admin(request, POLICY_SETTINGS, err) ||
        !find_reader(request, request->parts[0], &peer, err))
        return false;
    desk = desk_of(request, &peer);
    if (!mail_summary(&desk, &reply, err))
        return false;
    reply_print(&out, &reply, request->web->key);
    return send_text(request, buf_str(&out),
                     str_printf(request->arena, "%.*s.answer", STR_ARG(peer.name)));
}
