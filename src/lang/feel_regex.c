#include "lang/feel_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/arena.h"
#include "core/buf.h"

enum {
    MATCH_LIMIT = 500 * 1000,
    DEPTH_LIMIT = 10 * 1000,
    HEAP_LIMIT_KB = 20 * 1024,
};

struct feel_regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

/* A pattern being translated. */
struct translation {
    struct str rest;
    struct buf out;
    bool is_dot_all; /* flag s: "." is any character, the ends of lines too */
    struct err *err;
};

static bool refuse(struct translation *t, const char *what)
{
    return err_set(t->err, ERR_INPUT, "the pattern: %s", what);
}

static char take(struct translation *t)
{
    char c = t->rest.ptr[0];

    t->rest = str_slice(t->rest, 1, t->rest.len);
    return c;
}

/* \i and \c of XML names; the classes stand without their brackets. */
static const char NAME_START[] = ":A-Z_a-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}"
                                 "\\x{370}-\\x{37D}\\x{37F}-\\x{1FFF}\\x{200C}\\x{200D}"
                                 "\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}\\x{3001}-\\x{D7FF}"
                                 "\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}";
static const char NAME_PART[] = "\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}\\x{2040}";

static void put_name_class(struct translation *t, char c, bool in_class)
{
    bool is_negated = c == 'I' || c == 'C';

    if (!in_class)
        buf_add(&t->out, is_negated ? STR("[^") : STR("["));
    buf_add(&t->out, str_from_z(NAME_START));
    if (c == 'c' || c == 'C')
        buf_add(&t->out, str_from_z(NAME_PART));
    if (!in_class)
        buf_char(&t->out, ']');
}

/* Blocks of Unicode, as \p{IsCyrillic}: those a municipality may meet. */
static const struct {
    const char *name, *range;
} BLOCKS[] = {
    {"BasicLatin", "\\x{0}-\\x{7F}"},
    {"Latin-1Supplement", "\\x{80}-\\x{FF}"},
    {"LatinExtended-A", "\\x{100}-\\x{17F}"},
    {"LatinExtended-B", "\\x{180}-\\x{24F}"},
    {"IPAExtensions", "\\x{250}-\\x{2AF}"},
    {"Greek", "\\x{370}-\\x{3FF}"},
    {"GreekandCoptic", "\\x{370}-\\x{3FF}"},
    {"Cyrillic", "\\x{400}-\\x{4FF}"},
    {"Armenian", "\\x{530}-\\x{58F}"},
    {"Hebrew", "\\x{590}-\\x{5FF}"},
    {"Arabic", "\\x{600}-\\x{6FF}"},
    {"Hiragana", "\\x{3040}-\\x{309F}"},
    {"Katakana", "\\x{30A0}-\\x{30FF}"},
    {"CJKUnifiedIdeographs", "\\x{4E00}-\\x{9FFF}"},
    {"GeneralPunctuation", "\\x{2000}-\\x{206F}"},
};

/* Behind "\p" or "\P": "{L}" goes on as it is, "{IsCyrillic}" becomes its range. */
static bool put_property(struct translation *t, char c, bool in_class)
{
    size_t end = str_find_char(t->rest, '}');
    struct str name = str_slice(t->rest, 1, end - 1);

    if (t->rest.len == 0 || t->rest.ptr[0] != '{' || end == t->rest.len)
        return refuse(t, "\\p wants a name in braces");
    if (str_starts(name, STR("Is"))) {
        name = str_slice(name, 2, name.len);
        for (size_t i = 0; i < ARRAY_LEN(BLOCKS); i++) {
            if (!str_equal(name, str_from_z(BLOCKS[i].name)))
                continue;
            if (in_class && c == 'P')
                return refuse(t, "\\P of a block cannot stand in a class");
            if (!in_class)
                buf_add(&t->out, c == 'P' ? STR("[^") : STR("["));
            buf_add(&t->out, str_from_z(BLOCKS[i].range));
            if (!in_class)
                buf_char(&t->out, ']');
            t->rest = str_slice(t->rest, end + 1, t->rest.len);
            return true;
        }
        return refuse(t, "this block of characters is not known");
    }
    buf_char(&t->out, '\\');
    buf_char(&t->out, c);
    buf_add(&t->out, str_slice(t->rest, 0, end + 1));
    t->rest = str_slice(t->rest, end + 1, t->rest.len);
    return true;
}

