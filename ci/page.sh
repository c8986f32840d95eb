# What the scripts of this folder have in common: a clone of what is committed, the blocks of a page, steps with their
# times. WANLINK_WALK_TARGET names a target folder that is kept, in place of an empty one.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d)
clone=$scratch/wanlink
step=
total_ms=0
terminals=()

# As for a newcomer: what the caller has set decides nothing here.
unset CARGO_TARGET_DIR RUSTFLAGS
export TMPDIR=$scratch

fail() {
    echo "$*" >&2
    exit 1
}

# A step may end the script while what it prints goes elsewhere.
exec 3>&2

# Ends what runs, says where it ended, and leaves nothing behind.
leave() {
    local code=$?
    [ ${#terminals[@]} = 0 ] || kill -- "${terminals[@]/#/-}" 2>/dev/null || true
    wait
    if [ -n "$step" ]; then
        echo "this step failed: $step" >&3
        tail -n 60 "$scratch/step.log" >&3
    fi
    rm -rf "$scratch"
    exit "$code"
}
trap leave EXIT
trap 'exit 130' INT TERM

# What a step prints is shown when it fails. Arguments: what it is called, the command.
step() {
    local began=${EPOCHREALTIME//[!0-9]/} took_ms
    step=$1
    "${@:2}" >"$scratch/step.log" 2>&1
    step=
    took_ms=$(((${EPOCHREALTIME//[!0-9]/} - began) / 1000))
    total_ms=$((total_ms + took_ms))
    tell $took_ms "$1"
}

# Arguments: milliseconds, what took them.
tell() {
    printf '%5d.%d s  %s\n' $(($1 / 1000)) $(($1 % 1000 / 100)) "$2"
}

clone() {
    git clone -q "$root" "$clone"
    cd "$clone"
    if [ -n "${WANLINK_WALK_TARGET-}" ]; then
        mkdir -p "$WANLINK_WALK_TARGET"
        ln -s "$(realpath "$WANLINK_WALK_TARGET")" target
        # As a link it is not what .gitignore means.
        echo /target >>.git/info/exclude
    fi
}

clone_head() {
    local changed
    changed=$(git -C "$root" status --porcelain)
    [ -z "$changed" ] || echo "not committed, so not seen here:"$'\n'"$changed"
    step "git clone" clone
}

# Each fenced block of a page becomes a file, LANGUAGE.N of the folder. How many there are of each language has to be as
# the script knows it: a block that was added would be passed by in silence. Arguments: page, folder, what is expected.
take_blocks() {
    local found
    mkdir "$2"
    awk -v folder="$2" '
        /^```/ && file { close(file); file = ""; next }
        /^```/ { file = folder "/" substr($0, 4) "." ++count[substr($0, 4)]; printf "" > file; next }
        file { print > file }' "$1"
    found=$(find "$2" -type f -printf '%f\n' | sed 's/\.[0-9]*$//' | sort | uniq -c |
        awk '{ print $2, $1 }' | paste -sd ' ')
    [ "$found" = "$3" ] || fail "${1##*/} has these blocks: $found, and ${0##*/} knows $3"
}

# The commands of a block, one a line: without comments, and those that go on in a second line in one.
commands() {
    sed -E ':more; /\\$/ { N; s/ *\\\n */ /; b more }; s/ +#.*//; /^ *$/d' "$1"
}
