#include "web/page_admin.h"

#include "core/id.h"
#include "core/num.h"
#include "core/vec.h"
#include "registry/record.h"
#include "sign/secret.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/people.h"
#include "web/wording.h"

enum {
    PASSWORD_BYTES = 12, /* of a password that is made here: 16 letters */
};

/* What the form shows: an account as it is, or as it was typed, and what is wrong with it. */
struct form {
    struct account account; /* id 0: a new one */
    struct str person;      /* as typed */
    struct str name_error;
    struct str login_error;
    struct str person_error;
    struct str password; /* a new one, shown once */
    int status;
};

static bool has_role(const struct account *account, struct str role)
{
    for (size_t i = 0; i < account->role_count; i++)
        if (str_equal(account->roles[i], role))
            return true;
    return false;
}

static void add_roles(struct request *request, struct json *fields, const struct form *form)
{
    struct json *field =
        input_add(request, fields, "is_checks", "roles", request_text(request, STR("Roles")));
    const struct policy_role *roles;
    size_t count;

    input_optional(request, field);
    roles = policy_roles(request->catalog->model->policy, &count);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(roles[i].id, STR("guest")))
            continue;
        input_option(request, field, roles[i].id, request_pack_text(request, roles[i].title),
                     has_role(&form->account, roles[i].id));
        view_maybe(request, json_find(field, STR("options"))->last, "note",
                   request_pack_text(request, roles[i].description));
    }
}

static void add_identity(struct request *request, struct json *view, struct json *fields,
                         const struct form *form)
{
    struct json *level =
        input_add(request, fields, "is_select", "level",
                  request_text(request, STR("How sure it is who this is (residents)")));
    struct json *person = input_add(request, fields, "is_text", "person",
                                    request_text(request, STR("Card of the person (residents)")));

    for (size_t i = 0; i <= ACCOUNT_ESIA; i++)
        input_option(request, level, str_printf(request->arena, "%zu", i),
                     people_level(request, (enum account_level)i),
                     form->account.level == (enum account_level)i);
    input_optional(request, person);
    input_hint(request, person,
               request_text(request, STR("The last part of the card's address: 13 letters and "
                                         "digits")));
    input_value(request, person, form->person);
    if (form->person_error.len > 0)
        input_error(request, view, person, form->person_error);
}

static void add_fields(struct request *request, struct json *view, const struct form *form)
{
    struct json *fields = view_list(request, view, "fields");
    struct json *name =
        input_add(request, fields, "is_text", "name", request_text(request, STR("Full name")));
    struct json *login =
        input_add(request, fields, form->account.id == 0 ? "is_text" : "is_readonly", "login",
                  request_text(request, STR("Login")));

    input_value(request, name, form->account.name);
    view_text(request, name, "maxlength", STR("200"));
    input_value(request, login, form->account.login);
    view_text(request, login, "width", STR("w-short"));
    if (form->account.id != 0)
        input_optional(request, login); /* it stands there to be read */
    else
        input_hint(request, login, request_text(request, STR("Latin letters and digits")));
    add_roles(request, fields, form);
    add_identity(request, view, fields, form);
    if (form->name_error.len > 0)
        input_error(request, view, name, form->name_error);
    if (form->login_error.len > 0)
        input_error(request, view, login, form->login_error);
}

static void add_forms(struct request *request, struct json *view, const struct form *form)
{
    struct str id = id_text(request->arena, form->account.id);

    if (form->account.id == 0) {
        view_text(request, view, "action", page_href(request, "/admin/users/new"));
        view_text(request, view, "save_text", request_text(request, STR("Add a user")));
        view_none(request, view, "password");
        view_none(request, view, "block");
        return;
    }
    struct json *password = view_object(request, view, "password");

    view_text(request, view, "action", page_href(request, "/admin/users/%.*s", STR_ARG(id)));
    view_text(request, view, "save_text", request_text(request, STR("Save the user")));
    view_text(request, password, "href",
              page_href(request, "/admin/users/%.*s/password", STR_ARG(id)));
    view_maybe(request, password, "new_password", form->password);
    if (form->account.id == request->actor.account)
        view_none(request, view, "block"); /* nobody locks themselves out */
    else
        view_text(request, view_object(request, view, "block"), "href",
                  page_href(request, "/admin/users/%.*s/block", STR_ARG(id)));
}

