# `make demo` shows guardrail at work; `make test` runs every test. Both make their own environment
# in .venv from requirements pinned by hash. They need Python 3.11 or newer; tests also Node.js 20.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Workers share no fixtures: a file's tests run in one of them, so that its servers start once.
# Servers that tests start find their modules compiled, whatever this variable says elsewhere.
PYTEST := OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help demo setup test thorough coverage check bench real-model lock clean

help: ## Say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.runtime ## See the guard at work, in two minutes; it stays up for your own tries
	$(BIN)/guardrail demo

setup: $(VENV)/.dev ## Make the environment for development

test: $(VENV)/.dev ## Run every test
	$(PYTEST)

thorough: $(VENV)/.dev ## Run every test, the slow ones too: each moment of a crash, each sample (half an hour)
	THOROUGH=1 $(PYTEST) -m ""

coverage: $(VENV)/.dev ## Run every test and measure what they cover (half as long again)
	$(PYTEST) --cov --cov-report=
	$(BIN)/coverage report

check: $(VENV)/.dev ## Format, lint, types, architecture, schemas, dependencies, package
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry guardrail
	$(BIN)/python -m build --no-isolation --outdir $(VENV)/dist

bench: $(VENV)/.dev ## Requests a second and added latency, against the same upstream unguarded
	$(BIN)/python -m benchmarks.proxy

real-model: $(VENV)/.dev ## Guard a real small language model (compiles llama.cpp: ten minutes)
	PYTHON=$(PYTHON) tests/real_model/run.sh

lock: ## Resolve the pinned requirements anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --upgrade pyproject.toml --group build -o requirements/runtime.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --upgrade pyproject.toml --extra media --extra labels --extra audit --extra otlp \
	  --extra postgres --extra s3 --group build -c requirements/runtime.txt -o requirements/full.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --upgrade pyproject.toml --extra media --extra labels --extra audit --extra otlp \
	  --extra otlp-grpc --extra postgres --extra s3 --group dev -c requirements/runtime.txt \
	  -o requirements/dev.txt

clean: ## Remove the environment and what was built
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .coverage .coverage.* .demo

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "guardrail needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.runtime
