#include "store/carry.h"

#include "core/buf.h"

enum {
    COLUMNS_MAX = 48,
};

/* Rows of a record that the journal speaks of since then: its entries were carried before. */
#define SPOKEN_OF(id)                                                                              \
    "EXISTS (SELECT 1 FROM journal AS entry WHERE entry.tenant = $1"                               \
    " AND entry.register = t.register AND entry.record = t." id " AND entry.seq > $2)"

/*
 * Below 0 are rows kept for an edition: they come and go with editions, so all of them anew.
 * The head of the journal is the batch's to write, see struct store_head.
 */
const struct carry_table carry_tables[] = {
    {"journal", "seq, at, actor, action, register, record, cause, digest, detail, hash", "seq",
     "t.seq > $2", "detail"},
    {"journal_anchor", "seq, chain, at, key, signature", "seq", NULL, NULL},
    {"record",
     "register, id, valid_from, valid_to, version, changed_at, import, salt, title,"
     " t1, t2, t3, t4, t5, t6, t7, t8, n1, n2, n3, n4, n5, n6, n7, n8,"
     " m1, m2, m3, m4, m5, m6, m7, m8, cell, x1, y1, x2, y2, body",
     "register, id, valid_from", "(t.register < 0 OR " SPOKEN_OF("id") ")", "body"},
    {"history", "register, id, known_to, valid_from, known_from, valid_to, salt, title, body",
     "register, id, known_to, valid_from", SPOKEN_OF("id"), "body"},
    {"register_no",
     "no, name, total, version, layout, layout_was, edition, slots_to, words_to, published_seq,"
     " published_no",
     "no", NULL, NULL},
    {"publication", "register, fields, layout", "register", NULL, NULL},
    {"publication_reader", "register, child, filter", "register, child", NULL, NULL},
    {"edition", "register, no, seq, at, actor, total, note", "register, no", NULL, "note"},
    {"subscription", "register, publisher, since, actor", "register", NULL, NULL},
    {"borrowed", "register, id, publisher, edition, title, is_gone", "register, id", NULL, "title"},
    {"peer",
     "id, side, name, title, key, account, address, token, reader, tried_at, heard_at, reason",
     "id", NULL, NULL},
    {"arrival", "register, edition, seq, chain, digest, arrived_at, bytes, applying", "register",
     NULL, NULL},
    {"report",
     "child, kind, period, version, made_at, body, digest, key, signature, number, received_at,"
     " tried_at, reason",
     "child, kind, period, version", NULL, "body"},
    {"proposal",
     "uuid, is_own, peer, peer_title, register, record, title, base, was, patch, reason, author,"
     " actor, put_at, state, answer, decided_at, decided_by, number, there",
     "uuid", NULL, "patch"},
    {"map_cell", "register, level, cell, count, x_sum, y_sum", "register, level, cell", NULL, NULL},
    {"list_code", "list, code, valid_from, valid_to, title, title_ky, title_en, parent, rank",
     "list, code, valid_from", NULL, "title"},
    {"pack", "id, version, digest, installed_at", "id", NULL, NULL},
    {"pack_file", "pack, version, path, revision, at, actor, base, is_gone, body",
     "pack, version, path", NULL, "body"},
    {"setting", "name, value", "name", NULL, "value"},
    {"account",
     "id, login, login_key, name, password, state, person, level, failures, locked_until,"
     " created_at, last_at, away_from, away_until, substitute, work_list",
     "id", NULL, "name"},
    {"account_role", "account, role", "account, role", NULL, NULL},
    {"session", "digest, account, kind, csrf, created_at, seen_at, expires_at, label", "digest",
     NULL, NULL},
    {"attachment",
     "id, register, record, field, name, type, size, digest, access, at, actor, removed_at,"
     " removed_by",
     "id", NULL, "name"},
    {"import",
     "id, job, register, format, name, status, created_at, actor, options, counts, undone_at", "id",
     NULL, "options"},
    {"import_error", "import, no, line, field, message, value", "import, no", NULL, "message"},
    {"import_mapping", "register, columns, mapping", "register, columns", NULL, "mapping"},
    {"job",
     "id, kind, payload, state, status, step, done, total, result, reason, actor, put_at, due_at,"
     " started_at, ended_at, tries, is_stopping",
     "id", NULL, "payload"},
    {"flow",
     "id, pack, version, file, process, state, error, step, last_no, begun_at, changed_at,"
     " register, record, caller, caller_wait",
     "id", NULL, NULL},
    {"flow_part", "flow, no, kind, node, body", "flow, no", NULL, "body"},
    {"flow_wait", "flow, no, kind, node, due_at, name, tag, body, term", "flow, no", NULL, "body"},
    {"flow_value", "flow, scope, name, value", "flow, scope, name", NULL, "value"},
    {"flow_step", "flow, step, at, actor, wait, trace", "flow, step", NULL, "trace"},
    {"flow_post", "id, state, kind, name, tag, flow, wait, sender, actor, put_at, body, reason",
     "id", NULL, "body"},
    {"contact", "account, way, address, language, kinds, confirmed_at, code, code_at, code_tries",
     "account, way", NULL, "address"},
    {"notice",
     "id, account, channel, kind, template, language, register, record, flow, address, subject,"
     " body, state, tries, put_at, since_at, until_at, due_at, sent_at, read_at, reason",
     "id", NULL, "body"},
    {"document",
     "id, register, record, series, year, n, number, title, registered_at, registered_on, actor,"
     " flow, token, secret, attachment, digest, pdf, pdf_attachment, pdf_digest, state, reason,"
     " revoked_at, revoked_by, signatures",
     "id", NULL, "signatures"},
    {"document_series", "series, year, last", "series, year", NULL, NULL},
    {"service_case",
     "id, register, service, number, flow, way, applicant, person, clerk, state, ground,"
     " registered_at, closed_at, due_on, term, last_event, rating, told, opened_on, closed_on,"
     " step, step_on, has_visit",
     "id", NULL, "term"},
    {"charge",
     "n, service_case, flow, wait, kop, purpose, cbc, oktmo, uin, state, made_at, document,"
     " paid_on, ended_at, ended_by",
     "n", NULL, "purpose"},
    {"commission_question",
     "id, commission, state, service_case, flow, wait, meeting, body, put_at", "id", NULL, "body"},
    {"meeting",
     "id, commission, form, state, year, n, place, at, until_at, made_at, made_by, ended_at,"
     " ended_by, version",
     "id", NULL, "place"},
    {"meeting_member", "meeting, account, is_chair, is_present", "meeting, account", NULL, NULL},
    {"meeting_point", "meeting, place, question, is_postponed, ground, said, outcome",
     "meeting, question", NULL, "said"},
    {"meeting_vote", "meeting, question, account, vote, at, actor", "meeting, question, account",
     NULL, NULL},
    {"service_case_event", "service_case, no, at, actor, kind, body", "service_case, no", NULL,
     "body"},
    {"service_figure", "kind, at, service, name, n", "kind, at, service, name", NULL, NULL},
    {"application", "account, service, changed_at, body", "account, service", NULL, "body"},
    {"service_offer", "person, service, cause, register, put_at, state, account, answered_at",
     "person, service, cause", NULL, NULL},
    {"idempotency", "account, key, digest, status, answer, at", "account, key", NULL, "answer"},
};
const size_t carry_table_count = ARRAY_LEN(carry_tables);

