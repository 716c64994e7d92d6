#include "web/people.h"

#include "registry/tenancy.h"

struct str people_level(const struct request *request, enum account_level level)
{
    static const char *const LEVELS[] = {
        [ACCOUNT_UNCONFIRMED] = "not confirmed",
        [ACCOUNT_CONFIRMED] = "e-mail or phone confirmed",
        [ACCOUNT_IDENTIFIED] = "identified at the desk",
        [ACCOUNT_ESIA] = "identified by ESIA",
    };

    return request_text(request, str_from_z(LEVELS[level]));
}

static struct str read_name(const struct people *people, int64_t account)
{
    struct request *request = people->request;
    struct account found;
    struct err absent;

    if (account == 0)
        return request_text(request, STR("The system"));
    if (account == TENANCY_OPERATOR)
        return request_text(request, STR("An operator of the server"));
    if (account < 0)
        return request_text(request, STR("A visitor"));
    if (!account_get(people->tx, request->arena, account, &found, &absent))
        return str_printf(request->arena, "№ %lld", (long long)account);
    return found.name;
}

struct str people_find(struct people *people, int64_t account)
{
    struct people_name name = {.account = account};

    for (size_t i = 0; i < people->known.count; i++)
        if (people->known.items[i].account == account)
            return people->known.items[i].name;
    name.name = read_name(people, account);
    VEC_PUSH(people->request->arena, &people->known, name);
    return name.name;
}
