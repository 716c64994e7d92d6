/* What a municipality sets for itself: its name, what it is, its colour, whom to write to. */
#include "core/utf8.h"
#include "registry/branding.h"
#include "registry/calendar_file.h"
#include "registry/tenancy.h"
#include "registry/workdays.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_about.h"

#include <math.h>
#include <string.h>

enum {
    TEXT_MAX = 200, /* letters */
};

/* WCAG 2.2, 1.4.3: white text stands on the colour. */
static const double CONTRAST_MIN = 4.5;

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "#1d5b6e" */
static bool parse_colour(struct str text, int rgb[3])
{
    if (text.len != 7 || text.ptr[0] != '#')
        return false;
    for (int i = 0; i < 3; i++) {
        int high = hex_digit(text.ptr[1 + 2 * i]);
        int low = hex_digit(text.ptr[2 + 2 * i]);

        if (high < 0 || low < 0)
            return false;
        rgb[i] = 16 * high + low;
    }
    return true;
}

/* The contrast ratio with white, from relative luminance (WCAG 2.2, definitions). */
static double contrast_with_white(const int rgb[3])
{
    static const double WEIGHTS[] = {0.2126, 0.7152, 0.0722};
    double luminance = 0;

    for (int i = 0; i < 3; i++) {
        double part = rgb[i] / 255.0;

        luminance +=
            WEIGHTS[i] * (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return 1.05 / (luminance + 0.05);
}

enum {
    TITLE, /* kept by the node; the others are settings of the tenant */
    KIND,
    BRAND,
    CONTACT,
    ADDRESS,
    CLOCK,
    CALENDAR,
    HOURS,
    SETTINGS,
};

static const struct {
    const char *name;
    const char *label;
    const char *hint;
} FIELDS[SETTINGS] = {
    [TITLE] = {"title", "Name of the municipality", "As it stands on top of every page"},
    [KIND] = {"kind", "What it is", "For example: city district, rural settlement"},
    [BRAND] = {"brand", "Its colour", "Six digits as in #1d5b6e"},
    [CONTACT] = {"contact", "Whom to write to",
                 "An e-mail address and a telephone, for the page on accessibility"},
    [ADDRESS] = {"address", "Its address on the internet",
                 "For example https://zarechye.example: QR codes of documents lead there"},
    [CLOCK] = {"utc_offset", "Time zone", "By it dates and times are shown, and a day begins"},
    [CALENDAR] = {"calendar", "Production calendar",
                  "By it working days and deadlines are counted"},
    [HOURS] = {"working_hours", "Working hours",
               "For example 09:00-13:00 14:00-18:00; a short day ends an hour earlier"},
};

/* Minutes ahead of UTC, and a place people know the time of. */
static const struct {
    const char *minutes;
    const char *place;
} CLOCKS[] = {
    {"120", "Kaliningrad, UTC+2"},   {"180", "Moscow, UTC+3"},
    {"240", "Samara, UTC+4"},        {"300", "Yekaterinburg, UTC+5"},
    {"360", "Omsk, Bishkek, UTC+6"}, {"420", "Novosibirsk, Krasnoyarsk, UTC+7"},
    {"480", "Irkutsk, UTC+8"},       {"540", "Yakutsk, Chita, UTC+9"},
    {"600", "Vladivostok, UTC+10"},  {"660", "Magadan, Sakhalin, UTC+11"},
    {"720", "Kamchatka, UTC+12"},
};

struct form {
    struct str values[SETTINGS];
    struct str errors[SETTINGS];
    bool is_wrong;
};

static void add_field(struct request *request, struct json *view, const struct form *form, int i)
{
    struct json *field =
        input_add(request, json_find(view, STR("fields")), "is_text", FIELDS[i].name,
                  request_text(request, str_from_z(FIELDS[i].label)));

    if (i != TITLE)
        input_optional(request, field);
    input_hint(request, field, request_text(request, str_from_z(FIELDS[i].hint)));
    input_value(request, field, form->values[i]);
    if (form->errors[i].len > 0)
        input_error(request, view, field, form->errors[i]);
}

/* What stands there may have come from the command line: then it is offered as it is. */
static void add_clock(struct request *request, struct json *view, const struct form *form)
{
    struct str chosen = form->values[CLOCK];
    struct json *field =
        input_add(request, json_find(view, STR("fields")), "is_select", FIELDS[CLOCK].name,
                  request_text(request, str_from_z(FIELDS[CLOCK].label)));
    bool is_listed = false;

    input_hint(request, field, request_text(request, str_from_z(FIELDS[CLOCK].hint)));
    for (size_t i = 0; i < ARRAY_LEN(CLOCKS); i++) {
        struct str minutes = str_from_z(CLOCKS[i].minutes);
        bool is_chosen = str_equal(chosen, minutes);

        input_option(request, field, minutes, request_text(request, str_from_z(CLOCKS[i].place)),
                     is_chosen);
        is_listed |= is_chosen;
    }
    if (!is_listed)
        input_option(request, field, chosen, chosen, true);
    if (form->errors[CLOCK].len > 0)
        input_error(request, view, field, form->errors[CLOCK]);
}

static struct str calendar_title(const struct request *request, struct str name)
{
    if (str_equal(name, STR("ru")))
        return request_text(request, STR("Russia"));
    return str_equal(name, STR("kg")) ? request_text(request, STR("Kyrgyzstan")) : name;
}

/* Those of packs and of the register of days; what was set from elsewhere is offered, too. */
static bool add_calendar(struct request *request, struct json *view, const struct form *form,
                         struct err *err)
{
    struct str chosen = form->values[CALENDAR], *names;
    struct json *field =
        input_add(request, json_find(view, STR("fields")), "is_select", FIELDS[CALENDAR].name,
                  request_text(request, str_from_z(FIELDS[CALENDAR].label)));
    bool is_listed = false;
    struct tx *tx;
    size_t count;

    if (!request_read(request, &tx, err) ||
        !workdays_names(&request->registry, &names, &count, err))
        return false;
    input_hint(request, field, request_text(request, str_from_z(FIELDS[CALENDAR].hint)));
    for (size_t i = 0; i < count; i++) {
        bool is_chosen = str_equal(chosen, names[i]);

        input_option(request, field, names[i], calendar_title(request, names[i]), is_chosen);
        is_listed |= is_chosen;
    }
    if (!is_listed)
        input_option(request, field, chosen, calendar_title(request, chosen), true);
    if (form->errors[CALENDAR].len > 0)
        input_error(request, view, field, form->errors[CALENDAR]);
    return true;
}

/* What is not the municipality's own, and the way to have one's own. */
static void add_inherited(struct request *request, struct json *view)
{
    struct branding branding = branding_of(request->catalog);
    struct json *inherited;

    if (branding.from.len == 0) {
        view_none(request, view, "inherited");
        return;
    }
    inherited = view_object(request, view, "inherited");
    view_text(request, inherited, "from", branding.from);
    view_text(request, inherited, "colour", branding.colour);
    view_bool(request, inherited, "has_line", str_equal(branding.line, branding.from));
    view_text(request, inherited, "own_href", page_href(request, "/admin/settings/own"));
}

static bool show(struct request *request, int status, const struct form *form, struct err *err)
{
    struct json *view = view_new(request);

    page_title(request, view, request_text(request, STR("Municipality")));
    view_text(request, view, "heading", tenant_info(request->tenant)->title);
    view_list(request, view, "fields");
    input_errors_begin(request, view);
    add_inherited(request, view);
    for (int i = 0; i < CLOCK; i++)
        add_field(request, view, form, i);
    add_clock(request, view, form);
    if (!add_calendar(request, view, form, err))
        return false;
    add_field(request, view, form, HOURS);
    view_text(request, view, "action", page_href(request, "/admin/settings"));
    return answer_page(request, status, STR("page/settings"), view, err);
}

/* As it holds, also while nobody has set it. */
static struct str present(const struct request *request, int i)
{
    if (i == CLOCK)
        return str_printf(request->arena, "%d", catalog_utc_offset(request->catalog));
    return i == CALENDAR ? workdays_name(request->catalog)
                         : catalog_setting(request->catalog, str_from_z(FIELDS[i].name));
}

bool page_settings(struct request *request, struct err *err)
{
    struct form form = {0};

    if (!request_admin(request, POLICY_SETTINGS, err))
        return false;
    form.values[TITLE] = tenant_info(request->tenant)->title;
    for (int i = TITLE + 1; i < SETTINGS; i++)
        form.values[i] = present(request, i);
    return show(request, 200, &form, err);
}

static void refuse(struct request *request, struct form *form, int i, struct str text)
{
    form->errors[i] = request_text(request, text);
    form->is_wrong = true;
}

/* What stands before the paths of its pages. */
static bool is_address(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || strchr("\"<>?#", text.ptr[i]) != NULL)
            return false;
    return (str_starts(text, STR("https://")) || str_starts(text, STR("http://"))) &&
           text.len > sizeof "https://";
}

static void check(struct request *request, struct form *form)
{
    struct calendar_hours hours;
    int rgb[3], offset;

    for (int i = 0; i < SETTINGS; i++)
        if (utf8_length(form->values[i]) > TEXT_MAX)
            refuse(request, form, i, STR("This is too long."));
    if (!catalog_read_offset(form->values[CLOCK], &offset))
        refuse(request, form, CLOCK, STR("Choose one from the list."));
    if (!calendar_file_name_is_valid(form->values[CALENDAR]))
        refuse(request, form, CALENDAR, STR("Choose one from the list."));
    if (form->values[HOURS].len > 0 && !calendar_hours_parse(form->values[HOURS], &hours))
        refuse(request, form, HOURS, STR("Write the hours as 09:00-13:00 14:00-18:00."));
    if (form->values[ADDRESS].len > 0 && !is_address(form->values[ADDRESS]))
        refuse(request, form, ADDRESS,
               STR("Write the address as https://zarechye.example, without blanks."));
    if (form->values[TITLE].len == 0)
        refuse(request, form, TITLE, STR("Fill this in."));
    if (form->values[BRAND].len == 0)
        return;
    if (!parse_colour(form->values[BRAND], rgb))
        refuse(request, form, BRAND, STR("Write the colour as #1d5b6e."));
    else if (contrast_with_white(rgb) < CONTRAST_MIN)
        refuse(request, form, BRAND,
               STR("White letters cannot be read on this colour. Choose a darker one."));
}

struct saving {
    struct request *request;
    const struct form *form;
    bool is_renamed;
};

/* Only what is different, so that the journal tells of no change that was none. */
static bool write_settings(struct tx *tx, void *data, struct err *err)
{
    const struct saving *saving = data;
    const struct request *request = saving->request;
    struct str colour = catalog_setting(request->catalog, STR("brand"));
    bool is_told = saving->is_renamed && colour.len > 0;

    is_told |= !str_equal(colour, saving->form->values[BRAND]);
    for (int i = TITLE + 1; i < SETTINGS; i++) {
        struct str name = str_from_z(FIELDS[i].name);
        struct str value = saving->form->values[i];

        if (!str_equal(present(request, i), value) &&
            !catalog_set(tx, name, value, request->actor.account, request->now, err))
            return false;
    }
    return !is_told || branding_tell(tx, request->actor.account, request->now, err);
}

static bool rename_tenant(struct request *request, struct str title, struct err *err)
{
    struct tenancy by = {request->web->store, request->web->library, request->actor.account,
                         request->now};

    return tenancy_rename(&by, tenant_info(request->tenant)->name, title, err);
}

/* Who moved below another, or came from elsewhere, has the colour of those above now. */
static bool pull(struct request *request, struct err *err)
{
    struct subscription_by by = {request->tenant, request->web->library, request->arena,
                                 request->now};

    return branding_pull(&by, err);
}

static bool write_own(struct tx *tx, void *data, struct err *err)
{
    const struct request *request = data;
    struct branding branding = branding_of(request->catalog);

    return catalog_set(tx, STR("brand"), branding.colour, request->actor.account, request->now,
                       err) &&
           branding_tell(tx, request->actor.account, request->now, err);
}

bool page_settings_own(struct request *request, struct err *err)
{
    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err))
        return false;
    if (branding_of(request->catalog).from.len > 0) {
        if (!request_write_wait(request, write_own, request, err) ||
            !catalog_reload(request->tenant, request->web->library, err))
            return false;
        request_wake_workers(request);
    }
    answer_notice(request, STR("ok"),
                  request_text(request, STR("The colour is the municipality's own now. Change it "
                                            "below.")));
    return answer_redirect(request, STR("/admin/settings"));
}

