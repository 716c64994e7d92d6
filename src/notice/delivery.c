#include "notice/delivery.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "auth/contact.h"
#include "core/file.h"
#include "core/num.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "lang/pattern.h"

enum {
    FILE_MAX = 1024 * 1024,
    SECTIONS_MAX = 4000,
};

struct reader {
    struct arena *arena;
    VEC(struct delivery_section) sections;
    int line;
};

static struct str *field_of_mail(struct delivery_mail *mail, struct str name)
{
    return str_equal(name, STR("server"))     ? &mail->server
           : str_equal(name, STR("login"))    ? &mail->login
           : str_equal(name, STR("password")) ? &mail->password
           : str_equal(name, STR("from"))     ? &mail->from
           : str_equal(name, STR("ca"))       ? &mail->ca_file
                                              : NULL;
}

static struct str *field_of_sms(struct delivery_section *section, struct str name)
{
    struct delivery_sms *sms = &section->sms;

    return str_equal(name, STR("url"))      ? &sms->url
           : str_equal(name, STR("method")) ? &sms->method
           : str_equal(name, STR("type"))   ? &sms->type
           : str_equal(name, STR("body"))   ? &sms->body
           : str_equal(name, STR("header")) ? &sms->header
           : str_equal(name, STR("token"))  ? &sms->token
           : str_equal(name, STR("answer")) ? &section->answer
           : str_equal(name, STR("ca"))     ? &sms->ca_file
                                            : NULL;
}

static bool refuse(const struct reader *reader, struct err *err, const char *what)
{
    return err_set(err, ERR_INPUT, "line %d: %s", reader->line, what);
}

static bool put_mail(struct reader *reader, struct delivery_section *section, struct str name,
                     struct str value, struct err *err)
{
    struct str *field = field_of_mail(&section->mail, name);

    if (field != NULL) {
        *field = value;
        return true;
    }
    if (!str_equal(name, STR("tls")))
        return refuse(reader, err, "of mail there are server, login, password, from, ca and tls");
    section->mail.is_plain = str_equal(value, STR("no"));
    return section->mail.is_plain || str_equal(value, STR("yes")) ||
           refuse(reader, err, "tls is yes or no");
}

static bool put_sms(struct reader *reader, struct delivery_section *section, struct str name,
                    struct str value, struct err *err)
{
    struct str *field = field_of_sms(section, name);
    int64_t status;

    if (field != NULL) {
        *field = value;
        return true;
    }
    if (!str_equal(name, STR("status")))
        return refuse(reader, err,
                      "of sms there are url, method, type, body, header, token, status, answer "
                      "and ca");
    if (!num_parse_int(value, &status) || status < 100 || status > 599)
        return refuse(reader, err, "status is a number as 200");
    section->sms.status = (int)status;
    return true;
}

/* "mail zarechensk" */
static bool begin_section(struct reader *reader, struct str text, struct err *err)
{
    struct str tenant = text;
    struct str kind = str_cut(&tenant, ' ');
    struct delivery_section section = {.line = reader->line, .tenant = str_trim(tenant)};

    section.is_mail = str_equal(kind, STR("mail"));
    if (!section.is_mail && !str_equal(kind, STR("sms")))
        return refuse(reader, err, "a part is [mail], [sms], [mail NAME] or [sms NAME]");
    if (section.tenant.len > 0 && !store_is_name(section.tenant))
        return refuse(reader, err, "no municipality has such a name");
    for (size_t i = 0; i < reader->sections.count; i++)
        if (reader->sections.items[i].is_mail == section.is_mail &&
            str_equal(reader->sections.items[i].tenant, section.tenant))
            return refuse(reader, err, "this part stands here twice");
    if (reader->sections.count == SECTIONS_MAX)
        return refuse(reader, err, "these are too many parts");
    VEC_PUSH(reader->arena, &reader->sections, section);
    return true;
}

