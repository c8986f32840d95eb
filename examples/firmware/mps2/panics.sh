#!/usr/bin/env bash
# Panics that an image's code can reach: panics.sh ELF. Prints each as `FILE:LINE FUNCTION -> PANIC`; exit code 1 when there
# is one. Those of other crates that unreachable.txt gives a reason for are printed as `CRATE: COUNT`. Only for an image
# whose equal functions were not merged (build.sh): all panics are equal where nobody looks at their messages.
#
# A panic counts for the innermost function outside of Rust's own library that it was inlined from. One cannot be avoided
# and is left out: "async fn resumed after completion", the branch in each async function that can return.
set -euo pipefail
elf=${1:?ELF}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# Functions as `address name`, jumps and calls between them as `site caller callee`, by their addresses.
arm-none-eabi-objdump -dC "$elf" | awk '
    /^[0-9a-f]+ <.*>:$/ {
        caller = $1; sub(/^0+/, "", caller)
        print caller, substr($0, index($0, "<") + 1, length($0) - index($0, "<") - 2) >"functions"
        next
    }
    # Behind the last tab: the address that is gone to, and in which function that is.
    match($0, /\t(c?bn?z|b)[a-z.]*\t.*<.*>$/) {
        where = substr($0, index($0, "<") + 1); n = split($0, fields, "\t")
        if (where !~ /\+0x[0-9a-f]+>$/) {
            site = fields[1]; gsub(/[ :]/, "", site)
            m = split(fields[n], words, /[ ,]+/)
            for (i = 1; i <= m && words[i] !~ /^[0-9a-f]+$/; i++) {}
            print site, caller, words[i] >"calls"
        }
    }'

awk '/^[0-9a-f]+ (core::panicking::|core::(slice|str|option|result|cell)::.*(fail|panic)|__rustc::rust_begin_unwind)/ {
    print $1 }' functions >panics

# Functions of the library that are there for themselves and can panic are panics for their callers: until no more are found.
while :; do
    awk 'FILENAME == "panics" { panic[$1]; next } ($3 in panic) && !($2 in panic)' panics calls >sites
    cut -d ' ' -f 1 sites | arm-none-eabi-addr2line -a -i -f -C -e "$elf" | awk '
        # site, then what it was inlined from, innermost first: a line for the function, one for its place
        /^0x/ { if (site) tell(); site = $0; sub(/^0x0*/, "", site); who = at = ""; resumed = 0; next }
        !name { name = $0; next }
        {
            if (name ~ /panic_const_async_fn_resumed/) resumed = 1
            if (!at && !/\/rustlib\/src\/rust\/(library|compiler)/ && !/^\?/) { at = $0; who = name }
            name = ""
        }
        END { if (site) tell() }
        function tell() { print site "\t" (resumed ? "resumed" : at ? at : "library") "\t" who }' >places
    awk -F '\t' 'FILENAME == "places" { if ($2 == "library") library[$1]; next }
        { split($0, words, " ") } words[1] in library { print words[2] }' places sites | sort -u >more
    [ -s more ] || break
    cat more >>panics
done

root=$(cd "$OLDPWD/../../.." && pwd)
awk -F '\t' -v root="$root/" '
    FILENAME ~ /unreachable.txt$/ { if (!/^#/) reasoned[substr($0, 1, index($0, " ") - 1)]; next }
    FILENAME == "functions" { name[substr($0, 1, index($0, " ") - 1)] = substr($0, index($0, " ") + 1); next }
    FILENAME == "sites" { split($0, words, " "); callee[words[1]] = name[words[3]]; next }
    $2 == "resumed" || callee[$1] ~ /panic_const_async_fn_resumed/ { next }
    {
        place = $2; sub(root, "", place); sub(/.*registry\/src\/[^\/]*\//, "", place); sub(/ .*/, "", place)
        if (place in reasoned) { crate = place; sub(/\/.*/, "", crate); others[crate]++; next }
        print place, $3, "->", callee[$1]; found = 1
    }
    END { for (crate in others) print crate ": " others[crate]; exit found }' \
    "$root/examples/firmware/mps2/unreachable.txt" functions sites places
