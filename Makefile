# Everything the project does, in one command each. A fresh machine needs Python 3.11 or newer and make; `make` alone
# prints what there is. Windows without make, and conda: see README.md.

PYTHON ?= python3
JOBS   ?= 2
PORT   ?= 8000

VENV := .venv
UV  := uv==0.13.9
BIN := $(CURDIR)/$(VENV)/bin
PY  := $(BIN)/python

BASE := $(or $(shell command -v $(PYTHON)),$(PYTHON))
export PATH := $(BIN):$(PATH)
unexport PYTHONDONTWRITEBYTECODE # where it is set, each process would compile SymPy, Matplotlib and Sphinx anew
CI_VENV := .venv-ci
CI_PY   := $(CURDIR)/$(CI_VENV)/bin/python

READY := $(VENV)/.ready
CI_READY := $(CI_VENV)/.ready
TEACH_VENV := .venv-teach
TEACH_PY   := $(CURDIR)/$(TEACH_VENV)/bin/python
TEACH_READY := $(TEACH_VENV)/.ready
NODE  := node_modules/.ready
UNIT  := $(PY) -m pytest -q -n $(JOBS) --dist worksteal -p no:nbval $(addprefix --ignore=tests/,browser conformance gpu teach whole)
NBVAL := $(PY) -m pytest --nbval --nbval-current-env --nbval-sanitize-with book/nbval.cfg --dist loadfile -n $(JOBS) -q

.DEFAULT_GOAL := help
.PHONY: help setup book html lab progress wheel test quick pairs unit whole nbval prove mutants sync notebooks bench conformance browser gpu oldest setup-ci setup-teach assignment grade teach lock clean

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

# ---------------------------------------------------------------- setting up

setup: $(READY) $(NODE) ## install everything the book needs into .venv and node_modules (done by itself where needed)

$(READY): requirements.lock pyproject.toml
	@$(BASE) -c 'import sys; v = ".".join(map(str, sys.version_info[:3])); sys.exit(sys.version_info < (3, 11) and \
	  f"Descent needs Python 3.11 or newer, and $(PYTHON) is {v}: make PYTHON=python3.12, for example.")'
	$(BASE) -m venv $(VENV)
	$(PY) -m pip install -q --disable-pip-version-check "$(UV)"
	$(BIN)/uv pip install -q --compile-bytecode --python $(PY) -r requirements.lock
	$(BIN)/uv pip install -q --python $(PY) --no-deps -e .
	@$(PY) -c "import matplotlib.font_manager" 2>/dev/null # builds its list of fonts once, so that no chapter prints about it
	@touch $@

$(NODE): package.json package-lock.json | $(READY)
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

setup-ci: $(CI_READY)

# An environment of its own: other libraries can replace torch without a word. pip, because it finds a local build of torch.
$(CI_READY): requirements-ci.lock requirements-pyodide.lock
	$(BASE) -m venv $(CI_VENV)
	$(CI_PY) -m pip install -q --disable-pip-version-check "$(UV)" "$$(grep '^torch==' $<)"
	$(CI_VENV)/bin/uv pip install -q --python $(CI_PY) -r $<
	$(CI_VENV)/bin/uv pip install -q --python $(CI_PY) --no-deps -r requirements-pyodide.lock
	$(CI_VENV)/bin/uv pip install -q --python $(CI_PY) --no-deps -e .
	@touch $@

setup-teach: $(TEACH_READY)

# Otter and nbgrader bring a hundred packages that no student needs.
$(TEACH_READY): requirements-teach.lock
	$(BASE) -m venv $(TEACH_VENV)
	$(TEACH_PY) -m pip install -q --disable-pip-version-check "$(UV)"
	$(TEACH_VENV)/bin/uv pip install -q --python $(TEACH_PY) -r $<
	$(TEACH_VENV)/bin/uv pip install -q --python $(TEACH_PY) --no-deps -e .
	@touch $@

# ---------------------------------------------------------------- reading and running

book: html ## build the site and serve it on this machine; says the address
	@$(PY) -m book.serve --port $(PORT)

html: export DESCENT_PROGRESS := 0
html: $(READY) $(NODE) ## build the site into _build/html
	$(PY) -m book.build

lab: $(READY) ## open JupyterLab on your own copies of the chapters, in work/
	@$(PY) -m optlib.exercises start work --open

progress: $(READY) ## what you have solved, tried and not begun in work/
	@$(PY) -m optlib.exercises status work

wheel: $(READY) ## write a wheel of optlib into _build/wheel, with the chapters as notebooks for students
	$(PY) -m book.starters wheel _build/wheel

# ---------------------------------------------------------------- teaching

