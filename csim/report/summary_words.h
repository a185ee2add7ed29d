/* What the summary says: which outcomes are key, and the six sentences of the answer. Internal to csim/report/. */
#ifndef CSIM_REPORT_SUMMARY_WORDS_H
#define CSIM_REPORT_SUMMARY_WORDS_H

#include "csim/report/report_parts.h"

enum { CSIM_SUMMARY_KEYS = 16, CSIM_SUMMARY_SENTENCES = 6 };

/* Fills slots[CSIM_SUMMARY_KEYS] with the key outcomes in the order of the table. Returns how many. */
uint32_t csim_summary_keys(const csim_report *report, int32_t *slots);

/* Sentence 0 … CSIM_SUMMARY_SENTENCES − 1: open shares, prices and cost, software, claims, what decides them, what is least and most certain. Returns text. */
char *csim_summary_sentence(const csim_report *report, int which, char *text, size_t size);

#endif
