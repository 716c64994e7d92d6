#include "notice/carrier.h"

#include <stdio.h>

#include "core/id.h"
#include "core/json.h"
#include "core/utf8.h"
#include "lang/pattern.h"
#include "net/url.h"
#include "notice/mime.h"

enum {
    SMS_TOTAL_MS = 60 * 1000,
    SMS_ANSWER_MAX = 64 * 1024,
};

#define TYPE_JSON STR("application/json")
#define TYPE_FORM STR("application/x-www-form-urlencoded")

void carrier_close(struct carrier *carrier)
{
    smtp_close(&carrier->smtp);
    client_close(&carrier->client);
}

bool carrier_has(const struct carrier *carrier, enum contact_way way)
{
    return way == CONTACT_EMAIL ? carrier->mail != NULL
                                : way == CONTACT_SMS && carrier->sms != NULL;
}

static struct str domain_of(struct str address)
{
    struct str domain = address;

    str_cut(&domain, '@');
    return domain;
}

/* The same for each try, so that whoever gets it twice can tell. */
static struct str message_id(const struct carrier *carrier, struct arena *arena,
                             const struct outbox_row *row)
{
    return str_printf(arena, "%.*s.%.*s@%.*s", STR_ARG(id_text(arena, row->id)),
                      STR_ARG(id_text(arena, carrier->tenant)),
                      STR_ARG(domain_of(carrier->mail->from)));
}

/* Who writes, and where to go on: behind the line that mail programs know a signature by. */
static struct str sign_body(const struct carrier *carrier, struct arena *arena,
                            const struct outbox_row *row)
{
    struct buf body = {.arena = arena};

    buf_add(&body, row->body);
    buf_add(&body, STR("\n\n-- \n"));
    buf_add(&body, carrier->title);
    if (carrier->site.len > 0)
        buf_printf(&body, "\n%.*s/my/notices", STR_ARG(carrier->site));
    return buf_str(&body);
}

static void end_as(struct carrier_end *end, struct arena *arena, enum outbox_outcome outcome,
                   bool is_away, const char *reason)
{
    *end = (struct carrier_end){outcome, is_away, str_copy(arena, str_from_z(reason))};
}

static void send_mail(struct carrier *carrier, struct arena *arena, const struct outbox_row *row,
                      int64_t now, struct carrier_end *end)
{
    const struct delivery_mail *mail = carrier->mail;
    struct smtp_server server = {.url = mail->server,
                                 .login = mail->login,
                                 .password = mail->password,
                                 .ca_file = mail->ca_file,
                                 .name = domain_of(mail->from),
                                 .is_plain = mail->is_plain,
                                 .total_ms = carrier->total_ms};
    struct mime mime = {.from = mail->from,
                        .from_name =
                            carrier->sender_name.len > 0 ? carrier->sender_name : carrier->title,
                        .to = row->address,
                        .reply_to = carrier->reply_to,
                        .id = message_id(carrier, arena, row),
                        .language = row->language,
                        .at = now,
                        .subject = row->subject,
                        .body = sign_body(carrier, arena, row)};
    struct buf bytes = {.arena = arena};
    struct smtp_answer answer = {0};
    struct err err = {0};

    if (carrier->smtp.easy == NULL && !smtp_open(&carrier->smtp, &err)) {
        end_as(end, arena, OUTBOX_AGAIN, true, err.text);
        return;
    }
    mime_print(&bytes, &mime);
    if (smtp_send(&carrier->smtp, arena, &server,
                  &(struct smtp_mail){mail->from, row->address, buf_str(&bytes)}, &answer, &err))
        end_as(end, arena, OUTBOX_SENT, false, "");
    else
        end_as(end, arena, err.code == ERR_INPUT ? OUTBOX_REFUSED : OUTBOX_AGAIN,
               !answer.is_reached, err.text);
}

/* What stands between the quotes of a JSON text. */
static void add_json(struct buf *buf, struct str text)
{
    struct buf quoted = {.arena = buf->arena};

    json_write_text(&quoted, text);
    buf_add(buf, str_slice(buf_str(&quoted), 1, quoted.len - 2));
}

