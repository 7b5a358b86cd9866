/* portolan-render: reads a map (DOT) on standard input, gives what has no
 * position one, and writes the map or its picture to standard output.
 *
 * A process of its own, so that a map can cost no more than its limits: it
 * cannot speak to the network nor start programs.
 */
#include "base/complaint.h"
#include "base/text.h"
#include "topology/draw.h"
#include "topology/layout.h"
#include "topology/map.h"
#include "topology/render.h"
#include "topology/render_cage.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <unistd.h>

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };
enum { POINTS = 72 }; /* an inch */
enum { CPU_S = 60 };
#ifdef SANITIZED /* the shadow alone takes terabytes of addresses */
static const struct cage_limits limits = {0, CPU_S};
#else
enum { MEMORY_MB = 3072 };
static const struct cage_limits limits = {MEMORY_MB, CPU_S};
#endif

enum output { OUT_SVG, OUT_PNG, OUT_PDF, OUT_GV, OUT_JSON, OUT_GRAPHML };
static const char *const outputs[] = {"svg", "png",  "pdf",
                                      "gv",  "json", "graphml"};

struct settings {
    enum output output;
    const char *icons, *title, *name;
    bool ports, legend;
    double width, height; /* pixels that a raster fits into; 0: as is sharp */
};

static const char usage[] =
    "usage: portolan-render [OPTION...] < MAP.gv > PICTURE\n"
    "  --format FORMAT  svg (default), png, pdf; gv: the map with positions;\n"
    "                   json, graphml: the map for other programs\n"
    "  --icons DIR      folder with kind/ and state/ icons\n"
    "  --title TEXT     stands over the picture\n"
    "  --name NAME      what the map is called in complaints\n"
    "  --fit WxH        a PNG that fits into so many pixels\n"
    "  --ports          port names however large the map is\n"
    "  --no-legend      the map alone\n"
    "  --help           this text\n";

static bool parse_output(const char *word, enum output *out)
{
    for (size_t i = 0; i < COUNT_OF(outputs); i++)
        if (strcmp(word, outputs[i]) == 0) {
            *out = (enum output)i;
            return true;
        }
    return false;
}

static bool parse_fit(const char *word, struct settings *s)
{
    enum { LEAST = 16, MOST = 30000 };
    char rest;

    return sscanf(word, "%lfx%lf%c", &s->width, &s->height, &rest) == 2 &&
           s->width >= LEAST && s->width <= MOST && s->height >= LEAST &&
           s->height <= MOST;
}

