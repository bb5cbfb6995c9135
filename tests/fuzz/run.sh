#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz/run.sh [SECONDS [TARGET ...]]
# Builds the libFuzzer targets (clang++-14) and runs each, niced and one after the other, until it has used SECONDS of
# processor time (default 300), so that a busy machine doesn't shorten a run. An input may take 5 s of processor time
# (time_limit.h); the limit by the clock only ends what hangs.
# Seeds: short files that make_seeds writes, and the conformance archive where it is there. Before the mutations every
# file runs once at full size. Reported are the mutated inputs, without the corpus that every slice reads again.
# Findings stay in build/fuzz/findings, logs in build/fuzz/logs.
set -euo pipefail
seconds=${1:-300}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(pickle torch_zip torch_legacy safetensors json)

cd "$(dirname "$0")/../.."
cmake --preset fuzz > /dev/null
nice -n 19 ninja -C build/fuzz make_seeds "${targets[@]/#/fuzz_}" > /dev/null

work=build/fuzz/corpus
logs=build/fuzz/logs
mkdir -p "$work/archive" "$logs" build/fuzz/findings
build/fuzz/tests/fuzz/make_seeds "$work/seeds"
cmake -DBINARY_DIR="$PWD/build/fuzz" -DSOURCE_DIR="$PWD" -P tests/golden/unpack_conformance.cmake
models=(! -name '*.npy' ! -name '*.png' -type f)
if [ -d build/fuzz/conformance ]; then
    find build/fuzz/conformance "${models[@]}" -size -65k -exec cp -u -t "$work/archive" {} +
fi

# Undefined behaviour is a finding, not a remark.
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
limits=(-rss_limit_mb=2048 -timeout=300)
TIMEFORMAT=%3U
status=0

number() { sed -n "s/$1/\\1/p" "$2" | tail -1; }

fuzz() {
    local target=$1 program=build/fuzz/tests/fuzz/fuzz_$1 used=0 mutated=0 slice=0 peak=0 interrupted=0 log spent code
    mkdir -p "$work/$target"
    if [ -d build/fuzz/conformance ]; then
        find build/fuzz/conformance "${models[@]}" -print0 |
            xargs -0 nice -n 19 "$program" "${limits[@]}" > "$logs/$target.files" 2>&1 ||
            { echo "fuzz_$target: a conformance file fails, see $logs/$target.files"; return 1; }
    fi
    while [ "$used" -lt $((seconds * 1000)) ]; do # milliseconds
        log=$logs/$target.$((slice += 1))
        spent=$({ time nice -n 19 "$program" -max_total_time=180 "${limits[@]}" -max_len=65536 -print_final_stats=1 \
            -artifact_prefix="build/fuzz/findings/$target-" "$work/$target" "$work/seeds/$target" "$work/archive" \
            > "$log" 2>&1 || echo $? > "$log.code"; } 2>&1)
        code=$(cat "$log.code" 2> /dev/null || echo 0)
        if grep -qE 'ERROR: |runtime error:|SLOW INPUT' "$log"; then
            echo "fuzz_$target: a finding, see $log and build/fuzz/findings"
            return 1
        elif grep -q 'run interrupted' "$log"; then
            # A signal from outside: not a finding, and not counted as fuzzing either.
            [ $((interrupted += 1)) -lt 5 ] || { echo "fuzz_$target: interrupted too often"; return 1; }
            continue
        elif [ "$code" -ne 0 ]; then
            echo "fuzz_$target: ended with $code for an unknown reason, see $log"
            return 1
        fi
        used=$((used + 10#${spent/./}))
        mutated=$((mutated + $(number '^stat::number_of_executed_units: *\(.*\)' "$log") \
            - $(number '^#\([0-9]*\)[[:space:]]*INITED.*' "$log")))
        spent=$(number '^stat::peak_rss_mb: *\(.*\)' "$log")
        [ "$spent" -le "$peak" ] || peak=$spent
    done
    echo "fuzz_$target: $mutated mutated inputs in $((used / 1000)) s of processor time, peak $peak MB," \
        "$(find "$work/$target" -type f | wc -l) inputs kept, $interrupted interrupted slices, no finding"
}

for target in "${targets[@]}"; do
    rm -f "$logs/$target".*
    fuzz "$target" || status=1
done
exit $status
