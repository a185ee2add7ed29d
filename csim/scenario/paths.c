/* Names and files. Must not read a file's content. */
#define _POSIX_C_SOURCE 200809L
#include "csim/scenario/paths.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "csim/scenario/scenario.h"

bool csim_path_is_file(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && !S_ISDIR(about.st_mode);
}

bool csim_path_is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

bool csim_path_is_same(const char *a, const char *b) {
    struct stat about_a, about_b;
    return stat(a, &about_a) == 0 && stat(b, &about_b) == 0 && about_a.st_dev == about_b.st_dev && about_a.st_ino == about_b.st_ino;
}

static bool ends_with(const char *text, const char *end) {
    const size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

bool csim_path_is_bare(const char *name) { return !strchr(name, '/') && !ends_with(name, ".yaml") && !ends_with(name, ".yml"); }

char *csim_path_join(csim_arena *arena, const char *folder, const char *name) {
    return name[0] == '/' ? csim_arena_print(arena, "%s", name) : csim_arena_print(arena, "%s/%s", folder, name);
}

char *csim_path_beside(csim_arena *arena, const char *file, const char *name) {
    const char *slash = strrchr(file, '/');
    while (name[0] == '.' && name[1] == '/' && name[2]) name += 2; /* "./" alone stays: it is the folder, not nothing */
    if (name[0] == '/' || !slash) return csim_arena_print(arena, "%s", name);
    return csim_arena_print(arena, "%.*s/%s", (int)(slash - file), file, name);
}

char *csim_path_shipped(csim_arena *arena, const char *bare_name) {
    return csim_arena_print(arena, "%s/%s.yaml", csim_scenario_home(), bare_name);
}

const char *csim_path_last(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int by_name(const void *left, const void *right) { return strcmp(left, right); }

void csim_path_shipped_names(csim_names *out) {
    out->count = 0;
    DIR *folder = opendir(csim_scenario_home());
    if (!folder) return;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (ends_with(entry->d_name, ".yaml")) csim_names_add(out, entry->d_name, strlen(entry->d_name) - strlen(".yaml"));
    closedir(folder);
    qsort(out->name, out->count, sizeof out->name[0], by_name);
}