bool page_settings_post(struct request *request, struct err *err)
{
    struct form form = {0};
    struct saving saving = {request, &form, false};

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err))
        return false;
    for (int i = 0; i < SETTINGS; i++)
        form.values[i] = str_trim(request_field(request, str_from_z(FIELDS[i].name)));
    for (int i = CLOCK; i <= CALENDAR; i++)
        if (form.values[i].len == 0)
            form.values[i] = present(request, i);
    check(request, &form);
    if (form.is_wrong)
        return show(request, 422, &form, err);
    saving.is_renamed = !str_equal(tenant_info(request->tenant)->title, form.values[TITLE]);
    if (!rename_tenant(request, form.values[TITLE], err) ||
        !request_write_wait(request, write_settings, &saving, err) ||
        !catalog_reload(request->tenant, request->web->library, err) || !pull(request, err))
        return false;
    request_wake_workers(request);
    answer_notice(request, STR("ok"), request_text(request, STR("Settings saved.")));
    return answer_redirect(request, STR("/admin/settings"));
}

bool page_settings_brand(struct request *request, struct err *err)
{
    struct str brand = branding_of(request->catalog).colour;
    int rgb[3];

    (void)err;
    /* Checked again: a setting may come from the command line as well. */
    if (parse_colour(brand, rgb) && contrast_with_white(rgb) >= CONTRAST_MIN)
        buf_printf(&request->exchange->out, ":root{--brand:%.*s}\n", STR_ARG(brand));
    return answer_text(request, 200, STR("text/css; charset=utf-8"));
}

struct keeping {
    const struct request *request;
    const struct str *names, *values;
    size_t count;
};

/* Only what is different, so that the journal tells of no change that was none. */
static bool run_keep(struct tx *tx, void *data, struct err *err)
{
    const struct keeping *keeping = data;
    const struct request *request = keeping->request;

    for (size_t i = 0; i < keeping->count; i++)
        if (!str_equal(catalog_setting(request->catalog, keeping->names[i]), keeping->values[i]) &&
            !catalog_set(tx, keeping->names[i], keeping->values[i], request->actor.account,
                         request->now, err))
            return false;
    return true;
}

bool page_settings_keep(struct request *request, const struct str *names, const struct str *values,
                        size_t count, struct err *err)
{
    struct keeping keeping = {request, names, values, count};

    if (!request_write_wait(request, run_keep, &keeping, err) ||
        !catalog_reload(request->tenant, request->web->library, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("Settings saved.")));
    return true;
}
