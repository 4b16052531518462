# Every command a person or CI runs. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help build test check format run contract docs clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the program into app/target/lib
	./mvnw --quiet -Dmaven.test.skip=true --projects app --also-make package

test: ## run the unit tests of engine, server and app
	./mvnw --projects engine,server,app test

check: ## everything CI checks: tests, contract tests, architecture, format
	./mvnw verify

format: ## format all sources
	./mvnw --quiet --non-recursive validate
	scripts/format.sh

run: ## start the server: make run MODEL=model.gguf
	./parlance serve $(if $(MODEL),--model "$(MODEL)")

contract: ## build the program and run the contract tests against it
	./mvnw --projects contract-tests --also-make -Dsurefire.failIfNoSpecifiedTests=false -Dtest='dev.parlance.contract.**,dev.parlance.architecture.**' verify

docs: ## write docs/api-fields.md and docs/cli.md anew from the code's own tables
	./mvnw --quiet --projects app --also-make -Dsurefire.failIfNoSpecifiedTests=false -Dtest=ApiFieldsPageTest,CommandDocumentTest -Dparlance.update=true test

clean: ## remove everything that was built
	./mvnw --quiet clean
