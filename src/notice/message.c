#include "notice/message.h"

#include "core/num.h"
#include "core/utf8.h"
#include "lang/mustache.h"
#include "lang/template.h"

#define FOLDER "messages/"
#define ENDING ".mustache"

struct reader {
    struct arena *arena;
    struct message *message;
    VEC(struct message_fault) faults;
    VEC(struct str) names;
    int kind_line;
};

static void fault(struct reader *reader, int line, const char *text)
{
    if (reader->faults.count < MESSAGE_FAULTS_MAX)
        VEC_PUSH(reader->arena, &reader->faults,
                 (struct message_fault){line, str_copy(reader->arena, str_from_z(text))});
}

static void add_name(struct reader *reader, struct str name)
{
    for (size_t i = 0; i < reader->names.count; i++)
        if (str_equal(reader->names.items[i], name))
            return;
    if (name.len > 0 && reader->names.count < MESSAGE_NAMES_MAX)
        VEC_PUSH(reader->arena, &reader->names, str_copy(reader->arena, name));
}

/* In a section a name may be of its items. */
static void add_names(struct reader *reader, const struct mustache *mustache, int line)
{
    for (size_t i = 0; i < mustache->nodes.count; i++) {
        const struct mustache_node *node = &mustache->nodes.items[i];

        if (node->kind == MUSTACHE_PARTIAL)
            fault(reader, line + (int)node->line - 1,
                  "a message cannot take in another one: leave out the tag {{> }}");
        if (node->parts > 0)
            add_name(reader, node->path[0]);
        if (node->kind == MUSTACHE_SECTION || node->kind == MUSTACHE_INVERTED)
            i = MAX(i, (size_t)node->end - 1);
    }
}

/* "line 3: what is wrong" of a part that begins at a line of the file. */
static void fault_of_part(struct reader *reader, int line, const char *text)
{
    struct str rest = str_from_z(text);
    struct str first = str_cut(&rest, ':');
    int64_t at;

    if (str_starts(first, STR("line ")) &&
        num_parse_int(str_slice(first, sizeof "line " - 1, first.len), &at))
        fault(reader, line + (int)at - 1, str_to_z(reader->arena, str_trim(rest)));
    else
        fault(reader, line, text);
}

static void check_part(struct reader *reader, struct str part, int line)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct mustache mustache = {0};
    struct err err;

    if (!mustache_compile(scratch, &(struct mustache_rules){0}, part, &mustache, &err)) {
        fault_of_part(reader, line, err.text);
        return;
    }
    if (mustache.messages.count > 0)
        fault(reader, line,
              "a message is translated as a whole, in NAME.ky.mustache and NAME.en.mustache: leave "
              "out the tag {{_ }}");
    add_names(reader, &mustache, line);
}

/* Without the tags: what a value adds is not known here. */
static size_t count_letters(struct str text)
{
    size_t count = 0;

    while (text.len > 0) {
        struct str plain = str_slice(text, 0, str_find(text, STR("{{")));
        struct str rest = str_slice(text, plain.len, text.len);
        size_t end = str_find(rest, STR("}}"));

        count += utf8_length(plain);
        text = end < rest.len ? str_slice(rest, end + 2, rest.len) : (struct str){0};
    }
    return count;
}

static void set_once(struct reader *reader, struct str *field, int *field_line, struct str value,
                     int line)
{
    if (*field_line != 0)
        fault(reader, line, "this header stands here twice");
    else if (value.len == 0)
        fault(reader, line, "this header is empty: fill it in, or leave it out");
    *field = value;
    *field_line = line;
}

static void read_header(struct reader *reader, struct str text, int line)
{
    struct message *message = reader->message;
    struct str value = text;
    struct str name = str_trim(str_cut(&value, ':'));
    struct str kind = {0};

    value = str_trim(value);
    if (str_equal(name, STR("Subject"))) {
        set_once(reader, &message->subject, &message->subject_line, value, line);
    } else if (str_equal(name, STR("SMS"))) {
        set_once(reader, &message->sms, &message->sms_line, value, line);
    } else if (str_equal(name, STR("Kind"))) {
        set_once(reader, &kind, &reader->kind_line, value, line);
        message->kind = (enum contact_kind)contact_kind_of(kind);
        if (message->kind == 0 && value.len > 0)
            fault(reader, line, "Kind is case, work or news");
    } else {
        fault(reader, line,
              "a message begins with headers, Subject: …, SMS: … and Kind: …, then an empty line, "
              "then its text");
    }
}

/* Takes the first block off *rest; the number of the line behind it. */
static int read_headers(struct reader *reader, struct str *rest)
{
    int line = 1;

    for (; rest->len > 0; line++) {
        struct str text = str_trim(str_cut(rest, '\n'));

        if (text.len == 0)
            return line + 1;
        read_header(reader, text, line);
    }
    return line;
}

static void check(struct reader *reader)
{
    struct message *message = reader->message;

    if (message->subject_line == 0)
        fault(reader, 1, "there is no subject: begin with a line Subject: …");
    if (str_trim(message->body).len == 0)
        fault(reader, message->body_line,
              "there is no text: it stands behind the headers and an empty line");
    if (count_letters(message->subject) > NOTICE_SUBJECT_MAX)
        fault(reader, message->subject_line, "the subject is longer than 200 letters: shorten it");
    if (count_letters(message->sms) > MESSAGE_SMS_MAX)
        fault(reader, message->sms_line,
              "the SMS is longer than 201 letters, three parts of 67, without what its fields add: "
              "shorten it");
    if (message->subject_line > 0)
        check_part(reader, message->subject, message->subject_line);
    if (message->sms_line > 0)
        check_part(reader, message->sms, message->sms_line);
    check_part(reader, message->body, message->body_line);
}

