/* What sheets show that takes more than reading the run: stories, the reader's view, the what-if, the live sheets' question. Found before there is a book, since
 * a book is not begun for a run that cannot be read. Internal to csim/report/. */
#ifndef CSIM_REPORT_GATHER_H
#define CSIM_REPORT_GATHER_H

#include "csim/report/report_parts.h"

/* On two threads where there can be two; what is found, and the error, do not depend on that. */
csim_status csim_report_gather(csim_report *report, csim_error *err);
void csim_report_forget(csim_report *report); /* also after a failure */

#endif
