# `make` alone lists what can be done.
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock
PACKAGES := instances formulations solver
BENCHMARKS = $(filter-out __init__,$(basename $(notdir $(wildcard tests/benchmarks/*.py))))
WEB := solver/explorer/web
ARGS ?=

export MPLBACKEND ?= Agg
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test test-long test-browser test-all lint format types page page-check bench lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target what; do \
		printf '  make %-13s %s\n' "$$target" "$$what"; done

setup: .venv/.setup ## make .venv with Refugia and what it runs on (PYTHON=... picks the interpreter)

setup-dev: .venv/.setup-dev ## the same with the tools for tests and development

demo: setup ## plan Helsinki, from the map to a plan with a proof and a page (runs/helsinki)
	$(BIN)/refugia solve helsinki --out runs/helsinki --force
	@pages=$$(ls -d runs/helsinki/*.html) && for page in $$pages; do echo "Open $(CURDIR)/$$page in a browser."; done

test: setup-dev ## run the tests (ARGS=... goes to pytest)
	$(BIN)/python -m pytest -n auto $(ARGS)

test-long: setup-dev ## run the tests that take longer
	$(BIN)/python -m pytest -n auto -m long $(ARGS) || [ $$? -eq 5 ]  # 5: no test has the mark

test-browser: setup-dev ## run the tests that need chromium
	$(BIN)/python -m pytest -m browser $(ARGS) || [ $$? -eq 5 ]

test-all: setup-dev ## run all tests
	$(BIN)/python -m pytest -n auto -m "" $(ARGS)

lint: setup-dev ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup-dev ## put the code into format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup-dev ## check types, strictly
	$(BIN)/mypy

page: $(WEB)/node_modules ## build the page of the explorer from its sources (needs Node and npm)
	cd $(WEB) && npm run --silent check && npm run --silent build

page-check: $(WEB)/node_modules ## check that the committed page of the explorer is what its sources build (needs Node)
	cd $(WEB) && npm run --silent check && npm run --silent build -- --check

bench: setup-dev ## measure against other software
	@set -e; for name in $(BENCHMARKS); do $(BIN)/python -m tests.benchmarks.$$name $(ARGS); done

lock: setup-dev ## renew the exact versions in requirements.lock
	$(PIP) uv
	$(BIN)/uv pip compile --quiet --upgrade --all-extras --python-version 3.11 \
		--python-platform x86_64-manylinux_2_34 --no-emit-index-url \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

clean: ## remove .venv and everything that tools left behind (keeps runs/)
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(PACKAGES) tests notebooks -name __pycache__ -type d -prune -exec rm -rf {} +

$(WEB)/node_modules: $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --silent
	@touch $@

# Two stamps, so that the demonstration does not wait for test tools. The build of our own package takes
# setuptools from the lock too, instead of the newest one.
.venv/.setup: pyproject.toml requirements.lock .ci/venv
	@.ci/venv .venv
	$(PIP) setuptools
	$(PIP) --no-build-isolation --editable '.[helsinki]'
	@touch $@

.venv/.setup-dev: .venv/.setup
	$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $@
