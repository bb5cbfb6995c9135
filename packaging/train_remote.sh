#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# packaging/train_remote.sh --data FILE --out DIR --minutes N [--from MODEL] [OPTIONS of cameo-train]
#
# Trains a generator on a machine that has no more than a C++20 compiler, CMake 3.25, Ninja or make, and
# PyTorch 2.x (or another LibTorch that CMake finds): builds the trainer alone, trains for N minutes, and
# leaves in DIR what should travel back, no file larger than 16 MiB:
#   generator.safetensors      float16, as is discriminator.safetensors; go on from both with
#                              --from DIR/generator.safetensors
#   log.jsonl, train.txt       figures of the training, and what the program said
#   samplesNNNNNNNNN.png       the last three sheets
#   state.safetensors.part-*   only with CAMEO_KEEP_STATE=1: the state for an exact resume, in parts
#                              (cat DIR/state.safetensors.part-* > state.safetensors)
# A second run with the same build folder goes on where the first one ended.
#
# FILE is a packed data set (cameo dataset pack ... --split train --side 128 --out FILE), or one in xz
# (xz -6 FILE). A picture takes 3 x side x side bytes whatever it was packed from, so that 64 MiB carry
#   341 pictures at 256 px, 1,365 at 128 px or 5,461 at 64 px; 1.4 to 1.5 times as many in xz (portraits).
# To train on more than fits, pack at half the side, or grow: train long at 64 px on all pictures, then start
# from that model on a smaller set at 128 px.
#
# CAMEO_BUILD_DIR   where to build (default build/train)
# CAMEO_RUN_DIR     where the training keeps its state (default CAMEO_BUILD_DIR/run)
# CAMEO_TORCH_DIR   the package's folder (default: what python3 imports; empty: what CMake finds)
# CAMEO_JOBS        compilers at a time (default: one for each core; each takes about 1 GB)
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/.." && pwd)
largest=$((16 * 1024 * 1024))

fail() {
    echo "train_remote.sh: $1" >&2
    exit 2
}

usage() {
    sed -n '3,25p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//'
    exit "$1"
}

read_options() {
    data='' out='' minutes='' pass=()
    while [ $# -gt 0 ]; do
        case $1 in
        --help) usage 0 ;;
        --data | --out | --minutes)
            [ $# -ge 2 ] || fail "the option $1 needs a value"
            case $1 in
            --data) data=$2 ;;
            --out) out=$2 ;;
            --minutes) minutes=$2 ;;
            esac
            shift 2
            ;;
        *)
            pass+=("$1")
            shift
            ;;
        esac
    done
    if [ -z "$data" ] || [ -z "$out" ] || [ -z "$minutes" ]; then usage 2; fi
    [ -f "$data" ] || fail "there is no file '$data'"
    build_dir=${CAMEO_BUILD_DIR:-$source_dir/build/train}
    run_dir=${CAMEO_RUN_DIR:-$build_dir/run}
    [ "$(realpath -m "$run_dir")" != "$(realpath -m "$out")" ] ||
        fail "--out is where the training itself works; choose another folder"
}

find_torch() {
    torch_options=()
    if [ -z "${CAMEO_TORCH_DIR+given}" ]; then
        CAMEO_TORCH_DIR=$(python3 -c 'import torch; print(torch.__path__[0])' 2>/dev/null || true)
        abi=$(python3 -c 'import torch; print(int(torch._C._GLIBCXX_USE_CXX11_ABI))' 2>/dev/null || true)
    fi
    if [ -z "$CAMEO_TORCH_DIR" ]; then return; fi
    torch_options=("-DCAMEO_TORCH_WHEEL=$CAMEO_TORCH_DIR" "-DCAMEO_TORCH_CXX11_ABI=${abi:-1}")
}

build_trainer() {
    local jobs=${CAMEO_JOBS:-$(nproc)} generator=Ninja
    command -v ninja >/dev/null || generator='Unix Makefiles'
    (cd "$source_dir" && cmake --preset train -B "$build_dir" -G "$generator" \
        "-DCAMEO_TORCH_JOBS=$jobs" "${torch_options[@]}" >/dev/null)
    cmake --build "$build_dir" --parallel "$jobs" --target cameo-train
}

unpack_data() {
    mkdir -p "$run_dir" "$out"
    case $data in
    *.xz)
        local plain=$run_dir/data.cameoset
        if command -v xz >/dev/null; then
            xz -dc "$data" >"$plain"
        else # Python's own library reads the same format
            python3 -c 'import lzma, shutil, sys
shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$data" >"$plain"
        fi
        data=$plain
        ;;
    esac
}

# CUDA where there is a device, unless the caller chose.
device_options() {
    device=()
    case " ${pass[*]-} " in
    *' --device '* | *' --device='*) return ;;
    esac
    if [ -e /dev/nvidia0 ] || nvidia-smi -L >/dev/null 2>&1; then
        device=(--device cuda)
    fi
}

# What is larger than may travel is left out with a word instead of spoiling the rest.
bring() {
    local size
    size=$(stat -c %s "$1")
    if [ "$size" -le "$largest" ]; then
        cp "$1" "$out/"
    else
        echo "left out: $(basename "$1") has $size bytes, more than $largest"
    fi
}

collect() {
    local file
    rm -f "$out"/samples*.png "$out"/state.safetensors.part-*
    for file in generator.safetensors discriminator.safetensors log.jsonl; do
        if [ -f "$run_dir/$file" ]; then bring "$run_dir/$file"; fi
    done
    find "$run_dir" -maxdepth 1 -name 'samples*.png' | sort | tail -n 3 |
        while read -r file; do bring "$file"; done
    if [ "${CAMEO_KEEP_STATE:-0}" = 1 ] && [ -f "$run_dir/state.safetensors" ]; then
        split -b "$largest" -d -a 3 "$run_dir/state.safetensors" "$out/state.safetensors.part-"
    fi
    ls -l "$out"
}

read_options "$@"
find_torch
build_trainer
unpack_data
device_options
status=0
"$build_dir/app/cameo-train" --data "$data" --out "$run_dir" --minutes "$minutes" \
    "${device[@]}" "${pass[@]}" 2>&1 | tee "$out/train.txt" || status=$?
collect
exit "$status"
