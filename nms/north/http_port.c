/* What the port serves with: the page's files, the certificate, the names. */
#include "north/http_parts.h"

#include "base/log.h"
#include "base/mem.h"
#include "north/access.h"
#include "north/http_certificate.h"
#include "north/http_tls.h"
#include "station/worker.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_S = 3600 }; /* how often the certificate is looked at */

/* ---- names ---- */

static void take_names(struct api *api, const struct http_options *options)
{
    struct gate_names *n = &api->names;
    char **names = mem_array(options->name_count + 1, sizeof *names);

    for (size_t i = 0; i < options->name_count; i++)
        names[i] = mem_text(options->names[i]);
    for (size_t i = 0; i < n->count; i++)
        free(n->at[i]);
    free((void *)n->at);
    /* By TLS the browser itself sees that the name is another's. */
    *n = (struct gate_names){
        .at = names, .count = options->name_count, .all = api->secure};
}

/* ---- the certificate ---- */

static char *own_file(const struct api *api, const char *name)
{
    struct buffer path = {0};

    buffer_format(&path, "%s/%s", api->data, name);
    return buffer_take(&path);
}

static void take_name(struct api *api, const struct http_options *options)
{
    free(api->name);
    api->name = mem_text(options->station);
}

static void take_files(struct api *api, const struct http_options *options)
{
    free(api->certificate);
    free(api->key);
    api->given = options->certificate[0] != '\0';
    api->certificate = api->given ? mem_text(options->certificate)
                                  : own_file(api, "certificate.pem");
    api->key = api->given ? mem_text(options->key)
                          : own_file(api, "certificate-key.pem");
}

static int load_certificate(struct api *api, struct complaint *why)
{
    char print[TLS_FINGERPRINT_MAX];
    struct tls *tls;
    int rc = tls_load(api->certificate, api->key, &tls, why);

    if (rc < 0)
        return rc;
    tls_free(api->tls);
    api->tls = tls;
    tls_fingerprint(tls, print);
    log_notice("http: certificate %s, SHA-256 %s", api->certificate, print);
    return 0;
}

static struct certificate_wish wish_of(const struct api *api)
{
    return (struct certificate_wish){.name = api->name,
                                     .listen = api->listen,
                                     .names = api->names.at,
                                     .count = api->names.count,
                                     .certificate = api->certificate,
                                     .key = api->key};
}

/* The station's own, made where there is none that is good. */
static int own_certificate(struct api *api, struct complaint *why)
{
    const struct certificate_wish wish = wish_of(api);
    int rc = certificate_is_good(&wish) ? 0 : certificate_make(&wish, why);

    return rc == 0 ? load_certificate(api, why) : rc;
}

static void tell_certificate_stays(const struct complaint *why)
{
    log_error("http: %s: %s; %s; the certificate stays", why->place, why->what,
              why->remedy);
}

void http_port_look(struct api *api)
{
    const struct certificate_wish wish = wish_of(api);
    struct complaint why;

    if (!api->secure || api->given || certificate_is_good(&wish))
        return;
    if (own_certificate(api, &why) < 0)
        tell_certificate_stays(&why);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    http_port_look(arg);
}

/* ---- the page ---- */

/* What is read beside the loop. */
struct page_job {
    struct api *api;
    char *folder;
    struct files *files;
    struct complaint why;
    int rc;
};

/* In the thread. */
static void read_page(void *arg)
{
    struct page_job *job = arg;

    job->rc = files_read(job->folder, &job->files, &job->why);
}

static void take_page(struct page_job *job)
{
    if (job->rc < 0) {
        log_error("http: %s: %s; %s", job->why.place, job->why.what,
                  job->why.remedy);
        return;
    }
    files_unref(job->api->files);
    job->api->files = job->files;
}

static void on_page(void *arg, bool worked)
{
    struct page_job *job = arg;

    if (worked)
        take_page(job);
    free(job->folder);
    free(job);
}

/* ---- its life ---- */

int http_port_prepare(struct api *api, const struct http_options *options,
                      struct complaint *why)
{
    struct buffer OWNED_BUFFER folder = {0};

    buffer_text(&folder, options->web);
    if (folder.len == 0)
        files_folder(&folder);
    api->web = buffer_take(&folder);
    take_name(api, options);
    api->listen = options->listen;
    api->port = options->port;
    api->secure =
        !addr_is_loopback(&options->listen) || options->certificate[0] != '\0';
    take_names(api, options);
    take_files(api, options);
    return api->secure && api->given ? load_certificate(api, why) : 0;
}

/* Says where to sign in, and for the first time as whom. */
static void announce(const struct api *api)
{
    struct buffer OWNED_BUFFER path = {0};
    char addr[ADDR_TEXT_MAX];
    bool bracketed = api->listen.family == 6;

    log_notice("http: the page is at http%s://%s%s%s:%u/",
               api->secure ? "s" : "", bracketed ? "[" : "",
               addr_format(&api->listen, addr, sizeof addr),
               bracketed ? "]" : "", (unsigned)api->port);
    if (!access_begin(api->access))
        return;
    access_first_file(api->access, &path);
    log_notice("http: sign in as admin with the password in %s", path.at);
}

int http_port_start(struct api *api, struct complaint *why)
{
    struct page_job job = {.api = api, .folder = api->web};

    if (api->web[0] != '\0') {
        read_page(&job);
        take_page(&job);
    } else {
        log_warning("http: the page is not installed, the API alone is "
                    "served: run make install, or set http.web");
    }
    int rc = api->secure && !api->given ? own_certificate(api, why) : 0;
    if (rc < 0)
        return rc;
    api->look = event_new(api->base, -1, EV_PERSIST, on_look, api);
    (void)event_add(api->look, &(struct timeval){.tv_sec = LOOK_S});
    announce(api);
    return 0;
}

void http_port_renew(struct api *api, const struct http_options *options)
{
    struct complaint why;

    take_name(api, options);
    take_names(api, options);
    take_files(api, options);
    int rc = !api->secure  ? 0
             : !api->given ? own_certificate(api, &why)
                           : load_certificate(api, &why);
    if (rc < 0)
        tell_certificate_stays(&why);
    if (api->web[0] == '\0')
        return;
    struct page_job *job = mem_new(struct page_job);
    job->api = api;
    job->folder = mem_text(api->web);
    worker_do(api->worker, read_page, on_page, job);
}

void http_port_end(struct api *api)
{
    if (api->look != NULL)
        event_free(api->look);
    files_unref(api->files);
    tls_free(api->tls);
    for (size_t i = 0; i < api->names.count; i++)
        free(api->names.at[i]);
    free((void *)api->names.at);
    free(api->certificate);
    free(api->key);
    free(api->web);
    free(api->name);
}
