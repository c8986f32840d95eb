# The whole life of a device: what happens to it, and what it has to have done in the end. For run.sh, behind bench.sh.
# shellcheck shell=bash

# The numbers of the readings of each life, one life a line. A message may come twice: its acknowledgement may be lost.
lives() {
    published | sed -En 's/^\{"seq":([0-9]+),"value":215\}$/\1/p' | awk '
        $1 == last { next }
        $1 == 1 && NR > 1 { printf "\n" }
        { printf "%s%d", $1 == 1 ? "" : " ", $1; last = $1 }
        END { print "" }'
}

# The last reading of this life so far.
last_reading() {
    lives | awk -v life="$1" 'NR == life { last = $NF } END { print last + 0 }'
}

# Waits for a reading of a life, and until its acknowledgement is with the device.
await_reading() {
    await "$2" last_reading "$1" && sleep 0.3
}

# Commands come, but where none can.
ask() {
    [ "$obeys" = no ] || { push "interval 1" && push report; }
}

# Each turn comes behind a reading of a life. The end of a life is the board's own: see images/src/story.rs.
play_story() {
    await_reading 1 2 && ask
    await_reading 1 5 && order emulate "fault reset"
    await_reading 2 2 && ask
}

# Argument: of what kind.
count_told() {
    grep -cE -- "$1" "$scratch/platform.log" || true
}

# What was not as it should be, one a line.
judge_story() {
    local answers wanted=2
    [ "$obeys" = yes ] || wanted=0
    [ "$(lives | paste -sd /)" = "1 2 3 4 5 6 7 8/1 2 3 4" ] || echo "not the readings of two lives: $(lives | paste -sd /)"
    answers=$(published | grep -cxF "interval 1") || true
    [ "$answers" = $wanted ] || echo "obeyed $answers times, not $wanted"
    [ "$(count_told '-> .*(CONNECT authType=|REQUEST /auth/register/)')" = 1 ] || echo "not one registration"
    [ "$(count_told '^ .* !  TLS for .* failed')" = 0 ] || echo "a failed handshake"
    [ "$(count_told '^ .* !  .*  (refused|violation): ')" = 0 ] || echo "something was refused"
    grep -q "module on (start 2)" "$scratch/emulate.log" || echo "the module did not restart"
    ! grep -q "(start 3)" "$scratch/emulate.log" || echo "the module restarted twice"
    awk '$1 == "lived" { lived += $2 } $1 == "awake" { awake += $2 }
        END { if (!lived || awake * 10 > lived) print "awake for " awake " of " lived " ms" }' "$scratch/report"
}
