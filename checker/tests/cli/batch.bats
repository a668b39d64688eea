#!/usr/bin/env bats
# A class at a time. Where the verdict is not the point the gradings are done by
# a stand-in, given as --worker, which is quick and keeps a record.

load helper
load batch

@test "a class is graded from files, folders, archives and exports" {
    mkdir -p "$TMPDIR/in/ada" "$TMPDIR/in/Bo B_7_assignsubmission_file_" \
        "$TMPDIR/in/zip"
    reference > "$TMPDIR/in/ada/lru_cache.c"
    { reference; echo; } > "$TMPDIR/in/Bo B_7_assignsubmission_file_/lru_cache.c"
    cp "$ROOT/katas/containers/lru-cache/lru_cache.c" \
        "$TMPDIR/in/doejane_LATE_12_34_lru_cache-1.c"
    echo garbage > "$TMPDIR/in/eve.c"
    : > "$TMPDIR/in/empty.c"
    head -c 10000000 /dev/zero > "$TMPDIR/in/big.c"
    cp "$TMPDIR/in/ada/lru_cache.c" "$TMPDIR/"
    (cd "$TMPDIR" && zip -q in/zip/hand-in.zip lru_cache.c &&
        tar czf in/tar.tar.gz lru_cache.c)
    rm "$TMPDIR/lru_cache.c"
    run "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" --seed 1
    [ "$status" -eq 3 ]
    [ "$(verdict ada)" = pass ]
    [ "$(verdict 'Bo B_7')" = pass ]
    [ "$(verdict zip)" = pass ]
    [ "$(verdict tar)" = pass ]
    [ "$(verdict doejane_12)" = fail ]
    [ "$(verdict eve)" = fail ]
    [ "$(verdict empty)" = fail ]
    [ "$(verdict big)" = error ]
    [ "$(find "$TMPDIR/out/results" -name '*.json' | wc -l)" -eq 8 ]
    [ "$(wc -l < "$TMPDIR/out/results.jsonl")" -eq 8 ]
    # Three are the same file: one grading.
    [ "$(find "$TMPDIR/out/.kata/graded" -type f | wc -l)" -eq 5 ]
    [[ "$output" == *"big lru-cache: 10000000 bytes"* ]]
    run "$KATA" batch status "$TMPDIR/out"
    [[ "$output" == "8 of 8 done: 4 pass, 3 fail, 1 error"*finished* ]]
    run "$KATA" batch diff "$TMPDIR/out" "$TMPDIR/out"
    [ "$status" -eq 0 ]
}

@test "hostile archives are refused and never taken by half" {
    stand_in
    mkdir -p "$TMPDIR/in" "$TMPDIR/x"
    /usr/bin/python3 - "$TMPDIR/in" << 'PY'
import io, sys, tarfile, zipfile, os
folder = sys.argv[1]
def tar(name, *members):
    with tarfile.open(os.path.join(folder, name + ".tar.gz"), "w:gz") as out:
        for path, kind in (("lru_cache.c", None),) + members:
            info = tarfile.TarInfo(path)
            if kind not in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE,
                        tarfile.CHRTYPE):
                data = kind or b"int x;\n"
                info.size = len(data)
                out.addfile(info, io.BytesIO(data))
            else:
                info.type, info.linkname = kind, "/etc/passwd"
                out.addfile(info)
tar("good", ("notes.txt", None))
tar("dotdot", ("a/../../../escaped", None))
tar("absolute", ("/tmp/batch-escaped", None))
tar("symlink", ("l", tarfile.SYMTYPE))
tar("hardlink", ("l", tarfile.LNKTYPE))
tar("fifo", ("l", tarfile.FIFOTYPE))
tar("device", ("l", tarfile.CHRTYPE))
tar("twice", ("lru_cache.c", None))
tar("case", ("LRU_cache.c", None))
tar("control", ("a\x1b[2Jb", None))
tar("bomb", ("zeros", bytes(20 << 20)))
tar("deep", ("d/" * 40 + "x", None))
tar("many", *[("f%d" % i, b"x") for i in range(6000)])
open(os.path.join(folder, "damaged.zip"), "wb").write(b"PK\x03\x04" + bytes(9))
PY
    (cd "$TMPDIR/x" && echo "int x;" > lru_cache.c &&
        zip -q -P secret ../in/encrypted.zip lru_cache.c)
    run batch
    [ "$status" -eq 3 ]
    [ "$(verdict good)" = pass ]
    for each in dotdot absolute symlink hardlink fifo device twice case \
        control bomb deep many damaged encrypted; do
        [ "$(verdict "$each")" = error ] || { echo "$each"; false; }
    done
    [ ! -e /tmp/batch-escaped ]
    # The reference and one submission.
    [ "$(wc -l < "$TMPDIR/log")" -eq 2 ]
}

