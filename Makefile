# kata: interview katas in C, and the checker that grades them.
# `make help` lists what can be made.

VARIANT ?= debug
B := build/$(VARIANT)
CC = gcc

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla \
	-Wwrite-strings -Wundef
# In CI gcc's warnings are errors, and lint does without a second look at the
# checker, so those are wanted, too, that only come with all of the optimiser.
flags_debug := $(if $(CI),-O2,-O1) -g
flags_release := -O2 -g -D_FORTIFY_SOURCE=2
flags_asan := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer
flags_fuzz := $(flags_asan) -fsanitize=fuzzer-no-link
CPPFLAGS += -D_GNU_SOURCE -Ichecker -MMD -MP
CFLAGS += -std=c17 $(warnings) $(flags_$(VARIANT)) $(if $(CI),-Werror)
LDFLAGS += $(filter -fsanitize=%,$(flags_$(VARIANT)))
LDLIBS += -ljansson -lnettle -lelf -lexpat -lseccomp -lcmark -larchive -lncursesw -lsqlite3 -lpthread -lm

rooms := base kata exec judge store report batch cmd
sources := $(sort $(wildcard $(rooms:%=checker/%/*.c)))
objects := $(sources:checker/%.c=$B/%.o)
unit_sources := $(sort $(wildcard checker/tests/unit/*.c))
unit_objects := $(unit_sources:checker/%.c=$B/%.o)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# As many jobs as processors, where the person did not say.
ifeq (,$(filter -j%,$(MAKEFLAGS)))
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif

##@ Everyday

# Of what is random, where the person did not say.
SEED ?= $(shell od -An -N3 -tu4 /dev/urandom | tr -d ' ')

# What makes mutants needs libclang, which only authors need.
clang_c := $(lastword $(sort $(wildcard /usr/lib/llvm-*/include/clang-c)))

.PHONY: all
all: kata $(if $(clang_c),build/bin/kata-mutate) ## Build ./kata

kata: $B/bin/kata
	@cp -f $< $@

$B/bin/kata: $B/main.o $B/libkata.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

build/bin/kata-mutate: $B/mutate/main.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< -L$(clang_c:/include/clang-c=/lib) -lclang \
	-ljansson

# Criterion's macros are large, and what they become is soon run.
$B/tests/%.o: flags_debug := -O1 -g
$B/tests/unit/agent/%.o: CPPFLAGS += -Ichecker/agent
$B/mutate/main.o: CPPFLAGS += -isystem $(clang_c:/clang-c=)

$B/libkata.a: $(objects)
	@rm -f $@
	@ar rcs $@ $^

$B/unit: $(unit_objects) $B/libkata.a
	$(CC) $(LDFLAGS) -o $@ $^ -lcriterion $(LDLIBS)

$B/%.o: checker/%.c $B/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# What was compiled with other flags, without -Werror say, is compiled anew.
flags := $(strip $(CC) $(CPPFLAGS) $(CFLAGS))
ifneq ($(flags),$(strip $(file <$B/flags)))
.PHONY: $B/flags
endif
$B/flags:
	@mkdir -p $(@D)
	@printf '%s\n' '$(flags)' >$@

.PHONY: try
try: deps ## Grade a reference and a stub, to see it work
	@$(MAKE) --no-print-directory all
	./kata grade lru-cache --solution
	./kata grade lru-cache --stub; [ $$? -eq 1 ]

.PHONY: deps test-deps
deps: ## Install what is missing, where this is Debian or Ubuntu
	@.ci/deps

test-deps: ## Install what the tests need too
	@.ci/deps test

# The page follows from the tables of the program that is installed with it.
build/kata.1: $B/bin/kata
	@$< manual >$@

PREFIX ?= /usr/local
prefix = $(DESTDIR)$(PREFIX)
share = $(prefix)/share/kata

# Where each shell looks for the completions of a program of this name.
completions = share/bash-completion/completions/kata \
	share/zsh/site-functions/_kata share/fish/vendor_completions.d/kata.fish

