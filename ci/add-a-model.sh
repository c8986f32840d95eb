#!/usr/bin/env bash
# Adds an invented model, Quectel BG9X, by docs/add-a-model.md, in a new clone: each block of the page that is BG96's goes
# behind BG96's own once more, under the new name. Then the commands of the page, and a look at what has changed.
set -euo pipefail
shopt -s inherit_errexit
source "$(dirname "$0")/page.sh"

renamed() {
    sed 's/BG96/BG9X/g; s/Bg96/Bg9x/g; s/bg96/bg9x/g' "$@"
}

# What the page names in the chapter on files: those that may change.
named_files() {
    sed -n '/^## The files/,/^## 1/p' docs/add-a-model.md | grep -oE '`[A-Za-z0-9/_-]+\.(rs|md)`' | tr -d '`' | sort -u
}

# Arguments: a block. A block that is a whole file makes a new one.
add_block() {
    local block added file text found=0
    block=$(<"$1")
    added=$(renamed "$1")
    [[ $block != *$'\n'* ]] || added=$'\n'$added
    for file in "${files[@]}"; do
        text=$(<"$file")
        if [[ $text == "$block" ]]; then
            renamed "$1" >"$(renamed <<<"$file")"
            found=$((found + 1))
        elif [[ $text == *"$block"* ]]; then
            printf '%s\n' "${text%%"$block"*}$block"$'\n'"$added${text#*"$block"}" >"$file"
            found=$((found + 1))
        fi
    done
    [ $found = 1 ] || fail "this block of the page is in $found of its files:"$'\n'"$block"
}

add_blocks() {
    local number
    for number in $(seq "$(find "$blocks" -name 'rust.*' | wc -l)"); do
        add_block "$blocks/rust.$number"
    done
}

# The names in lists, which the page has no block for.
add_names() {
    local file
    sed -i '/PROFILES: /,/;/ s/Profile::bg96()/&, Profile::bg9x()/' drivers/emulator/src/quectel/profiles.rs
    for file in examples/host/src/models.rs drivers/quectel/tests/conformance/on.rs; do
        sed -i '/^use wanlink_quectel::/ s/\bBg96\b/&, Bg9x/' "$file"
    done
    sed -i '/^### wanlink-quectel/,/^Added/ s/^Added/&\n- BG9X: `Bg9x`./' CHANGELOG.md
}

# Fails where a file has changed that the page does not name, and where one that it names has not.
only_named_files_changed() {
    git add --all
    git diff --cached --stat
    diff <(named_files | sed '/models\/bg96/ s/bg96/bg9x/') <(git diff --cached --name-only | sort)
}

# Arguments: what it has to print, the arguments of the program.
shows() {
    target/release/wanlink "${@:2}" | tee "$scratch/shown"
    grep -qE -- "$1" "$scratch/shown"
}

clone_head
blocks=$scratch/blocks
take_blocks docs/add-a-model.md "$blocks" "rust 9 text 1"
mapfile -t files < <(named_files | grep '\.rs$')
step "the blocks of the page, for BG9X" add_blocks
step "its name in the lists" add_names
mapfile -t tests < <(commands "$blocks/text.1" | renamed)
for command in "${tests[@]}"; do
    case $command in
    # It is long, and CI does it without the invented model.
    "cargo test") echo "         left out here: $command" ;;
    *) step "$command" bash -c "$command" ;;
    esac
    # A filter that nothing fits passes, too.
    ! grep -F "ok. 0 passed" "$scratch/step.log" || fail "no test of the new model: $command"
done
step "wanlink matrix has it" shows bg9x matrix --module bg9x --seeds 1
step "wanlink explain has it" shows 'AT\+QIOPEN' explain --module bg9x --path tcp
step "README.md has it" grep -E '^\| Quectel .*BG9X' README.md drivers/quectel/README.md
step "no other file has changed" only_named_files_changed
cat "$scratch/step.log"
tell $total_ms "in all"
