/* The file of a book: a name claimed beside the target, the library's container written there and checked, the sheets' rows put into it, the whole synced and
 * renamed. Must not leave a file behind when anything fails, nor touch an older file at the target before all is well. */
#include "csim/report/book_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIBRARY_BYTES = 4 << 20 }; /* its parts of the largest workbooks, without rows, and the largest of them unpacked */

/* Why writing stopped, where the system has said so. */
static const char *full_words(int reason) { return reason == ENOSPC || reason == EDQUOT || reason == EFBIG ? strerror(reason) : "is the disk full?"; }

/* The folder of a path, for scratch files: where the result must fit, they fit too. */
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* The process that wrote "NAME.PID-N.part", or the copy with rows beside it, for the workbook `name`; 0 for any other file. */
static long writer_of(const char *file, const char *name) {
    const size_t length = strlen(name);
    long process = 0;
    int attempt, end = 0;
    if (strncmp(file, name, length) != 0 || sscanf(file + length, ".%ld-%d.part%n", &process, &attempt, &end) != 2 || !end) return 0;
    const char *rest = file + length + end;
    return !*rest || !strcmp(rest, ".rows") ? process : 0;
}

/* What killed writers of this very workbook have left. Those of processes that still live are theirs. */
static void sweep(const csim_book *book) {
    const char *slash = strrchr(book->path, '/');
    DIR *folder = opendir(book->folder);
    if (!folder) return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        const long writer = writer_of(entry->d_name, slash ? slash + 1 : book->path);
        if (writer > 0 && kill((pid_t)writer, 0) && errno == ESRCH) unlinkat(dirfd(folder), entry->d_name, 0);
    }
    closedir(folder);
}

csim_status csim_book_claim_part(csim_book *book) {
    book->folder = folder_of(book->path);
    if (!book->folder) return csim_book_fail(book, CSIM_NO_MEMORY, "no memory for a workbook");
    sweep(book);
    const size_t size = strlen(book->path) + 48;
    book->part_path = malloc(size);
    if (!book->part_path) return csim_book_fail(book, CSIM_NO_MEMORY, "no memory for a file name");
    for (int attempt = 0; attempt < 1000; attempt++) {
        snprintf(book->part_path, size, "%s.%ld-%d.part", book->path, (long)getpid(), attempt);
        const int file = open(book->part_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0) {
            close(file);
            return CSIM_OK;
        }
        if (errno != EEXIST) break;
    }
    const int reason = errno;
    free(book->part_path);
    book->part_path = NULL;
    return csim_book_fail(book, CSIM_FILE_OPEN, "cannot create a file beside it: %s", strerror(reason));
}

void csim_book_remove_part(csim_book *book) {
    if (book->part_path) unlink(book->part_path);
    free(book->part_path);
    book->part_path = NULL;
}

/* The library prints when its container does not fit on the disk, so room for that and for its largest scratch file is made sure of before; what follows is ours and
 * speaks in sentences. Returns the system's reason, 0 where there is room or a file system cannot tell. */
