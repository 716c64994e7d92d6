/*
 * How e-mail and SMS leave this server: a file of the operator, which holds passwords, so that only
 * the server's user may be able to read it.
 *
 *     [mail]
 *     server = smtps://smtp.example.ru       or smtp://smtp.example.ru:587, with STARTTLS
 *     login = …                              none: the server wants none
 *     password = …                           (UPRAVA_MAIL_PASSWORD)
 *     from = uprava@example.ru
 *     ca = /etc/ssl/own.pem                  who vouches for it; the system's by default
 *     tls = no                               only for a server on this machine
 *
 *     [sms]
 *     url = https://sms.example.ru/send
 *     method = POST
 *     type = application/json                or application/x-www-form-urlencoded
 *     body = {"to": "{{phone}}", "text": "{{text}}", "id": "{{id}}"}
 *     header = Authorization
 *     token = Bearer …                       (UPRAVA_SMS_TOKEN)
 *     status = 200                           2xx by default
 *     answer = "accepted": *true             a pattern the answer must hold
 *     ca = …
 *
 *     [mail zarechensk]                      of one municipality, in the place of the others'
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct arena;
struct pattern;

struct delivery_mail {
    struct str server, login, password, from, ca_file;
    bool is_plain;
};

struct delivery_sms {
    struct str url, method, type, body, header, token, ca_file;
    int status; /* 0: any 2xx */
    const struct pattern *answer;
    bool has_id; /* the gateway is told an id, so it recognises a double */
};

struct delivery_section {
    struct str tenant; /* empty: of all that have none of their own */
    bool is_mail;
    int line;
    struct delivery_mail mail;
    struct delivery_sms sms;
    struct str answer; /* the pattern's text */
};

struct delivery {
    struct delivery_section *sections;
    size_t count;
};

/* path empty: nothing leaves.  ERR_INPUT names the line. */
MUST_CHECK bool delivery_read(struct arena *arena, struct str path, struct delivery *delivery,
                              struct err *err);
/* Of the text of such a file. */
MUST_CHECK bool delivery_parse(struct arena *arena, struct str text, struct delivery *delivery,
                               struct err *err);
/* NULL: nothing goes out by that way there. */
const struct delivery_mail *delivery_mail_of(const struct delivery *delivery, struct str tenant);
const struct delivery_sms *delivery_sms_of(const struct delivery *delivery, struct str tenant);