define remove
	rm -rf '$(share)'
	rm -f '$(prefix)/bin/kata' '$(prefix)/share/man/man1/kata.1'
	for each in $(completions); do rm -f '$(prefix)'/$$each; done
endef

.PHONY: install uninstall
install: all build/kata.1 ## Install into PREFIX (/usr/local), below DESTDIR
	$(remove)
	install -D -m 755 kata '$(prefix)/bin/kata'
	install -d '$(share)/checker/kata' '$(share)/docs'
	cp -R katas solutions .clang-format '$(share)'
	cp -R checker/agent checker/replay checker/cpython '$(share)/checker'
	cp -R checker/kata/template '$(share)/checker/kata'
	cp -R docs/explain docs/questions '$(share)/docs'
	$(if $(clang_c),install -D build/bin/kata-mutate \
	'$(share)/libexec/kata-mutate')
	find '$(share)' -name __pycache__ -prune -exec rm -rf {} +
	chmod -R u=rwX,go=rX '$(share)'
	set -- bash zsh fish; for each in $(completions); do \
	install -D -m 644 checker/shell/kata.$$1 '$(prefix)'/$$each; shift; done
	install -D -m 644 build/kata.1 '$(prefix)/share/man/man1/kata.1'

uninstall: ## Remove what install put there
	$(remove)

# All submissions get the same traces; two zips do not, unless SEED says so.
KATA ?=
TESTS ?=
JAIL ?= yes
GRADING ?=
OUT ?=

.PHONY: gradescope
gradescope: ## Zip an autograder of KATA=SLUG: docs/integrations/gradescope.md
	@docs/integrations/gradescope/pack '$(KATA)' '$(SEED)' '$(TESTS)' \
	'$(JAIL)' '$(OUT)' '$(GRADING)'

.PHONY: clean
clean: ## Remove what was built; attempts in work/ stay
	rm -rf build kata

.PHONY: help
help: ## List these targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Checks

.PHONY: test
test: ## Everything: lint, unit tests, tests of the command line, katas
	@.ci/test

# What libcriterion asks for under that name, for the same reason as in a grade.
git2 = $(shell ldd $B/unit | sed -n 's,.*\(libgit2[^ ]*\) => \([^ ]*\).*,\$1,p')

$B/lib/libgit2: checker/replay/git2.c $B/unit
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -shared -fPIC '-DLIBGIT2="$(call git2,2)"' \
	-Wl,-soname,$(call git2,1) -o $(@D)/$(call git2,1) $<
	@touch $@

# The sanitizer would end a program that asks for too much memory.
.PHONY: unit
unit: $B/unit $B/lib/libgit2 ## Run the checker's unit tests; VARIANT=asan too
	ASAN_OPTIONS=allocator_may_return_null=1 LD_LIBRARY_PATH=$B/lib $<

COUNT ?= 1

.PHONY: properties
properties: all ## Grade COUNT (1) random wrong and right ones a kata; SEED=N
	checker/tests/properties/run.py --self-test --count 1 --seed $(SEED) \
	lru-cache
	checker/tests/properties/run.py --count $(COUNT) --seed $(SEED)

.PHONY: class
class: COUNT = 40
class: all ## Grade COUNT (40) generated submissions; ENGINES="local slurm", KILLS=N
	checker/tests/class/run.py --count $(COUNT) \
	--engines "$(or $(ENGINES),local)" --kills $(or $(KILLS),0)

.PHONY: attacks
attacks: all ## Grade hostile submissions; ONLY="CLASS CLASS/NAME" for some
	@checker/tests/attacks/run.py $(ONLY)

# One program a parser. With clang and libFuzzer under VARIANT=fuzz, and with
# corpus.c, which only reads what is kept, under all others.
fuzzers := $(patsubst checker/tests/fuzz/fuzz_%.c,%, \
	$(sort $(wildcard checker/tests/fuzz/fuzz_*.c)))
fuzz_shared := $B/tests/fuzz/input.o \
	$(if $(filter fuzz,$(VARIANT)),,$B/tests/fuzz/corpus.o)
fuzz_corpus := checker/tests/fuzz/corpus
SECONDS ?= 60

$B/fuzz/agent: $B/agent/heap.o
$B/fuzz/%: $B/tests/fuzz/fuzz_%.o $(fuzz_shared) $B/libkata.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(if $(filter fuzz,$(VARIANT)),-fsanitize=fuzzer) \
	-o $@ $(filter %.o,$^) $B/libkata.a $(LDLIBS)

.SECONDARY: $(fuzzers:%=$B/tests/fuzz/fuzz_%.o) $(fuzz_shared) \
	$B/agent/heap.o

.PHONY: fuzz fuzz-corpus
fuzz: ## Fuzz each parser for SECONDS (60); ONLY=NAME for one
	@$(MAKE) --no-print-directory VARIANT=fuzz CC=clang \
	$(addprefix build/fuzz/fuzz/,$(or $(ONLY),$(fuzzers)))
	@set -e; for each in $(or $(ONLY),$(fuzzers)); do echo "== $$each"; \
	mkdir -p build/fuzz/found/$$each; nice -n 15 build/fuzz/fuzz/$$each \
	-max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
	-print_final_stats=1 -artifact_prefix=build/fuzz/found/$$each- \
	build/fuzz/found/$$each $(fuzz_corpus)/$$each; done

fuzz-corpus: $(fuzzers:%=$B/fuzz/%) ## Give each parser what its fuzzer keeps
	@for each in $(fuzzers); do $B/fuzz/$$each $(fuzz_corpus)/$$each || \
	failed="$$failed $$each"; done; [ -z "$$failed" ]

$B/empty_jail: $B/tests/empty_jail.o $B/libkata.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

