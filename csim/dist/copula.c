/* Pairs → sorted names → groups → factors. Work space comes from one allocation that is freed before the call ends. */
#include "csim/dist/copula.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/dist/correlation.h"

enum { MEMBERS = CSIM_COPULA_MAX_MEMBERS };

typedef struct member { const char *name; uint32_t id; uint32_t group; } member;

typedef struct work {
    member all[MEMBERS];                 /* sorted by name */
    size_t members;
    const csim_copula_pair *pairs;
    size_t pairs_count;
    size_t in_group[MEMBERS], group_size; /* the group in hand: indices into all */
    double matrix[MEMBERS * MEMBERS], factor[MEMBERS * MEMBERS];
} work;

/* Index of a name, or of where it belongs. */
static size_t find(const work *w, const char *name) {
    size_t at = 0;
    while (at < w->members && strcmp(w->all[at].name, name) < 0) at++;
    return at;
}

static csim_status add_member(work *w, const char *name, uint32_t id, csim_error *err) {
    const size_t at = find(w, name);
    if (at < w->members && strcmp(w->all[at].name, name) == 0) return CSIM_OK;
    if (w->members == MEMBERS) return csim_error_set(err, CSIM_LIMIT, "at most %d inputs may be correlated", MEMBERS);
    memmove(w->all + at + 1, w->all + at, (w->members - at) * sizeof *w->all);
    w->all[at] = (member){name, id, 0};
    w->members++;
    return CSIM_OK;
}

static bool same_pair(const csim_copula_pair *a, const csim_copula_pair *b) {
    return (!strcmp(a->name[0], b->name[0]) && !strcmp(a->name[1], b->name[1])) ||
           (!strcmp(a->name[0], b->name[1]) && !strcmp(a->name[1], b->name[0]));
}

#define REFUSE(code, field, ...) csim_error_set_at(err, code, NULL, 0, 0, field, __VA_ARGS__)

static csim_status check_pair(const csim_copula_pair *pairs, size_t index, csim_error *err) {
    const csim_copula_pair *pair = &pairs[index];
    const char *a = pair->name[0], *b = pair->name[1];
    if (!(fabs(pair->rho) < 1))
        return REFUSE(CSIM_OUT_OF_RANGE, "rho", "the correlation of %s and %s must lie between -1 and 1, got %g", a, b, pair->rho);
    if (strcmp(a, b) == 0) return REFUSE(CSIM_INCONSISTENT, "between", "%s is paired with itself", a);
    for (size_t i = 0; i < index; i++)
        if (same_pair(&pairs[i], pair)) return REFUSE(CSIM_INCONSISTENT, "between", "%s and %s are given twice", a, b);
    return CSIM_OK;
}

static csim_status collect_members(work *w, csim_error *err) {
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < w->pairs_count && status == CSIM_OK; i++) {
        status = check_pair(w->pairs, i, err);
        for (int side = 0; side < 2 && status == CSIM_OK; side++) status = add_member(w, w->pairs[i].name[side], w->pairs[i].id[side], err);
    }
    return status;
}

/* Each member starts as its own group; each pair with ρ ≠ 0 joins two, under the smaller number, until nothing changes. */
static void join_groups(work *w) {
    for (size_t i = 0; i < w->members; i++) w->all[i].group = (uint32_t)i;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < w->pairs_count; i++) {
            uint32_t *a = &w->all[find(w, w->pairs[i].name[0])].group, *b = &w->all[find(w, w->pairs[i].name[1])].group;
            if (w->pairs[i].rho == 0 || *a == *b) continue;
            *a = *b = *a < *b ? *a : *b;
            changed = true;
        }
    }
}

static void fill_matrix(work *w) {
    const size_t n = w->group_size;
    size_t position[MEMBERS] = {0};
    memset(w->matrix, 0, sizeof w->matrix);
    for (size_t i = 0; i < n; i++) {
        w->matrix[i * n + i] = 1;
        position[w->in_group[i]] = i;
    }
    for (size_t i = 0; i < w->pairs_count; i++) {
        const size_t a = find(w, w->pairs[i].name[0]), b = find(w, w->pairs[i].name[1]), row = position[a], column = position[b];
        if (w->all[a].group != w->all[w->in_group[0]].group || w->all[a].group != w->all[b].group) continue;
        w->matrix[row * n + column] = w->matrix[column * n + row] = w->pairs[i].rho;
    }
}

