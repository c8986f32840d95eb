#!/usr/bin/env bash
# Packs each crate that is published, builds it from its pack against the packs of the others, and looks into the packs.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

# No single file needs more, and no pack.
most_of_a_file=65536
most_of_a_pack=524288

wrong=0
complain() {
    echo "$*" >&2
    wrong=1
}

# Arguments: a crate. What a registry shows of it, and wants of it.
check_manifest() {
    local missing
    missing=$(jq -r --arg name "$1" '.packages[] | select(.name == $name)
        | [(select(.description == null) | "description"), (select(.license == null) | "licence"),
            (select(.repository == null) | "repository"), (select(.readme == null) | "README"),
            (select(.rust_version == null) | "rust-version"),
            (select(.keywords | length < 1 or length > 5 or any(length > 20)) | "one to five keywords of 20 letters"),
            (select(.categories | length < 1 or length > 5) | "one to five categories")] | join(", ")' <<<"$metadata")
    [ -z "$missing" ] || complain "$1 lacks in its manifest: $missing"
}

# Arguments: a crate, its pack.
check_pack() {
    local files file size large
    files=$(tar -tzf "$2" | cut -d/ -f2-)
    for file in README.md LICENSE-MIT LICENSE-APACHE Cargo.toml src/lib.rs; do
        grep -qxF "$file" <<<"$files" || complain "$1 has no $file in its pack"
    done
    for file in LICENSE-MIT LICENSE-APACHE; do
        tar -xzOf "$2" --wildcards "*/$file" 2>/dev/null | cmp -s "$file" - || complain "$1 has another $file"
    done
    large=$(tar -tvzf "$2" |
        awk -v most="$most_of_a_file" '$3 > most && $6 !~ /Cargo.lock$/ { print $6 ": " $3 " bytes" }')
    [ -z "$large" ] || complain "$1 packs large files:"$'\n'"$large"
    size=$(stat -c %s "$2")
    [ "$size" -le $most_of_a_pack ] || complain "$1 is a pack of $size bytes"
    printf '%-20s %4d files %7d bytes\n' "$1" "$(wc -l <<<"$files")" "$size"
}

metadata=$(cargo metadata --format-version 1 --no-deps)
mapfile -t crates < <(jq -r '.packages[] | select(.publish != []) | .name' <<<"$metadata")
version=$(jq -r '[.packages[].version] | unique | join(" ")' <<<"$metadata")
packs=$(jq -r .target_directory <<<"$metadata")/package
rm -rf "$packs"
cargo package --allow-dirty "${crates[@]/#/--package=}"
for crate in "${crates[@]}"; do
    check_manifest "$crate"
    check_pack "$crate" "$packs/$crate-$version.crate"
done
exit $wrong