void message_read(struct arena *arena, struct str bytes, struct message *message)
{
    struct reader reader = {.arena = arena, .message = message};
    struct str rest = bytes;

    *message = (struct message){.kind = CONTACT_CASE};
    if (bytes.len > MESSAGE_BYTES_MAX) {
        fault(&reader, 0, "a message has at most 32 kB");
    } else if (!utf8_is_valid(bytes)) {
        fault(&reader, 0, "this is no text in UTF-8: save it so");
    } else {
        message->body_line = read_headers(&reader, &rest);
        message->body = rest;
        check(&reader);
    }
    message->names = reader.names.items;
    message->name_count = reader.names.count;
    message->faults = reader.faults.items;
    message->fault_count = reader.faults.count;
}

const struct pack_file *message_find(const struct pack *pack, struct str name, struct str language)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    const struct pack_file *file = NULL;

    if (language.len > 0 && !str_equal(language, STR("ru")))
        file = pack_file_find(
            pack, str_printf(scratch, FOLDER "%.*s.%.*s" ENDING, STR_ARG(name), STR_ARG(language)));
    if (file == NULL)
        file = pack_file_find(pack, str_printf(scratch, FOLDER "%.*s" ENDING, STR_ARG(name)));
    return file;
}

/* A value may have lines; a subject and an SMS are one. */
static struct str one_line(struct arena *arena, struct str text)
{
    struct buf line = {.arena = arena};

    for (size_t i = 0; i < text.len; i++)
        buf_char(&line, (unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 127 ? ' ' : text.ptr[i]);
    return str_trim(buf_str(&line));
}

static bool fill(struct arena *arena, const struct message *message, const struct json *values,
                 struct notice *notice, struct err *err)
{
    struct template_set *set = template_set_new(arena, TEMPLATE_TEXT, NULL);
    struct buf subject = {.arena = arena};
    struct buf sms = {.arena = arena};
    struct buf body = {.arena = arena};

    if (!template_add(set, STR("subject"), message->subject, err) ||
        !template_add(set, STR("sms"), message->sms, err) ||
        !template_add(set, STR("body"), message->body, err) || !template_check(set, err) ||
        !template_render(set, STR("subject"), values, &subject, err) ||
        !template_render(set, STR("sms"), values, &sms, err) ||
        !template_render(set, STR("body"), values, &body, err))
        return false;
    if (body.len > NOTICE_BODY_MAX)
        return err_set(err, ERR_LIMIT, "filled in it is longer than %d kB", NOTICE_BODY_MAX / 1024);
    notice->subject = utf8_head(one_line(arena, buf_str(&subject)), NOTICE_SUBJECT_MAX);
    notice->sms = utf8_head(one_line(arena, buf_str(&sms)), NOTICE_SMS_MAX);
    notice->body = str_trim(buf_str(&body));
    notice->kind = message->kind;
    return true;
}

bool message_fill(struct arena *arena, const struct pack *pack, struct str name,
                  const struct json *values, struct notice *notice, struct err *err)
{
    const struct pack_file *file = message_find(pack, name, notice->language);
    struct message message;

    if (file == NULL)
        return err_set(err, ERR_INPUT, "its pack has no " FOLDER "%.*s" ENDING,
                       STR_ARG(utf8_head(name, 100)));
    message_read(arena, file->bytes, &message);
    if (message.fault_count > 0)
        return err_set(err, ERR_INPUT, "%.*s, line %d: %.*s", STR_ARG(file->path),
                       message.faults[0].line, STR_ARG(message.faults[0].text));
    notice->template =
        str_printf(arena, "%.*s.%.*s", STR_ARG(pack->id), STR_ARG(utf8_head(name, 100)));
    return fill(arena, &message, values, notice, err) ||
           err_while(err, "%.*s", STR_ARG(file->path));
}

/* "accepted.ky.mustache": NAME of letters, digits and dashes, then a language we know. */
static void check_path(const struct pack *pack, const struct pack_file *file,
                       struct pack_findings *findings)
{
    struct str name = str_slice(file->path, sizeof FOLDER - 1, file->path.len);
    struct str language;
    struct str base;

    if (!str_ends(name, STR(ENDING))) {
        pack_find(findings, file->path, 0, "messages are files " ENDING);
        return;
    }
    language = str_slice(name, 0, name.len - (sizeof ENDING - 1));
    name = str_cut(&language, '.');
    if (language.len == 0)
        return;
    if (!str_equal(language, STR("ky")) && !str_equal(language, STR("en")))
        pack_find(findings, file->path, 0,
                  "a message is NAME" ENDING " in Russian, NAME.ky" ENDING " or NAME.en" ENDING);
    base = str_printf(findings->arena, FOLDER "%.*s" ENDING, STR_ARG(name));
    if (pack_file_find(pack, base) == NULL)
        pack_find(findings, file->path, 0, "it translates %.*s, which is not there", STR_ARG(base));
}

void message_check_file(const struct pack_set *set, const struct pack *pack,
                        const struct pack_file *file, struct pack_findings *findings)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct message message;

    (void)set;
    check_path(pack, file, findings);
    message_read(scratch, file->bytes, &message);
    for (size_t i = 0; i < message.fault_count; i++)
        pack_find(findings, file->path, message.faults[i].line, "%.*s",
                  STR_ARG(message.faults[i].text));
}
