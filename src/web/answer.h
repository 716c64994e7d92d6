/* Answers: JSON, pages, redirects, files, and the one place where an err becomes a status. */
#pragma once

#include "web/request.h"

enum {
    ANSWER_FILE_MAX = 512 * 1024 * 1024,
};

/* ERR_ABSENT is 404, and so on: one table. */
int answer_status(enum err_code code);
/* Forgets what stands in the answer so far. */
void answer_reset(struct request *request);
/* To the sign-in page (and back afterwards), or 401 for programs. */
void answer_sign_in(struct request *request);
/* Sets status and type; the body is in exchange->out. Always true. */
bool answer_json(struct request *request, int status);
bool answer_text(struct request *request, int status, struct str type);
/* An open file, which the answer closes. */
bool answer_file(struct request *request, int fd, int64_t size, struct str type);
/* An answer without a body. */
bool answer_empty(struct request *request, int status);
/* 303 to a path of this tenant ("/registers/"). */
bool answer_redirect(struct request *request, struct str path);
/* Renders ui/pages/<name>.html with the view (page.* is added here). */
MUST_CHECK bool answer_page(struct request *request, int status, struct str name, struct json *view,
                            struct err *err);
/* A problem document or an error page. flaws may be NULL. */
void answer_error(struct request *request, const struct err *err, const struct flaws *flaws);
/* The same with another status than the code's own (415, 428, …). */
void answer_problem(struct request *request, int status, struct str detail,
                    const struct flaws *flaws);
/*
 * Nobody gets further here, whatever they asked for: title says it, text what they can do
 * (msgids).  A page without the ways on that a municipality's pages have, or a problem document.
 */
void answer_closed(struct request *request, int status, struct str title, struct str text);
/* A flaw as a sentence in the request's language. */
struct str answer_flaw_text(struct request *request, const struct flaw *flaw);
/* Sets a cookie for this tenant; max_age 0 takes it away, -1: until the browser closes. */
void answer_cookie(struct request *request, struct str name, struct str value, int64_t max_age,
                   bool is_secret);
/* A notice shown on the next page of this person. kind: ok, info, warn, bad. */
void answer_notice(struct request *request, struct str kind, struct str text);
