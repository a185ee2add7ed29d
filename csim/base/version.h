/* Which moecast this is. */
#ifndef CSIM_BASE_VERSION_H
#define CSIM_BASE_VERSION_H

const char *csim_version(void);  /* "0.1.0" */
const char *csim_revision(void); /* git revision of the source, "unknown" outside a checkout */
const char *csim_compiler(void); /* "gcc 12.2.0" */

#endif
