/* The workbook of a run: what an analyst opens. Owns nothing but the order of its making; every number comes from the run file, those of
 * the token cost from the catalogue that the run was made with. */
#ifndef CSIM_REPORT_REPORT_H
#define CSIM_REPORT_REPORT_H

#include <stdatomic.h>

#include "csim/report/language.h"
#include "csim/scenario/scenario.h"
#include "csim/store/run_file.h"

/* Writes the workbook of a run to `path`, which appears only when all of it was written. `scenario` is the one whose text the run file holds.
 * Summary, Claims and Break-even are in `language`, the other sheets in English. The same run file, catalogue and language give the same bytes, whenever and wherever they
 * are written. INCONSISTENT when scenario and run do not belong together; INTERRUPTED, without a file, when *cancel was set
 * before the file had its name (NULL: nobody asks). */
csim_status csim_report_write(const csim_run_file *run, const csim_scenario *scenario, const char *path, csim_language language, const atomic_int *cancel, csim_error *err);

#endif
