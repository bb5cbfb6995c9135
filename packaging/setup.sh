#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# packaging/setup.sh demo   install what is needed, build, run the main job on the embedded model, open the window
# packaging/setup.sh test   install what is needed, build, run the tests (window tests under Xvfb)
# packaging/setup.sh deps   only install the Debian packages
#
# CAMEO_PRESET chooses the CMake preset (default: release), CAMEO_SKIP_INSTALL=1 leaves the packages alone.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${CAMEO_PRESET:-release}
build=build/$preset
jobs=$(nproc)

install_packages() {
    [ "${CAMEO_SKIP_INSTALL:-0}" = 1 ] && return
    local packages missing
    packages=$(grep -v '^#' packaging/packages.txt)
    # shellcheck disable=SC2086
    # dpkg-query fails when it does not know a package, which is the very case that is looked for.
    missing=$({ dpkg-query -W -f '${Package} ${Status}\n' $packages 2>/dev/null || true; } |
        awk '/ok installed/ {print $1}' | sort | comm -13 - <(printf '%s\n' $packages | sort))
    [ -z "$missing" ] && return
    local as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    echo "Installing: $(echo $missing)"
    "${as_root[@]}" apt-get update -qq
    # shellcheck disable=SC2086
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

build_targets() {
    cmake --preset "$preset" >/dev/null
    cmake --build "$build" --parallel "$jobs" "$@"
}

run_demo() {
    install_packages
    build_targets --target cameo
    local out=$PWD/build/demo
    "$build/app/cameo" export --seed 7 --set pc1=+1.5 --out "$out"
    echo
    echo "The layers are in $out:"
    ls "$out"
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        echo "Opening the window."
        "$build/app/cameo"
    else
        echo "No display here; with one, start the window with: $build/app/cameo"
    fi
}

run_tests() {
    install_packages
    build_targets
    # One thread for each test: two run at a time.
    OMP_NUM_THREADS=1 xvfb-run -a -s "-screen 0 1600x1000x24" \
        ctest --test-dir "$build" --output-on-failure --parallel "$jobs" --label-exclude 'slow|gpu|bench'
}

case "${1:-}" in
demo) run_demo ;;
test) run_tests ;;
deps) install_packages ;;
*)
    sed -n '3,7p' "$0" | sed 's/^# \{0,1\}//'
    exit 2
    ;;
esac