static bool put_escape(struct translation *t, bool in_class)
{
    char c;

    if (t->rest.len == 0)
        return refuse(t, "it ends with a backslash");
    c = take(t);
    if (c == 'p' || c == 'P')
        return put_property(t, c, in_class);
    if (strchr("iIcC", c) != NULL) {
        put_name_class(t, c, in_class);
        return true;
    }
    if (strchr("nrtdDsSwW\\|.-^?*+{}()[]$", c) == NULL && (in_class || c < '1' || c > '9'))
        return refuse(t, "this escape is none of XPath's");
    buf_char(&t->out, '\\');
    buf_char(&t->out, c);
    return true;
}

/* "[a-z-[aeiou]]": what is subtracted becomes a look ahead before the class. */
static bool put_class(struct translation *t, int depth)
{
    struct buf outside = t->out;
    bool is_first = true;

    if (depth > 10)
        return refuse(t, "classes nest too deeply");
    t->out = (struct buf){.arena = outside.arena};
    buf_char(&t->out, '[');
    if (t->rest.len > 0 && t->rest.ptr[0] == '^')
        buf_char(&t->out, take(t));
    for (;; is_first = false) {
        if (t->rest.len == 0)
            return refuse(t, "a class has no end");
        char c = take(t);
        if (c == ']' && !is_first)
            break;
        if (c == '-' && t->rest.len > 0 && t->rest.ptr[0] == '[') {
            take(t);
            struct buf inner = t->out;
            t->out = outside;
            buf_add(&t->out, STR("(?!"));
            if (!put_class(t, depth + 1))
                return false;
            buf_char(&t->out, ')');
            outside = t->out;
            t->out = inner;
            if (t->rest.len == 0 || take(t) != ']')
                return refuse(t, "a subtraction ends its class");
            break;
        }
        if (c == '[')
            return refuse(t, "a [ in a class wants a backslash");
        if (c == '\\') {
            if (!put_escape(t, true))
                return false;
            continue;
        }
        buf_char(&t->out, c);
    }
    buf_char(&t->out, ']');
    buf_add(&outside, buf_str(&t->out));
    t->out = outside;
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Flag x: white space outside classes is taken away before anything is read. */
static struct str without_spaces(struct arena *arena, struct str pattern)
{
    struct buf out = {.arena = arena};
    bool is_escaped = false;
    int depth = 0;

    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (depth == 0 && is_space(c))
            continue;
        buf_char(&out, c);
        if (!is_escaped && (c == '[' || (c == ']' && depth > 0)))
            depth += c == '[' ? 1 : -1;
        is_escaped = !is_escaped && c == '\\';
    }
    return buf_str(&out);
}

/* "{2,5}" is a count; any other brace is refused, as XPath does. */
static bool put_count(struct translation *t)
{
    size_t end = str_find_char(t->rest, '}');
    struct str count = str_slice(t->rest, 0, end);

    if (end == t->rest.len || end == 0 || count.ptr[0] == ',')
        return refuse(t, "a { begins a count such as {2,5}");
    for (size_t i = 0; i < count.len; i++)
        if (count.ptr[i] != ',' && (count.ptr[i] < '0' || count.ptr[i] > '9'))
            return refuse(t, "a { begins a count such as {2,5}");
    buf_char(&t->out, '{');
    buf_add(&t->out, str_slice(t->rest, 0, end + 1));
    t->rest = str_slice(t->rest, end + 1, t->rest.len);
    return true;
}

static bool translate(struct translation *t)
{
    while (t->rest.len > 0) {
        char c = take(t);
        bool is_good = true;
        if (c == '\\')
            is_good = put_escape(t, false);
        else if (c == '[')
            is_good = put_class(t, 0);
        else if (c == '{')
            is_good = put_count(t);
        else if (c == ']' || c == '}')
            is_good = refuse(t, "a bracket wants a backslash");
        else if (c == '(' && str_starts(t->rest, STR("?")) && !str_starts(t->rest, STR("?:")))
            is_good = refuse(t, "XPath has no groups that begin with (?");
        else if (c == '(' && str_starts(t->rest, STR("*")))
            is_good = refuse(t, "a * stands behind nothing");
        else if (c == '.')
            buf_add(&t->out, t->is_dot_all ? STR(".") : STR("[^\\n\\r]"));
        else
            buf_char(&t->out, c);
        /* "a++" is possessive to PCRE and a fault to XPath. */
        if ((c == '+' || c == '*' || c == '?') && str_starts(t->rest, STR("+")))
            is_good = refuse(t, "two quantifiers stand together");
        if (!is_good)
            return false;
    }
    return true;
}

