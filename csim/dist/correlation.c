/* Cholesky, and Higham's alternating projections (2002) with Dykstra's correction. */
#include "csim/dist/correlation.h"

#include <gsl/gsl_eigen.h>
#include <math.h>
#include <string.h>

/* A pivot is the variance of one input that the earlier ones leave open. Less than this is a contradiction in all but name. */
static const double smallest_pivot = 1e-10;
static const double smallest_eigenvalue = 2e-3; /* of the nearest matrix: rounding to three decimals must not undo it for small groups */
enum { MAX_PROJECTIONS = 300 };

bool csim_correlation_factor(const double *matrix, size_t n, double *factor) {
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = matrix[i * n + j];
            for (size_t k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k];
            if (j < i) factor[i * n + j] = sum / factor[j * n + j];
            else if (sum > smallest_pivot) factor[i * n + i] = sqrt(sum);
            else return false;
        }
    }
    for (size_t i = 0; i < n; i++) memset(factor + i * n + i + 1, 0, (n - i - 1) * sizeof *factor);
    return true;
}

/* Five n × n matrices and five vectors. */
size_t csim_correlation_scratch_size(size_t n) { return 5 * n * n + 5 * n; }

/* Nearest matrix with eigenvalues ≥ smallest_eigenvalue. GSL's workspace is laid out by hand in `vectors`, because gsl_eigen_symmv_alloc
 * reports a lack of memory through the process-wide handler. `copy` is destroyed. */
static void project_definite(double *matrix, size_t n, double *copy, double *basis, double *vectors) {
    gsl_eigen_symmv_workspace space = {n, vectors + n, vectors + 2 * n, vectors + 3 * n, vectors + 4 * n};
    gsl_matrix_view a = gsl_matrix_view_array(copy, n, n), v = gsl_matrix_view_array(basis, n, n);
    gsl_vector_view values = gsl_vector_view_array(vectors, n);
    memcpy(copy, matrix, n * n * sizeof *copy);
    gsl_eigen_symmv(&a.matrix, &values.vector, &v.matrix, &space);
    memset(matrix, 0, n * n * sizeof *matrix);
    for (size_t k = 0; k < n; k++) {
        const double value = fmax(vectors[k], smallest_eigenvalue);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) matrix[i * n + j] += value * basis[i * n + k] * basis[j * n + k];
    }
}

/* Back to a unit diagonal and to the zeros of the given matrix. Returns how far that moved the matrix. */
static double project_pattern(double *matrix, const double *given, size_t n) {
    double moved = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const double before = matrix[i * n + j];
            if (i == j) matrix[i * n + j] = 1;
            else if (given[i * n + j] == 0) matrix[i * n + j] = 0;
            moved = fmax(moved, fabs(matrix[i * n + j] - before));
        }
    return moved;
}

/* Rounds to three decimals; where that leaves no factor, draws everything 1 % towards independence and tries again. */
static void round_and_keep_definite(double *matrix, size_t n, double *rounded, double *factor) {
    for (double shrink = 1; shrink > 0; shrink -= 0.01) {
        for (size_t i = 0; i < n * n; i++) rounded[i] = i % (n + 1) == 0 ? 1 : round(matrix[i] * shrink * 1000) / 1000;
        if (csim_correlation_factor(rounded, n, factor)) break;
    }
    memcpy(matrix, rounded, n * n * sizeof *matrix);
}

void csim_correlation_nearest(double *matrix, size_t n, double *scratch) {
    const size_t square = n * n;
    double *given = scratch, *correction = given + square, *before = correction + square, *copy = before + square, *basis = copy + square,
           *vectors = basis + square;
    memcpy(given, matrix, square * sizeof *given);
    memset(correction, 0, square * sizeof *correction);
    for (int round = 0; round < MAX_PROJECTIONS; round++) {
        for (size_t i = 0; i < square; i++) before[i] = matrix[i] -= correction[i];
        project_definite(matrix, n, copy, basis, vectors);
        for (size_t i = 0; i < square; i++) correction[i] = matrix[i] - before[i];
        if (project_pattern(matrix, given, n) < 1e-7) break;
    }
    round_and_keep_definite(matrix, n, copy, basis);
}
