# `make run` and `make test` need Python 3.11 or newer and nothing else; `make help` lists the rest.

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_OPTIONS ?=
PIP_OPTIONS := --quiet --disable-pip-version-check --require-hashes
TOOLS := .venv-tools/bin
JAVASCRIPT := tests/javascript
DOCUMENT := tests/document
FAST := not e2e and not services and not screenshots and not contract and not sweep
ON_POSTGRESQL := tests/workflow tests/search $(wildcard tests/api/test_request*.py tests/api/test_query*.py)
SERVICE_PROCESSES ?= 2
RANDOM_TESTS := tests/tables/test_mutations.py tests/api/test_forms.py tests/files
export TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
export TEST_REDIS_URL ?= redis://127.0.0.1:6379/9

.PHONY: help run install test test-fast test-js test-services e2e fuzz screenshots messages docs lint bench client openapi lock sbom clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## list what can be made
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 16

run: $(VENV)/run.stamp .env ## prepare and serve everything
	@$(BIN)/python manage.py prepare
	@exec $(BIN)/python manage.py serve

install: $(VENV)/dev.stamp .env ## what running and testing need, and nothing else

test: $(VENV)/dev.stamp ## the test suite that needs no server
	$(BIN)/pytest -n 2 $(PYTEST_OPTIONS)

test-fast: $(VENV)/dev.stamp ## the same without the slow sweeps
	$(BIN)/pytest -n 2 -m "$(FAST)" $(PYTEST_OPTIONS)

test-js: $(VENV)/dev.stamp $(JAVASCRIPT)/node_modules/npm.stamp $(DOCUMENT)/node_modules/npm.stamp ## the console's scripts and the catalogue's forms, in jsdom
	cd $(JAVASCRIPT) && npm test --silent
	$(BIN)/python -m tests.tools.document $(DOCUMENT)/var
	cd $(DOCUMENT) && npm test --silent

test-services: $(VENV)/dev.stamp ## races and outages, and the verbs and calls of requests, on PostgreSQL and Redis
	DATABASE_URL=$(TEST_DATABASE_URL) REDIS_URL=$(TEST_REDIS_URL) $(BIN)/pytest -n $(SERVICE_PROCESSES) -m services
	DATABASE_URL=$(TEST_DATABASE_URL) REDIS_URL=$(TEST_REDIS_URL) $(BIN)/pytest -n 2 -m "$(FAST)" $(ON_POSTGRESQL)

e2e: $(VENV)/dev.stamp ## an agent's shift, a manager's and an attacker's in Chromium, and a client in TypeScript
	DATABASE_URL=$(TEST_DATABASE_URL) REDIS_URL=$(TEST_REDIS_URL) $(BIN)/pytest -n 2 -m e2e

lint: $(VENV)/dev.stamp $(JAVASCRIPT)/node_modules/npm.stamp $(DOCUMENT)/node_modules/npm.stamp ## style, types, imports, the OpenAPI document, migrations, deployment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	cd $(JAVASCRIPT) && npm run --silent lint
	$(BIN)/python -m tests.tools.document $(DOCUMENT)/var
	cd $(DOCUMENT) && npm run --silent lint
	DJANGO_SETTINGS_MODULE=project.settings_test $(BIN)/python manage.py makemigrations --check --dry-run
	SITE_URL=https://desk.example.com ALLOWED_HOSTS=desk.example.com EMERGENCY_NUMBER=1906 EMAIL_URL=submission://mail.example.com:587 \
		REDIS_URL=redis://redis.example.com SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

screenshots: $(VENV)/dev.stamp ## a picture of every page, light, dark and on a phone, in var/screenshots; the best in docs/images
	DATABASE_URL=$(TEST_DATABASE_URL) REDIS_URL=$(TEST_REDIS_URL) $(BIN)/pytest -n 2 -m screenshots tests/e2e

messages: $(VENV)/dev.stamp ## bring the catalogues of translations up to date, and compile them
	DJANGO_SETTINGS_MODULE=project.settings_test $(BIN)/python -m tests.tools.messages

fuzz: $(VENV)/dev.stamp ## look for a call that hides an emergency, for long, with another seed each time
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-2000} $(BIN)/pytest tests/fuzz -q
	CONTRACT_EXAMPLES=$${CONTRACT_EXAMPLES:-50} $(BIN)/pytest tests/contract/test_schemathesis.py -q
	TEST_SEED=$${TEST_SEED:-$$(date +%s)} $(BIN)/pytest $(RANDOM_TESTS) -k 'can_change or of_its_parts or no_form or damaged or no_exif' -q

bench: $(VENV)/dev.stamp ## how fast it is beside a floor, DRF and 0.1.0, and how flat; BENCH_OPTIONS=--quick for four minutes
	$(BIN)/python -m bench $(BENCH_OPTIONS)

docs: $(VENV)/docs.stamp ## the documentation's site, in var/docs; wrong links and tables that are not current are errors
	$(BIN)/python docs/generate.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --config-file .mkdocs.yml

client: $(VENV)/dev.stamp ## the generated half of the Python client, of the document of now
	$(BIN)/python clients/python/generate.py

openapi: $(VENV)/dev.stamp ## the OpenAPI document of this release, in docs/api, that the next one is compared with
	$(BIN)/python -m tests.tools.openapi

lock: .venv-tools/tools.stamp ## pin what requirements*.in name, with hashes; LOCK_OPTIONS=--upgrade for newer releases
	for name in requirements requirements-dev requirements-docs requirements-tools bench/peer/requirements tests/proof/others/requirements; do \
		$(TOOLS)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-config --default-index https://pypi.org/simple \
			--custom-compile-command "make lock" $(LOCK_OPTIONS) $$name.in --output-file $$name.txt || exit 1; \
	done

# Of an environment that has only what runs in production.
sbom: .venv-tools/tools.stamp ## what the application consists of, with licences, as CycloneDX in var/sbom.json
	@$(MAKE) --no-print-directory VENV=.venv-sbom .venv-sbom/run.stamp
	@mkdir -p var
	$(TOOLS)/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
		--output-file var/sbom.json .venv-sbom/bin/python

clean: ## forget the environment and everything that was kept
	rm -rf .venv .venv-* var .env $(JAVASCRIPT)/node_modules $(DOCUMENT)/node_modules $(DOCUMENT)/var

$(VENV)/run.stamp: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found." >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing what the service desk needs …"
	@$(BIN)/pip install $(PIP_OPTIONS) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@$(BIN)/pip install $(PIP_OPTIONS) -r requirements-dev.txt
	@touch $@

.venv-tools/tools.stamp: requirements-tools.txt
	@$(PYTHON) -m venv --clear .venv-tools
	@.venv-tools/bin/pip install $(PIP_OPTIONS) -r requirements-tools.txt
	@touch $@

%/node_modules/npm.stamp: %/package-lock.json
	@cd $* && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

$(VENV)/docs.stamp: requirements-docs.txt $(VENV)/dev.stamp
	@$(BIN)/pip install $(PIP_OPTIONS) -r requirements-docs.txt
	@touch $@

.env: | $(VENV)/run.stamp
	@umask 077 && $(BIN)/python -c 'import secrets; print(f"SECRET_KEY={secrets.token_urlsafe(64)}")' > $@