/* "a and b 0.71, a and c -0.4": every given pair of the group with its nearest valid value, as far as the text holds. */
static void list_pairs(const work *w, char *text, size_t size) {
    const size_t n = w->group_size;
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            const double rho = w->matrix[i * n + j];
            if (rho == 0 || at >= size) continue;
            const int wrote = snprintf(text + at, size - at, "%s%s and %s %.3g", at ? ", " : "", w->all[w->in_group[j]].name,
                                       w->all[w->in_group[i]].name, rho);
            at += wrote > 0 ? (size_t)wrote : 0;
        }
}

static csim_status refuse_group(work *w, csim_error *err) {
    char nearest[800];
    double *scratch = malloc(csim_correlation_scratch_size(w->group_size) * sizeof *scratch);
    if (!scratch) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for %zu correlated inputs", w->group_size);
    csim_correlation_nearest(w->matrix, w->group_size, scratch);
    free(scratch);
    list_pairs(w, nearest, sizeof nearest);
    return REFUSE(CSIM_INCONSISTENT, "rho", "no joint distribution has these correlations; the nearest valid ones are: %s", nearest);
}

static csim_status add_group(work *w, csim_copula *out, csim_error *err) {
    const size_t n = w->group_size;
    fill_matrix(w);
    if (!csim_correlation_factor(w->matrix, n, w->factor)) return refuse_group(w, err);
    const uint32_t group = out->groups++;
    out->group_start[group] = out->members;
    out->group_members[group] = (uint32_t)n;
    out->factor_start[group] = out->factors;
    for (size_t i = 0; i < n; i++) {
        out->member_id[out->members++] = w->all[w->in_group[i]].id;
        for (size_t j = 0; j <= i; j++) out->factor[out->factors++] = w->factor[i * n + j];
    }
    return CSIM_OK;
}

/* Inputs whose every pair has ρ = 0 stay out: they need no mixing. */
static csim_status add_groups(work *w, csim_copula *out, csim_error *err) {
    csim_status status = CSIM_OK;
    for (size_t first = 0; first < w->members && status == CSIM_OK; first++) {
        w->group_size = 0;
        for (size_t i = 0; i < w->members; i++)
            if (w->all[i].group == first) w->in_group[w->group_size++] = i;
        if (w->group_size > 1) status = add_group(w, out, err);
    }
    return status;
}

csim_status csim_copula_compile(const csim_copula_pair *pairs, size_t count, csim_copula *out, csim_error *err) {
    memset(out, 0, sizeof *out);
    if (count > CSIM_COPULA_MAX_PAIRS)
        return csim_error_set(err, CSIM_LIMIT, "at most %d correlations may be given, got %zu", CSIM_COPULA_MAX_PAIRS, count);
    work *w = calloc(1, sizeof *w);
    if (!w) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for %zu correlations", count);
    w->pairs = pairs;
    w->pairs_count = count;
    csim_status status = collect_members(w, err);
    if (status == CSIM_OK) join_groups(w);
    if (status == CSIM_OK) status = add_groups(w, out, err);
    if (status != CSIM_OK) memset(out, 0, sizeof *out);
    free(w);
    return status;
}

/* From the last row up: row i needs only rows 0 … i, which are still the independent scores. */
void csim_copula_mix_block(const csim_copula *self, uint32_t group, double *const *rows, size_t n) {
    const double *factor = self->factor + self->factor_start[group];
    for (uint32_t i = self->group_members[group]; i-- > 0;) {
        const double *l = factor + i * (i + 1) / 2;
        for (size_t path = 0; path < n; path++) {
            double sum = 0;
            for (uint32_t j = 0; j <= i; j++) sum += l[j] * rows[j][path];
            rows[i][path] = sum;
        }
    }
}
