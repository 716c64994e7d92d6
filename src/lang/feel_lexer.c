#include "lang/feel_lexer.h"

#include "core/buf.h"
#include "core/utf8.h"
#include "core/vec.h"

struct lexer {
    struct arena *arena;
    struct str rest;
    struct str whole;
    int line, column;
    VEC(struct feel_token) tokens;
};

static bool fail(const struct lexer *lexer, struct err *err, const char *what)
{
    return err_set(err, ERR_INPUT, "line %d, column %d: %s", lexer->line, lexer->column, what);
}

static uint32_t peek(struct str rest)
{
    return rest.len == 0 ? 0 : utf8_next(&rest);
}

/* Takes one character and counts it. */
static uint32_t advance(struct lexer *lexer)
{
    uint32_t code = utf8_next(&lexer->rest);

    if (code == '\n') {
        lexer->line++;
        lexer->column = 1;
    } else {
        lexer->column++;
    }
    return code;
}

static bool within(uint32_t code, const uint32_t (*ranges)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i][0] && code <= ranges[i][1])
            return true;
    return false;
}

/* The grammar's "name start char" (10.3.1.2, rule 27). */
static bool begins_name(uint32_t code)
{
    static const uint32_t RANGES[][2] = {
        {'?', '?'},       {'A', 'Z'},       {'_', '_'},       {'a', 'z'},
        {0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x2ff},    {0x370, 0x37d},
        {0x37f, 0x1fff},  {0x200c, 0x200d}, {0x2070, 0x218f}, {0x2c00, 0x2fef},
        {0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
    };

    return within(code, RANGES, ARRAY_LEN(RANGES)) && code != 0x1680 && code != 0x180e;
}

static bool goes_on(uint32_t code)
{
    return begins_name(code) || (code >= '0' && code <= '9') || code == 0xb7 ||
           (code >= 0x300 && code <= 0x36f) || code == 0x203f || code == 0x2040;
}

static bool is_space(uint32_t code)
{
    return code == ' ' || (code >= 9 && code <= 13) || code == 0x85 || code == 0xa0 ||
           code == 0x1680 || code == 0x180e || (code >= 0x2000 && code <= 0x200b) ||
           code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000 ||
           code == 0xfeff;
}

/* White space and comments. */
static bool skip(struct lexer *lexer, struct err *err)
{
    for (;;) {
        while (lexer->rest.len > 0 && is_space(peek(lexer->rest)))
            advance(lexer);
        if (str_starts(lexer->rest, STR("//"))) {
            while (lexer->rest.len > 0 && peek(lexer->rest) != '\n')
                advance(lexer);
        } else if (str_starts(lexer->rest, STR("/*"))) {
            if (str_find(str_slice(lexer->rest, 2, lexer->rest.len), STR("*/")) + 2 >=
                lexer->rest.len)
                return fail(lexer, err, "the comment has no end: close it with */");
            advance(lexer);
            advance(lexer);
            while (!str_starts(lexer->rest, STR("*/")))
                advance(lexer);
            advance(lexer);
            advance(lexer);
        } else {
            return true;
        }
    }
}

static bool take_hex(struct lexer *lexer, int count, uint32_t *code, struct err *err)
{
    *code = 0;
    for (int i = 0; i < count; i++) {
        uint32_t c = peek(lexer->rest);
        uint32_t digit = c >= '0' && c <= '9'   ? c - '0'
                         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                : 16;
        if (digit == 16)
            return fail(lexer, err, "\\u wants four hexadecimal digits, \\U six");
        *code = *code * 16 + digit;
        advance(lexer);
    }
    return true;
}

/* What follows "\u": a pair of surrogates is one character. */
static bool take_unicode(struct lexer *lexer, int count, struct buf *buf, struct err *err)
{
    uint32_t code, low;

    if (!take_hex(lexer, count, &code, err))
        return false;
    if (code >= 0xd800 && code < 0xdc00 && str_starts(lexer->rest, STR("\\u"))) {
        advance(lexer);
        advance(lexer);
        if (!take_hex(lexer, 4, &low, err))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return fail(lexer, err, "half of a surrogate pair is missing");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff || code == 0)
        return fail(lexer, err, "there is no such character");
    utf8_put(buf, code);
    return true;
}

static bool take_escape(struct lexer *lexer, struct buf *buf, struct err *err)
{
    static const char FROM[] = "nrtbf\"'\\", TO[] = "\n\r\t\b\f\"'\\";
    uint32_t code;
    const char *at;

    if (lexer->rest.len == 0)
        return fail(lexer, err, "the text has no end: close it with a quote");
    code = peek(lexer->rest);
    if (code == 'u' || code == 'U') {
        advance(lexer);
        return take_unicode(lexer, code == 'u' ? 4 : 6, buf, err);
    }
    at = code < 128 && code > 0 ? strchr(FROM, (int)code) : NULL;
    if (at != NULL) {
        buf_char(buf, TO[at - FROM]);
        advance(lexer);
    } else {
        buf_char(buf, '\\'); /* "\d" stays as it is, for regular expressions */
    }
    return true;
}

static bool take_string(struct lexer *lexer, struct str *text, struct err *err)
{
    struct buf buf = {.arena = lexer->arena};
    struct str rest;

    advance(lexer);
    rest = lexer->rest;
    while (lexer->rest.len > 0 && lexer->rest.ptr[0] != '"' && lexer->rest.ptr[0] != '\\')
        advance(lexer);
    buf_add(&buf, str_slice(rest, 0, rest.len - lexer->rest.len));
    while (lexer->rest.len > 0 && lexer->rest.ptr[0] != '"') {
        if (lexer->rest.ptr[0] == '\\') {
            advance(lexer);
            if (!take_escape(lexer, &buf, err))
                return false;
        } else {
            utf8_put(&buf, advance(lexer));
        }
    }
    if (lexer->rest.len == 0)
        return fail(lexer, err, "the text has no end: close it with a quote");
    advance(lexer);
    *text = buf_str(&buf);
    return true;
}

static bool is_digit_at(struct str rest, size_t at)
{
    return at < rest.len && rest.ptr[at] >= '0' && rest.ptr[at] <= '9';
}

static size_t digits_from(struct str rest, size_t at)
{
    while (is_digit_at(rest, at))
        at++;
    return at;
}

/* "12", "12.5", ".5", "1.2e-3"; the point of "1..2" is none. */
static size_t number_length(struct str rest)
{
    size_t at = digits_from(rest, 0), exponent;

    if (at < rest.len && rest.ptr[at] == '.' && is_digit_at(rest, at + 1))
        at = digits_from(rest, at + 1);
    if (at < rest.len && (rest.ptr[at] | 32) == 'e') {
        exponent = at + 1;
        if (exponent < rest.len && (rest.ptr[exponent] == '+' || rest.ptr[exponent] == '-'))
            exponent++;
        if (is_digit_at(rest, exponent))
            at = digits_from(rest, exponent);
    }
    return at;
}

static bool is_sign_pair(struct str rest)
{
    static const char *const PAIRS[] = {"**", "..", "!=", "<=", ">=", "->", "=="};

    for (size_t i = 0; i < ARRAY_LEN(PAIRS); i++)
        if (str_starts(rest, str_from_z(PAIRS[i])))
            return true;
    return false;
}

static bool take_token(struct lexer *lexer, struct feel_token *token, struct err *err)
{
    struct str start = lexer->rest;
    uint32_t code = peek(start);
    size_t length = 0;

    if (code == '"' || str_starts(start, STR("@\""))) {
        token->kind = code == '"' ? FEEL_TOKEN_STRING : FEEL_TOKEN_AT;
        if (code == '@')
            advance(lexer);
        return take_string(lexer, &token->text, err);
    }
    if (is_digit_at(start, 0) || (code == '.' && is_digit_at(start, 1))) {
        token->kind = FEEL_TOKEN_NUMBER;
        length = number_length(start);
    } else if (begins_name(code)) {
        token->kind = FEEL_TOKEN_WORD;
        while (lexer->rest.len > 0 && goes_on(peek(lexer->rest)))
            advance(lexer);
    } else if (code < 128 && code > 32 && strchr("()[]{},.:+-*/=<>!'&;|#%^~$@`\\", (int)code)) {
        token->kind = FEEL_TOKEN_SIGN;
        length = is_sign_pair(start) ? 2 : 1;
    } else {
        return fail(lexer, err, "this character means nothing in FEEL");
    }
    for (; length > 0; length--)
        advance(lexer);
    token->text = str_slice(start, 0, start.len - lexer->rest.len);
    return true;
}

bool feel_lexer_run(struct arena *arena, struct str text, struct feel_token **tokens, size_t *count,
                    struct err *err)
{
    struct lexer lexer = {.arena = arena, .rest = text, .whole = text, .line = 1, .column = 1};
    struct feel_token token;

    if (text.len > FEEL_LEXER_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "the expression is longer than %d bytes",
                       FEEL_LEXER_TEXT_MAX);
    if (!utf8_is_valid(text))
        return err_set(err, ERR_INPUT, "the expression is not UTF-8");
    do {
        if (!skip(&lexer, err))
            return false;
        token = (struct feel_token){
            .at = text.len - lexer.rest.len, .line = lexer.line, .column = lexer.column};
        if (lexer.rest.len > 0 && !take_token(&lexer, &token, err))
            return false;
        token.source = str_slice(text, token.at, text.len - lexer.rest.len - token.at);
        if (lexer.tokens.count == FEEL_LEXER_TOKENS_MAX)
            return err_set(err, ERR_LIMIT, "the expression has more than %d words and signs",
                           FEEL_LEXER_TOKENS_MAX);
        VEC_PUSH(arena, &lexer.tokens, token);
    } while (token.kind != FEEL_TOKEN_END);
    *tokens = lexer.tokens.items;
    *count = lexer.tokens.count;
    return true;
}
