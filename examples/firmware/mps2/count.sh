#!/usr/bin/env bash
# Instructions of a publish with QoS 1 and of a received message, by payloads of 58 and of 1,024 bytes, from the call to its
# end, interrupts included. docs/sizes.md says what bytes together and alone are.
set -euo pipefail
cd "$(dirname "$0")"
printf '%-22s %12s %12s %12s %12s\n' instructions "publish 58" "publish 1024" "receive 58" "receive 1024"
for path in mqtt tcp; do
    ./run.sh "count-$path" | awk -F '[_ ]' -v path="$path" '
        NF == 4 { count[$3, $1, $2] = $4 }
        END {
            for (i = split("together alone", ways, " "); i > 0; i--) {
                way = ways[3 - i]
                printf "%-22s %12d %12d %12d %12d\n", path ", bytes " way, count[way, "publish", 58],
                    count[way, "publish", 1024], count[way, "receive", 58], count[way, "receive", 1024]
            }
        }'
done
