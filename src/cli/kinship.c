#include "cli/kinship.h"

#include "core/base64.h"
#include "core/file.h"
#include "core/log.h"
#include "store/rows.h"

enum {
    MARK_MAX = 200,
};

/* What the database knows of the node; the first who comes says it. */
struct fact {
    struct arena *arena;
    struct str name, own;
    struct str known;
};

static bool run_fact(struct tx *tx, void *data, struct err *err)
{
    struct fact *fact = data;
    struct rows rows;

    if (!store_exec(tx, "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    ARGS(TEXT(fact->name), TEXT(fact->own)), err) ||
        !store_query(tx, fact->arena, &rows, "SELECT value FROM setting WHERE name = $1",
                     ARGS(TEXT(fact->name)), err))
        return false;
    fact->known = rows.count > 0 ? rows_text(&rows, 0, 0) : (struct str){0};
    return true;
}

static bool is_same(struct node *node, const char *name, struct str own, bool *is_same,
                    struct err *err)
{
    struct fact fact = {.arena = node->arena, .name = str_from_z(name), .own = own};

    if (!store_write_node(node->store, run_fact, &fact, err))
        return false;
    *is_same = str_equal(fact.known, own);
    return true;
}

/* The folder says which one it is by a file in it, made by the first server that uses it. */
static bool read_mark(struct node *node, struct str folder, struct str *mark, struct err *err)
{
    struct str path = file_join(node->arena, folder, STR("uprava-files"));
    struct buf made = {.arena = node->arena};

    if (file_read(node->arena, path, MARK_MAX, mark, err)) {
        *mark = str_trim(*mark);
        return true;
    }
    if (err->code != ERR_ABSENT)
        return false;
    *err = (struct err){0};
    secret_print_token(&made, 16);
    *mark = str_copy(node->arena, buf_str(&made));
    buf_char(&made, '\n');
    return file_make_folder(folder, err) && file_write(path, buf_str(&made), err);
}

bool kinship_check(struct node *node, struct str key_path, struct str files, struct err *err)
{
    struct buf key = {.arena = node->arena};
    struct str mark;
    bool is_key, is_folder;

    if (!store_is_shared(node->store))
        return true;
    base64_print_url(&key, (struct str){(const char *)node->key.public_bytes, SECRET_PUBLIC_SIZE});
    if (!is_same(node, "node_key", buf_str(&key), &is_key, err))
        return false;
    if (!is_key)
        return err_set(err, ERR_INPUT,
                       "the key %.*s is not the one this database knows: all its servers have one "
                       "key; copy the file from the first one, or name it with --node-key",
                       STR_ARG(key_path));
    if (!read_mark(node, files, &mark, err) || !is_same(node, "node_files", mark, &is_folder, err))
        return false;
    return is_folder ||
           err_set(err, ERR_INPUT,
                   "the attachments of this database do not lie in %.*s: all its servers have one "
                   "folder for them; name it with --files",
                   STR_ARG(files));
}
