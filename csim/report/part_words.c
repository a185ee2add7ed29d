/* See part_words.h. */
#include "csim/report/part_words.h"

#include <stdio.h>
#include <string.h>

#include "csim/report/words.h"

static bool is_shard(const csim_run_file *run) { return csim_run_file_info(run)->part.shards > 0; }
static bool is_broken_off(const csim_run_file *run) { return csim_run_file_result(run)->done < csim_run_file_result(run)->options.paths; }

bool csim_part_is_whole(const csim_run_file *run) { return !is_shard(run) && !is_broken_off(run); }

char *csim_part_words(const csim_run_file *run, csim_language in, char *text, size_t size) {
    const csim_run_part *part = &csim_run_file_info(run)->part;
    const csim_result *result = csim_run_file_result(run);
    char shard[24], shards[24], whole[24], paths[24], done[24];
    snprintf(shard, sizeof shard, "%u", part->shard);
    snprintf(shards, sizeof shards, "%u", part->shards);
    snprintf(whole, sizeof whole, "%u", part->whole_paths);
    snprintf(paths, sizeof paths, "%u", result->options.paths);
    snprintf(done, sizeof done, "%llu", (unsigned long long)result->done);
    text[0] = 0;
    if (is_shard(run)) CSIM_SAY(in, CSIM_WORD_PART_SHARD, text, size, shard, shards, whole, paths);
    const size_t used = strlen(text);
    if (is_broken_off(run)) CSIM_SAY(in, CSIM_WORD_PART_BROKEN, text + used, size - used, done, paths);
    const size_t length = strlen(text);
    if (length && text[length - 1] == ' ') text[length - 1] = 0; /* between the two */
    return text;
}

char *csim_part_claims_words(const csim_run_file *run, csim_language in, char *text, size_t size) {
    const csim_word word = is_shard(run) ? CSIM_WORD_CLAIMS_LATER_SHARD : is_broken_off(run) ? CSIM_WORD_CLAIMS_LATER_BROKEN : CSIM_WORD_CLAIMS_LATER;
    snprintf(text, size, "%s", csim_word_text(in, word));
    return text;
}
