#include "cli/demo.h"

#include "auth/account.h"
#include "core/time.h"
#include "registry/subscription.h"
#include "registry/tenancy.h"
#include "store/rows.h"

/* Demo accounts, the same in both municipalities: everybody may know these passwords. */
static const struct {
    const char *login;
    const char *password;
    const char *name;
    const char *role;
    const char *what;
    const char *seat; /* in the housing commission; NULL: none */
} PEOPLE[] = {
    {"clerk", "zarechensk-clerk", "Нина Петрова", "clerk", "specialist",
     "housing_commission_secretary"},
    {"data", "zarechensk-data", "Бакыт Осмонов", "data", "data specialist", "housing_commission"},
    {"dispatcher", "zarechensk-dispatcher", "Тимур Ахметов", "dispatcher",
     "dispatcher of emergencies", NULL},
    {"inspector", "zarechensk-inspector", "Галина Сотникова", "inspector", "housing inspector",
     "housing_commission"},
    {"head", "zarechensk-head", "Ирина Соколова", "head", "head of administration",
     "housing_commission_chair"},
    {"admin", "zarechensk-admin", "Игорь Асанов", "admin", "administrator", NULL},
    {"auditor", "zarechensk-auditor", "Вера Лунина", "auditor", "auditor", NULL},
    {"methodologist", "zarechensk-methodologist", "Олег Ким", "methodologist", "methodologist",
     NULL},
    {"resident", "zarechensk-resident", "Айгуль Садыкова", "resident", "resident", NULL},
};

/* And one for the server itself. */
static const char OPERATOR[] = "operator";
static const char OPERATOR_PASSWORD[] = "zarechye-night-shift";

struct person {
    struct account account;
    struct str hash;
    int64_t id;
};

static bool write_person(struct tx *tx, void *data, struct err *err)
{
    struct person *person = data;

    return account_create(tx, &person->account, person->hash, (struct account_by){0, time_now()},
                          &person->id, err);
}

static bool write_kind(struct tx *tx, void *data, struct err *err)
{
    const struct str *kind = data;

    return catalog_set(tx, STR("kind"), *kind, 0, time_now(), err);
}

/* The demo resident is a person of the register, known at the desk: an adult with an e-mail. */
static bool find_resident(struct command_run *run, struct tenant *tenant, struct person *person,
                          struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct register_type *type;
    const struct catalog *catalog;
    struct rows rows;

    if (!catalog_get(tenant, run->node->library, &catalog, err) || !tx_read(&tx, tenant, err))
        return false;
    type = catalog->model->person;
    if (type == NULL)
        return true;
    if (!store_query(&tx, run->arena, &rows,
                     "SELECT id, title FROM record WHERE tenant = $1 AND register = $2"
                     " AND body LIKE '%\"email\"%' ORDER BY id LIMIT 1",
                     ARGS(INT(tx.tenant), INT(catalog_no(catalog, type))), err))
        return false;
    if (rows.count == 0)
        return true;
    person->account.person = rows_int(&rows, 0, 0);
    person->account.level = ACCOUNT_IDENTIFIED;
    person->account.name = rows_text(&rows, 0, 1);
    return true;
}

static bool make_people(struct command_run *run, struct tenant *tenant, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(PEOPLE); i++) {
        struct str role = str_from_z(PEOPLE[i].role);
        const char *seat = PEOPLE[i].seat;
        struct str roles[] = {role, str_from_z(seat == NULL ? "" : seat)};
        struct person person = {.account = {.login = str_from_z(PEOPLE[i].login),
                                            .name = str_from_z(PEOPLE[i].name),
                                            .state = STR("active"),
                                            .roles = roles,
                                            .role_count = seat == NULL ? 1 : 2}};

        if (str_equal(role, STR("resident")) && !find_resident(run, tenant, &person, err))
            return false;
        if (!secret_hash_password(run->arena, str_from_z(PEOPLE[i].password), &person.hash, err) ||
            !tenant_write_wait(tenant, write_person, &person, err))
            return err_while(err, "demo account %s", PEOPLE[i].login);
    }
    return true;
}