static int room_reason(const csim_book *book) {
    const int file = open(book->part_path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return errno;
    struct stat facts;
    const int known = !fstat(file, &facts), why = known ? posix_fallocate(file, facts.st_size, LIBRARY_BYTES) : errno;
    const bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
    const int emptied = known ? ftruncate(file, facts.st_size) : 0;
    (void)emptied; /* a longer file is written over, or found not to be whole */
    close(file);
    return full ? why : 0;
}

/* All rows, waiting for the packer to be done with them. */
static csim_status rows_texts(csim_book *book, csim_container_text *texts) {
    size_t count = 0;
    for (csim_sheet *sheet = book->sheets; sheet; sheet = sheet->next, count++) {
        texts[count] = (csim_container_text){.name = sheet->part, .tag = "sheetData"};
        if (csim_packed_rows_text(sheet->rows, &texts[count].text)) return csim_sheet_fail(sheet, CSIM_FILE_WRITE, "the rows cannot all be written: %s", full_words(room_reason(book)));
    }
    return CSIM_OK;
}

/* The library's container must be whole, since it does not notice everything; then a copy with the rows in their places must reach the disk. Sets the error. */
static csim_status part_fill(csim_book *book, int from, FILE *to, const csim_container_text *texts) {
    if (!csim_container_is_whole(from)) return csim_book_fail(book, CSIM_FILE_WRITE, "the written file is not whole: %s", full_words(room_reason(book)));
    errno = 0;
    const csim_status status = csim_container_fill(from, to, texts, (size_t)book->sheet_count);
    const int reason = errno;
    if (status == CSIM_LIMIT) return csim_book_fail(book, status, "the workbook would be larger than 4 GB");
    if (status) return csim_book_fail(book, status, "the rows of its sheets cannot be put into the workbook: %s", full_words(reason));
    if (fflush(to) || fsync(fileno(to))) return csim_book_fail(book, CSIM_FILE_WRITE, "the written file cannot be synced: %s", strerror(errno));
    return CSIM_OK;
}

/* Writes the container with its rows beside the one without, and renames it over that one. */
static csim_status rows_fill(csim_book *book, const csim_container_text *texts) {
    const size_t size = strlen(book->part_path) + sizeof ".rows";
    char *filled = malloc(size);
    if (!filled) return csim_book_fail(book, CSIM_NO_MEMORY, "no memory for a file name");
    snprintf(filled, size, "%s.rows", book->part_path);
    const int from = open(book->part_path, O_RDONLY | O_CLOEXEC);
    FILE *to = from >= 0 ? fopen(filled, "wbxe") : NULL;
    csim_status status = to ? part_fill(book, from, to, texts) : csim_book_fail(book, CSIM_FILE_WRITE, "the written file cannot be opened: %s", strerror(errno));
    if (to && fclose(to) && !status) status = csim_book_fail(book, CSIM_FILE_WRITE, "the written file cannot be closed: %s", strerror(errno));
    if (from >= 0) close(from);
    if (!status && rename(filled, book->part_path)) status = csim_book_fail(book, CSIM_FILE_WRITE, "the written file cannot be renamed: %s", strerror(errno));
    if (status && to) unlink(filled);
    free(filled);
    return status;
}

static csim_status part_rename(csim_book *book) {
    if (rename(book->part_path, book->path)) return csim_book_fail(book, CSIM_FILE_WRITE, "the written file cannot be given its name: %s", strerror(errno));
    free(book->part_path);
    book->part_path = NULL;
    const int folder = open(book->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) { /* makes the new name last; some file systems cannot, and the file is whole either way */
        (void)fsync(folder);
        close(folder);
    }
    return CSIM_OK;
}

/* Frees the library's book whether it succeeds or not. */
static csim_status library_close(csim_book *book) {
    const locale_t outer = uselocale(book->c_locale);
    const lxw_error error = workbook_close(book->lxw);
    uselocale(outer);
    book->lxw = NULL;
    return error ? csim_book_fail(book, csim_library_status(error), "the workbook cannot be written: %s", lxw_strerror(error)) : CSIM_OK;
}

static csim_status book_write(csim_book *book) {
    csim_status status = csim_book_ready(book);
    if (status) return status;
    if (!book->lxw) return csim_book_fail(book, CSIM_RUN_FAILED, "the workbook is already finished");
    if (!book->sheets) return csim_book_fail(book, CSIM_INCONSISTENT, "the workbook has no sheet");
    status = csim_book_hold_memory(book, CSIM_CLOSE_BYTES);
    if (!status) status = csim_book_close_charts(book);
    if (!status) status = csim_book_close_breaks(book);
    if (!status) status = csim_book_end_rows(book);
    if (!status) status = csim_book_ready(book);
    const int reason = status ? 0 : room_reason(book);
    if (reason) status = csim_book_fail(book, CSIM_FILE_WRITE, "the workbook cannot be written: %s", strerror(reason));
    if (!status) status = library_close(book);
    if (status) return status;
    csim_container_text *texts = malloc((size_t)book->sheet_count * sizeof *texts);
    status = texts ? rows_texts(book, texts) : csim_book_fail(book, CSIM_NO_MEMORY, "no memory for a workbook");
    if (!status) status = csim_book_ready(book);
    if (!status) status = rows_fill(book, texts);
    if (!status) status = csim_book_ready(book);
    free(texts);
    return status ? status : part_rename(book);
}

csim_status csim_book_finish(csim_book *book, csim_error *err) {
    const csim_status status = book_write(book);
    if (status) {
        csim_book_drop_library(book);
        csim_book_remove_part(book);
    }
    if (err) *err = book->error;
    return status;
}
