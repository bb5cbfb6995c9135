#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz/run.sh [SECONDS [TARGET ...]]
# Builds the libFuzzer targets (clang++-14) and runs each, niced and one after the other, until it has used SECONDS of
# processor time (default 300), so that a busy machine doesn't shorten a run.
# Seeds: short files that make_seeds writes, and the conformance archive where it is there. Before the mutations every
# file runs once at full size. Findings stay in build/fuzz/findings, logs in build/fuzz/logs.
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
limits=(-rss_limit_mb=2048 -timeout=5)
TIMEFORMAT=%U
status=0

fuzz() {
    local target=$1 program=build/fuzz/tests/fuzz/fuzz_$1 used=0 runs=0 slice=0 log spent
    mkdir -p "$work/$target"
    if [ -d build/fuzz/conformance ]; then
        find build/fuzz/conformance "${models[@]}" -print0 |
            xargs -0 nice -n 19 "$program" "${limits[@]}" > "$logs/$target.files" 2>&1 ||
            { echo "fuzz_$target: a conformance file fails, see $logs/$target.files"; return 1; }
    fi
    while [ "$used" -lt "$seconds" ]; do
        log=$logs/$target.$((slice += 1))
        spent=$({ time nice -n 19 "$program" -max_total_time=60 "${limits[@]}" -max_len=65536 -print_final_stats=1 \
            -artifact_prefix="build/fuzz/findings/$target-" "$work/$target" "$work/seeds/$target" "$work/archive" \
            > "$log" 2>&1 || echo failed > "$log.failed"; } 2>&1)
        if [ -e "$log.failed" ]; then
            echo "fuzz_$target: a finding, see $log and build/fuzz/findings"
            return 1
        fi
        used=$((used + ${spent%.*} + 1))
        runs=$((runs + $(sed -n 's/^stat::number_of_executed_units: *//p' "$log")))
    done
    echo "fuzz_$target: $runs runs in $used s of processor time, $(find "$work/$target" -type f | wc -l) inputs kept," \
        "peak $(sed -n 's/^stat::peak_rss_mb: *//p' "$log") MB, no finding"
}

for target in "${targets[@]}"; do
    rm -f "$logs/$target".*
    fuzz "$target" || status=1
done
exit $status
