/*
 * Messages of packs: what people are told, messages/NAME.mustache; NAME.ky.mustache and
 * NAME.en.mustache are the same in other languages.
 *
 *     Subject: Осмотр дома {{house}}
 *     SMS: Осмотр {{house}} — {{day}}
 *     Kind: case
 *
 *     Здравствуйте! …
 *
 * Headers up to the first empty line, then the text; {{fields}} are Mustache (lang/template.h)
 * without partials and without translations of its own.
 */
#pragma once

#include "core/vec.h"
#include "notice/notice.h"
#include "pack/pack.h"

enum {
    MESSAGE_BYTES_MAX = 32 * 1024,
    MESSAGE_SMS_MAX = 201, /* letters of the SMS as it stands in the file: three parts */
    MESSAGE_FAULTS_MAX = 20,
    MESSAGE_NAMES_MAX = 100,
};

struct message_fault {
    int line; /* of the file */
    struct str text;
};

struct message {
    struct str subject, sms, body; /* as they stand there */
    enum contact_kind kind;
    int subject_line, sms_line, body_line; /* 0: it is not there */
    struct str *names; /* what values it asks for: "house" of {{house.title}}; each once */
    size_t name_count;
    struct message_fault *faults; /* for whoever wrote it */
    size_t fault_count;
};

/* Borrows bytes, whatever they are.  It can be filled when there is no fault. */
void message_read(struct arena *arena, struct str bytes, struct message *message);
/* That language's, else the Russian one; NULL: the pack has no such message. */
const struct pack_file *message_find(const struct pack *pack, struct str name, struct str language);
/* Kind, template, subject, body and sms of a notice.  ERR_INPUT, ERR_LIMIT: a sentence for whoever
 * wrote it. */
MUST_CHECK bool message_fill(struct arena *arena, const struct pack *pack, struct str name,
                             const struct json *values, struct notice *notice, struct err *err);
/* The checker of a pack's messages/. */
void message_check_file(const struct pack_set *set, const struct pack *pack,
                        const struct pack_file *file, struct pack_findings *findings);
