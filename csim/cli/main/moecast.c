/* The program `moecast`. */
#include "csim/cli/cli.h"

int main(int argc, char **argv) { return csim_cli_main(argc, argv, stdout, stderr); }
