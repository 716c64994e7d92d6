#include "web/seen.h"

#include "auth/journal.h"
#include "core/id.h"
#include "core/vec.h"

struct seen {
    struct seen *next;
    int64_t no;
    int64_t flow; /* whose values were shown; 0: records were */
    VEC(int64_t) ids;
};

static struct seen *find_register(struct request *request, int64_t no)
{
    struct seen *seen = request->seen;

    while (seen != NULL && (seen->no != no || seen->flow != 0))
        seen = seen->next;
    if (seen == NULL) {
        seen = ARENA_NEW(request->arena, struct seen);
        seen->no = no;
        seen->next = request->seen;
        request->seen = seen;
    }
    return seen;
}

/* Pages show the same record again and again, one at a time: a card, then its links. */
static bool is_known(const struct seen *seen, int64_t id)
{
    for (size_t i = seen->ids.count; i > 0; i--)
        if (seen->ids.items[i - 1] == id)
            return true;
    return false;
}

void seen_add(struct request *request, const struct register_type *type, unsigned classes,
              const int64_t *ids, size_t count)
{
    struct seen *seen;

    if ((type->classes & classes & (POLICY_PERSONAL | POLICY_SECRET)) == 0 || count == 0)
        return;
    seen = find_register(request, catalog_no(request->catalog, type));
    for (size_t i = 0; i < count; i++)
        if (!is_known(seen, ids[i]))
            VEC_PUSH(request->arena, &seen->ids, ids[i]);
}

void seen_add_flow(struct request *request, int64_t no, int64_t record, int64_t flow)
{
    struct seen *seen = ARENA_NEW(request->arena, struct seen);

    *seen = (struct seen){.next = request->seen, .no = no, .flow = flow};
    if (record != 0)
        VEC_PUSH(request->arena, &seen->ids, record);
    request->seen = seen;
}

static struct str print_ids(struct arena *arena, const struct seen *seen)
{
    struct buf detail = {.arena = arena};

    buf_add(&detail, STR("{\"records\":["));
    for (size_t i = 0; i < seen->ids.count; i++) {
        buf_add(&detail, i == 0 ? STR("\"") : STR(",\""));
        id_print(&detail, seen->ids.items[i]);
        buf_char(&detail, '"');
    }
    buf_add(&detail, STR("]}"));
    return buf_str(&detail);
}

static bool write_entries(struct tx *tx, void *data, struct err *err)
{
    const struct request *request = data;

    for (const struct seen *seen = request->seen; seen != NULL; seen = seen->next) {
        struct journal_entry entry = {
            .at = request->now,
            .actor = request->actor.account,
            .action = STR("read"),
            .no = seen->no,
            .cause = seen->flow,
        };

        if (seen->ids.count == 1)
            entry.record = seen->ids.items[0];
        else if (seen->ids.count > 1)
            entry.detail = print_ids(request->arena, seen);
        if (!journal_add(tx, &entry, err))
            return false;
    }
    return true;
}

static bool reply(struct request *request, void *data, struct err *err)
{
    (void)request, (void)data, (void)err;
    return true; /* the answer stands already; it may leave now */
}

void seen_write(struct request *request)
{
    (void)request_write(request, write_entries, reply, request);
}
