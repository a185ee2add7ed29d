/* The mechanisms that the first part of an input's key names, in the order of the table, with a heading each. */
#ifndef CSIM_SCENARIO_SECTIONS_H
#define CSIM_SCENARIO_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum { CSIM_SECTIONS = 15 };
typedef struct csim_section { const char *prefix, *title; } csim_section;
extern const csim_section csim_sections[CSIM_SECTIONS];

bool csim_section_has(const csim_section *section, const char *key); /* "cap" has "cap.g_f" */

#endif
