/*
 * FEEL cut into tokens.  A name of several words is several tokens: which words belong
 * together only the parser can say, who knows the names there are.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct arena;

enum feel_token_kind {
    FEEL_TOKEN_END,
    FEEL_TOKEN_WORD,   /* a letter and what may follow it in a name */
    FEEL_TOKEN_NUMBER, /* as written */
    FEEL_TOKEN_STRING, /* unescaped */
    FEEL_TOKEN_AT,     /* @"…" */
    FEEL_TOKEN_SIGN,   /* one of the signs, two characters long at most */
};

struct feel_token {
    enum feel_token_kind kind;
    struct str text;
    struct str source; /* as written */
    size_t at;         /* bytes into the text */
    int line, column;  /* of its first character */
};

enum {
    FEEL_LEXER_TEXT_MAX = 256 * 1024,
    FEEL_LEXER_TOKENS_MAX = 50 * 1000,
};

/* The last token is FEEL_TOKEN_END.  err names line and column. */
MUST_CHECK bool feel_lexer_run(struct arena *arena, struct str text, struct feel_token **tokens,
                               size_t *count, struct err *err);
