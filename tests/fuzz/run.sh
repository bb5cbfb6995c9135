#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz/run.sh [SECONDS [TARGET ...]]
# Builds the libFuzzer targets (clang++-14) and runs each for SECONDS (default 300), one after the other and niced.
# Seeds: short files that make_seeds writes, and the conformance archive where it is there. Findings stay in
# build/fuzz/findings; a first run over all files at full size comes before the mutations.
set -euo pipefail
seconds=${1:-300}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(pickle torch_zip torch_legacy safetensors json)

cd "$(dirname "$0")/../.."
cmake --preset fuzz > /dev/null
nice -n 19 ninja -C build/fuzz make_seeds "${targets[@]/#/fuzz_}"

work=build/fuzz/corpus
mkdir -p "$work" build/fuzz/findings
build/fuzz/tests/fuzz/make_seeds "$work/seeds"
cmake -DBINARY_DIR="$PWD/build/fuzz" -DSOURCE_DIR="$PWD" -P tests/golden/unpack_conformance.cmake

# Undefined behaviour is a finding, not a remark.
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
status=0
for target in "${targets[@]}"; do
    program=build/fuzz/tests/fuzz/fuzz_$target
    mkdir -p "$work/$target" "$work/archive"
    if [ -d build/fuzz/conformance ]; then
        # Whole files once; the short ones also as seeds.
        find build/fuzz/conformance -type f ! -name '*.npy' ! -name '*.png' -print0 |
            xargs -0 nice -n 19 "$program" -rss_limit_mb=2048 -timeout=5 > "build/fuzz/$target.files.log" 2>&1 ||
            { echo "fuzz_$target: a conformance file failed, see build/fuzz/$target.files.log"; status=1; }
        find build/fuzz/conformance -type f -size -65k ! -name '*.npy' ! -name '*.png' \
            -exec cp -u -t "$work/archive" {} + 2> /dev/null || true
    fi
    echo "fuzz_$target for $seconds s"
    nice -n 19 "$program" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=5 -max_len=65536 \
        -artifact_prefix="build/fuzz/findings/$target-" -print_final_stats=1 \
        "$work/$target" "$work/seeds/$target" "$work/archive" > "build/fuzz/$target.log" 2>&1 ||
        { echo "fuzz_$target: a finding, see build/fuzz/$target.log and build/fuzz/findings"; status=1; }
    grep -E '^stat::|^Done' "build/fuzz/$target.log" || true
done
exit $status
