#!/usr/bin/env bash
# Builds the images with core from source, as docs/sizes.md describes. Arguments go to cargo.
set -euo pipefail
cd "$(dirname "$0")"

# Debian's compiler and library source: rustup cannot add a target everywhere, and its prebuilt core gives other sizes.
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$PWD/target

# A RUSTFLAGS variable replaces the flags of .cargo/config.toml without a word: 6.7 KB of unrolled SHA-256 come back.
flags=$(cargo rustc -q --release -Zbuild-std=core -Zunstable-options -p board --lib --print cfg)
for wanted in 'sha2_backend="soft"' 'sha2_backend_soft="compact"'; do
    if ! grep -qxF "$wanted" <<<"$flags"; then
        echo "$wanted is not set. Unset RUSTFLAGS and CARGO_ENCODED_RUSTFLAGS: they replace those of .cargo/config.toml" >&2
        exit 1
    fi
done

# Panics whose messages nobody looks at are equal functions, and would become one: panics.sh tells them apart by their
# names. No image is larger for it.
unmerged='target."cfg(target_os = \"none\")".rustflags = ["-Zmerge-functions=disabled"]'

# Each with its own features: what a path adds to what all have in common, an error for one, is code in all.
for feature in bare mqtt tcp https count-mqtt count-tcp story-mqtt story-tcp story-https; do
    cargo build --release -Zbuild-std=core --features "images/$feature" --config "$unmerged" "$@"
done
