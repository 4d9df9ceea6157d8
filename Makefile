# The whole developer interface: `make` lists it.
# Each target makes the environment that it needs, and only when pyproject.toml has changed since.

VENV := .venv
BENCH_VENV := .venv-bench
OLDEST_PYTHON := 3.11

fits := import sys; sys.exit(sys.version_info < tuple(map(int, "$(OLDEST_PYTHON)".split("."))))
version := import sys; print(sys.version.split()[0])
candidates := python3 python3.14 python3.13 python3.12 python3.11 python
# Looked up when an environment is made: the first interpreter that runs and is new enough.
PYTHON ?= $(shell for name in $(candidates); do \
	if $$name -c '$(fits)' 2>/dev/null; then echo $$name; break; fi; done)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two installations into one environment must not run side by side.
.NOTPARALLEL:
.PHONY: help demo test lint types bench clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 8

demo: $(VENV)/.examples  ## train a classifier of handwritten digits
	$(VENV)/bin/python examples/digits.py

test: lint types  ## ruff, pyright and all tests
	$(VENV)/bin/python -m pytest -n 2

lint: $(VENV)/.dev  ## ruff alone
	$(VENV)/bin/ruff check .

types: $(VENV)/.dev  ## pyright alone
	$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python

bench: $(BENCH_VENV)/.rivals  ## the time of eager operations beside PyTorch and TensorFlow
	$(BENCH_VENV)/bin/python benchmarks/eager_dispatch.py

clean:  ## remove the environments and every cache
	rm -rf $(VENV) $(BENCH_VENV) build dist .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp says that its packages are installed; `dev` includes `examples`.

$(VENV)/.examples: pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --editable '.[examples]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.examples

$(BENCH_VENV)/.rivals: pyproject.toml | $(BENCH_VENV)/bin/python
	$(BENCH_VENV)/bin/python -m pip install --quiet torch==2.13.0 'tensorflow-cpu==2.21.*'
	$(BENCH_VENV)/bin/python -m pip install --quiet --editable '.[data]'
	@touch $@

%/bin/python:
	@'$(PYTHON)' -c '$(fits)' 2>/dev/null || { \
	came=$$('$(PYTHON)' -c '$(version)' 2>/dev/null) || came='which does not run'; \
	echo "make needs Python $(OLDEST_PYTHON) or newer. Received: PYTHON=$(PYTHON) ($$came)." \
	'Name an interpreter: make PYTHON=/path/to/python3' >&2; exit 1; }
	'$(PYTHON)' -m venv --clear $(@D:/bin=)
