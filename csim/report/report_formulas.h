/* What sheets that compute share: addresses as people write them, checks that say ok. */
#ifndef CSIM_REPORT_REPORT_FORMULAS_H
#define CSIM_REPORT_REPORT_FORMULAS_H

#include "csim/report/report_parts.h"

/* An address within the sheet, held by value so that several stand in one call: csim_at(r, c).text. */
typedef struct csim_address { char text[24]; } csim_address;
csim_address csim_at(uint32_t row, uint32_t column);            /* C7 */
csim_address csim_at_fixed(uint32_t row, uint32_t column);      /* $C$7 */
csim_address csim_at_column(uint32_t row, uint32_t column);     /* $C7 */
csim_address csim_at_row(uint32_t row, uint32_t column);        /* C$7 */

/* A cell that says ok where `good`, else `wrong`, by the condition, and is marked so. */
void csim_report_put_check(csim_sheet *sheet, uint32_t row, uint32_t column, bool good, const char *wrong, const char *condition);
/* One for many: ok where all of them are. */
void csim_report_put_check_of(csim_sheet *sheet, uint32_t row, uint32_t column, bool good, const char *wrong, csim_cells checks);

#endif
