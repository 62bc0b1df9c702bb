# ridelab's commands; `make` alone lists them. Needs GNU make 3.81 or newer, any sh and Python 3.11 or newer.
# Options: ARGS="..." goes to the command that a target runs, PYTHON=/path/to/python chooses the interpreter.
# README.md has the plain commands for machines without make.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:

ARGS ?=
PYTHON ?=
PYTHONS := python3.14 python3.13 python3.12 python3.11 python3 python
RUN := .venv/bin/python

# What the user's shell has set for another Python must not reach this one.
unexport PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help start test check bench pictures pins clean FORCE

help: ## List these commands
	@echo 'usage: make COMMAND [ARGS="..."] [PYTHON=/path/to/python]'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'For example: make start ARGS="03-load --speed 10", make test ARGS="tests/unit -x"'

start: .venv/.start ## Install what ridelab needs into .venv (once) and open the lab
	@exec .venv/bin/ridelab start $(ARGS)

test: .venv/.test ## Run every test, on all cores
	$(RUN) -m pytest -n auto --dist worksteal $(ARGS)

check: .venv/.dev ## Check style, types and import contracts, and prove every lesson
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	.venv/bin/lint-imports
	.venv/bin/ridelab check

bench: .venv/.bench ## Measure ridelab beside its peers
	$(RUN) -m benchmarks $(ARGS)

pictures: .venv/.pictures ## Make the pictures of the README and docs/ from the real screens
	$(RUN) docs/make_pictures.py $(ARGS)

pins: .venv/.made ## Renew constraints.txt with the newest versions that pyproject.toml allows
	rm -rf .venv/pins
	$(RUN) -m venv .venv/pins
	.venv/pins/bin/python -m pip install --quiet colorama --editable '.[dev,bench,pictures]'
	grep '^#' constraints.txt >.venv/pins/constraints.txt
	.venv/pins/bin/python -m pip freeze --all --exclude pip --exclude-editable >>.venv/pins/constraints.txt
	mv .venv/pins/constraints.txt constraints.txt
	rm -rf .venv/pins

clean: ## Remove .venv and every cache (your progress in the lab stays)
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One stamp for each set of packages: pip runs again only when what it read has changed.
INSTALLED_FROM := .venv/.made pyproject.toml constraints.txt simulator/_version.py

.venv/.start: $(INSTALLED_FROM)
	$(call install,what ridelab needs,.)
	@touch $@

.venv/.test: $(INSTALLED_FROM)
	$(call install,ridelab and its test tools,.[test])
	@touch .venv/.start $@

.venv/.dev: $(INSTALLED_FROM)
	$(call install,ridelab and its development tools,.[dev])
	@touch .venv/.start .venv/.test $@

.venv/.bench: $(INSTALLED_FROM)
	$(call install,the peers to measure,.[bench])
	@touch .venv/.start $@

.venv/.pictures: $(INSTALLED_FROM)
	$(call install,what draws the pictures,.[pictures])
	@touch .venv/.start $@

# $(call install,WORDS,REQUIREMENT): pip is silent unless it fails, and then one line says why.
define install
@echo "Installing $(1) into .venv; the first time this takes about half a minute." >&2
@$(RUN) -m pip install --no-input --constraint constraints.txt --editable '$(2)' \
  >.venv/pip.log 2>&1 </dev/null && exit; \
if grep -q -i -E 'connection broken|connection error|connecttimeout|read timed out|max retries|proxyerror|name resolution|network is unreachable|failed to connect|unable to connect' .venv/pip.log; then \
  echo "ridelab: pip cannot reach its package index. Check the network; HTTPS_PROXY names a proxy, PIP_INDEX_URL another index. pip's own words: .venv/pip.log" >&2; \
else \
  grep '^ERROR' .venv/pip.log | tail -n 1 >&2; \
  echo "ridelab: pip could not install $(1). pip's own words: .venv/pip.log" >&2; \
fi; exit 1
endef

# The environment is made anew when the folder was moved or its Python has gone. A working one is adopted.
.venv/.made: FORCE
	@if [ -x $(RUN) ] && [ "$$(cat $@ 2>/dev/null || pwd -P)" = "$$(pwd -P)" ] && \
	  $(RUN) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  [ -e $@ ] || pwd -P >$@; exit 0; \
	fi; \
	old=; bare=; package=; chosen=; \
	for python in $(if $(PYTHON),"$(PYTHON)",$(PYTHONS)); do \
	  version=$$("$$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue; \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { old="$${old:+$$old, }$$python is $$version"; continue; }; \
	  "$$python" -c 'import venv, ensurepip' 2>/dev/null || { bare="$$python"; package="python$${version%.*}-venv"; continue; }; \
	  chosen="$$python"; break; \
	done; \
	if [ -z "$$chosen" ] && [ -n "$$bare" ]; then \
	  echo "ridelab: $$bare has no venv module with ensurepip. Debian and Ubuntu keep it in a package: apt install $$package. Or name another Python: make PYTHON=/path/to/python" >&2; exit 1; \
	elif [ -z "$$chosen" ]; then \
	  echo "ridelab: needs Python 3.11 or newer; $${old:-$(if $(PYTHON),$(PYTHON) does not run,none was found)}. Install one, or name it: make start PYTHON=/path/to/python" >&2; exit 1; \
	fi; \
	echo "Making .venv with Python $$version." >&2; \
	"$$chosen" -m venv --clear .venv || { echo "ridelab: $$chosen could not make .venv in $$(pwd -P); its own words stand above" >&2; exit 1; }; \
	pwd -P >$@

FORCE:
