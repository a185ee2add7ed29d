/* One writer a folder: two runs that write into one at once would leave the files of both mixed. The lock is the system's (flock): it ends with the process. */
#ifndef CSIM_STORE_FOLDER_LOCK_H
#define CSIM_STORE_FOLDER_LOCK_H

#include "csim/base/error.h"

/* *lock is closed with csim_folder_unlock. FILE_WRITE when another holds it for two seconds: a killed run does until the system has taken down its threads and
 * memory. File systems without locks are let pass. `who` is who may hold it: "run". */
csim_status csim_folder_lock(const char *folder, const char *who, int *lock, csim_error *err);
void csim_folder_unlock(int lock); /* −1: none */

#endif
