# `make run` and `make test` need Python 3.11 or newer and nothing else; `make help` lists the rest.

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
export TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
export TEST_REDIS_URL ?= redis://127.0.0.1:6379/9

.PHONY: help run install test test-services e2e screenshots messages lint bench client clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## list what can be made
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 16

run: .venv/run.stamp .env ## prepare and serve everything
	@$(BIN)/python manage.py prepare
	@exec $(BIN)/python manage.py serve

install: .venv/dev.stamp .env ## what running and testing need, and nothing else

test: .venv/dev.stamp ## the test suite that needs no server
	$(BIN)/pytest -n 2

test-services: .venv/dev.stamp ## the same and the races, on PostgreSQL and Redis
	DATABASE_URL=$(TEST_DATABASE_URL) REDIS_URL=$(TEST_REDIS_URL) $(BIN)/pytest -n 2 -m "not e2e and not screenshots"

e2e: .venv/dev.stamp ## an agent's shift, a manager's and an attacker's in Chromium, and a client in TypeScript
	DATABASE_URL=$(TEST_DATABASE_URL) REDIS_URL=$(TEST_REDIS_URL) $(BIN)/pytest -n 2 -m e2e

lint: .venv/dev.stamp ## style, types, the direction of imports, migrations, deployment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=project.testing $(BIN)/python manage.py makemigrations --check --dry-run
	SITE_URL=https://desk.example.com SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

screenshots: .venv/dev.stamp ## a picture of every page, light, dark and on a phone, in var/screenshots; the README's in docs
	DATABASE_URL=$(TEST_DATABASE_URL) REDIS_URL=$(TEST_REDIS_URL) $(BIN)/pytest -n 2 -m screenshots tests/e2e

messages: .venv/dev.stamp ## bring the catalogues of translations up to date, and compile them
	DJANGO_SETTINGS_MODULE=project.testing $(BIN)/python -m project.messages

bench: .venv/dev.stamp ## how flat it stays as the table grows
	$(BIN)/python -m bench

client: .venv/dev.stamp ## the generated half of the Python client, of the document of now
	$(BIN)/python clients/python/generate.py

clean: ## forget the environment and everything that was kept
	rm -rf .venv var .env

.venv/run.stamp: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found." >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv
	@echo "Installing what the service desk needs …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.env: | .venv/run.stamp
	@umask 077 && $(BIN)/python -c 'import secrets; print(f"SECRET_KEY={secrets.token_urlsafe(64)}")' > $@
