#!/usr/bin/env bash
# Runs one image in QEMU against what it talks to: run.sh IMAGE. Prints what the image reports (`stack N`).
# Exit code: that of the image (board/src/failure.rs), 124 if it hung, 1 if the other end saw something wrong.
set -euo pipefail
cd "$(dirname "$0")"
image=${1:?image}
scratch=$(mktemp -d)
source ./bench.sh
source ./story.sh
trap 'stop; rm -rf "$scratch"' EXIT

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

# A BG95 that was switched on before, and the platform. Arguments: `-eq` or `-ge` and how many publishes the image has to
# make until it is told to stop, which takes a while.
run_bg95() {
    # It publishes faster than the platform takes otherwise.
    start_bench --no-limits || return
    start_qemu
    if [ "$2" -gt 0 ] && await "$2" count_published; then
        # One that posts is never on line, and stops by itself.
        push stop
    fi
    end_qemu || return
    [ "$(count_published)" "$1" "$2" ] || complain "$(count_published) publishes, which is not $1 $2"
}

# One that counts its instructions: as in images/src/count.rs.
run_count() {
    local time length message
    start_bench --no-limits || return
    start_qemu -icount shift=6
    for time in 1 2; do
        await $((time * 40)) count_published || break
        for length in 58 1024; do
            message=$(printf "%${length}s" '' | tr ' ' x)
            for _ in $(seq 20); do
                # So that the image is done with one before the next comes.
                sleep 0.2
                push "$message"
            done
        done
    done
    end_qemu || return
    [ "$(count_published)" -eq 80 ] || complain "$(count_published) publishes, not 80"
}

# The whole life of a device: a module that is off, and a name without a secret. An instruction is 64 ns here, so that the
# time awake is that of a small microcontroller and not of this machine: nine tenths of its life it has to sleep.
# Argument: whether commands reach it.
run_story() {
    local obeys=$1 complaints
    start_platform --tls-listen 127.0.0.1:0 --https-listen 127.0.0.1:0 --product "$product:8LQwOYSZMwp3DFBd" \
        --preregistered "$device" || return
    start_module --pins 127.0.0.1:0 --off || return
    lines=$(chardev lines pins)
    start_qemu -icount shift=6
    play_story || true
    end_qemu || return
    complaints=$(judge_story)
    [ -z "$complaints" ] || complain "$complaints"
}

start_bench() {
    start_platform --listen 127.0.0.1:0 --tls-listen 127.0.0.1:0 --https-listen 127.0.0.1:0 --product "$product:unused" \
        --device "$device:0123456789abcdef0123456789abcdef" "$@" && start_module
}

# QEMU beside the script, at the module's port.
start_qemu() {
    qemu "$(chardev modem listen)" "$lines" "$@" &
    qemu=$!
}

end_qemu() {
    local code=0
    wait "$qemu" || code=$?
    stop
    [ $code = 0 ] || complain "the image ended with $code" || return $code
}

case $image in
empty) run_empty || code=$? ;;
codec) run_codec || code=$? ;;
engine) run_bg95 -eq 0 || code=$? ;;
peers-*) run_bg95 -eq 1 || code=$? ;;
bg95-https) run_bg95 -eq 10 || code=$? ;;
bg95-*) run_bg95 -ge 10 || code=$? ;;
count-*) run_count || code=$? ;;
story-https) run_story no || code=$? ;;
story-*) run_story yes || code=$? ;;
*) echo "$image: it is not known what this image talks to" >&2 && exit 2 ;;
esac
cat "$scratch/report"
exit "${code:-0}"