assignment: $(READY) ## exercises as an assignment for Otter and nbgrader; CHAPTERS="04 07", OUT=folder
	@$(PY) -m book.assignment $(CHAPTERS) $(if $(OUT),--out "$(OUT)")

grade: $(READY) ## grade a class: SUBMISSIONS=folder, OUT=results.csv, CHAPTERS="04 07"; each submission locked in
	@$(PY) -m book.grade "$(SUBMISSIONS)" --out "$(or $(OUT),results.csv)" $(if $(CHAPTERS),--chapters $(CHAPTERS)) --jobs $(JOBS)

# ---------------------------------------------------------------- holding it true

test: quick whole nbval ## everything that needs no browser and no other library

quick: $(READY) $(NODE) ## lint, pairs of chapters, proofs, unit tests; under a minute
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j$(JOBS) pairs prove unit

pairs: $(READY) ## compare the two files of each chapter
	$(PY) -m book.pairing

unit: $(READY) $(NODE) ## the tests of single parts
	$(UNIT)

whole: $(READY) $(NODE) ## the tests that draw, build a small site, or start a kernel, node or other processes
	$(PY) -m pytest -q -n $(JOBS) --dist worksteal -p no:nbval tests/whole

nbval: $(READY) ## run every reference notebook again and compare what it prints
	$(NBVAL) book/notebooks

prove: $(READY) ## prove the displayed equations equal to the code
	$(PY) -m book.proofs

mutants: $(READY) ## change each token of each rule and see a test notice; RULES="adam lion" for some
	@$(PY) -m tests.mutants $(RULES)

bench: $(CI_READY) ## time a step beside torch and jax, and write what book/speed.md shows; HUGE=1 adds 100 million
	@$(CI_PY) -m tests.bench $(if $(HUGE),--huge)

conformance: $(CI_READY) ## compare the rules with torch, optax and pytorch_optimizer
	$(CI_PY) -m pytest -q tests/conformance

browser: $(CI_READY) ## drive the built site in a real Chromium
	@command -v chromium >/dev/null || { echo "make browser needs Chromium, as the command chromium." >&2; exit 1; }
	@test -f _build/html/index.html || $(MAKE) html
	$(CI_PY) -m pytest -q -n $(JOBS) --dist worksteal tests/browser

teach: $(READY) $(TEACH_READY) ## hand assignments to the real Otter and nbgrader
	$(PY) -m pytest -q -n $(JOBS) --dist loadfile -p no:nbval tests/teach

gpu: $(CI_READY) ## run the rules on a GPU through torch, where there is one
	@if $(CI_PY) -c "import torch; raise SystemExit(not torch.cuda.is_available())"; then $(CI_PY) -m pytest -q tests/gpu; \
	else echo "torch sees no GPU here: nothing was run. No chapter needs one."; fi

OLDEST := $(CURDIR)/.venv-oldest/bin
oldest: ## the unit tests with the oldest versions that pyproject.toml admits, in .venv-oldest
	$(BASE) -m venv --clear .venv-oldest
	$(OLDEST)/python -m pip install -q --disable-pip-version-check "$(UV)"
	$(OLDEST)/uv pip install -q --python $(OLDEST)/python --resolution lowest-direct -e ".[notebooks,book,test]"
	PATH="$(OLDEST):$$PATH" $(UNIT:$(BIN)/%=$(OLDEST)/%) -W ignore::DeprecationWarning # old versions call what is now deprecated

# ---------------------------------------------------------------- writing

sync: $(READY) ## bring the two files of each chapter together, from the one that was edited
	@$(PY) -m book.pairing sync

notebooks: sync ## run the chapters and write their reference notebooks; ONLY="chapters/01_x.md ..." for some
	@$(PY) -m book.notebooks $(ONLY)

lock: $(READY) ## choose the versions anew that everybody gets
	$(BIN)/uv pip compile -q --upgrade --universal --no-header --no-annotate --extra notebooks --extra book --extra test pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --no-header --no-annotate -c requirements.lock --extra notebooks --extra teach pyproject.toml -o requirements-teach.lock
	rm -rf $(CI_VENV) && $(BASE) -m venv $(CI_VENV)
	$(CI_PY) -m pip install -q --disable-pip-version-check -c requirements.lock -r requirements-ci.in
	$(CI_PY) -m pip freeze | sed 's/+cpu$$//' | grep -v -e '^-e' -e '^#' | LC_ALL=C sort -f > requirements-ci.lock

clean: ## remove what was built; .venv, .venv-ci, .venv-teach, node_modules and work/ stay
	rm -rf _build .venv-oldest .pytest_cache .ruff_cache .hypothesis .jupyter_cache
