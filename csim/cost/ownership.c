/* Dollars an accelerator hour. */
#include "csim/cost/ownership.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const names[CSIM_BASES] = {"own", "neocloud", "rental", "3-year"};

csim_ownership csim_ownership_standard(void) {
    return (csim_ownership){.utilisation = 0.67, .electricity_usd_per_kwh = 0.08, .life_yr = 4.5, .interest_per_yr = 0.10, .opex_per_yr = 0.01, .rent_usd_per_hour = (double)NAN};
}

const char *csim_basis_name(csim_basis basis) { return (unsigned)basis < CSIM_BASES ? names[basis] : "unknown"; }

csim_status csim_basis_find(const char *name, csim_basis *out, csim_error *err) {
    for (int i = 0; i < CSIM_BASES; i++)
        if (!strcmp(name, names[i])) {
            *out = (csim_basis)i;
            return CSIM_OK;
        }
    return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, "basis", "must be own, neocloud, rental or 3-year, got '%s'", name);
}

static csim_status refuse(const char *field, const char *allowed, double got, csim_error *err) {
    return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, field, "must be %s, got %.10g", allowed, got);
}

/* A comparison with NAN is false, so NAN is refused too. */
csim_status csim_ownership_check(const csim_ownership *o, csim_error *err) {
    if (!(o->utilisation >= 1e-3 && o->utilisation <= 1.0)) return refuse("utilisation", "0.001 to 1", o->utilisation, err);
    if (!(o->electricity_usd_per_kwh >= 0.0 && o->electricity_usd_per_kwh <= 10.0))
        return refuse("electricity_usd_per_kwh", "0 to 10", o->electricity_usd_per_kwh, err);
    if (!isnan(o->rent_usd_per_hour) && !(o->rent_usd_per_hour > 0.0 && o->rent_usd_per_hour <= 1e4))
        return refuse("usd_per_hour", "above 0 and at most 10000", o->rent_usd_per_hour, err);
    if (!(o->life_yr >= 0.1 && o->life_yr <= 100.0)) return refuse("life_yr", "0.1 to 100", o->life_yr, err);
    if (!(o->interest_per_yr > 0.0 && o->interest_per_yr <= 10.0)) return refuse("interest_per_yr", "above 0 and at most 10", o->interest_per_yr, err);
    if (!(o->opex_per_yr >= 0.0 && o->opex_per_yr <= 10.0)) return refuse("opex_per_yr", "0 to 10", o->opex_per_yr, err);
    return CSIM_OK;
}

static double owned_hour(const moe_hardware *machine, const csim_ownership *o) {
    const double recovery = o->interest_per_yr / (1.0 - pow(1.0 + o->interest_per_yr, -o->life_yr));
    return machine->capex_usd * (recovery + o->opex_per_yr) / 8760.0 + machine->all_in_kw * o->electricity_usd_per_kwh;
}

static double rented_hour(const csim_rent_usd_per_hour *rent, csim_basis basis) {
    return basis == CSIM_BASIS_NEOCLOUD ? rent->neocloud : basis == CSIM_BASIS_RENTAL ? rent->on_demand : rent->rental_3yr;
}

csim_status csim_ownership_hour(const csim_hardware_entry *hardware, const csim_ownership *owner, double *usd_per_hour, csim_error *err) {
    char known[64] = "own";
    *usd_per_hour = !isnan(owner->rent_usd_per_hour) ? owner->rent_usd_per_hour
                    : owner->basis == CSIM_BASIS_OWN ? owned_hour(&hardware->machine, owner) : rented_hour(&hardware->rent, owner->basis);
    if (!isnan(*usd_per_hour)) return CSIM_OK;
    for (int i = CSIM_BASIS_NEOCLOUD; i < CSIM_BASES; i++)
        if (!isnan(rented_hour(&hardware->rent, (csim_basis)i))) snprintf(known + strlen(known), sizeof known - strlen(known), ", %s", names[i]);
    return csim_error_set_at(err, CSIM_INCONSISTENT, NULL, 0, 0, "basis", "the catalogue has no '%s' price of %s, only: %s; state one in usd_per_hour", names[owner->basis],
                             hardware->title, known);
}
