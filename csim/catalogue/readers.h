/* What the files of this folder share and nobody else includes: one reader for each kind of entry, and the arrays they fill. */
#ifndef CSIM_CATALOGUE_READERS_H
#define CSIM_CATALOGUE_READERS_H

#include "csim/catalogue/catalogue.h"
#include "csim/catalogue/entry_reader.h"

extern const char *const csim_basis_names[];
extern const char *const csim_confidence_names[];

/* Reads `provenance` and `overrides` of an entry. Allocates the overrides; csim_provenance_clear frees them. */
void csim_provenance_read(csim_entry_reader *parent, csim_provenance_set *out);
void csim_provenance_clear(csim_provenance_set *set);

/* Element `index` of a model's `kv` list, into the shape. *counted_layers grows by its layers unless it is an extra cache. */
csim_status csim_kv_group_read(csim_node *node, const char *parent, size_t index, moe_shape *shape, double *counted_layers, csim_error *err);

/* One entry each. name is the key of a map or the index of a list. */
csim_status csim_model_entry_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err);
csim_status csim_hardware_entry_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err);
csim_status csim_price_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err);
csim_status csim_cost_input_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err);
csim_status csim_control_event_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err);
csim_status csim_control_threshold_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err);
csim_status csim_supply_estimate_read(csim_node *node, const char *parent, const char *name, void *out, csim_error *err);

/* The key `aliases` of an entry. names.c: no name, id or alias, may stand twice among the entries of a map. */
void csim_aliases_read(csim_entry_reader *reader, csim_aliases *out);
csim_status csim_model_names_check(const csim_model_entry *models, size_t count, const csim_node *map, csim_error *err);
csim_status csim_hardware_names_check(const csim_hardware_entry *machines, size_t count, const csim_node *map, csim_error *err);

/* Every price must be later than an earlier row of the same product and tier; place says where row i stands. */
csim_status csim_prices_check_order(const csim_price *prices, size_t count, const csim_node *list, csim_error *err);

#endif