static bool read_flags(struct str flags, uint32_t *options, bool *is_verbose, struct err *err)
{
    for (size_t i = 0; i < flags.len; i++) {
        char c = flags.ptr[i];
        if (c == 's')
            *options |= PCRE2_DOTALL;
        else if (c == 'm')
            *options |= PCRE2_MULTILINE;
        else if (c == 'i')
            *options |= PCRE2_CASELESS;
        else if (c == 'q')
            *options |= PCRE2_LITERAL;
        else if (c == 'x')
            *is_verbose = true;
        else
            return err_set(err, ERR_INPUT, "the flags are s, m, i, x and q");
    }
    return true;
}

static bool compile(struct feel_regex *regex, struct str pattern, uint32_t options, struct err *err)
{
    PCRE2_UCHAR text[120];
    PCRE2_SIZE at;
    int code;

    regex->code = pcre2_compile((PCRE2_SPTR)(pattern.len > 0 ? pattern.ptr : ""), pattern.len,
                                options, &code, &at, NULL);
    if (regex->code == NULL) {
        pcre2_get_error_message(code, text, sizeof text);
        return err_set(err, ERR_INPUT, "the pattern: %s", (const char *)text);
    }
    regex->data = pcre2_match_data_create(FEEL_REGEX_GROUPS_MAX + 1, NULL);
    regex->limits = pcre2_match_context_create(NULL);
    if (regex->data == NULL || regex->limits == NULL)
        return err_set(err, ERR_BROKEN, "no memory for a pattern");
    pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(regex->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(regex->limits, HEAP_LIMIT_KB);
    return true;
}

bool feel_regex_open(struct arena *arena, struct str pattern, struct str flags,
                     struct feel_regex **regex, struct err *err)
{
    struct translation t = {.rest = pattern, .out = {.arena = arena}, .err = err};
    uint32_t options =
        PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C;
    struct feel_regex *made = ARENA_NEW(arena, struct feel_regex);
    bool is_verbose = false;

    if (pattern.len > FEEL_REGEX_PATTERN_MAX)
        return err_set(err, ERR_LIMIT, "the pattern is longer than %d bytes",
                       FEEL_REGEX_PATTERN_MAX);
    if (!read_flags(flags, &options, &is_verbose, err))
        return false;
    t.is_dot_all = (options & PCRE2_DOTALL) != 0;
    if (options & PCRE2_LITERAL) {
        options &= ~(uint32_t)(PCRE2_DOTALL | PCRE2_MULTILINE | PCRE2_DOLLAR_ENDONLY |
                               PCRE2_NEVER_BACKSLASH_C);
        t.out = (struct buf){.arena = arena};
        buf_add(&t.out, pattern);
    } else {
        options |= PCRE2_UCP;
        if (is_verbose)
            t.rest = without_spaces(arena, pattern);
        if (!translate(&t))
            return false;
    }
    if (!compile(made, buf_str(&t.out), options, err)) {
        feel_regex_close(&made);
        return false;
    }
    *regex = made;
    return true;
}

void feel_regex_close(struct feel_regex **regex)
{
    struct feel_regex *it = *regex;

    if (it == NULL)
        return;
    pcre2_match_context_free(it->limits);
    pcre2_match_data_free(it->data);
    pcre2_code_free(it->code);
    *it = (struct feel_regex){0};
    *regex = NULL;
}

bool feel_regex_find(struct feel_regex *regex, struct str text, size_t start, bool *found,
                     struct feel_regex_match *match, struct err *err)
{
    int count = pcre2_match(regex->code, (PCRE2_SPTR)(text.len > 0 ? text.ptr : ""), text.len,
                            start, PCRE2_NO_UTF_CHECK, regex->data, regex->limits);
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(regex->data);
    uint32_t groups = 0;

    *found = count >= 0;
    if (count == PCRE2_ERROR_NOMATCH)
        return true;
    if (count < 0)
        return err_set(err, ERR_LIMIT, "the pattern takes too long with this text");
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    match->groups = MIN(groups, FEEL_REGEX_GROUPS_MAX) + 1;
    for (size_t i = 0; i < match->groups; i++) {
        bool is_set = i < (size_t)count && ends[2 * i] != PCRE2_UNSET;
        match->begins[i] = is_set ? (int64_t)ends[2 * i] : -1;
        match->ends[i] = is_set ? (int64_t)ends[2 * i + 1] : -1;
    }
    return true;
}
