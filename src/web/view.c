#include "web/view.h"

#include "core/num.h"
#include "core/time.h"

static const struct str LANGUAGES[] = {STR_INIT("ru"), STR_INIT("ky"), STR_INIT("en")};

void view_action(struct request *request, struct json *list, struct str text, struct str href,
                 const char *kind)
{
    struct json *action = view_push(request, list);

    view_text(request, action, "text", text);
    view_text(request, action, "href", href);
    view_text(request, action, "kind", str_from_z(kind));
    view_bool(request, action, "is_post", false);
    view_bool(request, action, "is_dialog", false);
}

struct str view_number(struct request *request, int64_t number)
{
    struct buf plain = {.arena = request->arena};
    struct buf local = {.arena = request->arena};

    buf_int(&plain, number);
    num_print_local(&local, buf_str(&plain), LANGUAGES[request->language]);
    return buf_str(&local);
}

struct str view_moment(struct request *request, int64_t at)
{
    struct buf buf = {.arena = request->arena};

    time_print_moment_local(&buf, at, catalog_utc_offset(request->catalog));
    return buf_str(&buf);
}

struct str view_day(struct request *request, int64_t day)
{
    struct buf buf = {.arena = request->arena};

    time_print_day_local(&buf, day);
    return buf_str(&buf);
}

struct str view_count(struct request *request, int64_t count, bool is_more)
{
    struct str number = view_number(request, count);

    return is_more ? str_printf(request->arena, "%.*s %.*s",
                                STR_ARG(request_text(request, STR("more than"))), STR_ARG(number))
                   : number;
}
