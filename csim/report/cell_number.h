/* Numbers as a workbook stores them: 16 significant digits, as "%.16G" prints them in the C locale, faster. Pure; no locale has a say. */
#ifndef CSIM_REPORT_CELL_NUMBER_H
#define CSIM_REPORT_CELL_NUMBER_H

#include <stddef.h>

enum { CSIM_CELL_NUMBER = 32 };

/* Writes a finite number and a 0 byte into text[CSIM_CELL_NUMBER]; returns its length. */
size_t csim_cell_number(double value, char *text);

#endif