static bool read_line(struct reader *reader, struct str line, struct err *err)
{
    struct str value = line;
    struct str name;

    if (line.ptr[0] == '[')
        return str_ends(line, STR("]"))
                   ? begin_section(reader, str_trim(str_slice(line, 1, line.len - 2)), err)
                   : refuse(reader, err, "a part begins with its name in brackets: [mail]");
    name = str_trim(str_cut(&value, '='));
    value = str_copy(reader->arena, str_trim(value));
    if (reader->sections.count > 0) {
        struct delivery_section *section = &reader->sections.items[reader->sections.count - 1];

        return section->is_mail ? put_mail(reader, section, name, value, err)
                                : put_sms(reader, section, name, value, err);
    }
    return refuse(reader, err, "a part begins with its name in brackets: [mail]");
}

/* "smtp.example.ru:465" of an address. */
static struct str authority_of(struct str url)
{
    struct str host = str_slice(url, str_find(url, STR("://")) + 3, url.len);
    size_t len = 0;

    while (len < host.len && memchr("/?#\\", host.ptr[len], 4) == NULL)
        len++;
    return str_slice(host, 0, len);
}

/* What stands before an @ is a name and a password, however much it looks like a host. */
static bool has_user(struct str url)
{
    struct str authority = authority_of(url);

    return str_find_char(authority, '@') < authority.len;
}

/* On this machine nothing passes a network. */
static bool is_here(struct str url)
{
    struct str host = authority_of(url);

    if (str_starts(host, STR("[::1]")))
        return host.len == 5 || host.ptr[5] == ':';
    host = str_slice(host, 0, str_find_char(host, ':'));
    return str_equal(host, STR("127.0.0.1")) || str_equal(host, STR("localhost"));
}

static bool has_no_blanks(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 127)
            return false;
    return true;
}

static bool check_mail(struct delivery_mail *mail, struct err *err)
{
    bool is_smtp = str_starts(mail->server, STR("smtp://"));

    if (!has_no_blanks(mail->server) || has_user(mail->server) ||
        (!is_smtp && !str_starts(mail->server, STR("smtps://"))))
        return err_set(err, ERR_INPUT,
                       "server is an address as smtps://smtp.example.ru or "
                       "smtp://smtp.example.ru:587");
    if (mail->is_plain && (!is_smtp || !is_here(mail->server)))
        return err_set(err, ERR_INPUT, "tls = no is only for a server on this machine");
    if (mail->is_plain && mail->login.len > 0)
        return err_set(err, ERR_INPUT, "with tls = no there is no login");
    if ((mail->login.len == 0) != (mail->password.len == 0))
        return err_set(err, ERR_INPUT, "login and password belong together");
    return contact_check_email(mail->from, err) || err_while(err, "from");
}

static bool check_sms(struct arena *arena, struct delivery_section *section, struct err *err)
{
    struct delivery_sms *sms = &section->sms;
    struct pattern *answer = NULL;

    if (sms->method.len == 0)
        sms->method = STR("POST");
    if (sms->type.len == 0)
        sms->type = STR("application/x-www-form-urlencoded");
    if (has_user(sms->url))
        return err_set(err, ERR_INPUT,
                       "url holds no login: what the gateway wants goes into the "
                       "body or the header");
    if (!str_starts(sms->url, STR("https://")) &&
        !(str_starts(sms->url, STR("http://")) && is_here(sms->url)))
        return err_set(err, ERR_INPUT, "url is an address that begins with https://");
    if (!str_equal(sms->method, STR("POST")) && !str_equal(sms->method, STR("PUT")) &&
        !str_equal(sms->method, STR("GET")))
        return err_set(err, ERR_INPUT, "method is POST, PUT or GET");
    if (!str_equal(sms->type, STR("application/json")) &&
        !str_equal(sms->type, STR("application/x-www-form-urlencoded")))
        return err_set(err, ERR_INPUT,
                       "type is application/json or application/x-www-form-urlencoded");
    struct str all = str_printf(arena, "%.*s %.*s", STR_ARG(sms->url), STR_ARG(sms->body));
    if (str_find(all, STR("{{phone}}")) == all.len || str_find(all, STR("{{text}}")) == all.len)
        return err_set(err, ERR_INPUT, "url or body has to hold {{phone}} and {{text}}");
    if ((sms->header.len == 0) != (sms->token.len == 0))
        return err_set(err, ERR_INPUT, "header and token belong together");
    sms->has_id = str_find(all, STR("{{id}}")) < all.len;
    if (section->answer.len > 0 && !pattern_compile(arena, section->answer, &answer, err))
        return err_while(err, "answer");
    sms->answer = answer;
    return true;
}

