.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MEMBERS := . $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml))
SOURCES := platform plugins tests migrations
READY := $(VENV)/.ready

.PHONY: help demo test lint format type bench soak lock clean

help: ## list what a person does here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml $(wildcard plugins/*/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Andel needs Python 3.11 or later: run make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check "$$(grep -oE '^uv==[0-9.]+' requirements.lock)"
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation $(addprefix -e ,$(addprefix ./,$(MEMBERS)))
	@touch $@

demo: $(READY) ## four regions, their shared costs and why
	$(BIN)/andel demo

test: $(READY) ## all checks: style, types, imports, tests
	$(MAKE) --no-print-directory lint type
	tests/browser/ensure_chromium.sh
	$(BIN)/pytest -n 2

lint: $(READY) ## style and the direction of imports
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check --quiet $(SOURCES)
	$(BIN)/lint-imports

format: $(READY) ## put the code in its house style
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

type: $(READY) ## mypy, strict, over platform, plugins and tests
	$(BIN)/mypy platform/andel tests
	@for member in plugins/*/; do $(BIN)/mypy $$member/src || exit 1; done

bench: $(READY) ## the figures of docs/figures.md, as ratios of one run
	$(BIN)/python -m tests.load

soak: $(READY) ## the same and more, for an hour
	$(BIN)/python -m tests.load --soak

lock: $(READY) ## renew requirements.lock, hashes and no addresses
	$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 --quiet --upgrade --output-file requirements.lock

clean: ## remove what was made here
	rm -rf $(VENV) var
