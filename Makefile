# Everything a newcomer needs starts here: `make demo` and `make test` set up their own environment.
# It takes a Python 3.11 or newer with venv and pip; name another one with `make PYTHON=/path/to/python`.

ifndef PYTHON
PYTHON := $(shell for name in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
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

COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

.DEFAULT_GOAL := help
.PHONY: help venv demo test test-system lint format bench laws soak mutation lock upgrade install clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(STAMP) ## Create the environment in .venv, pinned and checked by hash

$(STAMP): requirements-dev.txt pyproject.toml
	@if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		echo "syncd needs Python 3.11 or newer, and '$(or $(PYTHON),python3)' is not one." \
			"Install it, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; fi
	@echo "Installing what is needed into $(VENV), once; this can take a few minutes."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || rm -rf $(VENV)
	@# Debian splits ensurepip from Python: without it the caller's own pip fills the environment.
	@[ -d $(VENV) ] || if "$(PYTHON)" -c 'import ensurepip' 2>/dev/null; \
		then "$(PYTHON)" -m venv $(VENV); \
		else "$(PYTHON)" -m venv --without-pip $(VENV) && \
			"$(PYTHON)" -m pip --python $(BIN)/python install $(PIP_OPTIONS) --require-hashes -r requirements-dev.txt; fi
	$(BIN)/python -m pip install $(PIP_OPTIONS) --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install $(PIP_OPTIONS) --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## Watch a whole reconciliation against simulated services, in under a minute
	$(BIN)/syncd demo

test: $(STAMP) ## Run every test that needs nothing but Python
	$(BIN)/python -m pytest -m "not system and not slow"

test-system: $(STAMP) ## Run the tests that need Debian packages (.ci/run lists them)
	$(BIN)/python -m pytest -m system

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

laws: $(STAMP) ## Search many more generated worlds than `make test` does (takes an hour)
	HYPOTHESIS_PROFILE=laws $(BIN)/python -m pytest tests/laws tests/kills

soak: $(STAMP) ## Run one daemon through ten thousand cycles with faults; prints memory and descriptors (half an hour)
	$(BIN)/python -m bench.soak

mutation: $(STAMP) ## Mutate the planner, the guards and the write paths; lists the mutants no test killed
	$(BIN)/mutmut run
	$(BIN)/mutmut results

lock: $(STAMP) ## Bring the lock files in step with pyproject.toml; keeps every pin that still fits
	$(COMPILE) --output-file requirements.txt pyproject.toml
	$(COMPILE) --extra dev --all-build-deps --constraint requirements.txt \
		--output-file requirements-dev.txt pyproject.toml

upgrade: COMPILE += --upgrade
upgrade: lock ## As lock, but to the newest releases of everything

install: ## Copy units, users and paths for systemd; DESTDIR=/staging for packagers
	install -d $(UNITDIR) $(SYSUSERSDIR) $(TMPFILESDIR)
	install -m 0644 $(wildcard deploy/systemd/*.service deploy/systemd/*.timer) $(UNITDIR)
	install -m 0644 $(wildcard deploy/systemd/sysusers.d/*.conf) $(SYSUSERSDIR)
	install -m 0644 $(wildcard deploy/systemd/tmpfiles.d/*.conf) $(TMPFILESDIR)

clean: ## Remove the environment and everything that tools left behind
	rm -rf $(VENV) build dist mutants .coverage .coverage.* htmlcov .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
