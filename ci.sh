#!/usr/bin/env bash
# Each job of CI is one subcommand here: what CI runs is what you run.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")"
root=$PWD
firmware=$root/examples/firmware/mps2

jobs=(fmt clippy test interop docs features firmware boards msrv mutants fuzz size)

# For a release, or when the pages change: they take long.
longer=(package walk add-a-model)

# Each has a lock file and a target folder of its own.
workspaces=("$root" "$firmware" "$root/fuzz")

# Boards that no emulator plays here: they are built, not run.
boards=(rp2040 nrf52840 stm32l4)

# What the crates for the target must build for, without std.
triples=(thumbv6m-none-eabi thumbv7em-none-eabihf riscv32imc-unknown-none-elf)

# cargo with Debian's compiler and library source; the target side shares one target folder.
target_cargo() {
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$firmware/target "${CARGO_COMMAND:-cargo}" "$@"
}

# What the manifests of the workspace say, by a jq filter over each package.
members() {
    cargo metadata --format-version 1 --no-deps | jq -r ".packages[] | $1"
}

# jq: a crate says by its category that it is for the target.
for_target='select(.categories | index("no-std"))'

# jq: the features that a user may switch on; those that begin with `_` are our own. Bare names: `crate/feature` goes to
# the dev-dependency, silently, where a crate has itself for one.
features='.features | keys[] | select(startswith("_") or . == "default" | not)'

job_fmt() {
    local workspace
    for workspace in "${workspaces[@]}" "${boards[@]/#/$root/examples/firmware/}"; do
        (cd "$workspace" && cargo fmt --all --check)
    done
}

job_clippy() {
    cargo clippy --workspace --all-targets -- -D warnings
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    # Debian's clippy, since core is built from Debian's source.
    cd "$firmware"
    CARGO_COMMAND=/usr/bin/cargo-clippy target_cargo clippy --release -Zbuild-std=core --all-features -- -D warnings
}

# With every feature but defmt, whose logger exists on a microcontroller only, and mosquitto, which has a job of its own.
job_test() {
    local on
    on=$(members "$features | select(. != \"defmt\" and . != \"mosquitto\")" | sort -u | paste -sd,)
    cargo test --workspace --features "$on"
}

# Against a broker that nobody here wrote: wants mosquitto and mosquitto-clients.
job_interop() {
    cargo test -p wanlink --features mosquitto --test mosquitto -- --nocapture
}

job_docs() {
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features
}

job_features() {
    local workspace
    features_on_host
    arrows
    doubles
    for workspace in "${workspaces[@]}"; do
        licences "$workspace"
    done
}

# Each crate alone: without features, with each, with all. By clippy, since check lets warnings pass.
features_on_host() {
    local names name each feature
    names=$(members .name)
    for name in $names; do
        echo "check $name"
        cargo clippy -q -p "$name" --no-default-features -- -D warnings
        each=$(members "select(.name == \"$name\") | $features")
        for feature in $each; do
            cargo clippy -q -p "$name" --no-default-features --features "$feature" -- -D warnings
        done
        cargo clippy -q -p "$name" --all-features -- -D warnings
    done
    # One crate with log lines, and one beside it whose own are off.
    for feature in defmt log; do
        cargo clippy -q -p wanlink-core -p wanlink-transports --features "wanlink-core/$feature,wanlink-transports/https" \
            -- -D warnings
    done
}

