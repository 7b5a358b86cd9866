/* The page in memory: only what was there when it was read, packed and whole.
 */
#include "north/http_files.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

static char dir[] = "/tmp/portolan-files-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[200];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(file_write(path, bytes_of_text(text), 0644), 0);
}

static int make_folder(void **state)
{
    char path[200], text[2001];

    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/base", dir);
    assert_int_equal(file_make_dir(path, 0755), 0);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    put("index.html", "<!doctype html>");
    put("base/html.js", text);
    put("base/empty.css", "");
    put(".hidden", "secret");
    (void)snprintf(path, sizeof path, "%s/link.js", dir);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"base/html.js", "base/empty.css",
                                        "index.html", ".hidden", "link.js"};
    char path[200];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/base", dir);
    return rmdir(path) + rmdir(dir);
}

static struct files *read_folder(void)
{
    struct complaint why;
    struct files *files;

    assert_int_equal(files_read(dir, &files, &why), 0);
    return files;
}

static void paths_lead_to_files_that_were_read(void **state)
{
    static const struct {
        const char *path, *file; /* NULL: none */
    } cases[] = {
        {"/base/html.js", "base/html.js"},
        {"/index.html", "index.html"},
        {"/", "index.html"},
        {"/login", "index.html"},
        {"/maps/physical", "index.html"},
        {"/maps/..%2f..%2fetc", "index.html"}, /* a name, to the page */
        {"/devices/sw1.example.com/interfaces", "index.html"},
        {"/.hidden", NULL},
        {"/link.js", NULL},
        {"/base", NULL},
        {"/base/", NULL},
        {"/base/../index.html", NULL},
        {"/../etc/passwd", NULL},
        {"//", NULL},
        {"//login", NULL},
        {"/mapsx", NULL},
        {"/api", NULL},
        {"", NULL},
        {"index.html", NULL},
    };
    OWNED(files_unref) struct files *files = read_folder();

    (void)state;
    assert_int_equal(files_count(files), 3);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct file *found = files_find(files, cases[i].path);

        if ((found != NULL) != (cases[i].file != NULL))
            fail_msg("%s", cases[i].path);
        if (found != NULL)
            assert_string_equal(found->path, cases[i].file);
    }
}

static void texts_are_packed_where_that_is_shorter(void **state)
{
    OWNED(files_unref) struct files *files = read_folder();
    const struct file *large = files_find(files, "/base/html.js");
    const struct file *small = files_find(files, "/index.html");
    uint8_t out[4000];
    z_stream z = {.next_in = (Bytef *)large->packed.at,
                  .avail_in = (uInt)large->packed.len,
                  .next_out = out,
                  .avail_out = sizeof out};

    (void)state;
    assert_string_equal(large->type, "text/javascript; charset=utf-8");
    assert_true(large->packed.len > 0 && large->packed.len < 200);
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, large->content.len);
    assert_memory_equal(out, large->content.at, large->content.len);
    (void)inflateEnd(&z);
    assert_int_equal(small->packed.len, 0);
    assert_string_not_equal(large->tag, large->packed_tag);
}

static void another_content_has_another_tag(void **state)
{
    OWNED(files_unref) struct files *before = read_folder();

    (void)state;
    put("index.html", "<!doctype HTML>");
    OWNED(files_unref) struct files *after = read_folder();
    assert_string_not_equal(files_find(before, "/")->tag,
                            files_find(after, "/")->tag);
    assert_string_equal(files_find(before, "/base/html.js")->tag,
                        files_find(after, "/base/html.js")->tag);
}

static void a_folder_that_is_not_there_is_a_complaint(void **state)
{
    struct complaint why;
    struct files *files;

    (void)state;
    assert_int_equal(files_read("/proc/nothing", &files, &why), -ENOENT);
    assert_null(files);
    assert_non_null(strstr(why.remedy, "http.web"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_lead_to_files_that_were_read),
        cmocka_unit_test(texts_are_packed_where_that_is_shorter),
        cmocka_unit_test(another_content_has_another_tag),
        cmocka_unit_test(a_folder_that_is_not_there_is_a_complaint),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
