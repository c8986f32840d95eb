#!/usr/bin/env bash
# Measures the built images against budgets.txt: size.sh [--json]. docs/sizes.md says what is counted.
# Exit code 1: a budget is exceeded, a panic of ours can be reached, or a run failed.
set -euo pipefail
cd "$(dirname "$0")"
images=target/thumbv7em-none-eabihf/release
failed=0

# Arguments: an ELF and the sections to add up.
sections() {
    arm-none-eabi-size -A "$1" | awk -v wanted=" ${*:2} " 'index(wanted, " " $1 " ") { sum += $2 } END { print sum + 0 }'
}

# Arguments: image, what, value, budget, column of ceilings.txt.
check() {
    local ceiling
    if [ "$4" = - ] || [ "$3" -le "$4" ]; then return; fi
    ceiling=$(awk -v image="$1" -v column="$5" '$1 == image { print $column }' ceilings.txt)
    echo "$1: $2 of $3 bytes exceeds the budget of $4 by $(($3 - $4))${ceiling:+; it may not grow beyond $ceiling}" >&2
    if [ -z "$ceiling" ] || [ "$ceiling" = - ] || [ "$3" -gt "$ceiling" ]; then
        failed=1
    fi
}

# Where the bytes of an image are, as `bytes part`: each instruction counts for the innermost of our own functions that it
# was inlined from, so that what we call of Rust's core is ours, too.
parts() {
    local lengths
    lengths=$(mktemp)
    arm-none-eabi-objdump -d "$1" | awk -F '\t' 'NF > 2 && sub(/:$/, "", $1) {
        gsub(/ /, "", $1); gsub(/ /, "", $2); print "0x" $1, length($2) / 2 }' >"$lengths"
    cut -d ' ' -f 1 "$lengths" | arm-none-eabi-addr2line -a -i -e "$1" | awk -v root="$(cd ../../.. && pwd)/" '
        function part(path) {
            if (index(path, root) != 1) return ""
            path = substr(path, length(root) + 1)
            if (path ~ /^drivers\/at\/src\/driver/) return "driver"
            if (path ~ /^drivers\/at/) return "engine"
            if (path ~ /^drivers/) return "driver"
            if (path ~ /^transports/) return "transports"
            if (path ~ /images|apps/) return "application"
            return path ~ /board/ ? "board" : "core"
        }
        NR == FNR { bytes[$1] = $2; next }
        /^0x/ { sub(/^0x0+/, "0x"); if (at) sum[of] += bytes[at]; at = $1; of = "other"; found = 0; next }
        !found {
            if (/sha2|hmac|digest|block-buffer/) { of = "hash"; found = 1 }
            else if (/sequential-storage/) { of = "sequential-storage"; found = 1 }
            else if (part($1) != "") { of = part($1); found = 1 }
        }
        END { sum[of] += bytes[at]; for (of in sum) print sum[of], of }' "$lengths" - | sort -rn
    rm "$lengths"
    echo "$(sections "$1" .rodata) tables and constants"
}

# The largest future: that of the whole program, in which all others stand. Debug information has it, the image nothing.
future() {
    arm-none-eabi-objdump --dwarf=info "$1" | awk '
        /Abbrev Number/ { is_future = 0 }
        /DW_AT_name .*{async_(fn|block)_env#/ { is_future = 1 }
        is_future && /DW_AT_byte_size/ && $NF > most { most = $NF }
        END { print most + 0 }'
}

# A value with its budget, for the table.
against() {
    if [ "$2" = - ]; then echo "$1"; else echo "$1 / $2"; fi
}

# Arguments: a line of budgets.txt, in fields.
measure() {
    local image=$1 budget_flash=$2 budget_library=$3 budget_ram=$4
    local elf=$images/$image flash library ram stack told found panics=none report=ran root=0
    case $image in *-tls | *-https | story-*) root=$(wc -c <../../scene/authority/root.pem) ;; esac
    flash=$(sections "$elf" .text .rodata .data)
    library=$((flash - board - root))
    ram=$(sections "$elf" .data .bss .uninit)
    told=$(./run.sh "$image") || report="run failed"
    stack=$(awk '$1 == "stack" { print $2 }' <<<"$told")
    found=$(./panics.sh "$PWD/$elf") || panics=reachable
    if [ "$report" != ran ] || [ -z "$stack" ]; then
        echo "$image: the run in QEMU failed" >&2
        stack=0 failed=1
    fi
    if [ "$panics" != none ]; then
        printf '%s: a panic can be reached:\n%s\n' "$image" "$found" >&2
        failed=1
    fi
    check "$image" flash "$flash" "$budget_flash" 2
    check "$image" library "$library" "$budget_library" 3
    check "$image" "static RAM and stack" $((ram + stack)) "$budget_ram" 4
    "$print"
}

table() {
    printf '%-14s %16s %16s %7s %7s %16s %7s  %s\n' "$image" "$(against "$flash" "$budget_flash")" \
        "$(against "$library" "$budget_library")" "$ram" "$stack" "$(against $((ram + stack)) "$budget_ram")" \
        "$(future "$elf")" "$panics${found:+, $found}"
    [ "$image" = empty ] || parts "$elf" | paste -sd, | sed 's/,/, /g; s/^/    /'
    awk '$1 == "lived" { lived += $2 } $1 == "awake" { awake += $2 }
        END { if (lived) print "    asleep in " 100 - int(100 * awake / lived) " % of its life" }' <<<"$told"
}

json() {
    printf '{"image":"%s","elf":"%s","flash":%d,"library":%d,"ram":%d,"stack":%d,' \
        "$image" "$PWD/$elf" "$flash" "$library" "$ram" "$stack"
    printf '"budget_flash":%s,"budget_library":%s,"budget_ram":%s}\n' "${budget_flash/#-/null}" \
        "${budget_library/#-/null}" "${budget_ram/#-/null}"
}

case ${1-} in
--json) print=json ;;
'') print=table ;;
*) echo "usage: size.sh [--json]" >&2 && exit 2 ;;
esac
board=$(sections $images/empty .text .rodata .data)
if [ $print = table ]; then
    /usr/bin/rustc --version
    printf '%-14s %16s %16s %7s %7s %16s %7s  %s\n' image flash library static stack "static + stack" future panics
fi
while read -r line; do
    # shellcheck disable=SC2086 # fields
    measure $line
done < <(grep -v '^#' budgets.txt)
if [ $print = table ]; then
    cat <<END
All in bytes. library = flash without board support and root certificate; vectors are not counted.
board support: $board, that of \`empty\`; vectors: $(sections $images/empty .vector_table)
root certificate: $(wc -c <../../scene/authority/root.pem), in images with TLS and HTTPS
peers' work without board support: half of the best peer is 14114 with MQTT in the module, 15370 over TCP
END
fi
exit $failed
