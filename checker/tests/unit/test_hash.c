#include "base/hash.h"

#include "base/path.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const void *bytes, size_t n)
{
    static char text[HASH_TEXT_SIZE];
    struct hash hash;

    hash_init(&hash);
    hash_add(&hash, bytes, n);
    hash_text(&hash, text);
    return text;
}

/* The examples of FIPS 180-2, appendix B. */
Test(hash, known_vectors)
{
    static const char two_blocks[] =
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char *million = malloc(1000000);

    cr_assert_str_eq(text_of("", 0), "sha256:e3b0c44298fc1c149afbf4c8996fb924"
                                     "27ae41e4649b934ca495991b7852b855");
    cr_assert_str_eq(text_of("abc", 3),
                     "sha256:ba7816bf8f01cfea414140de5dae2223"
                     "b00361a396177a9cb410ff61f20015ad");
    cr_assert_str_eq(text_of(two_blocks, strlen(two_blocks)),
                     "sha256:248d6a61d20638b8e5c026930c3e6039"
                     "a33ce45964ff2167f6ecedd419db06c1");
    cr_assert_not_null(million);
    memset(million, 'a', 1000000);
    cr_assert_str_eq(text_of(million, 1000000),
                     "sha256:cdc76e5c9914fb9281a1c7e284d73e67"
                     "f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

Test(hash, pieces_add_up)
{
    struct hash hash;
    char text[HASH_TEXT_SIZE];

    hash_init(&hash);
    hash_add(&hash, "a", 1);
    hash_add(&hash, "", 0);
    hash_add(&hash, "bc", 2);
    hash_text(&hash, text);
    cr_assert_str_eq(text, text_of("abc", 3));
}

Test(hash, texts_have_ends)
{
    struct hash hash;
    char one[HASH_TEXT_SIZE], other[HASH_TEXT_SIZE];

    hash_init(&hash);
    hash_add_text(&hash, "ab");
    hash_add_text(&hash, "c");
    hash_text(&hash, one);
    hash_init(&hash);
    hash_add_text(&hash, "a");
    hash_add_text(&hash, "bc");
    hash_text(&hash, other);
    cr_assert_str_neq(one, other);
    cr_assert_str_eq(one, text_of("ab\0c", 5));
}

static char *dir;

static void make_dir(void)
{
    struct err err = ERR_INIT;

    dir = path_make_temp("kata-unit", &err);
    cr_assert_not_null(dir, "%s", err.text);
}

static void remove_dir(void)
{
    struct err err = ERR_INIT;

    cr_expect_eq(path_remove(dir, &err), 0, "%s", err.text);
    free(dir);
}

Test(hash, files_are_bytes_and_their_number, .init = make_dir,
     .fini = remove_dir)
{
    struct hash hash;
    struct err err = ERR_INIT;
    char text[HASH_TEXT_SIZE];
    char *path = path_join(dir, "file");

    cr_assert_eq(path_write(path, "abc", 3, 0600, &err), 0, "%s", err.text);
    hash_init(&hash);
    cr_assert_eq(hash_add_file(&hash, path, &err), 0, "%s", err.text);
    hash_text(&hash, text);
    cr_assert_str_eq(text, text_of("abc\3\0\0\0\0\0\0\0", 11));
    free(path);
}

Test(hash, what_is_no_file_is_an_error, .init = make_dir, .fini = remove_dir)
{
    struct hash hash;
    struct err missing = ERR_INIT, folder = ERR_INIT, device = ERR_INIT;
    char *path = path_join(dir, "missing");

    hash_init(&hash);
    cr_assert_eq(hash_add_file(&hash, path, &missing), -1);
    cr_assert_not_null(strstr(missing.text, "missing: No such file"));
    cr_assert_eq(hash_add_file(&hash, dir, &folder), -1);
    cr_assert_not_null(strstr(folder.text, "directory"));
    cr_assert_eq(hash_add_file(&hash, "/dev/zero", &device), -1);
    free(path);
}
