/* What a YAML file may hold as bytes, before any syntax: its size, its characters, the length of its lines. */
#ifndef CSIM_SCENARIO_YAML_BYTES_H
#define CSIM_SCENARIO_YAML_BYTES_H

#include <stddef.h>

#include "csim/base/error.h"

/* Reads a whole file into malloc'd *bytes. Errors: FILE_OPEN, FILE_READ, LIMIT, NO_MEMORY. */
csim_status csim_yaml_bytes_read(const char *path, char **bytes, size_t *size, csim_error *err);

/* Errors: SYNTAX for a byte that is no text, LIMIT for too much of it; each with its place in `name`. */
csim_status csim_yaml_bytes_check(const char *name, const char *bytes, size_t size, csim_error *err);

#endif
