/* What an accelerator's hour costs, and how it is used: owned, or rented on one of the catalogue's bases. */
#ifndef CSIM_COST_OWNERSHIP_H
#define CSIM_COST_OWNERSHIP_H

#include "csim/catalogue/catalogue.h"

/* own: capital, interest and electricity below; neocloud: such an owner's hourly cost; rental: on demand; 3-year: a three-year contract. */
typedef enum csim_basis { CSIM_BASIS_OWN, CSIM_BASIS_NEOCLOUD, CSIM_BASIS_RENTAL, CSIM_BASIS_THREE_YEAR, CSIM_BASES } csim_basis;

typedef struct csim_ownership {
    csim_basis basis;
    double utilisation, electricity_usd_per_kwh, life_yr, interest_per_yr, opex_per_yr;
    double rent_usd_per_hour; /* NAN: by the basis; a number: this hour instead */
} csim_ownership;

/* The baseline's medians, and a machine that is owned. */
csim_ownership csim_ownership_standard(void);

const char *csim_basis_name(csim_basis basis); /* "own", "neocloud", "rental", "3-year" */
csim_status csim_basis_find(const char *name, csim_basis *out, csim_error *err);

/* OUT_OF_RANGE names in `field` the number that is. */
csim_status csim_ownership_check(const csim_ownership *owner, csim_error *err);

/* US$ an accelerator hour. INCONSISTENT in one sentence that names the known bases when the catalogue has no price on this one. */
csim_status csim_ownership_hour(const csim_hardware_entry *hardware, const csim_ownership *owner, double *usd_per_hour, csim_error *err);

#endif
