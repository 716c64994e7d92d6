# Sums reports of tests.  A report is a text with lines "ok …", "not ok …" and
# "ok … # SKIP reason"; everything else in it is explanation.
#
# A program that ends with a status but names no failure, that promised more tests
# ("1..7") than it reported, or that reported nothing at all counts as one failure.
# One that says "1..0" has nothing to test here.

passed=0
failed=0
skipped=0
failures=()

# tally_report WHO FILE STATUS
tally_report() {
    local who=$1 file=$2 status=$3 ok not_ok skip promised reason="" line

    # cmocka 1.1 writes "not ok 5 # SKIP name" for a test that was skipped.
    sed -i -E 's/^not ok ([0-9]+) # SKIP (.*)/ok \1 - \2 # SKIP/' "$file"
    not_ok=$(grep -c '^not ok' "$file")
    skip=$(grep -cE '^ok.* # ?SKIP' "$file")
    ok=$(($(grep -cE '^ok\b' "$file") - skip))
    promised=$(sed -nE 's/^1\.\.([0-9]+).*/\1/p' "$file" | awk '{n += $1} END {print n + 0}')

    if [ "$status" -eq 124 ]; then
        reason="took too long"
    elif [ "$promised" -gt $((ok + not_ok + skip)) ]; then
        reason="reported $((ok + not_ok + skip)) of $promised tests (status $status)"
    elif [ "$status" -ne 0 ] && [ "$not_ok" -eq 0 ]; then
        reason="ended with status $status"
    elif [ $((ok + not_ok + skip)) -eq 0 ] && ! grep -qx '1\.\.0' "$file"; then
        reason="reported nothing"
    fi
    if [ -n "$reason" ]; then
        echo "not ok - $reason" >>"$file"
        not_ok=$((not_ok + 1))
    fi

    passed=$((passed + ok))
    failed=$((failed + not_ok))
    skipped=$((skipped + skip))
    printf '%-30s %4d passed, %d failed, %d skipped\n' "$who" "$ok" "$not_ok" "$skip"
    if [ "$not_ok" -gt 0 ]; then
        grep -vE '^(ok\b|1\.\.)' "$file" | tail -n 60 | sed 's/^/    /'
    fi
    while IFS= read -r line; do
        failures+=("$who: $line")
    done < <(grep '^not ok' "$file")
    grep -E '^ok.* # ?SKIP' "$file" | sed -E 's/^ok[ 0-9-]*/    skipped: /; s/ # ?SKIP:? ?/: /'
    return 0
}

# tally_end NAME: the last words and the exit status.
tally_end() {
    if [ $((passed + failed + skipped)) -eq 0 ]; then
        echo "not ok - no test is called $1"
        failed=1
    elif [ "$failed" -gt 0 ]; then
        echo
        printf '%s\n' "${failures[@]}"
    fi
    if [ "$skipped" -gt 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" -eq 0 ]
}
