# Everything a newcomer needs starts here: `make demo` and `make test` set up their own environment.
# It takes a Python with venv and pip, of a version that the locks were made for and tried with; name one with
# `make PYTHON=/path/to/python`.

IS_SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))
ifndef PYTHON
PYTHON := $(shell for name in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$name" -c '$(IS_SUPPORTED)' 2>/dev/null && echo "$$name" && break; done)
endif
VENV := .venv
BIN := $(VENV)/bin
# Touched once the environment is complete, so that a second call costs nothing.
STAMP := $(VENV)/.complete
PIP_OPTIONS := --quiet --disable-pip-version-check

# Where `make install` puts what the service manager reads; DESTDIR is prepended for packagers.
DESTDIR ?=
UNITDIR := $(DESTDIR)/usr/lib/systemd/system
SYSUSERSDIR := $(DESTDIR)/usr/lib/sysusers.d
TMPFILESDIR := $(DESTDIR)/usr/lib/tmpfiles.d
# Made from the grammar, which needs Python and no package.
MANDIR := $(DESTDIR)/usr/share/man/man1
BASHDIR := $(DESTDIR)/usr/share/bash-completion/completions
FISHDIR := $(DESTDIR)/usr/share/fish/vendor_completions.d

# What production can do without; each has its lock, requirements-EXTRA.txt, complete by itself.
EXTRAS := fleet import pdf sandbox
# One file for every supported Python, markers inside. Wheels alone: building from source would fetch tools by no lock.
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-strip-extras --only-binary :all: --emit-build-options --group build

# Tests start the program some thousand times: without compiled files on disk each start would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv demo test coverage test-system lint format bench bench-against laws fleet-chaos soak mutation lock upgrade install clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(STAMP) ## Create the environment in .venv, pinned and checked by hash

$(STAMP): requirements-dev.txt pyproject.toml
	@if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c '$(IS_SUPPORTED)'; then \
		echo "syncd needs Python 3.11, 3.12, 3.13 or 3.14, and '$(or $(PYTHON),python3)' is none of them." \
			"Install one, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; fi
	@echo "Installing what is needed into $(VENV), once; this can take a few minutes."
	@# What an older lock brought would stay: the environment is made anew, so that it holds this lock and nothing else.
	@[ requirements-dev.txt -ot $@ ] && $(BIN)/python -m pip --version >/dev/null 2>&1 || rm -rf $(VENV)
	@# Debian splits ensurepip from Python: without it the caller's own pip fills the environment.
	@[ -d $(VENV) ] || if "$(PYTHON)" -c 'import ensurepip' 2>/dev/null; \
		then "$(PYTHON)" -m venv $(VENV); \
		else "$(PYTHON)" -m venv --without-pip $(VENV) && \
			"$(PYTHON)" -m pip --python $(BIN)/python install $(PIP_OPTIONS) --no-deps --require-hashes -r requirements-dev.txt; fi
	@# A lock is complete: nothing is left for pip to resolve, and no release of tomorrow can come in.
	$(BIN)/python -m pip install $(PIP_OPTIONS) --no-deps --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install $(PIP_OPTIONS) --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check
	@touch $@

demo: $(STAMP) ## Watch a whole reconciliation against simulated services, in under a minute
	$(BIN)/syncd demo

# A file stays on one worker: what its tests share (simulators, filled calendars) is made once. Files begin in the order
# of their names: by number of tests, the long ones with few would come last and keep one worker while the rest idles.
APART := --dist loadfile --no-loadscope-reorder
# Tests of processes wait more than they compute.
WORKERS := $(shell echo $$((2 * $$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN))))

test: $(STAMP) ## Run every test that needs nothing but Python
	$(BIN)/python -m pytest -n $(WORKERS) $(APART) -m "not system and not slow"

# Percent of the statements and branches that the suites of `make test` run, in their own process or in one that they start:
# what they ran on 29 November 2026, rounded. `syncd` without its sandbox; what needs PostgreSQL counts and is tested elsewhere.
DECIDING_COVERED := 97
SYNCD_COVERED := 80

