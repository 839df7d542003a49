# The commands of the project; `make` alone lists them.

PYTHON ?= python3
ARGS ?=
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
PROJECT := $(PIP) install --quiet --quiet --no-deps --no-build-isolation --no-compile --editable .
COMPILE := $(PY) -m uv pip compile pyproject.toml --group build --universal --generate-hashes --no-strip-extras \
	--no-header --no-emit-index-url --no-emit-find-links --no-annotate --quiet
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test test-browser symptoms bench check format lock
.DELETE_ON_ERROR:

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 22

demo: $(VENV)/.demo-ready ## the whole pipeline against a practice Zoho, in Dagster, with its pages; ARGS=--exit ends after the backfill
	@$(PY) -m zoho_pipeline.cli demo $(ARGS)

test: $(VENV)/.dev-ready ## the tests; ARGS="-k invoices" chooses some
	$(PY) -m pytest -m "not browser and not symptoms" -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(ARGS)

test-browser: $(VENV)/.dev-ready ## the tests that drive Dagster's and the pipeline's pages in Chromium
	$(PY) -m pytest -m browser $(ARGS)

symptoms: $(VENV)/.dev-ready ## every symptom of docs/runbook.md under a real Dagster, about ten minutes
	$(PY) -m pytest -m symptoms -s $(ARGS)

bench: $(VENV)/.dev-ready ## measure what is claimed about speed and size
	$(PY) -m benchmarks.choosing
	$(PY) -m benchmarks.reading
	$(PY) -m benchmarks.second_backfill
	$(PY) -m benchmarks.calls_per_record
	$(PY) -m benchmarks.engine_overhead
	$(PY) -m benchmarks.real_limits
	$(PY) -m benchmarks.listing
	$(PY) -m benchmarks.workbook
	$(PY) -m benchmarks.month_pages
	$(PY) -m benchmarks.planted --seed 1

check: $(VENV)/.dev-ready ## style, types and the walls between the rooms
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.dev-ready ## put the code into the agreed shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lock: $(VENV)/.dev-ready ## work out the locked versions anew; ARGS=--upgrade takes newer ones
	$(COMPILE) --all-extras $(ARGS) --output-file requirements-dev.lock
	$(COMPILE) --extra sandbox --constraint requirements-dev.lock --output-file requirements.lock

$(VENV)/.demo-ready: requirements.lock pyproject.toml | $(VENV)/.made
	@echo "Installing what the demo needs into $(VENV) (about half a minute, once)"
	@$(PIP) install --quiet --quiet --no-compile --require-hashes --requirement requirements.lock
	@$(PROJECT)
	@touch $@

$(VENV)/.dev-ready: requirements-dev.lock pyproject.toml | $(VENV)/.made
	@echo "Installing what the tests need into $(VENV) (about a minute, once)"
	@$(PIP) install --quiet --quiet --no-compile --require-hashes --requirement requirements-dev.lock
	@$(PROJECT)
	@touch $@

$(VENV)/.made:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "There is no $(PYTHON) here: install Python 3.11 or newer, or name one with make PYTHON=/path/to/python3." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$$($(PYTHON) --version) is too old: this needs Python 3.11 or newer; name one with make PYTHON=/path/to/python3." >&2; exit 1; }
	@"$(PYTHON)" -m venv "$(VENV)"
	@touch $@
