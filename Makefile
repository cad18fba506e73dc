# make run    everything that is missing, then the window     (make run ARGS="curate drawings.ndjson")
# make test   everything that is missing, then linter and tests (make test ARGS="-k formats")
SHELL := /bin/bash
VENV ?= .venv
DATA ?=
READY := $(VENV)/ready
READY_DEV := $(VENV)/ready-dev
export OMP_WAIT_POLICY ?= PASSIVE
.DEFAULT_GOAL := help
.PHONY: help run test lint bench models screenshots architecture wheel clean system system-test

help:
	@sed -n 's/^# make/make/p' Makefile

# `system` goes first and is asked every time (it takes a moment when nothing is missing), but installs nothing twice.
$(READY): pyproject.toml constraints.txt scripts/install.sh scripts/install_torch.sh | system
	@scripts/install.sh $(VENV)
	@touch $@

$(READY_DEV): $(READY)
	@scripts/install.sh $(VENV) dev,cluster
	@touch $@

system:
	@scripts/system.sh run

system-test:
	@scripts/system.sh test

run: $(READY)
	@$(VENV)/bin/python -m qdesk $(ARGS)

test: system-test $(READY_DEV) lint
	@$(VENV)/bin/python -m pytest -n 2 $(ARGS)

# make lint   the linter, the types and the imports alone
lint: $(READY_DEV)
	@$(VENV)/bin/python -m ruff check .
	@$(VENV)/bin/python -m ruff format --check --quiet .
	@$(VENV)/bin/python -m mypy --cache-dir $(VENV)/mypy --no-error-summary
	@$(VENV)/bin/lint-imports --no-cache --config pyproject.toml >$(VENV)/imports.txt || { cat $(VENV)/imports.txt; false; }

# make bench  what this machine does, measured
bench: $(READY_DEV)
	@$(VENV)/bin/python -m qdesk bench $(ARGS)

# make models what is made of data: weights, words, figures     (make models DATA=path; CHECK=1 says what is out of date)
models: $(READY_DEV)
	@$(VENV)/bin/python -m qdesk.training.everything $(if $(DATA),--data "$(DATA)") $(if $(CHECK),--check) $(ARGS)

# make screenshots   the pictures in docs/, taken from the running program
screenshots: system-test $(READY_DEV)
	@$(VENV)/bin/python scripts/screenshots.py $(ARGS)

# make architecture   the picture of the packages in docs/, drawn from the imports
architecture: $(READY_DEV)
	@$(VENV)/bin/python scripts/draw_architecture.py

# make wheel  dist/qdesk-*.whl with assets and models inside
wheel: $(READY)
	@$(VENV)/bin/python -m pip wheel --no-deps -w dist .

# make clean  removes the environment and what was built
clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis *.egg-info
	find qdesk tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
