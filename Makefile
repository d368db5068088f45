# Two commands do everything: make run, make test. Each sets up what it needs.
PYTHON ?= python3
PORT ?= 8000
CLOUD_PORT ?= 8900
SPEED ?= 20
N ?= 1000
FAULTS_SEED ?=
VENV := .venv
BIN := $(VENV)/bin
VAR := var
SECRETS := secret_key token_keys database_password redis_password

export PORT CLOUD_PORT SPEED

.DEFAULT_GOAL := help

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-14s %s\n", $$1, $$2}'

run: $(VENV)/run.stamp $(VAR)/secret.key $(VAR)/token.key  ## Run the portal and the local cloud (PORT, CLOUD_PORT, SPEED)
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh deploy/demo.sh

# Three at a time on two cores: browsers and other processes make them wait.
test: $(VENV)/dev.stamp  ## Set up and pass the tests
	$(BIN)/pytest -n 3 --dist loadfile

services:  ## Install and start PostgreSQL and Redis on loopback (POSTGRES_PORT, REDIS_PORT)
	@sh deploy/services.sh start

services-stop:  ## Stop them
	@sh deploy/services.sh stop

test-services: $(VENV)/dev.stamp services  ## Pass the tests on PostgreSQL and Redis
	@set -a && . $(VAR)/services/env && set +a && \
	REQUIRE_SERVICES=1 TEST_DATABASE_URL="$$DATABASE_URL" TEST_REDIS_URL="$$REDIS_URL" $(BIN)/pytest -n 2 --dist loadfile $(TESTS)

faults: $(VENV)/dev.stamp services  ## Break and kill a whole site while it launches (N, FAULTS_SEED)
	@set -a && . $(VAR)/services/env && set +a && \
	REQUIRE_SERVICES=1 TEST_DATABASE_URL="$$DATABASE_URL" TEST_REDIS_URL="$$REDIS_URL" FAULTS_N=$(N) FAULTS_SEED=$(FAULTS_SEED) \
	$(BIN)/pytest -q tests/faults $(TESTS)

bench: $(VENV)/bench.stamp  ## Measure walks, checks, polls, lists and memory beside peers (BENCH_QUICK=1: no million rows)
	@$(BIN)/python -m tests.bench $(VAR)/bench.json

lint: $(VENV)/dev.stamp  ## Check style, types, imports, templates, migrations, OpenAPI, Dockerfile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(BIN)/hadolint Dockerfile

secrets: $(addprefix $(VAR)/secrets/,$(SECRETS))  ## Make the secrets that compose.yaml mounts, once

# The folder is closed, the files are not: in their containers they belong to somebody else.
$(VAR)/secrets/%:
	@mkdir -p $(VAR)/secrets && chmod 700 $(VAR)/secrets
	@$(PYTHON) -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32 if '$*' == 'token_keys' else 48)).decode())" > $@
	@chmod 444 $@

audit: $(VENV)/dev.stamp  ## Look for insecure code and for known holes in what is installed
	$(BIN)/bandit -q -c pyproject.toml -ll -r webapp deploy
	$(BIN)/python deploy/audit.py

lock: pyproject.toml  ## Make the lock files anew (needs uv on the PATH)
	uv pip compile pyproject.toml --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11 -q -o requirements.lock
	uv pip compile pyproject.toml --upgrade --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11 -q -o requirements-dev.lock
	uv pip compile pyproject.toml --upgrade --extra dev --extra bench --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11 -q -o requirements-bench.lock

clean:  ## Remove what was made here: environment, databases and their services, secrets
	@sh deploy/services.sh remove
	rm -rf $(VENV) $(VAR)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock | $(VENV)/bin/python
	@test -f $(VENV)/dev.stamp && test ! requirements.lock -nt $(VENV)/dev.stamp || $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/bench.stamp: requirements-bench.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-bench.lock
	@touch $@

$(VAR)/secret.key: | $(VENV)/run.stamp
	@mkdir -p $(VAR) && umask 077 && $(BIN)/python -c "import secrets; print(secrets.token_urlsafe(60))" > $@

$(VAR)/token.key: | $(VENV)/run.stamp
	@mkdir -p $(VAR) && umask 077 && $(BIN)/python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())" > $@

.PHONY: help run test bench services services-stop test-services faults secrets lint audit lock clean
