# Outcrop's verbs. A fresh machine needs Python 3.11 to 3.14 and make, nothing else.
#
#   make demo     set up, then: start, read docs/, ask a question, show the cited answer
#   make up       serve until Ctrl-C
#   make test     set up, then the whole test suite
#   make check    lint, types, import rules
#
#   make quality  measure retrieval and answers on real corpora
#   make bench    measure speed, side by side with what one would use instead
#   make docs     write the generated parts of docs/ again
#   make lock     resolve the dependencies again and pin them with hashes
#   make clean    remove the environment; documents in .outcrop/ stay

VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null \
	  && { echo $$p; break; }; done)

# What uv asks for on every call: this environment, wheels, no other Python.
export UV_PYTHON_DOWNLOADS := never
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

.PHONY: demo up test check quality bench docs lock clean
.DEFAULT_GOAL := demo

demo: $(VENV)/laptop
	@$(BIN)/outcrop demo

up: $(VENV)/laptop
	@$(BIN)/outcrop up

test: $(VENV)/dev
	$(BIN)/pytest $(ARGS)

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

quality: $(VENV)/dev
	$(BIN)/python -m tests.quality $(ARGS)

bench: $(VENV)/dev
	$(BIN)/python -m tests.bench $(ARGS)

docs: $(VENV)/dev
	$(BIN)/python -m tests.docs --write

# --- the environment -------------------------------------------------------------------

$(UV): requirements-uv.txt
	@test -n "$(PYTHON)" || { echo "Outcrop needs Python 3.11 to 3.14, and found none on the PATH." >&2; exit 1; }
	@echo "Setting up in $(VENV) ($$($(PYTHON) --version))"
	@$(PYTHON) -m venv $(VENV) || { echo "Python could not make an environment; on Debian: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

$(VENV)/laptop: $(UV) requirements-laptop.txt pyproject.toml
	@$(UV) pip install --quiet --no-deps --require-hashes -r requirements-laptop.txt
	@$(UV) pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/dev: $(VENV)/laptop requirements-dev.txt
	@$(UV) pip install --quiet --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

COMPILE = $(UV) pip compile pyproject.toml --quiet --universal --generate-hashes --no-annotate \
	  --no-header --no-emit-index-url $(ARGS)

lock: $(UV)
	$(COMPILE) -o requirements.txt
	$(COMPILE) --group laptop -o requirements-laptop.txt
	$(COMPILE) --group laptop --group dev -o requirements-dev.txt
	echo uv | $(UV) pip compile - --quiet --universal --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url -o requirements-uv.txt

clean:
	rm -rf $(VENV)
