/* The only file that knows version, revision and compiler. */
#include "csim/base/version.h"

#ifndef MOECAST_REVISION
#define MOECAST_REVISION "unknown"
#endif

const char *csim_version(void) { return "0.1.0"; }
const char *csim_revision(void) { return MOECAST_REVISION; }
const char *csim_compiler(void) {
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}