coverage: $(STAMP) ## Measure what the suites of `make test` run of the code; fails where it is less than it was
	rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n $(WORKERS) $(APART) -m "not system and not slow" --cov --cov-report=
	$(BIN)/coverage report --include="mapping/*,connectors/*" --fail-under=$(DECIDING_COVERED)
	$(BIN)/coverage report --include="syncd/*" --omit="syncd/sandbox/*" --fail-under=$(SYNCD_COVERED)

test-system: $(STAMP) ## Run the tests that need Debian packages (.ci/run lists them)
	$(BIN)/python -m pytest -n $(WORKERS) $(APART) -m "system and not slow" tests/packaging tests/system

lint: $(STAMP) ## Check style, types, the direction of imports and that each import is declared
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .

format: $(STAMP) ## Let the formatter and the linter mend what they can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(STAMP) ## Measure requests and seconds against the sandbox; writes docs/performance.md
	$(BIN)/python -m bench

REV ?= 3870269
SIZE ?=

bench-against: $(STAMP) ## Measure against another revision, installed beside: REV=3870269, SIZE=--quick
	$(BIN)/python -m bench.against $(REV) $(SIZE)

laws: $(STAMP) ## Search many more generated worlds than `make test` does (takes an hour)
	HYPOTHESIS_PROFILE=laws $(BIN)/python -m pytest -n auto $(APART) tests/laws tests/kills

fleet-chaos: $(STAMP) ## Stop, kill and restart servers and fleets over PostgreSQL; prints tables (an hour and a half)
	$(BIN)/python -m tests.system.fleet.stops
	$(BIN)/python -m tests.system.fleet.chaos
	$(BIN)/python -m pytest -m "system and slow"

soak: $(STAMP) ## Run one daemon through ten thousand cycles with faults; prints memory and descriptors (half an hour)
	$(BIN)/python -m bench.soak

mutation: $(STAMP) ## Mutate the planner, the guards and the write paths; lists the mutants no test killed
	$(BIN)/mutmut run
	$(BIN)/mutmut results

lock: ## Bring the lock files in step with pyproject.toml; keeps every pin that still fits
	@# An environment from before the edit is good enough: only uv is taken from it.
	@[ -x $(BIN)/uv ] || $(MAKE) venv
	$(COMPILE) --all-extras --output-file requirements-dev.txt pyproject.toml
	@# The others begin as copies of the largest: uv keeps the pins that it finds, so all locks hold the same.
	@for extra in $(EXTRAS); do cp requirements-dev.txt "requirements-$$extra.txt"; done
	cp requirements-dev.txt requirements.txt
	$(COMPILE) --output-file requirements.txt pyproject.toml
	for extra in $(EXTRAS); do $(COMPILE) --extra "$$extra" --output-file "requirements-$$extra.txt" pyproject.toml || exit 1; done

upgrade: ## As lock, but to the newest releases of everything
	@[ -x $(BIN)/uv ] || $(MAKE) venv
	$(COMPILE) --upgrade --all-extras --output-file requirements-dev.txt pyproject.toml
	$(MAKE) lock

install: ## Copy units, users, paths, man page and completions; DESTDIR=/staging for packagers
	install -d $(UNITDIR) $(SYSUSERSDIR) $(TMPFILESDIR) $(MANDIR) $(BASHDIR) $(FISHDIR)
	install -m 0644 $(wildcard deploy/systemd/*.service deploy/systemd/*.timer) $(UNITDIR)
	install -m 0644 $(wildcard deploy/systemd/sysusers.d/*.conf) $(SYSUSERSDIR)
	install -m 0644 $(wildcard deploy/systemd/tmpfiles.d/*.conf) $(TMPFILESDIR)
	"$(PYTHON)" -B -m syncd.grammar.man > $(MANDIR)/syncd.1
	"$(PYTHON)" -B -m syncd.grammar.completion bash > $(BASHDIR)/syncd
	"$(PYTHON)" -B -m syncd.grammar.completion fish > $(FISHDIR)/syncd.fish
	chmod 0644 $(MANDIR)/syncd.1 $(BASHDIR)/syncd $(FISHDIR)/syncd.fish

clean: ## Remove the environment and everything that tools left behind
	rm -rf $(VENV) build dist mutants .coverage .coverage.* htmlcov .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