benches := $(filter-out %/flips.py, \
	$(wildcard checker/bench/*.sh checker/bench/*.py))

.PHONY: bench flips
flips: all ## Grade references and racy mutants 100 times on a busy machine
	checker/bench/flips.py

bench: all $B/empty_jail ## Measure, as ratios against something run beside it
	@for each in $(benches); do echo "== $$each"; \
	$$each || failed="$$failed $$each"; done; [ -z "$$failed" ]

# Each file is looked at once by each compiler, with all warnings errors: clang's
# are among clang-tidy's findings, gcc's come with an object. In CI that of the
# checker's own files is the build's. A stamp says that clang-tidy found nothing.
# All under build/lint, by the same dependencies as objects, so that a second run
# looks at what has changed.
L := build/lint
ifneq (,$(filter lint% $L/%,$(MAKECMDGOALS)))

c_files := $(sort $(shell find checker katas solutions -name '*.[ch]' \
	! -path 'checker/kata/template/*' ! -path 'checker/tests/attacks/*'))
c_sources := $(filter-out $(if $(clang_c),,checker/mutate/%), \
	$(filter %.c,$(c_files)))
sh_files := $(sort $(wildcard checker/bench/*.sh checker/shell/*.bash \
	checker/tests/*/*.sh \
	checker/tests/*/*.bats checker/tests/*/*.bash) \
	$(shell grep -l '^.!/bin/sh' .ci/* docs/integrations/gradescope/*))

lint_flags = -std=c17 -D_GNU_SOURCE $(warnings) -Ichecker -Ichecker/agent \
	$(if $(filter checker/%,$<),,-I$(patsubst solutions/%,katas/%,$(<D))) \
	$(if $(clang_c),-isystem $(clang_c:/clang-c=))

# Criterion's assertions are large macros, which cost the analyzer seconds a
# file, and it cannot tell where they leave a test. Tests also compare floating
# point to the bit.
not_in_tests := -clang-analyzer-*,-bugprone-implicit-widening-*
not_in_tests := $(not_in_tests),-bugprone-suspicious-memory-comparison
not_in_tests := $(not_in_tests),-cert-exp42-c,-cert-flp37-c

# It loses count of references; memcheck looks at this code in any case.
not_in_katas := -clang-analyzer-unix.Malloc
fewer_checks = $(if $(filter test_%,$(<F))$(filter checker/tests/%,$<), \
	$(not_in_tests),$(if $(filter checker/%,$<),,$(not_in_katas)))

# What a function of a few dozen lines needs; with the default of 225000 the
# few that need more take most of the time. With 10000 it is wrong of some.
analyzer_budget := -Xclang -analyzer-config -Xclang max-nodes=30000

# Other versions of clang-format and clang-tidy have other opinions.
version_of = $(shell $1 --version 2>/dev/null | \
	sed -n 's/.*version \([0-9]*\).*/\1/p')
if_14 = $(if $(filter 14,$(call version_of,$1)),$2, \
	$(info $1 is not version 14: lint does without it))

lints := lint-gcc lint-clang lint-tidy lint-format lint-rooms lint-banned \
	lint-doctor lint-shell docs-check

.PHONY: lint $(lints)
lint: $(lints) ## Compilers, clang-tidy, format, rooms, shell scripts, docs

by_build := $(if $(CI),$(filter checker/%,$(c_sources)))
by_lint := $(filter-out $(by_build),$(c_sources))
gcc_objects := $(by_build:checker/%.c=$B/%.o) $(by_lint:%.c=$L/gcc/%.o)
tidied := $(call if_14,clang-tidy,$(c_sources:%.c=$L/tidy/%.ok))

lint-gcc: $(gcc_objects)
lint-clang: $(or $(strip $(tidied)),$(c_sources:%.c=$L/clang/%.ok))
lint-tidy: $(tidied)
lint-format: $(call if_14,clang-format,$L/format.ok)

lint-rooms lint-banned lint-doctor: lint-%:
	@.ci/$*

lint-shell:
	@shellcheck $(sh_files)

$L/gcc/%.o: %.c
	@mkdir -p $(@D)
	@gcc $(lint_flags) -Werror -O2 -MMD -MP -c -o $@ $<

define tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet '--checks=$(strip $(fewer_checks))' $< -- \
	$(lint_flags) $(analyzer_budget) 2>$@.err || { cat $@.err; exit 1; }
	@touch $@
endef

# The objects' dependencies are its own.
ifneq (,$(by_build))
$L/tidy/checker/%.ok: checker/%.c $B/%.o .clang-tidy
	$(tidy)
endif
$L/tidy/%.ok: %.c $L/gcc/%.o .clang-tidy
	$(tidy)

$L/clang/%.ok: %.c
	@mkdir -p $(@D)
	@clang $(lint_flags) -Werror -fsyntax-only -MMD -MP -MF $(@:.ok=.d) \
	-MT $@ $<
	@touch $@

$L/format.ok: $(c_files) .clang-format
	@mkdir -p $(@D)
	@clang-format -n --Werror \
	$(if $(filter .clang-format,$?),$(c_files),$(filter %.c %.h,$?))
	@touch $@

-include $(gcc_objects:.o=.d) $(c_sources:%.c=$L/clang/%.d)
endif

# Pages with parts that follow from the checker's tables.
generated_docs := docs/kata-format.md

$B/gendoc: $B/tests/gendoc.o $B/libkata.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: tests
tests: all $B/unit $B/gendoc $(fuzzers:%=$B/fuzz/%) ## Build what the checks run

.PHONY: docs docs-check
docs: $B/gendoc ## Write the generated parts of the documentation
	$< $(generated_docs)

docs-check: $B/gendoc ## Fail where they are not what the tables say
	$< --check $(generated_docs)

-include $(objects:.o=.d) $(unit_objects:.o=.d) $B/main.d $B/mutate/main.d \
	$(wildcard $B/tests/fuzz/*.d) \
	$B/tests/gendoc.d $B/tests/empty_jail.d
