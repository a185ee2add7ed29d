/* What part of its run a run file holds, in words: a shard's and a broken-off run's numbers are of fewer paths than were asked for, and say nothing of claims yet. */
#ifndef CSIM_REPORT_PART_WORDS_H
#define CSIM_REPORT_PART_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "csim/report/language.h"
#include "csim/store/run_file.h"

bool csim_part_is_whole(const csim_run_file *run);
/* A sentence, two for a shard that was broken off; "" for a whole run. Returns text. */
char *csim_part_words(const csim_run_file *run, csim_language in, char *text, size_t size);
/* Why the claims of the scenario have no answers in this file, where they have none. Returns text. */
char *csim_part_claims_words(const csim_run_file *run, csim_language in, char *text, size_t size);

#endif