const struct carry_table *carry_table_find(struct str name)
{
    for (size_t i = 0; i < carry_table_count; i++)
        if (str_equal(str_from_z(carry_tables[i].name), name))
            return &carry_tables[i];
    return NULL;
}

/* The rows meant, and the arguments they are chosen by. */
static struct store_args choose(struct buf *sql, const struct carry_table *table, int64_t since,
                                int64_t tenant, struct store_arg args[2])
{
    bool is_part = since > 0 && table->since != NULL;

    args[0] = INT(tenant);
    args[1] = INT(since);
    buf_printf(sql, " FROM %s AS t WHERE t.tenant = $1", table->name);
    if (is_part)
        buf_printf(sql, " AND %s", table->since);
    return (struct store_args){args, is_part ? 2 : 1};
}

bool carry_each(struct tx *tx, const struct carry_table *table, int64_t since, store_row *row,
                void *data, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf sql = {.arena = scratch};
    struct store_arg args[2];

    buf_printf(&sql, "SELECT %s", table->columns);
    struct store_args chosen = choose(&sql, table, since, tx->tenant, args);
    buf_printf(&sql, " ORDER BY %s", table->order);
    return store_each(tx, buf_z(&sql), chosen, row, data, err) ||
           err_while(err, "reading the table %s", table->name);
}

bool carry_measure(struct tx *tx, const struct carry_table *table, struct carry_sum *sum,
                   struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf sql = {.arena = scratch};
    struct store_arg args[2];
    struct rows rows;

    buf_printf(&sql, "SELECT COUNT(*), COALESCE(SUM(LENGTH(%s)), 0)",
               table->bulk != NULL ? table->bulk : "''");
    struct store_args chosen = choose(&sql, table, 0, tx->tenant, args);
    if (!store_query(tx, scratch, &rows, buf_z(&sql), chosen, err))
        return err_while(err, "counting the table %s", table->name);
    *sum = (struct carry_sum){rows_int(&rows, 0, 0), rows_int(&rows, 0, 1)};
    return true;
}

bool carry_clear(struct tx *tx, const struct carry_table *table, int64_t since, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf sql = {.arena = scratch};
    struct store_arg args[2];

    buf_add(&sql, STR("DELETE"));
    struct store_args chosen = choose(&sql, table, since, tx->tenant, args);
    return store_exec(tx, buf_z(&sql), chosen, err) ||
           err_while(err, "emptying the table %s", table->name);
}

static bool has_column(const struct carry_table *table, struct str column)
{
    struct str rest = str_from_z(table->columns);

    while (rest.len > 0)
        if (str_equal(str_trim(str_cut(&rest, ',')), column))
            return true;
    return false;
}

bool carry_plan(struct arena *arena, const struct carry_table *table, const struct str *columns,
                size_t count, const char **sql, struct err *err)
{
    struct buf text = {.arena = arena};

    if (count > COLUMNS_MAX)
        return err_set(err, ERR_LIMIT, "a table has at most %d columns", COLUMNS_MAX);
    buf_printf(&text, "INSERT INTO %s (tenant", table->name);
    for (size_t i = 0; i < count; i++) {
        if (!has_column(table, columns[i]))
            return err_set(err, ERR_INPUT, "the table %s has no column \"%.*s\" here", table->name,
                           STR_ARG(columns[i]));
        buf_printf(&text, ", %.*s", STR_ARG(columns[i]));
    }
    buf_add(&text, STR(") VALUES ($1"));
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, ", $%zu", i + 2);
    buf_char(&text, ')');
    *sql = buf_z(&text);
    return true;
}

bool carry_put(struct tx *tx, const char *sql, const struct store_arg *values, size_t count,
               struct err *err)
{
    struct store_arg args[COLUMNS_MAX + 1] = {INT(tx->tenant)};

    for (size_t i = 0; i < count; i++)
        args[i + 1] = values[i];
    return store_exec(tx, sql, (struct store_args){args, count + 1}, err);
}
