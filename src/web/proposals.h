/* What pages and the API have in common about proposals: making, seeing and deciding them. */
#pragma once

#include "registry/proposal.h"
#include "web/subscribed.h"

/* The register it is about, when this person may do that in it; NULL: they see nothing of it. */
const struct register_type *proposals_type(const struct request *request,
                                           const struct proposal *proposal,
                                           enum policy_action action, unsigned *classes);
/* That of the uuid in parts[part], if one may see it. ERR_ABSENT. */
MUST_CHECK bool proposals_find(struct request *request, size_t part, struct proposal *proposal,
                               struct err *err);
/* Makes one: value is the record as it should be, or a part of it. */
MUST_CHECK bool proposals_make(struct request *request, struct subscribed_record *found,
                               const struct json *value, struct str reason,
                               struct proposal *proposal, struct err *err);

struct proposals_decision {
    struct proposal proposal;
    bool is_accepted;
    struct str answer;
    int64_t version; /* of the record as it was seen; 0: whatever it is */
    struct flaws flaws;
};
/* With flaws: what is proposed is not right. ERR_CONFLICT: changed, or decided, meanwhile. */
MUST_CHECK bool proposals_decide(struct request *request, struct proposals_decision *decision,
                                 struct err *err);
struct str proposals_state(struct request *request, const struct proposal *proposal);
