#include "service/service_figure_sum.h"

#include <stdlib.h>

#include "core/arena.h"
#include "core/num.h"
#include "core/time.h"
#include "core/vec.h"
#include "store/rows.h"

struct summing {
    struct arena *arena;
    VEC(struct service_figure_sum) sums; /* by service, then by month */
    struct service_figure_sum *last;     /* rows of one come one behind the other, mostly */
};

int64_t service_figure_sum_decided(const struct service_figure_sum *sum)
{
    return sum->granted + sum->refused + sum->closed;
}

int64_t service_figure_sum_ended(const struct service_figure_sum *sum)
{
    return service_figure_sum_decided(sum) + sum->withdrawn;
}

int64_t service_figure_sum_median(const struct service_figure_sum *sum)
{
    int64_t half = (service_figure_sum_decided(sum) + 1) / 2;

    for (int64_t days = 0, seen = 0; half > 0 && days <= SERVICE_FIGURE_DAYS_MAX; days++) {
        seen += sum->days[days];
        if (seen >= half)
            return days;
    }
    return -1;
}

static void begin(struct summing *it, struct str service, int64_t from, int64_t to)
{
    struct service_figure_sum sum = {
        .service = service,
        .from = from,
        .to = to,
        .days = ARENA_ARRAY(it->arena, int64_t, SERVICE_FIGURE_DAYS_MAX + 1),
    };

    VEC_PUSH(it->arena, &it->sums, sum);
}

/* How a month of a service lies to a sum. */
static int compare(const struct service_figure_sum *sum, struct str service, int64_t at)
{
    int order = str_compare(sum->service, service);

    if (order != 0)
        return order;
    return sum->to < at ? -1 : sum->from > at;
}

static struct service_figure_sum *find(struct summing *it, struct str service, int64_t at)
{
    size_t first = 0, end = it->sums.count;

