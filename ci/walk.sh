#!/usr/bin/env bash
# Does what README.md tells a newcomer to do, by its own code blocks, in a new clone: the demo, the three terminals, a
# project with the first program. Its ports are those of the page, and have to be free.
set -euo pipefail
shopt -s inherit_errexit
source "$(dirname "$0")/page.sh"

clone_head
blocks=$scratch/blocks
take_blocks README.md "$blocks" "rust 3 sh 2 toml 2"
mapfile -t tries < <(commands "$blocks/sh.1")
mapfile -t lines < <(commands "$blocks/sh.2")
[ ${#lines[@]} = 3 ] || fail "README.md does not have three terminals: ${lines[*]}"
alias=$(sed -n 's/.*`\(alias wanlink=[^`]*\)`.*/\1/p' README.md)
[ -n "$alias" ] || fail "README.md does not say what wanlink is in the terminals"

# Arguments: its number, the command. What it reads is open both ways, so that it has no end.
start_terminal() {
    mkfifo "$scratch/keys.$1"
    # A process group of its own, as a terminal has one.
    set -m
    terminal "$1" "$2" <>"$scratch/keys.$1" >"$scratch/out.$1" 2>"$scratch/log.$1" &
    set +m
    terminals+=($!)
    for _ in $(seq 100); do
        [ ! -s "$scratch/out.$1" ] || return 0
        kill -0 $! 2>/dev/null || break
        sleep 0.1
    done
    cat "$scratch/log.$1" >&2
    fail "it prints nothing: $2"
}

# An alias holds from the line behind it on.
terminal() {
    printf '%s\n' "shopt -s expand_aliases" "$alias" "$2" >"$scratch/terminal.$1"
    # In this process, the first of its group.
    exec timeout 300 bash "$scratch/terminal.$1"
}

# The port of the page is that of its comment, and becomes the one that the module printed.
connect() {
    local shown told
    shown=$(sed -n 's/.*# prints //p' "$blocks/sh.2" | jq -r .pty)
    told=$(jq -r .pty "$scratch/out.2")
    [[ ${lines[2]} == *" $shown "* ]] || fail "README.md prints the port $shown and takes another"
    terminal 3 "${lines[2]/ $shown / $told }" </dev/null | tee "$scratch/out.3"
}

# The program has to say that a message was acknowledged, and the platform that it came and was.
message_came() {
    grep -x "published 1, received 0, lost 0" "$scratch/out.3"
    for _ in $(seq 20); do
        ! grep -F ' DISCONNECT' "$scratch/log.1" || break
        sleep 0.1
    done
    cat "$scratch/log.1"
    grep -E -- '-> meter-0042&a1B2c3D4e5F  PUBLISH /a1B2c3D4e5F/meter-0042/user/update: \{.*n.*:1\}$' "$scratch/log.1"
    grep -E -- '<- meter-0042&a1B2c3D4e5F  PUBACK$' "$scratch/log.1"
}

# A crate outside of the workspace. Nothing is published yet: what it wants of ours is that of the clone.
new_project() {
    local dependencies patches
    dependencies=$(cat "$blocks/toml.1")
    patches=$(cargo metadata --format-version 1 --no-deps |
        jq -r '.packages[] | select(.publish != []) |
            "\(.name) = { path = \"\(.manifest_path | rtrimstr("/Cargo.toml"))\" }"')
    mkdir -p "$scratch/meter/src" "$scratch/meter/.cargo"
    cd "$scratch/meter"
    printf '%s\n' "[package]" 'name = "meter"' 'edition = "2024"' "[dependencies]" "$dependencies" \
        "[patch.crates-io]" "$patches" >Cargo.toml
    # What documentation hides begins with `# `.
    sed -E 's/^# ?//' "$blocks/rust.1" >src/lib.rs
    cp "$blocks/toml.2" .cargo/config.toml
}

check_project() {
    cd "$scratch/meter"
    CARGO_TARGET_DIR=$clone/target cargo check
}

# The flags of the page reach the compiler. With Debian's, as everything for the target is built here.
check_flags() {
    local with
    cd "$scratch/meter"
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$scratch/flags \
        cargo check -v -p sha2 -Zbuild-std=core --target thumbv7em-none-eabihf |& tee "$scratch/flags.log"
    with=$(grep -F -- '--crate-name sha2 ' "$scratch/flags.log")
    for flag in 'sha2_backend="soft"' 'sha2_backend_soft="compact"'; do
        [[ $with == *"--cfg '$flag'"* ]] || fail "$flag does not reach the compiler"
    done
}

for try in "${tries[@]}"; do
    case $try in
    "cargo run") step "$try" bash -c "$try" ;;
    # It takes minutes, and CI does it before all else.
    "cargo test") echo "         left out here: $try, which .ci/run runs" ;;
    *) fail "README.md has a command that ${0##*/} does not know: $try" ;;
    esac
done
step "${lines[0]%% --*}" start_terminal 1 "${lines[0]}"
step "${lines[1]%% --*}" start_terminal 2 "${lines[1]}"
step "${lines[2]%% --*}" connect
step "the platform has the message, and acknowledged it" message_came
tell $total_ms "from git clone to a published message"
step "a project of its own, with the first program" new_project
step "cargo check" check_project
step "the two flags of the hash" check_flags
