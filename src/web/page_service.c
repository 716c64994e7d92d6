#include "web/page_service.h"

#include "web/answer.h"
#include "web/input.h"
#include "web/page_figure.h"
#include "web/page_my_offer.h"

static struct json *find_topic(struct request *request, struct json *topics, struct str title)
{
    struct json *topic;

    for (topic = topics->first; topic != NULL; topic = topic->next)
        if (str_equal(json_find_text(topic, STR("title")), title))
            return json_find(topic, STR("tasks"));
    topic = view_push(request, topics);
    view_text(request, topic, "title", title);
    return view_list(request, topic, "tasks");
}

bool page_service_list(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *topics = view_list(request, view, "topics");
    const struct service **services;
    size_t count;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !process_services(request->web->processes, request->catalog->model, request->arena,
                          &services, &count, err))
        return false;
    page_title(request, view, request_text(request, STR("Services")));
    for (size_t i = 0; i < count; i++) {
        struct str topic = request_pack_text(
            request, services[i]->topic.len > 0 ? services[i]->topic : services[i]->pack->title);
        struct json *task = view_push(request, find_topic(request, topics, topic));

        view_text(request, task, "title", request_pack_text(request, services[i]->title));
        view_text(request, task, "text", request_pack_text(request, services[i]->summary));
        view_text(request, task, "href", services_href(request, services[i]));
    }
    view_bool(request, view, "has_topics", topics->count > 0);
    view_text(request, view, "figures_href", page_href(request, "/services/figures"));
    view_maybe(request, view, "my_href",
               request_is_signed_in(request) && !page_is_staff(request) ? page_href(request, "/my/")
                                                                        : (struct str){0});
    return answer_page(request, 200, STR("page/services"), view, err);
}

static void add_documents(struct request *request, const struct service *service, struct json *view)
{
    struct json *documents = view_list(request, view, "documents");

    for (size_t i = 0; i < service->document_count; i++) {
        struct json *one = view_push(request, documents);

        view_text(request, one, "name", request_pack_text(request, service->documents[i].title));
        view_maybe(request, one, "about",
                   service->documents[i].help.len > 0
                       ? request_pack_text(request, service->documents[i].help)
                       : (struct str){0});
        view_bool(request, one, "is_optional", !service->documents[i].is_required);
    }
    view_bool(request, view, "has_documents", documents->count > 0);
}

static void add_grounds(struct request *request, const struct service *service, struct json *view)
{
    struct json *grounds = view_list(request, view, "grounds");

    for (size_t i = 0; i < service->ground_count; i++) {
        struct json *one = view_push(request, grounds);

        view_text(request, one, "name", request_pack_text(request, service->grounds[i].title));
        view_maybe(request, one, "about", service->grounds[i].law);
    }
    view_bool(request, view, "has_grounds", grounds->count > 0);
}

static void add_laws(struct request *request, const struct service *service, struct json *view)
{
    struct json *laws = view_list(request, view, "laws");

    for (size_t i = 0; i < service->law_count; i++) {
        struct json *one = view_push(request, laws);

        view_text(request, one, "name", request_pack_text(request, service->laws[i].title));
        view_maybe(request, one, "law_href", service->laws[i].href);
    }
    view_bool(request, view, "has_laws", laws->count > 0);
}

/* Is there one that they have begun? */
static bool is_begun(struct request *request, const struct service *service, bool *begun,
                     struct err *err)
{
    struct application application = {.account = request->actor.account, .service = service->name};

    *begun = false;
    if (!request_is_signed_in(request))
        return true;
    if (!application_get(&request->tx, request->arena, request->now, &application, err))
        return false;
    *begun = application.changed_at > 0;
    return true;
}

static void add_order(struct request *request, const struct service *service, bool begun,
                      struct json *view)
{
    bool takes = services_may_take(request, service);
    bool may = takes || ((service->ways & SERVICE_PAGE) != 0 && !page_is_staff(request));

    view_maybe(request, view, "order_href",
               may ? page_href(request, "/services/%.*s/apply", STR_ARG(service->name))
                   : (struct str){0});
    view_text(request, view, "order_text",
              service->order.len > 0 && !begun && !takes
                  ? request_pack_text(request, service->order)
                  : request_text(request, begun   ? STR("Go on with my application")
                                          : takes ? STR("Take an application")
                                                  : STR("Order the service")));
    view_bool(request, view, "is_only_desk", (service->ways & SERVICE_PAGE) == 0);
}

bool page_service_card(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *facts = view_list(request, view, "facts");
    struct services_one one;
    struct str figures;
    struct tx *tx;
    bool begun;

    if (!request_read(request, &tx, err) || !services_find(request, 0, &one, err) ||
        !is_begun(request, one.service, &begun, err))
        return false;
    if (!page_figure_line(request, one.service->name, &figures, err))
        return false;
    page_title(request, view, request_pack_text(request, one.service->title));
    page_crumb(request, view, request_text(request, STR("Services")), STR("/services/"));
    view_text(request, view, "heading", request_pack_text(request, one.service->title));
    view_text(request, view, "summary", request_pack_text(request, one.service->summary));
    input_fact(request, facts, request_text(request, STR("Who can get it")),
               request_pack_text(request, one.service->who));
    input_fact(request, facts, request_text(request, STR("What you get")),
               request_pack_text(request, one.service->result));
    if (one.service->count > 0)
        input_fact(request, facts, request_text(request, STR("How long it takes")),
                   services_term(request, one.service));
    input_fact(request, facts, request_text(request, STR("What it costs")),
               request_pack_text(request, one.service->cost));
    if (figures.len > 0)
        input_fact_link(
            request, facts, request_text(request, STR("How it went")), figures,
            page_href(request, "/services/figures?service=%.*s", STR_ARG(one.service->name)));
    if (!page_my_offer_count(request, one.service, facts, err))
        return false;
    add_documents(request, one.service, view);
    add_grounds(request, one.service, view);
    add_laws(request, one.service, view);
    add_order(request, one.service, begun, view);
    return answer_page(request, 200, STR("page/service"), view, err);
}