    if (it->last != NULL && compare(it->last, service, at) == 0)
        return it->last;
    while (first < end) {
        size_t middle = (first + end) / 2;
        int order = compare(&it->sums.items[middle], service, at);

        if (order == 0)
            return it->last = &it->sums.items[middle];
        if (order < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return NULL;
}

static void add_ground(struct arena *arena, struct service_figure_sum *sum, struct str id,
                       int64_t n)
{
    size_t i = 0;

    while (i < sum->ground_count && str_compare(sum->grounds[i].id, id) < 0)
        i++;
    if (i < sum->ground_count && str_equal(sum->grounds[i].id, id)) {
        sum->grounds[i].count += n;
        return;
    }
    sum->grounds = arena_grow(arena, sum->grounds, sum->ground_count * sizeof *sum->grounds,
                              (sum->ground_count + 1) * sizeof *sum->grounds);
    for (size_t j = sum->ground_count++; j > i; j--)
        sum->grounds[j] = sum->grounds[j - 1];
    sum->grounds[i] = (struct service_figure_ground){id, n};
}

/* "refused/sound_tree/lv" */
static void add_out(struct arena *arena, struct service_figure_sum *sum, struct str name, int64_t n)
{
    struct str state = str_cut(&name, '/');
    struct str ground = str_cut(&name, '/');

    if (str_equal(state, service_case_state_text(SERVICE_CASE_GRANTED)))
        sum->granted += n;
    else if (str_equal(state, service_case_state_text(SERVICE_CASE_WITHDRAWN)))
        sum->withdrawn += n;
    else if (str_equal(state, service_case_state_text(SERVICE_CASE_CLOSED)))
        sum->closed += n;
    else {
        sum->refused += n;
        add_ground(arena, sum, str_copy(arena, ground), n);
    }
    if (str_find_char(name, 'k') < name.len)
        sum->kept += n;
    if (str_find_char(name, 'l') < name.len)
        sum->late += n;
    if (str_find_char(name, 'v') < name.len)
        sum->spared += n;
}

enum column {
    COLUMN_KIND,
    COLUMN_AT,
    COLUMN_SERVICE,
    COLUMN_NAME,
    COLUMN_N,
};

static bool is_kind(struct str kind, enum service_figure_kind wanted)
{
    return str_equal(kind, service_figure_kind_text(wanted));
}

static bool take(void *data, const struct rows *row, struct err *err)
{
    struct summing *it = data;
    struct service_figure_sum *sum =
        find(it, rows_text(row, 0, COLUMN_SERVICE), rows_int(row, 0, COLUMN_AT));
    struct str kind = rows_text(row, 0, COLUMN_KIND);
    struct str name = rows_text(row, 0, COLUMN_NAME);
    int64_t n = rows_int(row, 0, COLUMN_N);
    int64_t number;

    (void)err;
    if (sum == NULL)
        return true;
    if (is_kind(kind, SERVICE_FIGURE_IN))
        sum->opened += n;
    else if (is_kind(kind, SERVICE_FIGURE_OUT))
        add_out(it->arena, sum, name, n);
    else if (!num_parse_int(name, &number) || number < 0 || number > SERVICE_FIGURE_DAYS_MAX)
        return true;
    else if (is_kind(kind, SERVICE_FIGURE_DAYS))
        sum->days[number] += n;
    else {
        sum->ratings += n;
        sum->rating_sum += n * number;
    }
    return true;
}

/* The rows of those months into the sums there are. */
static bool fill(struct tx *tx, struct summing *it, struct str service, struct err *err)
{
    int64_t from = INT64_MAX, to = INT64_MIN;

    for (size_t i = 0; i < it->sums.count; i++) {
        from = MIN(from, it->sums.items[i].from);
        to = MAX(to, it->sums.items[i].to);
    }
    for (int kind = SERVICE_FIGURE_IN; from <= to && kind <= SERVICE_FIGURE_RATED; kind++)
        if (!store_each(tx,
                        "SELECT kind, at, service, name, n FROM service_figure WHERE tenant = $1"
                        " AND kind = $2 AND at >= $3 AND at <= $4 AND ($5 = '' OR service = $5)",
                        ARGS(INT(tx->tenant),
                             TEXT(service_figure_kind_text((enum service_figure_kind)kind)),
                             INT(from), INT(to), TEXT(service)),
                        take, it, err))
            return false;
    return true;
}

/* Which service had anything in which month. */
static bool list_months(struct tx *tx, struct arena *arena, struct str service, int64_t until,
                        struct rows *rows, struct err *err)
{
    return store_query(tx, arena, rows,
                       "SELECT service, at, CAST(sum(CASE WHEN kind = 'out' THEN n ELSE 0 END)"
                       " AS bigint) FROM service_figure WHERE tenant = $1 AND kind IN ('in', 'out')"
                       " AND at <= $2 AND ($3 = '' OR service = $3)"
                       " GROUP BY service, at ORDER BY service, at",
                       ARGS(INT(tx->tenant), INT(until), TEXT(service)), err);
}

static int64_t first_of(const struct rows *rows)
{
    int64_t first = rows->count > 0 ? INT64_MAX : 0;

    for (size_t i = 0; i < rows->count; i++)
        first = MIN(first, rows_int(rows, i, 1));
    return first;
}

static void give(struct summing *it, struct service_figure_list *list)
{
    list->items = it->sums.items;
    list->count = it->sums.count;
}

bool service_figure_sum_months(struct tx *tx, struct arena *arena, int64_t from, int64_t to,
                               struct service_figure_list *list, struct err *err)
{
    struct summing it = {.arena = arena};
    struct str last = {0};
    struct rows rows;

    if (!list_months(tx, arena, last, to, &rows, err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        if (rows_int(&rows, i, 1) < from || str_equal(rows_text(&rows, i, 0), last))
            continue;
        last = rows_text(&rows, i, 0);
        begin(&it, last, from, to);
    }
    list->first = first_of(&rows);
    if (!fill(tx, &it, (struct str){0}, err))
        return false;
    give(&it, list);
    return true;
}

/* Months of one service, gathered until there are enough. */
static void gather(struct summing *it, const struct rows *rows, int year)
{
    int64_t from = 0, ended = 0;
    struct str service = {0};

    for (size_t i = 0; i < rows->count; i++) {
        int64_t at = rows_int(rows, i, 1);

        if (i == 0 || !str_equal(rows_text(rows, i, 0), service)) {
            service = rows_text(rows, i, 0);
            from = at;
            ended = 0;
        }
        ended += rows_int(rows, i, 2);
        if (ended < SERVICE_FIGURE_SMALL)
            continue;
        if (time_date_from_day(at).year == year)
            begin(it, service, from, at);
        from = time_add_months(at, 1);
        ended = 0;
    }
}

/* What fewer than SERVICE_FIGURE_SMALL have in common is not told. */
static void hide_small(struct service_figure_sum *sum)
{
    size_t kept = 0;

    if (sum->ratings < SERVICE_FIGURE_SMALL)
        sum->ratings = sum->rating_sum = 0;
    for (size_t i = 0; i < sum->ground_count; i++) {
        if (sum->grounds[i].count >= SERVICE_FIGURE_SMALL)
            sum->grounds[kept++] = sum->grounds[i];
        else
            sum->other_grounds += sum->grounds[i].count;
    }
    sum->ground_count = kept;
}

bool service_figure_sum_public(struct tx *tx, struct arena *arena,
                               const struct service_figure_asked *asked,
                               struct service_figure_list *list, struct err *err)
{
    struct summing it = {.arena = arena};
    struct rows rows;

    /* Behind the last day of the month before. */
    if (!list_months(tx, arena, asked->service, service_figure_month(asked->today) - 1, &rows, err))
        return false;
    gather(&it, &rows, asked->year);
    list->first = first_of(&rows);
    if (!fill(tx, &it, asked->service, err))
        return false;
    for (size_t i = 0; i < it.sums.count; i++)
        hide_small(&it.sums.items[i]);
    give(&it, list);
    return true;
}

void service_figure_sum_add(struct arena *arena, struct service_figure_sum *sum,
                            const struct service_figure_sum *more)
{
    sum->to = more->to;
    sum->opened += more->opened;
    sum->granted += more->granted;
    sum->refused += more->refused;
    sum->withdrawn += more->withdrawn;
    sum->closed += more->closed;
    sum->kept += more->kept;
    sum->late += more->late;
    sum->spared += more->spared;
    sum->ratings += more->ratings;
    sum->rating_sum += more->rating_sum;
    sum->other_grounds += more->other_grounds;
    for (size_t i = 0; i < more->ground_count; i++)
        add_ground(arena, sum, more->grounds[i].id, more->grounds[i].count);
    for (size_t i = 0; i <= SERVICE_FIGURE_DAYS_MAX; i++)
        sum->days[i] += more->days[i];
}

static int compare_open(const void *a, const void *b)
{
    const struct service_figure_open *x = a, *y = b;
    int order = str_compare(x->service, y->service);

    if (order == 0)
        order = str_compare(x->step, y->step);
    if (order == 0)
        order = x->since < y->since ? -1 : x->since > y->since;
    return order;
}

bool service_figure_sum_open(struct tx *tx, struct arena *arena, struct service_figure_opens *opens,
                             struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT service, at, name, n FROM service_figure WHERE tenant = $1"
                     " AND kind = 'open'",
                     ARGS(INT(tx->tenant)), err))
        return false;
    *opens = (struct service_figure_opens){
        .items = ARENA_ARRAY(arena, struct service_figure_open, rows.count), .count = rows.count};
    for (size_t i = 0; i < rows.count; i++) {
        struct service_figure_open *one = &opens->items[i];
        struct str name = rows_text(&rows, i, 2);

        *one = (struct service_figure_open){.service = rows_text(&rows, i, 0),
                                            .step = str_cut(&name, ' '),
                                            .due_on = rows_int(&rows, i, 1),
                                            .count = rows_int(&rows, i, 3)};
        if (!num_parse_int(name, &one->since))
            one->since = 0;
    }
    if (rows.count > 1)
        qsort(opens->items, opens->count, sizeof *opens->items, compare_open);
    return true;
}