static bool make_town(struct command_run *run, const struct tenancy_wish *wish, struct str kind,
                      struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct node *node = run->node;
    struct tenancy by = {.store = node->store, .library = node->library, .now = time_now()};

    return tenancy_found(&by, wish, err) && store_hold(node->store, wish->name, &tenant, err) &&
           make_people(run, tenant, err) && tenant_write_wait(tenant, write_kind, &kind, err) &&
           catalog_reload(tenant, node->library, err);
}

static bool make_operator(struct command_run *run, struct err *err)
{
    struct person person = {.account = {.login = str_from_z(OPERATOR),
                                        .name = STR("Дежурный оператор"),
                                        .state = STR("active")}};

    return secret_hash_password(run->arena, str_from_z(OPERATOR_PASSWORD), &person.hash, err) &&
           store_write_node(run->node->store, write_person, &person, err);
}

/* The association keeps the territories for its members, the town reads them there. */
static bool publish(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *above = NULL;
    CLEANUP(store_release) struct tenant *town = NULL;
    struct node *node = run->node;
    struct publication_order order = {
        .library = node->library, .arena = run->arena, .now = time_now()};
    const struct catalog *catalog;

    if (!store_hold(node->store, STR("association"), &above, err) ||
        !store_hold(node->store, STR("demo"), &town, err) ||
        !catalog_get(above, node->library, &catalog, err))
        return false;
    order.wish.type = model_type(catalog->model, STR("base.territory"));
    order.what = PUBLICATION_PUT;
    if (!publication_do(above, &order, err))
        return false;
    order.what = PUBLICATION_PUBLISH;
    if (!publication_do(above, &order, err))
        return false;
    return subscription_take(&(struct subscription_by){town, node->library, run->arena, time_now()},
                             STR("base.territory"), STR("association"), 0, err);
}

bool demo_make(struct command_run *run, struct err *err)
{
    static const struct str TOWN[] = {STR_INIT("base"),         STR_INIT("housing"),
                                      STR_INIT("greenery"),     STR_INIT("address"),
                                      STR_INIT("archive"),      STR_INIT("housing_queue"),
                                      STR_INIT("kindergarten"), STR_INIT("plots"),
                                      STR_INIT("demo"),         STR_INIT("demo_services")};
    static const struct str ABOVE[] = {STR_INIT("base"), STR_INIT("housing"),
                                       STR_INIT("demo_association")};
    struct tenancy_wish above = {.name = STR("association"),
                                 .title = STR("Ассоциация городов Заречья"),
                                 .packs = {ABOVE, ARRAY_LEN(ABOVE)}};
    struct tenancy_wish town = {
        .name = STR("demo"), .title = STR("Зареченск"), .packs = {TOWN, ARRAY_LEN(TOWN)}};
    struct store_tenant *tenants;
    size_t count;

    if (!store_list_tenants(run->node->store, run->arena, &tenants, &count, err))
        return false;
    if (count > 0)
        return true;
    command_print(run, "making the demo town, this takes a few seconds …\n");
    if (!make_operator(run, err) ||
        !make_town(run, &above, STR("ассоциация муниципальных образований"), err) ||
        !store_list_tenants(run->node->store, run->arena, &tenants, &count, err))
        return false;
    town.parent = tenants[0].id;
    return make_town(run, &town, STR("городской округ"), err) && publish(run, err);
}

void demo_print(struct command_run *run, int port, bool is_tls)
{
    const char *scheme = is_tls ? "https" : "http";

    command_print(run,
                  "\n  the town          %s://127.0.0.1:%d/demo/\n"
                  "  its association   %s://127.0.0.1:%d/association/\n"
                  "  sign in           %s://127.0.0.1:%d/demo/sign-in\n"
                  "  operators         %s://127.0.0.1:%d/node/\n\n",
                  scheme, port, scheme, port, scheme, port, scheme, port);
    for (size_t i = 0; i < ARRAY_LEN(PEOPLE); i++)
        command_print(run, "  %-10s %-20s %s\n", PEOPLE[i].login, PEOPLE[i].password,
                      PEOPLE[i].what);
    command_print(run, "  %-10s %-20s operator of the server\n\n", OPERATOR, OPERATOR_PASSWORD);
}
