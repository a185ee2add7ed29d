/* What a run file looks like inside: its tables, its marks and its seal. Internal to csim/store/. */
#ifndef CSIM_STORE_SCHEMA_H
#define CSIM_STORE_SCHEMA_H

#include "csim/store/sql.h"

enum { CSIM_APPLICATION_ID = 0x6d6f6563 /* "moec" */ };

void csim_schema_create(csim_sql *sql);

/* Refuses a file that is no run file, is of another format, or whose tables are not exactly those of csim_schema_create: no view or trigger of a
 * stranger is ever run. */
void csim_schema_check(csim_sql *sql);

/* SHA-256 of bytes, as 64 hex digits and NUL. */
void csim_bytes_hash(const void *bytes, size_t size, char hex[65]);
/* The same in pieces, of a part that may be large: a cancel ends it within some 10 ms, and the hex is then of no use. */
void csim_section_hash(csim_sql *sql, const void *bytes, size_t size, char hex[65]);

/* SHA-256 over every row of every table but the seal's own; the large blobs stand in it by their hashes. */
void csim_schema_seal(csim_sql *sql, char hex[65]);

#endif