# Arrows point down only. The emulator and the platform are written from the facts: what we understood wrong must not be
# right on both sides, so not even their tests may use a crate of ours.
arrows() {
    local models vendor
    echo "check who depends on whom"
    allow normal,build,dev wanlink-emulator
    allow normal,build,dev wanlink-platform
    allow normal,build wanlink-core
    allow normal,build wanlink-at wanlink-core
    # The crate of a vendor is one with models.
    for models in drivers/*/src/models; do
        vendor=${models#drivers/}
        vendor=${vendor%%/*}
        allow normal,build "wanlink-$vendor" wanlink-core wanlink-at
    done
    allow normal,build wanlink-transports wanlink-core
    allow normal,build,dev wanlink-scene wanlink-emulator wanlink-platform
    allow normal,build wanlink-conformance wanlink-core wanlink-at wanlink-emulator wanlink-platform wanlink-scene
}

# Arguments: kinds of edges, a crate, the crates of ours that it may depend on.
allow() {
    local tree found
    tree=$(cargo tree -p "$2" -e "$1" --prefix none --all-features --format '{p}')
    found=$(awk -v allowed=" ${*:2} " '/^wanlink/ && !index(allowed, " " $1 " ") { print $1 }' <<<"$tree" | sort -u)
    [ -z "$found" ] || fail "$2 must not depend on" "$found"
}

# One version of each crate in an image, but embedded-hal 0.2 and nb 0.1: embassy-time and cortex-m bring them along for
# the drivers of yesterday. They are traits without code here.
doubles() {
    local names crates ours board found
    echo "check for more than one version of a crate"
    names=$(members "$for_target | \"-p\", .name")
    mapfile -t crates <<<"$names"
    ours=$(cargo tree -d -e normal,no-proc-macro --all-features --target thumbv7em-none-eabihf --depth 0 "${crates[@]}")
    board=$(cd "$firmware" && cargo tree -d -e normal,no-proc-macro --depth 0)
    found=$(sort -u <<<"$ours"$'\n'"$board" | sed -E '/^$/d; /^(embedded-hal v(0\.2|1)|nb v(0\.1|1))\./d')
    [ -z "$found" ] || fail "more than one version on the target side" "$found"
}

# Each licence expression is a condition over the licences we accept: AND binds tighter than OR, as && does than ||.
# The list is that of deny.toml.
# NCSA is that of libFuzzer, which only the fuzz targets link.
licences() {
    local packages name licence condition refused=
    echo "check licences below $1"
    packages=$(cd "$1" && cargo metadata --format-version 1 --all-features |
        jq -r '.packages[] | "\(.name) \(.version)\t\(.license)"')
    while IFS=$'\t' read -r name licence; do
        condition=$(sed -E 's#/# OR #g; s/ WITH [^ )]+//g
            s/\b(MIT|Apache-2\.0|BSD-3-Clause|ISC|Unicode-3\.0|NCSA)(\)| |$)/1\2/g
            s/\bOR\b/||/g; s/\bAND\b/\&\&/g; s/[A-Za-z][A-Za-z0-9.-]*/0/g' <<<"$licence")
        ((condition)) || refused+="$name: $licence"$'\n'
    done <<<"$packages"
    [ -z "$refused" ] || fail "licences that are not accepted" "$refused"
}

job_firmware() {
    local triple images image
    for triple in "${triples[@]}"; do
        features_on_target "$triple"
    done
    "$firmware/build.sh"
    images=$(awk '!/^#/ { print $1 }' "$firmware/budgets.txt")
    for image in $images; do
        echo "run $image"
        "$firmware/run.sh" "$image"
    done
}

# A build on the host never proves no_std: a host crate beside it switches std on in what they share. All crates without
# features, each with each of its own, all with all.
features_on_target() {
    local check all crates names name each feature
    echo "check $1"
    check=(target_cargo check -q --lib -Zbuild-std=core --target "$1")
    names=$(members "$for_target | .name")
    mapfile -t crates < <(sed 's/^/--package=/' <<<"$names")
    "${check[@]}" "${crates[@]}"
    for name in $names; do
        each=$(members "select(.name == \"$name\") | $features")
        for feature in $each; do
            "${check[@]}" -p "$name" --features "$feature"
        done
    done
    all=$(members "$for_target | $features" | sort -u | paste -sd,)
    "${check[@]}" "${crates[@]}" --features "$all"
}

# One target folder for all, and none left behind: what the chips' crates are built to is large.
job_boards() {
    local board target
    target=$(mktemp -d)
    for board in "${boards[@]}"; do
        echo "build $board"
        (cd "examples/firmware/$board" && RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$target \
            cargo build -q --locked --release -Zbuild-std=core)
        arm-none-eabi-size "$target"/*/release/telemetry_mqtt
        rm "$target"/*/release/telemetry_mqtt
    done
    rm -rf "$target"
}

