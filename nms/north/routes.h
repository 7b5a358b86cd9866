/* routes.h - every operation of the API, in one table. */
#ifndef NORTH_ROUTES_H
#define NORTH_ROUTES_H

#include "north/request.h"

/* What a route is besides; a body is a JSON object, or none, where it takes
 * nothing else. */
enum api_trait {
    ROUTE_TAKES_LIST = 1 << 0,     /* or a JSON list */
    ROUTE_TAKES_DOCUMENT = 1 << 1, /* whatever it is: the handler reads it */
    /* It needs the snapshot alone, and is asked for much: a thread does it. */
    ROUTE_BESIDE = 1 << 2,
    /* What it does lasts no longer than the process, or harms nobody when it is
     * forgotten: who signed in signs in again, also while the disk is full. */
    ROUTE_FLEETING = 1 << 3,
};

struct api_route {
    enum api_method method;
    const char *pattern; /* "devices/+/interfaces"; + is any one segment */
    enum role role;      /* that is needed; the control socket has every one */
    void (*handle)(struct api_request *r);
    const char *summary; /* for openapi.json */
    unsigned traits;     /* of enum api_trait */
};

/* The operation for method and path; NULL with *known telling whether another
 * method has this path. */
const struct api_route *route_find(enum api_method method,
                                   char *const *segments, size_t count,
                                   bool *known);

/* The table: *count routes. */
const struct api_route *route_table(size_t *count);

/* Handlers, by file. */
void api_status(struct api_request *r);
void api_discovery(struct api_request *r);
void api_discover(struct api_request *r);
void api_discovery_stop(struct api_request *r);
void api_audit(struct api_request *r);
void api_probe(struct api_request *r);
void api_bounds(struct api_request *r);
void api_leads(struct api_request *r);
void api_bounds_set(struct api_request *r);
void api_credentials(struct api_request *r);
void api_setting_add(struct api_request *r);
void api_setting_change(struct api_request *r);
void api_setting_remove(struct api_request *r);
void api_order(struct api_request *r);
void api_order_set(struct api_request *r);
void api_events(struct api_request *r);
void api_export(struct api_request *r);
void api_search(struct api_request *r);
void api_stream(struct api_request *r);
void api_openapi(struct api_request *r);
void api_metrics(struct api_request *r);
void api_health(struct api_request *r);

void api_session(struct api_request *r);
void api_session_open(struct api_request *r);
void api_session_close(struct api_request *r);
void api_session_prefer(struct api_request *r);
void api_session_password(struct api_request *r);
void api_users(struct api_request *r);
void api_user_add(struct api_request *r);
void api_user_change(struct api_request *r);
void api_user_delete(struct api_request *r);
void api_user_forget(struct api_request *r);
void api_tokens(struct api_request *r);
void api_token_new(struct api_request *r);
void api_token_revoke(struct api_request *r);

void api_devices(struct api_request *r);
void api_devices_add(struct api_request *r);
void api_device_show(struct api_request *r);
void api_device_remove(struct api_request *r);
void api_device_forget(struct api_request *r);
void api_device_poll(struct api_request *r);
void api_interfaces(struct api_request *r);
void api_sensors(struct api_request *r);
void api_neighbors(struct api_request *r);
void api_addresses(struct api_request *r);
void api_device_identity(struct api_request *r);
void api_pins(struct api_request *r);
void api_doubles(struct api_request *r);
void api_pin(struct api_request *r);

void api_alerts(struct api_request *r);
void api_alert(struct api_request *r);
void api_alert_ack(struct api_request *r);
void api_alert_unack(struct api_request *r);
void api_alert_shelve(struct api_request *r);
void api_alert_unshelve(struct api_request *r);
void api_alert_types(struct api_request *r);
void api_receivers(struct api_request *r);
json_t *api_receivers_told(struct api_request *r); /* its answer */
void api_receiver_test(struct api_request *r);
void api_silences(struct api_request *r);
void api_silence(struct api_request *r);
void api_unsilence(struct api_request *r);

void api_software(struct api_request *r);
void api_processes(struct api_request *r);

void api_links(struct api_request *r);
void api_links_busiest(struct api_request *r);
void api_links_why(struct api_request *r);
void api_path(struct api_request *r);
void api_topology_diff(struct api_request *r);
void api_maps(struct api_request *r);
void api_map(struct api_request *r);
void api_map_find(struct api_request *r);
void api_map_new(struct api_request *r);
void api_map_import(struct api_request *r);
void api_map_edit(struct api_request *r);
void api_map_edits(struct api_request *r);
void api_map_delete(struct api_request *r);

void api_rules(struct api_request *r);
json_t *api_rules_told(struct api_request *r); /* its answer: all */
void api_risk(struct api_request *r);
void api_risk_of(struct api_request *r);
void api_risk_value(struct api_request *r);

void api_series_files(struct api_request *r);
void api_series(struct api_request *r);
void api_graph(struct api_request *r);

void api_layers(struct api_request *r);
void api_layer(struct api_request *r);
void api_events_histogram(struct api_request *r);

void api_mib(struct api_request *r);

void api_walk(struct api_request *r);
void api_get(struct api_request *r);

#endif