static bool show(struct request *request, const struct form *form, struct err *err)
{
    struct json *view = view_new(request);
    struct str heading =
        form->account.id != 0 ? form->account.name : request_text(request, STR("New user"));

    page_title(request, view, heading);
    page_crumb(request, view, request_text(request, STR("Users")), STR("/admin/users"));
    view_text(request, view, "heading", heading);
    input_errors_begin(request, view);
    view_bool(request, view, "is_blocked", str_equal(form->account.state, STR("blocked")));
    view_text(request, view, "cancel_href", page_href(request, "/admin/users"));
    add_fields(request, view, form);
    add_forms(request, view, form);
    return answer_page(request, form->status, STR("page/user-form"), view, err);
}

static bool read_account(struct request *request, struct form *form, struct err *err)
{
    struct tx *tx;
    int64_t id;

    if (!request_admin(request, POLICY_USERS, err) || !request_id(request, 0, &id, err) ||
        !request_read(request, &tx, err) ||
        !account_get(tx, request->arena, id, &form->account, err))
        return false;
    if (form->account.person != 0)
        form->person = id_text(request->arena, form->account.person);
    return true;
}

/* The person's card must be there; that it is, is all this tells. */
static bool find_person(struct request *request, struct form *form, struct err *err)
{
    const struct register_type *type = request->catalog->model->person;
    struct record record;
    struct tx *tx;

    form->account.person = 0;
    if (form->person.len == 0)
        return true;
    if (type == NULL || !id_parse(form->person, &form->account.person)) {
        form->person_error = request_text(request, STR("There is no such card."));
        return true;
    }
    if (!request_read(request, &tx, err))
        return false;
    if (record_get(&request->registry, catalog_no(request->catalog, type), form->account.person, 0,
                   &record, err))
        return true;
    if (err->code != ERR_ABSENT)
        return false;
    form->person_error = request_text(request, STR("There is no such card."));
    return true;
}

static bool read_form(struct request *request, struct form *form, struct err *err)
{
    int64_t level = 0;
    VEC(struct str) roles = {0};

    form->account.name = str_trim(request_field(request, STR("name")));
    if (form->account.name.len == 0)
        form->name_error = request_text(request, STR("Fill this in."));
    if (form->account.name.len > 400)
        form->name_error = request_text(request, STR("This is too long."));
    for (size_t i = 0; i < request->form.count; i++)
        if (str_equal(request->form.pairs[i].name, STR("roles")) &&
            policy_role_find(request->catalog->model->policy, request->form.pairs[i].value))
            VEC_PUSH(request->arena, &roles, request->form.pairs[i].value);
    form->account.roles = roles.items;
    form->account.role_count = roles.count;
    if (num_parse_int(request_field(request, STR("level")), &level) && level >= 0 &&
        level <= ACCOUNT_ESIA)
        form->account.level = (enum account_level)level;
    form->person = str_trim(request_field(request, STR("person")));
    form->status = 422;
    return find_person(request, form, err);
}

static bool is_wrong(const struct form *form)
{
    return form->name_error.len > 0 || form->login_error.len > 0 || form->person_error.len > 0;
}

bool page_user_new(struct request *request, struct err *err)
{
    struct form form = {.status = 200};

    return request_admin(request, POLICY_USERS, err) && show(request, &form, err);
}

bool page_user(struct request *request, struct err *err)
{
    struct form form = {.status = 200};

    return read_account(request, &form, err) && show(request, &form, err);
}

