# For tests of kata batch: a class of one's own, and a stand-in for the grading,
# given as --worker, that is quick and keeps a record.

reference() {
    cat "$ROOT/solutions/containers/lru-cache/lru_cache.c"
}

# verdict NAME: of that submission.
verdict() {
    jq -r '.verdict' "$TMPDIR/out/results/$1.lru-cache.json"
}

# A worker that passes all and appends what it graded to $TMPDIR/log.
stand_in() {
    cat > "$TMPDIR/worker" << SH
#!/bin/sh
for each; do
    case \$each in
    --output=*) out=\${each#--output=} ;;
    --solution) file=reference ;;
    *.c) file=\$each ;;
    esac
done
${1:-}
basename "\$file" >> "$TMPDIR/log"
printf '{"schema":"kata-result/1","kata":"lru-cache","verdict":"pass",
"score":100,"max_score":100,"seed":1,"seconds":0,"stages":[],
"provenance":{"submission":"","kata":"","checker":"","toolchain":"","sandbox":""}}' > "\$out.new"
mv "\$out.new" "\$out"
SH
    chmod 755 "$TMPDIR/worker"
}

# many N: N submissions that all differ.
many() {
    mkdir -p "$TMPDIR/in"
    for ((i = 0; i < $1; i++)); do
        echo "int x$i;" > "$TMPDIR/in/s$i.c"
    done
}

# To be started with & and killed: the process is kata's own.
batch_alone() {
    exec "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" \
        --worker "$TMPDIR/worker" --jobs 2 --seed 1 "$@"
}

batch() {
    "$KATA" batch "$TMPDIR/in" --kata lru-cache -o "$TMPDIR/out" \
        --worker "$TMPDIR/worker" --jobs 2 --seed 1 "$@"
}