static void fill(struct str *field, const char *name)
{
    const char *value = getenv(name);

    if (field->len == 0 && value != NULL)
        *field = str_from_z(value);
}

static bool check(struct arena *arena, struct delivery_section *section, struct err *err)
{
    bool is_node = section->tenant.len == 0;

    if (section->is_mail && is_node && section->mail.login.len > 0)
        fill(&section->mail.password, "UPRAVA_MAIL_PASSWORD");
    if (!section->is_mail && is_node && section->sms.header.len > 0)
        fill(&section->sms.token, "UPRAVA_SMS_TOKEN");
    return (section->is_mail ? check_mail(&section->mail, err) : check_sms(arena, section, err)) ||
           err_while(err, "line %d, [%s%s%.*s]", section->line, section->is_mail ? "mail" : "sms",
                     is_node ? "" : " ", STR_ARG(section->tenant));
}

bool delivery_parse(struct arena *arena, struct str text, struct delivery *delivery,
                    struct err *err)
{
    struct reader reader = {.arena = arena, .line = 1};

    *delivery = (struct delivery){0};
    if (!utf8_is_valid(text))
        return err_set(err, ERR_INPUT, "this is no text in UTF-8");
    for (; text.len > 0; reader.line++) {
        struct str line = str_trim(str_cut(&text, '\n'));

        if (line.len > 0 && line.ptr[0] != '#' && !read_line(&reader, line, err))
            return false;
    }
    for (size_t i = 0; i < reader.sections.count; i++)
        if (!check(arena, &reader.sections.items[i], err))
            return false;
    delivery->sections = reader.sections.items;
    delivery->count = reader.sections.count;
    return true;
}

bool delivery_read(struct arena *arena, struct str path, struct delivery *delivery, struct err *err)
{
    struct stat info;
    struct str text;

    *delivery = (struct delivery){0};
    if (path.len == 0)
        return true;
    if (!file_read(arena, path, FILE_MAX, &text, err))
        return false;
    if (stat(str_to_z(arena, path), &info) == 0 && (info.st_mode & S_IRWXO) != 0)
        return err_set(err, ERR_INPUT,
                       "%.*s holds passwords and everybody on this machine can read it: chmod 600",
                       STR_ARG(path));
    return delivery_parse(arena, text, delivery, err) || err_while(err, "%.*s", STR_ARG(path));
}

static const struct delivery_section *find(const struct delivery *delivery, bool is_mail,
                                           struct str tenant)
{
    const struct delivery_section *found = NULL;

    for (size_t i = 0; i < delivery->count; i++) {
        const struct delivery_section *one = &delivery->sections[i];

        if (one->is_mail == is_mail &&
            (str_equal(one->tenant, tenant) || (one->tenant.len == 0 && found == NULL)))
            found = one;
    }
    return found;
}

const struct delivery_mail *delivery_mail_of(const struct delivery *delivery, struct str tenant)
{
    const struct delivery_section *section = find(delivery, true, tenant);

    return section != NULL ? &section->mail : NULL;
}

const struct delivery_sms *delivery_sms_of(const struct delivery *delivery, struct str tenant)
{
    const struct delivery_section *section = find(delivery, false, tenant);

    return section != NULL ? &section->sms : NULL;
}