@test "one student's link in an archive of all refuses that student alone" {
    stand_in
    mkdir -p "$TMPDIR/c/ada" "$TMPDIR/c/bob"
    echo "int a;" > "$TMPDIR/c/ada/lru_cache.c"
    echo "int b;" > "$TMPDIR/c/bob/lru_cache.c"
    ln -s /etc/passwd "$TMPDIR/c/bob/notes"
    tar -C "$TMPDIR" -czf "$TMPDIR/in.tgz" c
    run "$KATA" batch "$TMPDIR/in.tgz" --kata lru-cache -o "$TMPDIR/out" \
        --worker "$TMPDIR/worker"
    [ "$status" -eq 3 ]
    [ "$(verdict ada)" = pass ]
    [ "$(verdict bob)" = error ]
}

@test "kill -9 loses and repeats nothing" {
    stand_in "sleep 0.05"
    many 24
    mkdir "$TMPDIR/whole"
    batch -o "$TMPDIR/whole"
    rm "$TMPDIR/log"
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        batch_alone --resume 3>&- &
        pid=$!
        sleep "0.0$((RANDOM % 9 + 1))"
        sleep "0.$((RANDOM % 3))"
        kill -9 "$pid" 2> /dev/null || true
        wait "$pid" || true
    done
    batch --resume
    diff -r "$TMPDIR/whole/results" "$TMPDIR/out/results"
    cmp "$TMPDIR/whole/results.jsonl" "$TMPDIR/out/results.jsonl"
    # At most the two under way were graded twice, at each kill.
    [ "$(grep -vc reference "$TMPDIR/log")" -le 44 ]
    [ -z "$(find "$TMPDIR" -maxdepth 1 -name 'kata-batch*')" ]
    before=$(wc -l < "$TMPDIR/log")
    batch --resume
    [ "$(wc -l < "$TMPDIR/log")" -eq "$before" ]
}

@test "a result that was damaged is graded again" {
    stand_in
    many 5
    batch
    before=$(wc -l < "$TMPDIR/log")
    cp -r "$TMPDIR/out/results" "$TMPDIR/whole"
    # shellcheck disable=SC2012 # names are hashes
    mapfile -t graded < <(ls "$TMPDIR"/out/.kata/graded/*)
    [ "${#graded[@]}" -eq 5 ]
    : > "${graded[0]}"
    truncate -s -1 "${graded[1]}"
    sed -i 's/"max_score":100,//' "${graded[2]}"
    sed -i 's/"kata":"lru-cache"/"kata":"closure"/' "${graded[3]}"
    batch --resume --format csv --format junit
    [ "$(wc -l < "$TMPDIR/log")" -eq $((before + 5)) ] # and the reference
    diff -r "$TMPDIR/whole" "$TMPDIR/out/results"
}

# SIGTERM, for a shell without jobs has its children ignore SIGINT.
@test "an interrupt ends with 130 and can be resumed" {
    stand_in "sleep 0.1"
    many 20
    batch_alone 3>&- &
    pid=$!
    eventually 60 test -s "$TMPDIR/log"
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 130 ]
    batch --resume
    [ "$(find "$TMPDIR/out/results" -name '*.json' | wc -l)" -eq 20 ]
}

@test "a worker that dies or hangs gives an error and the others go on" {
    # shellcheck disable=SC2016 # the worker expands
    stand_in 'grep -q "x1;" "$file" 2>/dev/null && kill -9 $$
grep -q "x2;" "$file" 2>/dev/null && sleep 60'
    many 4
    # Time enough for the others to be graded on a busy machine.
    run batch --timeout 10
    [ "$status" -eq 3 ]
    [ "$(verdict s0)" = pass ]
    [ "$(verdict s3)" = pass ]
    [ "$(verdict s1)" = error ]
    [ "$(verdict s2)" = error ]
    [[ "$output" == *"s1 lru-cache: the checker gave no result: signal 9"* ]]
    [[ "$output" == *"s2 lru-cache: the grading did not end within 10 s"* ]]
    stand_in
    run batch --retry --timeout 10
    [ "$status" -eq 0 ]
    [ "$(verdict s1)" = pass ]
}

@test "what is refused says why and touches nothing" {
    stand_in
    many 1
    mkdir "$TMPDIR/mine"
    echo precious > "$TMPDIR/mine/file"
    run batch -o "$TMPDIR/mine"
    [ "$status" -eq 3 ]
    [[ "$output" == *"not empty"* ]]
    [ "$(cat "$TMPDIR/mine/file")" = precious ]
    batch
    run batch
    [ "$status" -eq 3 ]
    [[ "$output" == *"--resume goes on"* ]]
    run batch --resume --seed 2
    [ "$status" -eq 3 ]
    [[ "$output" == *"seed 1"* ]]
    (exec 8> "$TMPDIR/out/.kata/lock" && flock 8 && exec sleep 600) 3>&- &
    holder=$!
    while flock -n "$TMPDIR/out/.kata/lock" true; do sleep 0.02; done
    run batch --resume
    kill "$holder"
    [ "$status" -eq 3 ]
    [[ "$output" == *"another batch is at work"* ]]
    run "$KATA" batch "$TMPDIR/in"
    [ "$status" -eq 2 ]
}
