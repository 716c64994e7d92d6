#include "cli/pack_case_look.h"

#include "registry/attachment.h"
#include "registry/record_list.h"

bool pack_case_look_fits(const struct json *have, const struct json *want)
{
    if (want->kind == JSON_NULL)
        return have == NULL || have->kind == JSON_NULL;
    if (want->kind != JSON_OBJECT)
        return have != NULL && json_equal(have, want);
    for (const struct json *one = want->first; one != NULL; one = one->next)
        if (!pack_case_look_fits(json_find(have, one->name), one))
            return false;
    return have != NULL && have->kind == JSON_OBJECT;
}

bool pack_case_look_row(const struct pack_case_look *look, struct str type, const struct json *want,
                        struct record *record, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = {&tx, look->arena, look->catalog, look->now, NULL};
    struct record_ask ask = {.type = model_type(look->catalog->model, type),
                             .limit = RECORD_LIST_LIMIT_MAX,
                             .valid_on = catalog_day(look->catalog, look->now)};
    struct record_page page;
    struct json *have;

    if (ask.type == NULL)
        return err_set(err, ERR_INPUT, "there is no register %.*s", STR_ARG(type));
    if (!tx_read(&tx, look->tenant, err) || !record_list(&registry, &ask, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++) {
        if (!json_parse(look->arena, page.records[i].body, NULL, &have, err))
            return false;
        *record = page.records[i];
        if (pack_case_look_fits(have, want))
            return true;
    }
    return err_set(
        err, ERR_INPUT, "no record of %.*s is so; the last is %.*s", STR_ARG(type),
        STR_ARG(page.count > 0 ? str_slice(page.records[0].body, 0, 300) : STR("not there")));
}

bool pack_case_look_file(const struct pack_case_look *look, const struct flow_store *head,
                         struct str name, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct attachment_page page;

    if (head->record == 0)
        return err_set(err, ERR_INPUT, "the flow is about no record that a let has made");
    if (!tx_read(&tx, look->tenant, err) ||
        !attachment_list(&tx, look->arena, head->no, head->record, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        if (str_equal(page.items[i].name, name))
            return true;
    return err_set(err, ERR_INPUT, "of its record's files (%d) none has that name",
                   (int)page.count);
}

void pack_case_look_end(struct pack_case_stand *stand, struct str title, struct str fault)
{
    bool ok = fault.len == 0;

    stand->passed += ok;
    stand->failed += !ok;
    buf_printf(stand->report, "%s - %.*s\n", ok ? "ok" : "not ok", STR_ARG(title));
    if (!ok)
        buf_printf(stand->report, "  %.*s/%.*s\n", STR_ARG(stand->pack->id), STR_ARG(fault));
    if (stand->tell != NULL)
        stand->is_over = !stand->tell(stand, title, fault);
}
