#include "store/postgres_search.h"

#include "core/vec.h"
#include "store/rows.h"
#include "store/search_queue.h"

enum {
    WORD_MAX = 200, /* bytes that count: a row of an index has its limit */
};

/* As SQLite's tokenizer has it: words end at ASCII signs, ASCII letters are small. */
static bool is_token(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

static struct str next_word(struct arena *scratch, struct str text, size_t *at)
{
    struct buf word = {.arena = scratch};

    while (*at < text.len && !is_token(text.ptr[*at]))
        ++*at;
    for (; *at < text.len && is_token(text.ptr[*at]); ++*at) {
        char c = text.ptr[*at];

        /* Never in the middle of a letter: what follows a full word is passed over. */
        if (word.len < WORD_MAX || ((unsigned char)c & 0xc0) == 0x80)
            buf_char(&word, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    return buf_str(&word);
}

/* The words of a text parted by single spaces, as the statement takes them apart again. */
static struct str list_words(struct arena *scratch, struct str text)
{
    struct buf words = {.arena = scratch};
    struct str word;
    size_t at = 0;

    while ((word = next_word(scratch, text, &at)).len > 0) {
        if (words.len > 0)
            buf_char(&words, ' ');
        buf_add(&words, word);
    }
    return buf_str(&words);
}

bool postgres_search_step(struct tx *tx, const struct search_step *step, struct err *err)
{
    const struct search_entry *entry = &step->entry;
    CLEANUP(arena_close) struct arena *scratch = NULL;

    if (step->is_clear)
        return store_exec(tx, "DELETE FROM search WHERE tenant = $1", ARGS(INT(tx->tenant)), err);
    if (step->is_out)
        return store_exec(tx, "DELETE FROM search WHERE tenant = $1 AND id = $2",
                          ARGS(INT(tx->tenant), INT(entry->id)), err);
    scratch = arena_open(4096);
    struct str title = list_words(scratch, entry->title);
    struct str words = list_words(scratch, entry->words);
    if (title.len + words.len == 0)
        return true;
    return store_exec(
        tx,
        "INSERT INTO search (tenant, id, word, register, is_title)"
        " SELECT $1, $2, word, $3, max(is_title) FROM"
        " (SELECT unnest(string_to_array($4, ' ')) AS word, 1 AS is_title"
        " UNION ALL SELECT unnest(string_to_array($5, ' ')), 0) AS entry GROUP BY word"
        " ON CONFLICT (tenant, id, word) DO UPDATE SET register = excluded.register,"
        " is_title = excluded.is_title",
        ARGS(INT(tx->tenant), INT(entry->id), INT(entry->no), TEXT(title), TEXT(words)), err);
}

struct asking {
    struct buf sql;
    VEC(struct store_arg) args;
    VEC(struct str) words;
    bool is_prefix; /* the last of them */
    struct arena *arena;
};

static void add_value(struct asking *asking, struct store_arg value)
{
    VEC_PUSH(asking->arena, &asking->args, value);
    buf_char(&asking->sql, '$');
    buf_int(&asking->sql, (int64_t)asking->args.count);
}

/* s.word = $5, or a range for the beginning of a word: bytes compare, and 0xf8 is in no text. */
static void add_word(struct asking *asking, const char *table, size_t no)
{
    struct str word = asking->words.items[no];
    bool is_range = asking->is_prefix && no + 1 == asking->words.count;

    buf_add(&asking->sql, str_from_z(table));
    buf_add(&asking->sql, is_range ? STR(".word >= ") : STR(".word = "));
    add_value(asking, TEXT(word));
    if (!is_range)
        return;
    buf_add(&asking->sql, STR(" AND "));
    buf_add(&asking->sql, str_from_z(table));
    buf_add(&asking->sql, STR(".word < "));
    add_value(asking, TEXT(str_printf(asking->arena, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(word))));
}

/* That the record of s has this word too. */
static void add_other(struct asking *asking, size_t no, bool in_title)
{
    buf_add(&asking->sql, STR("EXISTS (SELECT 1 FROM search o WHERE o.tenant = $1 AND"
                              " o.id = s.id AND "));
    add_word(asking, "o", no);
    buf_add(&asking->sql, in_title ? STR(" AND o.is_title = 1)") : STR(")"));
}

static void add_all_in_title(struct asking *asking)
{
    for (size_t i = 0; i < asking->words.count; i++) {
        if (i > 0)
            buf_add(&asking->sql, STR(" AND "));
        add_other(asking, i, true);
    }
}

/*
 * Goes along the entries of the first word, the newest record first, and looks at each record
 * for the others. A beginning that stands alone may meet a record more than once.
 */
static void compose(struct asking *asking, const struct search_ask *ask,
                    const struct search_cursor *cursor, int64_t tenant)
{
    bool is_title = cursor->stage == SEARCH_STAGE_TITLE;
    struct buf *sql = &asking->sql;

    VEC_PUSH(asking->arena, &asking->args, INT(tenant));
    buf_add(sql, STR("SELECT DISTINCT s.id, s.register FROM search s WHERE s.tenant = $1 AND "));
    add_word(asking, "s", 0);
    buf_add(sql, is_title ? STR(" AND s.is_title = 1 AND s.id < ") : STR(" AND s.id < "));
    add_value(asking, INT(cursor->id));
    buf_add(sql, STR(" AND s.register IN ("));
    for (size_t i = 0; i < ask->no_count; i++) {
        if (i > 0)
            buf_char(sql, ',');
        add_value(asking, INT(ask->nos[i]));
    }
    buf_char(sql, ')');
    for (size_t i = 1; i < asking->words.count; i++) {
        buf_add(sql, STR(" AND "));
        add_other(asking, i, is_title);
    }
    if (!is_title) {
        buf_add(sql, STR(" AND NOT ("));
        add_all_in_title(asking);
        buf_char(sql, ')');
    }
}

static bool add_hit(void *data, const struct rows *row, struct err *err)
{
    struct backend_finding *finding = data;

    (void)err;
    if (finding->count < finding->max)
        finding->hits[finding->count++] =
            (struct search_hit){.id = rows_int(row, 0, 0), .no = rows_int(row, 0, 1)};
    return true;
}

bool postgres_search_stage(struct tx *tx, struct arena *scratch, const struct search_ask *ask,
                           const struct search_cursor *cursor, struct backend_finding *finding,
                           struct err *err)
{
    struct asking asking = {.sql = {.arena = scratch}, .arena = scratch};

    for (size_t i = 0; i < ask->word_count; i++) {
        struct str word;
        size_t at = 0;

        while ((word = next_word(scratch, ask->words[i], &at)).len > 0) {
            VEC_PUSH(scratch, &asking.words, word);
            asking.is_prefix =
                ask->is_prefix && i + 1 == ask->word_count && at == ask->words[i].len;
        }
    }
    if (asking.words.count == 0 || ask->no_count == 0)
        return true;
    compose(&asking, ask, cursor, tx->tenant);
    buf_add(&asking.sql, STR(" ORDER BY s.id DESC LIMIT "));
    add_value(&asking, INT((int64_t)finding->max));
    struct store_args args = {asking.args.items, asking.args.count};
    return store_each(tx, buf_z(&asking.sql), args, add_hit, finding, err);
}

/* There are no parts to be merged. */
bool postgres_search_merge(struct tx *tx, struct err *err)
{
    (void)tx, (void)err;
    return true;
}