/* 0 to go on, else the exit status + 1. */
static int parse_options(int argc, char **argv, struct settings *s)
{
    static const struct option options[] = {
        {"format", required_argument, NULL, 'f'},
        {"icons", required_argument, NULL, 'i'},
        {"title", required_argument, NULL, 't'},
        {"name", required_argument, NULL, 'n'},
        {"fit", required_argument, NULL, 'z'},
        {"ports", no_argument, NULL, 'p'},
        {"no-legend", no_argument, NULL, 'l'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if ((c == 'f' && parse_output(optarg, &s->output)) ||
            (c == 'z' && parse_fit(optarg, s)))
            continue;
        if (c == 'i')
            s->icons = optarg;
        else if (c == 't')
            s->title = optarg;
        else if (c == 'n')
            s->name = optarg;
        else if (c == 'p')
            s->ports = true;
        else if (c == 'l')
            s->legend = false;
        else if (c == 'h')
            return fputs(usage, stdout) < 0 ? EXIT_FAILED + 1 : 1;
        else
            return fputs(usage, stderr) < 0 ? EXIT_FAILED + 1 : EXIT_USAGE + 1;
    }
    if (optind < argc) {
        fputs(usage, stderr);
        return EXIT_USAGE + 1;
    }
    return 0;
}

static int read_all(int fd, size_t limit, struct buffer *out)
{
    enum { CHUNK = 65536 };
    char chunk[CHUNK];
    ssize_t len;

    while ((len = read(fd, chunk, sizeof chunk)) != 0) {
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return -errno;
        if (out->len + (size_t)len > limit)
            return -EFBIG;
        buffer_add(out, chunk, (size_t)len);
    }
    buffer_text(out, "");
    return 0;
}

static int write_all(int fd, const struct buffer *from)
{
    size_t done = 0;

    while (done < from->len) {
        ssize_t len = write(fd, from->at + done, from->len - done);

        if (len < 0 && errno != EINTR)
            return -errno;
        done += len > 0 ? (size_t)len : 0;
    }
    return 0;
}

/* Icons of a raster that is too coarse to show them, or of a picture that has
 * so many that Graphviz, which holds a file open for each, would need more than
 * it may. */
static bool icons_are_specks(const struct map *m, double dpi)
{
    enum { FOR_A_NODE = 2, FOR_THE_REST = 200 };
    static const double LEGIBLE = 18; /* dots per inch */

    return dpi < LEGIBLE ||
           map_shown_count(m) * FOR_A_NODE + FOR_THE_REST > cage_files();
}

/* Draws as large as fits into the pixels that are wanted. Texts do not shrink
 * with the rest, so the size is found by looking. */
static void draw_fitting(const struct map *m, const struct settings *s,
                         struct draw_options *options, struct buffer *out)
{
    enum { LOOKS = 4 };
    static const double LEAST = 1, MOST = 300, CLOSE = 0.985;

    for (unsigned i = 0; i < LOOKS; i++) {
        buffer_clear(out);
        options->bare = icons_are_specks(m, options->dpi);
        struct draw_size size = draw_map(m, options, out);
        double most = POINTS * CLOSE *
                      fmin(s->width / size.width, s->height / size.height);
        double dpi = fmin(MOST, fmax(LEAST, most));

        if (fabs(dpi - options->dpi) < 0.01 * dpi)
            return;
        if (i + 1 < LOOKS)
            options->dpi = dpi;
    }
}

static int draw(const struct map *m, const struct settings *s,
                struct renderer *renderer, struct buffer *out,
                struct complaint *why)
{
    struct buffer OWNED_BUFFER picture = {0};
    double dpi = s->output == OUT_PNG ? draw_raster_dpi(m) : POINTS;
    struct draw_options options = {.title = s->title,
                                   .icons = s->icons,
                                   .dpi = dpi,
                                   .ports = s->ports,
                                   .legend = s->legend,
                                   .bare = s->output != OUT_SVG &&
                                           icons_are_specks(m, dpi)};

    if (s->output == OUT_PNG && s->width > 0)
        draw_fitting(m, s, &options, &picture);
    else
        (void)draw_map(m, &options, &picture);
    if (s->output != OUT_SVG)
        return renderer_draw(renderer, picture.at, outputs[s->output], out,
                             why);
    struct buffer OWNED_BUFFER svg = {0};
    int rc = renderer_draw(renderer, picture.at, "svg", &svg, why);
    return rc < 0 ? rc
                  : render_svg_finish(buffer_view(&svg), s->icons, out, why);
}

static int render(const struct settings *s, const struct buffer *text,
                  struct buffer *out, struct complaint *why)
{
    struct map *read = NULL;
    int rc = map_read(s->name, text->at, text->len, &read, why);

    if (rc < 0)
        return rc;
    OWNED(map_free) struct map *m = read;
    OWNED(renderer_free) struct renderer *renderer = renderer_new();
    if (renderer == NULL)
        return complain(why, -EIO, s->name, "install the package graphviz",
                        "Graphviz cannot be set up");
    rc = layout_map(m, renderer_lay_out, renderer, why);
    if (rc < 0)
        return rc;
    switch (s->output) {
    case OUT_SVG:
    case OUT_PNG:
    case OUT_PDF:
        return draw(m, s, renderer, out, why);
    case OUT_GV:
        map_write(m, out);
        break;
    case OUT_JSON:
        map_write_json(m, out);
        break;
    case OUT_GRAPHML:
        map_write_graphml(m, out);
        break;
    }
    return 0;
}

static void on_cpu_limit(int signal)
{
    static const char text[] = "the map is too large to be laid out in time; "
                               "fold parts of it into clouds\n";

    (void)signal;
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(EXIT_FAILED);
}

static int tell(const struct complaint *why)
{
    fprintf(stderr, "%s: %s; %s\n", why->place, why->what, why->remedy);
    return EXIT_FAILED;
}

int main(int argc, char **argv)
{
    struct settings s = {.name = "map", .legend = true};
    struct buffer OWNED_BUFFER text = {0};
    struct buffer OWNED_BUFFER out = {0};
    struct complaint why = {.what = "failed"};
    int rc = parse_options(argc, argv, &s);

    if (rc > 0)
        return rc - 1;
    (void)signal(SIGXCPU, on_cpu_limit);
    rc = cage_enter(&limits);
    if (rc < 0) {
        fprintf(stderr, "%s: limits cannot be set: %s\n", s.name,
                strerror(-rc));
        return EXIT_FAILED;
    }
    rc = read_all(STDIN_FILENO, MAP_TEXT_MAX, &text);
    if (rc < 0) {
        fprintf(stderr, "%s: cannot be read: %s; %s\n", s.name, strerror(-rc),
                rc == -EFBIG ? "a map has at most 64 MB: fold or split it"
                             : "check standard input");
        return EXIT_FAILED;
    }
    if (render(&s, &text, &out, &why) < 0)
        return tell(&why);
    rc = write_all(STDOUT_FILENO, &out);
    if (rc == 0 && close(STDOUT_FILENO) < 0) /* NFS tells it then */
        rc = -errno;
    if (rc < 0)
        fprintf(stderr,
                "%s: the picture cannot be written: %s; check standard "
                "output and its disk\n",
                s.name, strerror(-rc));
    /* Without a look back: Graphviz and its fonts keep what they have. */
    _exit(rc < 0 ? EXIT_FAILED : EXIT_SUCCESS);
}
