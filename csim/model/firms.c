/* Large firms as a beta-binomial of their uses (docs/model.md §12): which have open weights as primary engine, which in any use.
 * Special functions are written here as vector code; kernels/vmath.h has them one at a time. */
#include "csim/model/block.h"
#include "kernels/lanes.h"

/* ln Γ as vector code: twelve steps of the recurrence, then Stirling's series as in kernels/vmath.h. */
static void find_log_gamma(const double *x, double *out) {
    MOE_LANES(p) {
        double product = x[p];
        product *= (x[p] + 1.0) * (x[p] + 2.0);
        product *= (x[p] + 3.0) * (x[p] + 4.0);
        product *= (x[p] + 5.0) * (x[p] + 6.0);
        product *= (x[p] + 7.0) * (x[p] + 8.0);
        product *= (x[p] + 9.0) * (x[p] + 10.0);
        product *= x[p] + 11.0;
        const double z = x[p] + 12.0, r = 1.0 / z, r2 = r * r;
        double series = 1.0 / 1188.0 - r2 * (691.0 / 360360.0);
        series = series * r2 - 1.0 / 1680.0;
        series = series * r2 + 1.0 / 1260.0;
        series = series * r2 - 1.0 / 360.0;
        series = series * r2 + 1.0 / 12.0;
        out[p] = ((z - 0.5) * moe_log(z) - z + 0.91893853320467274178 + series * r) - moe_log(product);
    }
}

/* Σ_n Π_k≤n (φ+k)/(2(a+1+k)), the series of I_½(a, b)·a·B(a, b)·2^φ with a ≥ b. Terms fall; once one is below half a unit in the last place of its
 * sum, further ones change nothing: a lane's bits do not depend on how long its neighbours need. */
static void sum_half_series(const double *phi, const double *a, double *sum) {
    enum { TERMS = 2000, STRIDE = 16 };
    double term[P], left = 1.0;
    MOE_LANES(p) term[p] = sum[p] = 1.0;
    for (int n = 0; n < TERMS && left > 0.0; n++) {
        const double k = n;
        MOE_LANES(p) {
            term[p] *= (phi[p] + k) / (2.0 * (a[p] + 1.0 + k));
            sum[p] += term[p];
        }
        if (n % STRIDE != STRIDE - 1) continue;
        left = 0.0;
        for (int p = 0; p < P; p++) left = moe_max(left, term[p] - 0x1p-55 * sum[p]);
    }
}

/* ln Γ of what does not change over a path. */
static void keep_log_gammas(csim_block *b) {
    const double *phi = IN(b, CHOICE_PHI, 0), *uses = IN(b, CHOICE_N_USE, 0);
    double all[P];
    MOE_LANES(p) all[p] = phi[p] + uses[p];
    find_log_gamma(phi, b->ln_gamma_phi[0]);
    find_log_gamma(all, b->ln_gamma_phi[1]);
}

/* Primary engine: 1 − I_½(a, b), by the larger of a and b, whose series converges; presence: one use of n at least. */
void csim_firms_find(csim_block *b, double *primary, double *presence) {
    const csim_plan *plan = b->plan;
    if (b->t == 0) keep_log_gammas(b);
    const double *phi = IN(b, CHOICE_PHI, 0), *uses = IN(b, CHOICE_N_USE, 0), *open = b->market_open[plan->large_firms][plan->home];
    const double *ln_gamma_phi = b->ln_gamma_phi[0], *ln_gamma_all = b->ln_gamma_phi[1], ln_2 = 0.6931471805599453;
    double yes[P], no[P], none[P], most[P], ln_gamma_yes[P], ln_gamma_no[P], ln_gamma_none[P], sum[P];
    MOE_LANES(p) {
        const double share = moe_clip(open[p], 1e-4, 1.0 - 1e-4);
        yes[p] = share * phi[p];
        no[p] = (1.0 - share) * phi[p];
        none[p] = no[p] + uses[p];
        most[p] = moe_max(yes[p], no[p]);
    }
    find_log_gamma(yes, ln_gamma_yes);
    find_log_gamma(no, ln_gamma_no);
    find_log_gamma(none, ln_gamma_none);
    sum_half_series(phi, most, sum);
    MOE_LANES(p) {
        const double tail = moe_exp(ln_gamma_phi[p] - ln_gamma_yes[p] - ln_gamma_no[p] - phi[p] * ln_2) * sum[p] / most[p];
        primary[p] = yes[p] >= no[p] ? 1.0 - tail : tail;
        presence[p] = 1.0 - moe_exp(ln_gamma_none[p] + ln_gamma_phi[p] - ln_gamma_no[p] - ln_gamma_all[p]);
    }
}
