# The other end of the port in a run: `wanlink emulate`, and behind it `wanlink platform`, as a customer starts them. For
# run.sh, which has $scratch.
# shellcheck shell=bash

product=a1B2c3D4e5F
device=meter-0042

# Arguments: the name of a program, and its options. Its orders, its first line, and what it tells are files of that name.
start() {
    mkfifo "$scratch/$1.orders"
    # Opened both ways, so that neither side waits for the other and no order is the last one.
    timeout 120 "$program" "$@" <>"$scratch/$1.orders" >"$scratch/$1.first" 2>"$scratch/$1.log" &
    for _ in $(seq 100); do
        [ ! -s "$scratch/$1.first" ] || return 0
        sleep 0.1
    done
    cat "$scratch/$1.log" >&2
    return 1
}

# Arguments: options of the platform beside those that all runs have.
start_platform() {
    # git keeps no rights, and a key that others can read is refused.
    install -m 600 ../../scene/authority/root.key "$scratch/root.key"
    # From the root, whose configuration is that of the host.
    program=$(cd ../../.. && cargo build -q -p wanlink &&
        cargo metadata --format-version 1 --no-deps | jq -r .target_directory)/debug/wanlink
    start platform --ca-cert ../../scene/authority/root.pem --ca-key "$scratch/root.key" "$@"
}

# Arguments: options of the module. Its names lead to the platform, as far as that listens.
start_module() {
    local rules
    mapfile -t rules < <(jq -r '{"1883": .mqtt, "8883": .mqtts, "443": .https} | to_entries[] | select(.value) |
        "--resolve", "any:\(.key)=\(.value)"' "$scratch/platform.first")
    start emulate --module bg95 --quick --listen 127.0.0.1:0 "${rules[@]}" "$@"
}

# A chardev of QEMU: its id, and the name that the first line of `wanlink emulate` has for its port.
chardev() {
    local address
    address=$(jq -r ".$2" "$scratch/emulate.first")
    echo "socket,id=$1,host=${address%:*},port=${address##*:},nodelay=on"
}

# Arguments: `platform` or `emulate`, and what it is ordered.
order() {
    # Opened both ways as above: a program that is gone must not hold the script.
    echo "$2" 1<>"$scratch/$1.orders"
}

# Sends the device a command.
push() {
    order platform "push /$product/$device/user/get $1"
}

# What the device published, one a line, in order and as often as it came.
published() {
    sed -En '/ \(not acted on\)$/d; s/^.* -> [^ ]+  (PUBLISH|REQUEST) [^ ]+: //p' "$scratch/platform.log" | tr -d '\\'
}

# Waits, while QEMU runs, until this command prints a number that is large enough. Arguments: the number, the command.
await() {
    until [ "$("${@:2}")" -ge "$1" ]; do
        kill -0 "$qemu" 2>/dev/null || return 1
        sleep 0.1
    done
}

count_published() {
    published | wc -l
}

# Ends what runs; now all is told.
stop() {
    local running
    running=$(jobs -p)
    # shellcheck disable=SC2086 # one word for each
    [ -z "$running" ] || kill $running 2>/dev/null || true
    wait
}

# Says that something is not as it should be, and shows what both programs told.
complain() {
    echo "$1" >&2
    tail -n +1 "$scratch"/*.log >&2
    return 1
}