job_size() {
    "$firmware/build.sh"
    "$firmware/size.sh" "$@"
    [ "${1-}" = --json ] || "$firmware/count.sh"
}

# docs/msrv.md says what this can see and what it cannot.
job_msrv() {
    local stated used packages newer
    stated=$(members .rust_version | sort -u)
    [ "$stated" = 1.88 ] || fail "rust-version has to be 1.88 in each crate, and is" "$stated"
    # What tests alone use may want more.
    used=$(cargo tree --workspace --all-features --target all -e no-dev --prefix none -f '{p}' | cut -d' ' -f1,2 | jq -R . | jq -s .)
    packages=$(cargo metadata --format-version 1 --all-features)
    newer=$(jq -r --argjson used "$used" '.packages[] | select("\(.name) v\(.version)" | IN($used[])) | select(.rust_version)
        | select((.rust_version | split(".") | map(tonumber))[:2] > [1, 88])
        | "\(.name) \(.version): \(.rust_version)"' <<<"$packages")
    [ -z "$newer" ] || fail "dependencies that want a newer compiler than 1.88" "$newer"
    cargo clippy --workspace --all-features -- -D clippy::incompatible_msrv
    if rustup toolchain list 2>/dev/null | grep -q '^1\.88'; then
        cargo +1.88 check --workspace --all-features
    else
        echo "no 1.88 toolchain here: checked by the stated versions and by clippy's incompatible_msrv"
    fi
}

# Deliberate defects: those of the AT engine have to be noticed by its tests, those of all parts by the simulator.
job_mutants() {
    cargo test -p wanlink-at --features _mutants --test mutants -- --nocapture
    cargo test -p wanlink --features _mutants --test mutants -- --nocapture
}

# libFuzzer on stable, without cargo-fuzz: the code is safe, so coverage guides it and no address sanitizer is needed.
# New inputs go to a scratch folder, the first one named; a crash is kept in fuzz/artifacts.
job_fuzz() {
    local host targets target scratch seeds
    host=$(rustc -vV | sed -n 's/^host: //p')
    targets=$(cd fuzz && cargo metadata --format-version 1 --no-deps |
        jq -r '.packages[].targets[] | select(.kind == ["bin"]) | .name')
    (cd fuzz && RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Ccodegen-units=1" \
        CARGO_TARGET_DIR=$root/fuzz/target cargo build --release --target "$host")
    mkdir -p fuzz/artifacts
    scratch=$(mktemp -d)
    for target in $targets; do
        seeds=()
        [ ! -d "fuzz/seeds/$target" ] || seeds=("fuzz/seeds/$target")
        mkdir "$scratch/$target"
        "fuzz/target/$host/release/$target" -max_total_time="${WANLINK_FUZZ_SECONDS:-3}" -timeout=10 -print_final_stats=1 \
            -artifact_prefix=fuzz/artifacts/ "$scratch/$target" "${seeds[@]}" >"$scratch/log" 2>&1 ||
            fail "fuzz $target" "$(tail -40 "$scratch/log")"
        echo "fuzz $target: $(awk '/number_of_executed_units/ { print $2 }' "$scratch/log") executions"
    done
    rm -rf "$scratch"
}

job_package() {
    ci/package.sh
}

# README.md and docs/add-a-model.md, done by their own code blocks in a new clone of what is committed.
job_walk() {
    ci/walk.sh
}

job_add-a-model() {
    ci/add-a-model.sh
}

fail() {
    printf '%s:\n%s\n' "$@" >&2
    exit 1
}

usage() {
    echo "usage: ci.sh JOB     ${jobs[*]}; and, longer, ${longer[*]}"
    echo "       ci.sh all     every job"
    echo "       ci.sh list    their names"
    echo "       ci.sh size --json"
}

case ${1-} in
list) printf '%s\n' "${jobs[@]}" ;;
all)
    for job in "${jobs[@]}"; do
        echo "== $job"
        "$root/ci.sh" "$job"
    done
    ;;
*)
    if [[ -z ${1-} || " ${jobs[*]} ${longer[*]} " != *" $1 "* ]]; then
        usage >&2
        exit 2
    fi
    "job_$1" "${@:2}"
    ;;
esac
