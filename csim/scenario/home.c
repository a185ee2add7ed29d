/* Where the shipped scenarios are. The only state of the library that outlives a call: one folder name, set once by a host program at its start. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "csim/scenario/scenario.h"

/* The build gives both; without them the shipped scenarios are looked for beside the caller. */
#ifndef CSIM_SOURCE_SCENARIOS
#define CSIM_SOURCE_SCENARIOS "scenarios"
#endif
#ifndef CSIM_INSTALLED_SCENARIOS
#define CSIM_INSTALLED_SCENARIOS "/usr/local/share/moecast/scenarios"
#endif

static char chosen_home[4096];

static int is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* The same folder again, as from a second interpreter of the process, writes nothing that another thread may be reading. */
void csim_scenario_set_home(const char *folder) {
    if (folder && !strcmp(folder, chosen_home)) return;
    snprintf(chosen_home, sizeof chosen_home, "%s", folder ? folder : "");
}

const char *csim_scenario_home(void) {
    const char *from_environment = getenv("MOECAST_SCENARIOS");
    if (from_environment && from_environment[0]) return from_environment;
    if (chosen_home[0]) return chosen_home;
    return is_folder(CSIM_SOURCE_SCENARIOS) ? CSIM_SOURCE_SCENARIOS : CSIM_INSTALLED_SCENARIOS;
}
