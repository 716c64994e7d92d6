#include "net/smtp.h"

#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/num.h"
#include "core/utf8.h"
#include "net/client.h"
#include "net/libcurl.h"

enum {
    CONNECT_MS = 15 * 1000,
    TOTAL_MS = 2 * 60 * 1000,
    REPLY_MAX = 1000,
};

struct errand {
    struct arena *arena;
    const struct smtp_mail *mail;
    size_t given;
    bool is_reached;      /* RCPT was sent: what comes now is about this message */
    bool is_login;        /* AUTH was sent, and nothing behind it */
    char line[REPLY_MAX]; /* the server's last one */
    size_t line_len;
    int code; /* its number, of the first refusal */
    char told[CURL_ERROR_SIZE];
};

bool smtp_open(struct smtp *smtp, struct err *err)
{
    *smtp = (struct smtp){0};
    if (!libcurl_load(err))
        return false;
    smtp->easy = libcurl.easy_init();
    return smtp->easy != NULL ||
           err_set(err, ERR_UNAVAILABLE, "there is no memory left for asking other servers");
}

void smtp_close(struct smtp *smtp)
{
    if (smtp->easy != NULL)
        libcurl.easy_cleanup(smtp->easy);
    smtp->easy = NULL;
}

static size_t on_give(char *room, size_t one, size_t count, void *data)
{
    struct errand *errand = data;
    struct str rest = str_slice(errand->mail->bytes, errand->given, one * count);

    if (rest.len > 0)
        memcpy(room, rest.ptr, rest.len);
    errand->given += rest.len;
    return rest.len;
}

static size_t on_line(char *bytes, size_t one, size_t len, void *data)
{
    struct errand *errand = data;
    struct str line = str_trim((struct str){bytes, len * one});
    int64_t code;

    if (errand->code >= 400 || !num_parse_int(str_slice(line, 0, 3), &code))
        return len * one; /* a refusal is followed by a farewell */
    errand->code = (int)code;
    errand->line_len = MIN(line.len, (size_t)REPLY_MAX);
    if (line.len > 0)
        memcpy(errand->line, line.ptr, errand->line_len);
    return len * one;
}

/* Which commands went out tells whose fault a refusal is.  Texts of the conversation stay here:
 * a password is among them. */
static int on_told(void *easy, curl_infotype type, char *bytes, size_t len, void *data)
{
    struct errand *errand = data;
    struct str text = {bytes, len};

    (void)easy;
    if (type != CURLINFO_HEADER_OUT)
        return 0;
    if (str_starts(text, STR("AUTH ")))
        errand->is_login = true;
    if (str_starts(text, STR("MAIL ")))
        errand->is_login = false;
    if (str_starts(text, STR("RCPT ")))
        errand->is_reached = true;
    return 0;
}

static size_t on_nothing(char *bytes, size_t one, size_t len, void *data)
{
    (void)bytes, (void)data;
    return one * len;
}

/* The server's words are shown to staff: whose address it was is not for them. */
static struct str words_of(const struct errand *errand)
{
    struct str text = {errand->line, errand->line_len};
    struct buf words = {.arena = errand->arena};

    if (!utf8_is_valid(text))
        return STR("");
    while (text.len > 0) {
        struct str word = str_cut(&text, ' ');

        if (words.len > 0)
            buf_char(&words, ' ');
        buf_add(&words, str_find_char(word, '@') < word.len ? STR("…") : word);
    }
    return utf8_head(buf_str(&words), SMTP_TEXT_MAX);
}

#define SET(name, value) (void)libcurl.easy_setopt(easy, CURLOPT_##name, (value))

static void set_security(void *easy, struct arena *arena, const struct smtp_server *server)
{
    struct str authorities = client_authorities(arena, server->ca_file);

    SET(PROTOCOLS_STR, "smtp,smtps");
    SET(USE_SSL, (long)(server->is_plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (authorities.len > 0)
        SET(CAINFO, str_to_z(arena, authorities));
    if (server->login.len > 0) {
        SET(USERNAME, str_to_z(arena, server->login));
        SET(PASSWORD, str_to_z(arena, server->password));
    }
}

static void prepare(void *easy, struct errand *errand, const struct smtp_server *server,
                    struct curl_slist *to)
{
    struct arena *arena = errand->arena;

    libcurl.easy_reset(easy); /* its connection stays */
    SET(URL, str_printf(arena, "%.*s/%.*s", STR_ARG(server->url), STR_ARG(server->name)).ptr);
    set_security(easy, arena, server);
    SET(NOSIGNAL, 1L);
    SET(CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    SET(TIMEOUT_MS, (long)(server->total_ms > 0 ? server->total_ms : TOTAL_MS));
    SET(SERVER_RESPONSE_TIMEOUT, 60L);
    SET(ERRORBUFFER, errand->told);
    SET(MAIL_FROM, str_to_z(arena, errand->mail->from));
    SET(MAIL_RCPT, to);
    SET(UPLOAD, 1L);
    SET(READFUNCTION, on_give);
    SET(READDATA, errand);
    SET(HEADERFUNCTION, on_line);
    SET(HEADERDATA, errand);
    SET(WRITEFUNCTION, on_nothing);
    SET(VERBOSE, 1L);
    SET(DEBUGFUNCTION, on_told);
    SET(DEBUGDATA, errand);
}

static bool fail(const struct errand *errand, CURLcode code, const struct smtp_answer *answer,
                 struct err *err)
{
    const char *why = errand->told[0] != '\0' ? errand->told : libcurl.easy_strerror(code);

    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        return err_set(err, ERR_DENIED, "its certificate is not to be trusted: %s", why);
    if (code == CURLE_USE_SSL_FAILED)
        return err_set(err, ERR_DENIED, "the server offers no TLS");
    if (code == CURLE_LOGIN_DENIED || errand->is_login)
        return err_set(err, ERR_DENIED, "the server does not take login and password: %.*s",
                       STR_ARG(answer->text));
    if (answer->code >= 500)
        return err_set(err, errand->is_reached ? ERR_INPUT : ERR_DENIED, "the server answers %.*s",
                       STR_ARG(answer->text));
    if (answer->code >= 400)
        return err_set(err, ERR_UNAVAILABLE, "the server answers %.*s", STR_ARG(answer->text));
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return err_set(err, ERR_INPUT, "its address is none of a mail server: %s", why);
    return err_set(err, ERR_UNAVAILABLE, "the server does not answer: %s", why);
}

bool smtp_send(struct smtp *smtp, struct arena *arena, const struct smtp_server *server,
               const struct smtp_mail *mail, struct smtp_answer *answer, struct err *err)
{
    struct errand errand = {.arena = arena, .mail = mail};
    struct curl_slist *to = libcurl.slist_append(NULL, str_to_z(arena, mail->to));

    prepare(smtp->easy, &errand, server, to);
    CURLcode code = libcurl.easy_perform(smtp->easy);
    libcurl.slist_free_all(to);
    *answer = (struct smtp_answer){.code = errand.code, .text = words_of(&errand)};
    answer->is_reached = errand.is_reached && answer->code > 0;
    return code == CURLE_OK || fail(&errand, code, answer, err);
}