static void add_value(struct buf *buf, struct str name, struct str type,
                      const struct outbox_row *row)
{
    struct str value = str_equal(name, STR("phone"))  ? row->address
                       : str_equal(name, STR("text")) ? row->body
                       : str_equal(name, STR("id"))   ? id_text(buf->arena, row->id)
                                                      : (struct str){0};

    if (str_equal(type, TYPE_JSON))
        add_json(buf, value);
    else
        url_encode(buf, value);
}

void carrier_fill(struct buf *buf, struct str template, struct str type,
                  const struct outbox_row *row)
{
    while (template.len > 0) {
        size_t at = str_find(template, STR("{{"));
        struct str rest = str_slice(template, at, template.len);
        size_t end = str_find(rest, STR("}}"));

        buf_add(buf, str_slice(template, 0, at));
        if (end == rest.len) {
            buf_add(buf, rest);
            return;
        }
        add_value(buf, str_trim(str_slice(rest, 2, end - 2)), type, row);
        template = str_slice(rest, end + 2, rest.len);
    }
}

/* What the gateway's answer means for this one, and for the others. */
static void judge(const struct delivery_sms *sms, struct arena *arena,
                  const struct client_answer *answer, struct carrier_end *end)
{
    int status = answer->status;
    bool is_good = sms->status > 0 ? status == sms->status : status >= 200 && status < 300;
    char text[80];

    snprintf(text, sizeof text, "the gateway answers %d", status);
    if (is_good && (sms->answer == NULL ||
                    (utf8_is_valid(answer->body) && pattern_matches(sms->answer, answer->body))))
        end_as(end, arena, OUTBOX_SENT, false, "");
    else if (is_good)
        end_as(end, arena, OUTBOX_REFUSED, false, "the gateway does not say that it took it over");
    else if (status == 401 || status == 403 || status == 429)
        end_as(end, arena, OUTBOX_AGAIN, true, text);
    else if (status == 408 || status >= 500)
        end_as(end, arena, OUTBOX_AGAIN, false, text);
    else
        end_as(end, arena, OUTBOX_REFUSED, false, text);
}

static void send_sms(struct carrier *carrier, struct arena *arena, const struct outbox_row *row,
                     struct carrier_end *end)
{
    const struct delivery_sms *sms = carrier->sms;
    struct client_field fields[] = {{STR("Content-Type"), sms->type}, {sms->header, sms->token}};
    struct client_request request = {.method = sms->method,
                                     .fields = fields,
                                     .field_count = sms->header.len > 0 ? 2 : 1,
                                     .size_max = SMS_ANSWER_MAX,
                                     .total_ms =
                                         carrier->total_ms > 0 ? carrier->total_ms : SMS_TOTAL_MS};
    struct buf url = {.arena = arena};
    struct buf body = {.arena = arena};
    struct client_answer answer;
    struct err err = {0};

    carrier_fill(&url, sms->url, TYPE_FORM, row);
    carrier_fill(&body, sms->body, sms->type, row);
    request.url = buf_str(&url);
    request.body = buf_str(&body);
    if (carrier->client.easy == NULL && !client_open(&carrier->client, arena, sms->ca_file, &err)) {
        end_as(end, arena, OUTBOX_AGAIN, true, err.text);
        return;
    }
    if (client_send(&carrier->client, arena, &request, &answer, &err))
        judge(sms, arena, &answer, end);
    else if (carrier->client.has_sent && !sms->has_id)
        end_as(end, arena, OUTBOX_LOST, true,
               "the gateway did not answer: whether it was sent is not known");
    else
        end_as(end, arena, OUTBOX_AGAIN, true, "the gateway does not answer");
}

void carrier_send(struct carrier *carrier, struct arena *arena, const struct outbox_row *row,
                  int64_t now, struct carrier_end *end)
{
    if (row->way == CONTACT_EMAIL)
        send_mail(carrier, arena, row, now, end);
    else
        send_sms(carrier, arena, row, end);
}
