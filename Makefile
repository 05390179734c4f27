# Everything is run from here; `make` alone explains the targets.
# Needs nothing but Python 3.11 or newer, make and git.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The environment is finished when its stamp is newer than what it was made from.
RUNTIME := $(VENV)/.stamp-runtime
DEVELOPMENT := $(VENV)/.stamp-development
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard crm/translations/*/LC_MESSAGES/messages.po))

UV := $(shell command -v uv 2>/dev/null)
ifdef UV
INSTALL := uv pip install --quiet --python $(BIN)/python
else
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check
endif

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the product needs …"
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# The running product reads compiled catalogues.
$(CATALOGUES): %.mo: %.po | $(RUNTIME)
	@$(BIN)/python tools/catalogues.py compile

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo "Installing what development needs …"
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: env dev
env: $(RUNTIME) $(CATALOGUES) ## make the virtual environment .venv with what the product needs
dev: $(DEVELOPMENT) $(CATALOGUES) ## … and with what tests and checks need

# --- the product --------------------------------------------------------------------------------

.PHONY: run
run: $(RUNTIME) $(CATALOGUES) ## show the product with demo data on http://127.0.0.1:8000 (PORT, CRM_INSTANCE, CRM_DATABASE_URL)
	@exec $(BIN)/crm run --demo

# --- proof --------------------------------------------------------------------------------------

# Where no browser can be had, the browser tests are skipped by name; CRM_REQUIRE_BROWSER=1 makes
# that a failure.
.PHONY: test
test: $(DEVELOPMENT) $(CATALOGUES) ## run all tests (one part: make test TESTS=tests/visits)
	@tools/get-browser
	@$(BIN)/pytest -n $(PROCESSES) $(TESTS)

.PHONY: gates
gates: $(DEVELOPMENT) $(CATALOGUES) ## hold the promises of trust at full length, and print the table of what was reached
	@tools/get-browser
	@CRM_GATES=full $(BIN)/pytest -n $(PROCESSES) -q -m "gate or defect" --gates

PROCESSES ?= logical
TESTS ?=

.PHONY: check
check: $(DEVELOPMENT) ## everything but tests: format, style, types, import rules, templates, catalogues
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@said="$$($(BIN)/lint-imports --no-cache 2>&1)" || { echo "$$said"; exit 1; }
	@$(BIN)/djlint --lint --quiet templates
	@$(BIN)/python tools/catalogues.py check
	@$(BIN)/python tools/requirements.py
	@$(BIN)/python tools/settings_table.py --check

.PHONY: fix
fix: $(DEVELOPMENT) ## repair what the tools can repair themselves
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

# --- what is made from something else and kept in the repository -------------------------------------

.PHONY: i18n
i18n: $(DEVELOPMENT) ## collect the texts anew into crm/translations
	@$(BIN)/python tools/catalogues.py update

.PHONY: docs
docs: $(DEVELOPMENT) $(CATALOGUES) ## make the settings table and the pictures of the README
	@tools/get-browser
	@$(BIN)/python tools/settings_table.py
	@$(BIN)/python tools/screenshots.py

.PHONY: vendor
vendor: $(DEVELOPMENT) ## fetch the front-end files named in package.json into static/vendor (needs npm)
	@npm ci --ignore-scripts --silent
	@$(BIN)/python tools/vendor.py

.PHONY: lock
lock: $(DEVELOPMENT) ## pin the newest versions that requirements*.in allow
	@$(LOCK) requirements.in --output-file requirements.txt
	@$(LOCK) requirements-dev.in --output-file requirements-dev.txt

LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header

.PHONY: bench
bench: $(DEVELOPMENT) $(CATALOGUES) ## measure every page at 10,000 visits
	@$(BIN)/python -m benchmarks

.PHONY: clean
clean: ## remove the environment and the tools' caches; never data
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache *.egg-info node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