struct writing {
    struct request *request;
    struct form *form;
    struct str hash;
};

static struct account_by by_actor(const struct request *request)
{
    return (struct account_by){request->actor.account, request->now};
}

static bool write_new(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return account_create(tx, &writing->form->account, writing->hash, by_actor(writing->request),
                          &writing->form->account.id, err);
}

static bool make_password(struct request *request, struct writing *writing, struct err *err)
{
    struct buf buf = {.arena = request->arena};

    secret_print_token(&buf, PASSWORD_BYTES);
    writing->form->password = buf_str(&buf);
    return account_hash_password(request->arena, buf_str(&buf), &writing->hash, err);
}

static bool refuse(struct request *request, struct form *form, const struct err *why,
                   struct err *err)
{
    form->login_error =
        why->code == ERR_CONFLICT
            ? request_text(request, STR("This login is taken. Choose another one."))
            : request_text(request, STR("A login has 2 to 100 Latin letters and digits, and "
                                        ". _ - + @ besides."));
    form->account.id = 0;
    return show(request, form, err);
}

bool page_user_create(struct request *request, struct err *err)
{
    struct form form = {.account.state = STR("active")};
    struct writing writing = {.request = request, .form = &form};

    if (!request_admin(request, POLICY_USERS, err) || !request_form(request, err))
        return false;
    form.account.login = str_trim(request_field(request, STR("login")));
    if (!read_form(request, &form, err))
        return false;
    if (form.account.login.len == 0)
        form.login_error = request_text(request, STR("Fill this in."));
    if (is_wrong(&form))
        return show(request, &form, err);
    if (!make_password(request, &writing, err))
        return false;
    if (!request_write_wait(request, write_new, &writing, err)) {
        struct err why = *err;

        return (why.code == ERR_CONFLICT || why.code == ERR_INPUT) &&
               refuse(request, &form, &why, err);
    }
    form.status = 200;
    return show(request, &form, err);
}

static bool write_change(struct tx *tx, void *data, struct err *err)
{
    const struct writing *writing = data;

    return account_change(tx, &writing->form->account, by_actor(writing->request), err);
}

bool page_user_change(struct request *request, struct err *err)
{
    struct form form = {0};
    struct writing writing = {.request = request, .form = &form};

    if (!request_form(request, err) || !read_account(request, &form, err) ||
        !read_form(request, &form, err))
        return false;
    if (is_wrong(&form))
        return show(request, &form, err);
    if (!request_write_wait(request, write_change, &writing, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("User saved.")));
    return answer_redirect(request, STR("/admin/users"));
}

static bool write_password(struct tx *tx, void *data, struct err *err)
{
    const struct writing *writing = data;

    return account_set_password(tx, writing->form->account.id, writing->hash,
                                by_actor(writing->request), err);
}

/* The answer is the page itself: the password is shown this once and stands in no address. */
bool page_user_password(struct request *request, struct err *err)
{
    struct form form = {.status = 200};
    struct writing writing = {.request = request, .form = &form};

    return read_account(request, &form, err) && make_password(request, &writing, err) &&
           request_write_wait(request, write_password, &writing, err) && show(request, &form, err);
}

bool page_user_block(struct request *request, struct err *err)
{
    struct form form = {0};
    struct writing writing = {.request = request, .form = &form};
    bool is_blocked;

    if (!request_form(request, err) || !read_account(request, &form, err))
        return false;
    if (form.account.id == request->actor.account)
        return err_set(err, ERR_DENIED, "nobody can block themselves");
    is_blocked = str_equal(request_field(request, STR("blocked")), STR("1"));
    form.account.state = is_blocked ? STR("blocked") : STR("active");
    if (!request_write_wait(request, write_change, &writing, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("User saved.")));
    return answer_redirect(request, str_printf(request->arena, "/admin/users/%.*s",
                                               STR_ARG(id_text(request->arena, form.account.id))));
}
