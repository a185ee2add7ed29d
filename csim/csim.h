/* moecast's C library, for programs that embed it: the command and the Python extension use nothing else.
 *
 *   scenario + catalogue ──csim_plan_compile──▶ plan ──csim_run_advance──▶ result ──csim_run_file_write──▶ run file ──▶ workbook, CSV, JSON
 *
 * Handles are made by *_new, *_load, *_compile or *_read and given back to the function named *_free. Calls that can fail return a csim_status and fill
 * a caller-owned csim_error with one sentence. Nothing here prints, exits, aborts or keeps a thread; handles may be used from one thread at a time. */
#ifndef CSIM_H
#define CSIM_H

#include "csim/base/error.h"
#include "csim/base/float_mode.h"
#include "csim/base/run_limits.h"
#include "csim/base/status.h"
#include "csim/base/version.h"
#include "csim/batch/batch.h"
#include "csim/catalogue/catalogue.h"
#include "csim/cli/cli.h"
#include "csim/cost/dense_twin.h"
#include "csim/cost/drafting.h"
#include "csim/cost/host_or_buy.h"
#include "csim/cost/token_cost.h"
#include "csim/cost/words.h"
#include "csim/engine/beside.h"
#include "csim/engine/break_even.h"
#include "csim/engine/claims.h"
#include "csim/engine/columns.h"
#include "csim/engine/compare.h"
#include "csim/engine/contrast.h"
#include "csim/engine/controlled.h"
#include "csim/engine/engine.h"
#include "csim/engine/further.h"
#include "csim/engine/kernel_oracle.h"
#include "csim/engine/precision.h"
#include "csim/engine/result_diff.h"
#include "csim/engine/stories.h"
#include "csim/engine/trace.h"
#include "csim/engine/waterfall.h"
#include "csim/engine/what_it_takes.h"
#include "csim/plan/plan.h"
#include "csim/report/comparison_report.h"
#include "csim/report/export.h"
#include "csim/report/export_compare.h"
#include "csim/report/language.h"
#include "csim/report/report.h"
#include "csim/report/sampling_note.h"
#include "csim/report/told.h"
#include "csim/rng/gsl_version.h"
#include "csim/scenario/change.h"
#include "csim/scenario/differences.h"
#include "csim/scenario/scenario.h"
#include "csim/scenario/vary.h"
#include "csim/scenario/yaml_tree.h"
#include "csim/stats/sample.h"
#include "csim/store/atomic_file.h"
#include "csim/store/part_bytes.h"
#include "csim/store/plan_bytes.h"
#include "csim/store/run_file.h"

#endif
