#!/usr/bin/env bats
# docs/editors.md as it stands there, tried in each editor on real findings.

load helper

setup_file() {
    WHERE=$(mktemp -d /tmp/editors-XXXXXX)
    export WHERE PATH=$BATS_TEST_DIRNAME/../../..:$PATH
    chmod 755 "$WHERE"
}

teardown_file() {
    rm -rf "$WHERE"
}

# attempt MUTANT: an attempt at lru-cache in the current folder's work/.
attempt() {
    cd "$WHERE" || return
    export KATA_HOME=work HOME=$WHERE
    rm -rf work
    "$KATA" start lru-cache
    patch -s "$ROOT/solutions/containers/lru-cache/lru_cache.c" \
        "$ROOT/solutions/containers/lru-cache/mutants/$1.patch" \
        -o work/lru-cache/lru_cache.c
}

# Line 5 does not compile.
attempt_broken() {
    attempt delete-leaks
    sed -i '5i int broken = ;' work/lru-cache/lru_cache.c
}

# block LANGUAGE: that example of the page.
block() {
    awk -v start="^\`\`\`$1\$" '$0 ~ start {inside = 1; next}
        /^```/ {inside = 0} inside' "$ROOT/docs/editors.md"
}

@test "findings are lines of FILE:LINE:COLUMN: SEVERITY: MESSAGE" {
    attempt_broken
    run "$KATA" test lru-cache --format gcc
    [ "$status" -eq 1 ]
    [[ "${lines[0]}" =~ ^work/lru-cache/lru_cache.c:5:[0-9]+:\ error:\ .*\[compile-error\]$ ]]
    [ "${lines[-1]}" = "lru-cache: fail, 0 of 30 points, compile-error" ]
}

@test "calls stand below, tests are found where they are, warnings come once" {
    attempt update-is-no-use
    echo 'int unused_one(int x) { return 0; }' >>work/lru-cache/lru_cache.c
    run "$KATA" grade lru-cache --format gcc --stage tests --stage oracle \
        --stage style
    echo "$output"
    [ "$status" -eq 1 ]
    test=$(grep '::.*a_use: ' <<<"$output")
    file=${test%%:*}
    [ -f "$file" ]
    line=$(cut -d : -f 2 <<<"$test")
    sed -n "${line}p" "$file" | grep -q cr_
    [[ "$output" == *$'\n    keys '*"want = "*", got = "* ]]
    [ "$(grep -c 'unused parameter' <<<"$output")" -eq 1 ]
    [ "$(grep -c 'warning: .*\[style\]' <<<"$output")" -ge 1 ]
    # Every other line is indented, save the verdict.
    run grep -vE '^(\S.*:[0-9]+:[0-9]+: (error|warning): .*\]|    .*)$' <<<"$output"
    [ "${#lines[@]}" -eq 1 ]
    [[ "$output" == "lru-cache: fail, "* ]]
}

@test "what is found in no file of one's own is put on the first line" {
    attempt delete-leaks
    sed -i '1i struct missing_brace {' work/lru-cache/lru_cache.c
    run "$KATA" test lru-cache --format gcc
    [ "$status" -eq 1 ]
    [[ "${lines[0]}" =~ ^work/lru-cache/lru_cache.c:1:1:\ error:\ [a-z_]+\.h:[0-9]+:\  ]]
}

@test "a stage that could not run is an error too" {
    attempt delete-leaks
    run unshare -rm sh -c 'mount --bind /dev/null /usr/bin/valgrind &&
        exec kata grade lru-cache --format gcc --stage memory'
    [ "$status" -eq 3 ] || skip "cannot hide valgrind here: $output"
    [[ "$output" == *"lru_cache.c:1:1: error: the stage memory could not run"*"[internal-error]"* ]]
}

# complaints FILE: what clangd finds wrong with it; that one of its refactorings
# cannot be done is no such thing.
complaints() {
    clangd --check="$1" >clangd.log 2>&1 || true
    grep -q "All checks completed" clangd.log || echo "clangd did not end"
    grep '^E\[' clangd.log | grep -v 'tweak: '
}

@test "clangd understands what start leaves" {
    cd "$WHERE"
    export KATA_HOME=work
    for dir in "$ROOT"/katas/*/*/; do
        slug=$(basename "$dir")
        "$KATA" start "$slug" --again
        run complaints "work/$slug/${slug//-/_}.c"
        echo "$output"
        [ -z "$output" ]
        grep -q "work/$slug/compile_flags.txt" clangd.log
    done
    echo 'int broken(' >>"work/$slug/${slug//-/_}.c"
    run complaints "work/$slug/${slug//-/_}.c"
    [ -n "$output" ]
}

# matched FILE: [file, line, column, severity, message] of each line that the
# first task's pattern matches.
matched() {
    block json >tasks.json
    jq -R -c --slurpfile tasks tasks.json \
        '$tasks[0].tasks[0].problemMatcher.pattern as $p |
        [match($p.regexp).captures[].string] | select(length > 0) |
        {file: .[$p.file - 1], line: .[$p.line - 1],
         column: .[$p.column - 1], severity: .[$p.severity - 1],
         message: .[$p.message - 1]}' "$1"
}

@test "VS Code: the matcher reads real findings, the tasks run" {
    attempt_broken
    [ "$(block json | jq -r '.tasks[].problemMatcher.pattern.regexp' |
        sort -u | wc -l)" -eq 1 ]
    for task in 0 1; do
        # shellcheck disable=SC2016 # VS Code expands
        mapfile -t command < <(block json |
            jq -r ".tasks[$task] | .command, .args[]" |
            sed 's/\${fileDirnameBasename}/lru-cache/')
        run "${command[@]}"
        [ "$status" -eq 1 ]
        echo "$output" >out
        matched out >problems
        head -n 1 problems
        [ "$(head -n 1 problems | jq -r '.file + ":" + .line + " " + .severity')" = \
            "work/lru-cache/lru_cache.c:5 error" ]
    done
    attempt update-is-no-use
    kata grade lru-cache --stage tests --stage oracle --format gcc >out || true
    matched out >problems
    cat out problems
    [ "$(wc -l <problems)" -eq "$(grep -c ': error: ' out)" ]
    jq -r .file problems | while read -r file; do [ -f "$file" ]; done
}

# in_vim COMMAND...: runs them with the attempt open, then writes the list.
in_vim() {
    {
        echo "edit work/lru-cache/lru_cache.c"
        printf '%s\n' "$@"
        echo "silent! make!"
        echo "call writefile([json_encode(map(getqflist(),
            '{\"file\": bufname(v:val.bufnr), \"line\": v:val.lnum,
            \"valid\": v:val.valid, \"text\": v:val.text}'))], 'list.json')" |
            tr -d '\n'
        printf '\nqall!\n'
    } >script.vim
    timeout -k 1 60 vim -es -u NONE -N -S script.vim </dev/null
}

@test "Vim: makeprg and errorformat fill the list" {
    attempt_broken
    block vim >kata.vim
    in_vim "source kata.vim"
    cat list.json
    [ "$(jq -r '.[0] | "\(.file) \(.line) \(.valid)"' list.json)" = \
        "work/lru-cache/lru_cache.c 5 1" ]
    attempt update-is-no-use
    in_vim "source kata.vim" 'let &l:makeprg .= " --stub"'
    cat list.json
    [ "$(jq '[.[] | select(.valid == 1)] | length' list.json)" -ge 5 ]
    jq -r '.[0].file' list.json | grep -q test_lru_cache.c
}

@test "Vim: its own errorformat will do" {
    attempt_broken
    in_vim "set makeprg=kata\\ test\\ lru-cache\\ --format\\ gcc"
    cat list.json
    [ "$(jq -r '[.[] | select(.valid == 1)][0] | "\(.file) \(.line)"' list.json)" = \
        "work/lru-cache/lru_cache.c 5" ]
}

@test "Emacs: next-error goes to the line" {
    attempt_broken
    block elisp >kata.el
    cat >try.el <<'END'
(load (expand-file-name "kata.el"))
(setq compilation-ask-about-save nil)
(find-file "work/lru-cache/lru_cache.c")
(kata-test nil)
(with-current-buffer "*compilation*"
  (while (process-live-p (get-buffer-process (current-buffer)))
    (accept-process-output nil 0.1))
  (compilation--ensure-parse (point-max)))
(next-error)
(princ (format "%s:%d\n" (file-name-nondirectory (buffer-file-name))
               (line-number-at-pos)))
END
    run timeout -k 1 60 emacs --batch -Q -l try.el
    echo "$output"
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = lru_cache.c:5 ]
}
