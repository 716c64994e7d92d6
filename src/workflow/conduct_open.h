/*
 * An application is sent: its record, its files, its case and the first step of its process are one
 * write.  conduct_open fills a conduct, from which conduct_step goes on.
 */
#pragma once

#include "workflow/conduct.h"

struct conduct_application {
    const struct service *service;
    const struct json *data; /* the fields of its record */
    int64_t id;              /* of the record, and of the case */
    enum service_way way;
    int64_t applicant; /* as service_case.h has them */
    int64_t person;
    int64_t clerk;
    struct str consent;             /* the body of its event (service/consent.h); may be empty */
    int64_t draft_of;               /* whose application goes with it; 0: nobody's */
    const struct attachment *files; /* kept already */
    size_t file_count;
};

/* With flaws: what of the record is wrong. ERR_ABSENT: its register or process is not there. */
MUST_CHECK bool conduct_open(struct tx *read, struct conduct *conduct,
                             const struct conduct_application *application, struct flaws *flaws,
                             struct err *err);
