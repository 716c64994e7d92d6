/* Links to other servers: readers there, the publisher there, reports; for those with settings. */
#pragma once

#include "web/request.h"

bool page_link(struct request *request, struct err *err);
bool page_link_upload(struct request *request, struct err *err);
bool page_link_download(struct request *request, struct err *err);
bool page_link_report(struct request *request, struct err *err);
/* The page again, with what is wrong. */
bool page_link_show(struct request *request, int status, struct str wrong, struct err *err);
/* Shared by these pages: back to it with a notice, a moment or nothing. */
bool page_link_back(struct request *request, struct str text);
struct str page_link_when(struct request *request, int64_t at);

/* page_link_report.c */
MUST_CHECK bool page_link_add_reports(struct request *request, struct json *view, struct err *err);
/* How often reports go by themselves; one that was sent, as a file. */
bool page_link_pace(struct request *request, struct err *err);
bool page_link_sent(struct request *request, struct err *err);

/* page_link_reader.c */
bool page_link_reader_new(struct request *request, struct err *err);
bool page_link_reader_create(struct request *request, struct err *err);
bool page_link_reader(struct request *request, struct err *err);
bool page_link_reader_change(struct request *request, struct err *err);
bool page_link_reader_token(struct request *request, struct err *err);
bool page_link_reader_remove(struct request *request, struct err *err);

/* page_link_above.c: the publisher */
bool page_link_above(struct request *request, struct err *err);
bool page_link_above_enter(struct request *request, struct err *err);
bool page_link_above_follow(struct request *request, struct err *err);
bool page_link_above_check(struct request *request, struct err *err);
bool page_link_above_leave(struct request *request, struct err *err);

/* page_link_mail.c: what goes by hand to a publisher and back. */
bool page_link_mail(struct request *request, struct err *err);
bool page_link_mail_take(struct request *request, struct err *err);
bool page_link_mail_reply(struct request *request, struct err *err);
/* Among the files that are brought, those with a publisher's answers. */
bool page_link_mail_is_reply(const struct multipart_part *part);
MUST_CHECK bool page_link_mail_read(struct request *request, const struct multipart_part *part,
                                    struct err *err);
