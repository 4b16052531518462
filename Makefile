# Every command a person or CI runs. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help build test check format run contract js-clients docs bench-kernels train-model evaluate-model test-training clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the program into app/target/lib
	./mvnw --quiet -Dmaven.test.skip=true --projects app --also-make package

test: ## run the unit tests of engine, server and app
	./mvnw --projects engine,server,app test

check: ## everything CI checks: tests, contract tests, architecture, format
	./mvnw verify

format: ## format all sources
	./mvnw --quiet --non-recursive validate
	scripts/format.sh

run: ## start the server: make run [MODEL=model.gguf]
	./parlance serve $(if $(MODEL),--model "$(MODEL)")

contract: ## build the program and run the contract tests against it
	./mvnw --projects contract-tests --also-make -Dsurefire.failIfNoSpecifiedTests=false -Dtest='dev.parlance.contract.**,dev.parlance.architecture.**' verify

js-clients: ## install the clients for JavaScript that the contract tests need (Node 20 or newer, npm)
	cd contract-tests/src/test/js && npm ci --no-audit --no-fund

docs: ## write docs/api-support.md, docs/cli.md, docs/configuration.md and the README's session anew from the program
	./mvnw --quiet --projects contract-tests --also-make -Dsurefire.failIfNoSpecifiedTests=false -Dtest=ApiSupportPageTest,CommandDocumentTest,ConfigurationDocumentTest,RecordedSessionTest -Dparlance.update=true package

bench-kernels: ## measure single kernels with JMH: make bench-kernels [OPTIONS='MatrixBenchmark -p type=Q8_0']
	./mvnw --quiet -Dmaven.test.skip.exec=true --projects bench --also-make package
	. scripts/find-jdk.sh && "$$(find_jdk)/bin/java" --add-modules jdk.incubator.vector -cp 'bench/target/lib/*' org.openjdk.jmh.Main $(OPTIONS)

train-model: ## train the embedded model anew into training/out (hours; see training/README.md)
	cd training && python3 train.py --out out && python3 export.py --out out && python3 plot_loss.py out/log.jsonl loss.svg

evaluate-model: ## ask the embedded model held-out prompts over HTTP: make evaluate-model [PER_SKILL=100] [TEMPERATURE=0]
	PER_SKILL=$(or $(PER_SKILL),100) TEMPERATURE=$(or $(TEMPERATURE),0) scripts/evaluate-model.sh

test-training: ## test the recipe of the embedded model
	cd training && python3 -m unittest && python3 check_template.py --program ../parlance

clean: ## remove everything that was built
	./mvnw --quiet clean
