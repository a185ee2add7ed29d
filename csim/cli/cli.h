/* The command `moecast` as a library function, so that the binary and the pip-installed command run the same code. The only part of the library that
 * writes to a stream, and only to the two it is given. */
#ifndef CSIM_CLI_CLI_H
#define CSIM_CLI_CLI_H

#include <stdio.h>

/* Returns the exit code: 0 ok, 1 run failed, 2 usage or scenario error, 3 precision not reached, 4 file error, 130 interrupted. */
int csim_cli_main(int argc, char **argv, FILE *out, FILE *err);

#endif
