/* Headings of the mechanisms. A test holds them against inputs.def. */
#include "csim/scenario/sections.h"

#include <string.h>

const csim_section csim_sections[CSIM_SECTIONS] = {
    {"policy", "Export controls"},
    {"compute", "Compute stocks"},
    {"cap", "Capability"},
    {"cost", "Cost of a token"},
    {"price", "Prices"},
    {"choice", "Choice between offerings"},
    {"demand", "Demand"},
    {"eco", "Ecosystem of derivatives"},
    {"saas", "Software as a service"},
    {"pivot", "Pivots of software vendors"},
    {"sub", "Consumers and subscriptions"},
    {"fin", "Finance of closed labs"},
    {"si", "Silicon"},
    {"ma", "Deals"},
    {"assimilate", "Assimilation of history"},
};

bool csim_section_has(const csim_section *section, const char *key) {
    const size_t size = strlen(section->prefix);
    return strncmp(section->prefix, key, size) == 0 && key[size] == '.';
}
