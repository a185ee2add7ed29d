/* The catalogue as two sheets, "Models" and "Machines": a row an entry with every number that the live formulas read, and where it comes from. */
#ifndef CSIM_REPORT_CATALOGUE_SHEETS_H
#define CSIM_REPORT_CATALOGUE_SHEETS_H

#include "csim/report/report_parts.h"

/* Names each column for formulas, before it is written: models_layers, caches_read_bytes, machines_bf16 and so on. */
void csim_catalogue_sheets_name(csim_report *report);

#endif
