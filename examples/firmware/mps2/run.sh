#!/usr/bin/env bash
# Runs one image in QEMU against its peer: run.sh IMAGE. Prints what the image reports (`stack N`).
# Exit code: that of the image (board/src/failure.rs), 124 if it hung, 1 if the peer saw something wrong.
set -euo pipefail
cd "$(dirname "$0")"
image=${1:?image}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Arguments: the chardevs of the module's port and of its control lines (options after the id), and more options of QEMU.
qemu() {
    timeout 120 qemu-system-arm -machine mps2-an386 -display none -monitor none \
        -chardev "$1" -chardev "$2" -serial null -serial chardev:modem -serial chardev:lines \
        -chardev "file,id=report,path=$scratch/report" -semihosting-config enable=on,target=native,chardev=report \
        -kernel "target/thumbv7em-none-eabihf/release/$image" "${@:3}"
}

# What the image does to the control lines, for nobody.
lines=file,id=lines,path=$scratch/lines

# More bytes than the ring holds, sent at once: a full ring must stop the flow and lose nothing.
run_empty() {
    seq 1000 | tr '\n' ' ' >"$scratch/sent"
    echo >>"$scratch/sent"
    qemu stdio,id=modem,signal=off "$lines" <"$scratch/sent" >"$scratch/echoed" || return
    cmp "$scratch/sent" "$scratch/echoed" && [ "$(cat "$scratch/lines")" = K1 ]
}

# What a server says, and the packets that it has to get.
run_codec() {
    printf '\x20\x02\x01\x00\x90\x03\x00\x01\x01\x40\x02\x00\x02\x32\x0a\x00\x04/get\x00\x07on\xb0\x02\x00\x03' >"$scratch/said"
    {
        printf '\x10\x26\x00\x04MQTT\x04\xc0\x01\x2c\x00\x0ameter-0042\x00\x04user\x00\x08password'
        printf '\x82\x09\x00\x01\x00\x04/get\x01\x32\x0f\x00\x07/update\x00\x0221.5'
        printf '\xa2\x08\x00\x03\x00\x04/get\x40\x02\x00\x07\xe0\x00'
    } >"$scratch/wanted"
    qemu stdio,id=modem,signal=off "$lines" <"$scratch/said" >"$scratch/got" || return
    cmp "$scratch/wanted" "$scratch/got"
}

# A BG95 and the platform at the other end of the port; the peer checks what arrived. Arguments: those of the peer behind
# its socket.
start_peer() {
    # From the root, whose configuration is that of the host.
    local target
    target=$(cd ../../.. && cargo build -q -p wanlink --example qemu_peer &&
        cargo metadata --format-version 1 --no-deps | jq -r .target_directory)
    timeout 120 "$target/debug/examples/qemu_peer" "$scratch/modem" "$@" &
    peer=$!
    for _ in $(seq 100); do
        [ -S "$scratch/modem" ] && break
        sleep 0.1
    done
}

# Arguments: how many publishes the image is to make, and more options of QEMU.
run_bg95() {
    start_peer "$1"
    qemu "socket,id=modem,path=$scratch/modem" "$lines" "${@:2}" || return
    wait "$peer"
}

# The whole life of a device. An instruction is 64 ns here, so that the time awake is that of a small microcontroller and
# not of this machine: nine tenths of its life it has to sleep.
run_story() {
    start_peer "$scratch/lines" "$1"
    qemu "socket,id=modem,path=$scratch/modem" "socket,id=lines,path=$scratch/lines" -icount shift=6 || return
    wait "$peer" || return
    awk '$1 == "lived" { lived += $2 } $1 == "awake" { awake += $2 }
        END { exit !(lived > 0 && awake * 10 < lived) }' "$scratch/report"
}

case $image in
empty) run_empty || code=$? ;;
codec) run_codec || code=$? ;;
engine) run_bg95 0 || code=$? ;;
peers-*) run_bg95 1 || code=$? ;;
bg95-*) run_bg95 10 || code=$? ;;
count-*) run_bg95 count -icount shift=6 || code=$? ;;
story-https) run_story story-uplink || code=$? ;;
story-*) run_story story || code=$? ;;
*) echo "$image: no peer is known for this image" >&2 && exit 2 ;;
esac
cat "$scratch/report"
exit "${code:-0}"
