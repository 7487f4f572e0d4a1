#!/usr/bin/env bash
# systemd 252: a timer for every quarter of an hour is silent for 75 minutes where clocks go back, and a daily one skips a day in Cairo.
#
# OnCalendar= is worked out in local time, unless the expression ends in a zone. Of the hour that comes twice only the first is used:
# in Berlin on 26 October 2025 nothing elapses between 02:45 of summer and 03:00 of winter (systemd/systemd#8647, open). A time that
# is left out never elapses: where clocks go forward at midnight (Cairo, Beirut), "daily" goes from one day to the day after the next,
# while cron runs such a job late (#5595, open). systemd.timer(5) and systemd.time(7) say neither. With UTC at the end of the expression
# the quarters come as they should; a daily timer takes an hour that every day has.
#
# Needs systemd (no service is made) and the zone files of Debian's package tzdata.
# Seen on 2026-11-29, Debian 12:
#   systemd 252 (252.39-1~deb12u2)
#   *:0/15 in Europe/Berlin, 2025-10-26: 00:30 00:45 02:00 02:15 UTC
#   *:0/15 UTC in Europe/Berlin, 2025-10-26: 00:30 00:45 01:00 01:15 UTC
#   daily in Africa/Cairo: 2025-04-24 2025-04-26
#   *-*-* 04:00 in Africa/Cairo: 2025-04-24 2025-04-25
set -euo pipefail
export SYSTEMD_COLORS=0 LC_ALL=C.UTF-8

# Each takes ZONE FROM COUNT EXPRESSION and prints when it elapses after FROM, a moment a line.
local_times() {
    TZ=$1 systemd-analyze calendar --base-time="$2" --iterations="$3" "$4" | sed -n 's/^ *\(Next elapse\|Iter\. #[0-9]*\): //p'
}
utc_times() {
    TZ=$1 systemd-analyze calendar --base-time="$2" --iterations="$3" "$4" | sed -n 's/^ *(in UTC): ... [0-9-]* \([0-9:]*\):00 UTC$/\1/p'
}
line() { tr '\n' ' ' | sed 's/ $//'; }

systemd-analyze --version | head -1
quarter=$(utc_times Europe/Berlin "2025-10-26 00:29:00 UTC" 4 "*:0/15" | line)
echo "*:0/15 in Europe/Berlin, 2025-10-26: $quarter UTC"
named=$(utc_times Europe/Berlin "2025-10-26 00:29:00 UTC" 4 "*:0/15 UTC" | line)
echo "*:0/15 UTC in Europe/Berlin, 2025-10-26: $named UTC"
daily=$(local_times Africa/Cairo "2025-04-23 12:00:00 UTC" 2 daily | awk '{print $2}' | line)
echo "daily in Africa/Cairo: $daily"
morning=$(local_times Africa/Cairo "2025-04-23 12:00:00 UTC" 2 "*-*-* 04:00" | awk '{print $2}' | line)
echo "*-*-* 04:00 in Africa/Cairo: $morning"
[ "$quarter" = "00:30 00:45 02:00 02:15" ]
[ "$named" = "00:30 00:45 01:00 01:15" ]
[ "$daily" = "2025-04-24 2025-04-26" ]
[ "$morning" = "2025-04-24 2025-04-25" ]
