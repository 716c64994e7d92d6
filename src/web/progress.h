/* The component "progress", and how a job is called, for pages, events and the API. */
#pragma once

#include "queue/job.h"
#include "web/view.h"

/* The members of the component, but events_href. */
void progress_fill(struct request *request, struct json *box, const struct job_view *job);
bool progress_is_over(const struct job_view *job);
/* "Import of a file" */
struct str progress_title(struct request *request, struct str kind);
/* {kind, text} of a tag; is_over or not. */
void progress_tag(struct request *request, struct json *object, const struct job_view *job);
/* The tag's two values by themselves. */
const char *progress_tag_kind(const struct job_view *job);
struct str progress_status(struct request *request, struct str status);
/* Those with the right over jobs, and whoever asked for this one. */
bool progress_may_see(const struct request *request, const struct job_view *job);
/*
 * Answers with the job's progress as server-sent events; the last one says done_href.
 * Runs on a loop for as long as the job or the reader lasts.
 */
MUST_CHECK bool progress_stream(struct request *request, int64_t job, struct str done_href,
                                struct err *err);
