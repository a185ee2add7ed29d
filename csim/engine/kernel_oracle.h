/* Answers the questions that claims ask of the cost kernel, at the scenario's workload of a month and central inputs. */
#ifndef CSIM_ENGINE_KERNEL_ORACLE_H
#define CSIM_ENGINE_KERNEL_ORACLE_H

#include "csim/engine/claims.h"

/* plan: where the workload stands; must outlive the oracle. Use: csim_kernel_oracle oracle = {csim_kernel_answer, &plan_pointer}. */
double csim_kernel_answer(void *plan_pointer, const csim_kernel_question *question);

#endif
