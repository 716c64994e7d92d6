#include "web/page_quality.h"

#include "registry/record_quality.h"
#include "web/answer.h"
#include "web/display.h"
#include "web/seen.h"

enum {
    RECORDS_MAX = 50 * 1000, /* a page looks at: half a second */
};

static void add_records(struct request *request, struct json *view,
                        const struct register_type *type, unsigned classes,
                        const struct record_quality_rule *found)
{
    struct json *records = view_list(request, view, "records");

    for (size_t i = 0; i < found->shown_count; i++) {
        const struct record *record = &found->shown[i];
        struct json *one = view_push(request, records);

        view_text(request, one, "title", display_record_title(request, type, classes, record));
        view_text(request, one, "href", display_record_href(request, type, record->id));
        seen_add(request, type, classes & type->title_classes, &record->id, 1);
    }
    view_bool(request, view, "has_records", found->shown_count > 0);
    view_bool(request, view, "has_more", found->broken > (int64_t)found->shown_count);
}

bool page_quality(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *rules = view_list(request, view, "rules");
    const struct register_type *type;
    struct record_quality quality;
    struct tx *tx;
    unsigned classes;

    /* For those who can mend it. */
    if (!request_register(request, 0, POLICY_CHANGE, &type, &classes, err) ||
        !request_register(request, 0, POLICY_READ, &type, &classes, err) ||
        !request_read(request, &tx, err) ||
        !record_quality_count(&request->registry, type, RECORDS_MAX, &quality, err))
        return false;
    page_title(request, view, request_text(request, STR("What does not fit together")));
    page_crumb(request, view, request_text(request, STR("Registers")), STR("/registers/"));
    page_crumb(request, view, request_pack_text(request, type->title),
               str_printf(request->arena, "/registers/%.*s", STR_ARG(type->id)));
    for (size_t i = 0; i < type->rule_count; i++) {
        struct json *rule;

        if ((type->rules[i].classes & ~classes) != 0)
            continue;
        rule = view_push(request, rules);
        view_text(request, rule, "title", request_pack_text(request, type->rules[i].title));
        view_text(request, rule, "count_text", view_count(request, quality.rules[i].broken, false));
        add_records(request, rule, type, classes, &quality.rules[i]);
    }
    view_bool(request, view, "has_rules", rules->count > 0);
    view_text(request, view, "count_text", view_count(request, quality.total, false));
    view_bool(request, view, "is_part", quality.is_more);
    return answer_page(request, 200, STR("page/quality"), view, err);
}
