/* The version for weak sight: size, colours, pictures, spacing, as classes in a cookie. */
#include "web/answer.h"
#include "web/input.h"
#include "web/page_about.h"

enum {
    YEAR_S = 365 * 24 * 3600,
};

struct choice {
    const char *value;
    const char *title;
};

static const struct choice SIZES[] = {
    {"", "usual"}, {"large", "larger"}, {"largest", "the largest"}};
static const struct choice COLOURS[] = {{"", "usual colours"},
                                        {"light", "black on white"},
                                        {"dark", "white on black"},
                                        {"blue", "dark blue on light blue"}};
static const struct choice MORE[] = {{"nopics", "no pictures"},
                                     {"spaced", "more space between letters"}};

static const struct {
    const char *kind;
    const char *name;
    const char *label;
    const struct choice *choices;
    size_t count;
} GROUPS[] = {
    {"is_radio", "size", "Size of letters", SIZES, ARRAY_LEN(SIZES)},
    {"is_radio", "colours", "Colours", COLOURS, ARRAY_LEN(COLOURS)},
    {"is_checks", "more", "And also", MORE, ARRAY_LEN(MORE)},
};

/* The class words of the cookie, each known: what a stranger put there goes nowhere. */
static bool has_class(struct str classes, const char *value)
{
    while (classes.len > 0) {
        struct str word = str_cut(&classes, ' ');

        if (str_starts(word, STR("v-")) &&
            str_equal(str_slice(word, 2, word.len), str_from_z(value)))
            return true;
    }
    return false;
}

static struct str read_cookie(struct request *request)
{
    struct buf text = {.arena = request->arena};
    struct str cookie = str_slice(http_cookie(request->exchange, STR("vision")), 0, 100);

    return url_decode(&text, cookie, true) ? buf_str(&text) : (struct str){0};
}

static void add_group(struct request *request, struct json *fields, size_t at)
{
    const struct choice *choices = GROUPS[at].choices;
    struct str classes = read_cookie(request);
    struct json *field = input_add(request, fields, GROUPS[at].kind, GROUPS[at].name,
                                   request_text(request, str_from_z(GROUPS[at].label)));
    bool has_some = false;

    for (size_t i = 1; i < GROUPS[at].count; i++)
        has_some |= has_class(classes, choices[i].value);
    for (size_t i = 0; i < GROUPS[at].count; i++)
        input_option(request, field, str_from_z(choices[i].value),
                     request_text(request, str_from_z(choices[i].title)),
                     choices[i].value[0] == '\0' ? !has_some
                                                 : has_class(classes, choices[i].value));
}

/* Where the person came from, within this municipality; its start page else. */
static struct str own_path(const struct request *request, struct str path)
{
    struct str rest = str_slice(path, request->base.len, path.len);

    if (!str_starts(path, request->base) || !str_starts(rest, STR("/")) ||
        str_starts(rest, STR("//")) || str_find_char(rest, '\\') < rest.len ||
        str_starts(rest, STR("/vision")))
        return STR("/");
    return rest;
}

static struct str came_from(const struct request *request)
{
    struct str referer = http_header(request->exchange, STR("referer"));
    size_t scheme = str_find(referer, STR("://"));
    struct str rest = str_slice(referer, scheme + 3, referer.len);

    return own_path(request, str_slice(rest, str_find_char(rest, '/'), rest.len));
}

bool page_vision(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *fields = view_list(request, view, "fields");

    page_title(request, view, request_text(request, STR("Version for weak sight")));
    view_text(request, view, "back", page_href(request, "%.*s", STR_ARG(came_from(request))));
    for (size_t i = 0; i < ARRAY_LEN(GROUPS); i++)
        add_group(request, fields, i);
    return answer_page(request, 200, STR("page/vision"), view, err);
}

static bool is_chosen(const struct request *request, const char *name, const char *value)
{
    for (size_t i = 0; i < request->form.count; i++)
        if (str_equal(request->form.pairs[i].name, str_from_z(name)) &&
            str_equal(request->form.pairs[i].value, str_from_z(value)))
            return true;
    return false;
}

static void add_classes(const struct request *request, struct buf *classes, size_t at)
{
    for (size_t i = 0; i < GROUPS[at].count; i++) {
        const char *value = GROUPS[at].choices[i].value;

        if (value[0] != '\0' && is_chosen(request, GROUPS[at].name, value))
            buf_printf(classes, "%sv-%s", classes->len > 0 ? " " : "", value);
    }
}

bool page_vision_post(struct request *request, struct err *err)
{
    struct buf classes = {.arena = request->arena};

    if (!request_form(request, err))
        return false;
    if (request_field(request, STR("off")).len == 0)
        for (size_t i = 0; i < ARRAY_LEN(GROUPS); i++)
            add_classes(request, &classes, i);
    answer_cookie(request, STR("vision"), buf_str(&classes), classes.len > 0 ? YEAR_S : 0, false);
    return answer_redirect(request, own_path(request, request_field(request, STR("back"))));
}
