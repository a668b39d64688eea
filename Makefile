# kata: interview katas in C, and the checker that grades them.
# `make help` lists what can be made.

VARIANT ?= debug
B := build/$(VARIANT)
CC = gcc

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla \
	-Wwrite-strings -Wundef
flags_debug := -O1 -g
flags_release := -O2 -g -D_FORTIFY_SOURCE=2
flags_asan := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer
CPPFLAGS += -D_GNU_SOURCE -Ichecker -MMD -MP
CFLAGS += -std=c17 $(warnings) $(flags_$(VARIANT)) $(if $(CI),-Werror)
LDFLAGS += $(filter -fsanitize=%,$(flags_$(VARIANT)))
LDLIBS += -ljansson -lnettle -lelf -lexpat -lseccomp -lcmark -lpthread -lm

rooms := base kata exec judge store report cmd
sources := $(sort $(wildcard $(rooms:%=checker/%/*.c)))
objects := $(sources:checker/%.c=$B/%.o)
unit_sources := $(sort $(wildcard checker/tests/unit/*.c))
unit_objects := $(unit_sources:checker/%.c=$B/%.o)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

##@ Everyday

# What makes mutants needs libclang, which only authors need.
clang_c := $(lastword $(sort $(wildcard /usr/lib/llvm-*/include/clang-c)))

.PHONY: all
all: kata $(if $(clang_c),build/bin/kata-mutate) ## Build ./kata

kata: $B/bin/kata
	@cp -f $< $@

$B/bin/kata: $B/main.o $B/libkata.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

build/bin/kata-mutate: checker/mutate/main.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -D_GNU_SOURCE -I$(clang_c:/clang-c=) -o $@ $< \
	-L$(clang_c:/include/clang-c=/lib) -lclang -ljansson

$B/libkata.a: $(objects)
	@rm -f $@
	@ar rcs $@ $^

$B/unit: $(unit_objects) $B/libkata.a
	$(CC) $(LDFLAGS) -o $@ $^ -lcriterion $(LDLIBS)

$B/%.o: checker/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

.PHONY: unit
unit: $B/unit ## Run the checker's unit tests
	$<

# Pages with parts that follow from the checker's tables.
generated_docs := docs/kata-format.md

$B/gendoc: $B/tests/gendoc.o $B/libkata.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: docs docs-check
docs: $B/gendoc ## Write the generated parts of the documentation
	$< $(generated_docs)

docs-check: $B/gendoc ## Fail where they are not what the tables say
	$< --check $(generated_docs)

.PHONY: clean
clean: ## Remove what was built; attempts in work/ stay
	rm -rf build kata

.PHONY: help
help: ## List these targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(objects:.o=.d) $(unit_objects:.o=.d) $B/main.d \
	$B/tests/gendoc.d
