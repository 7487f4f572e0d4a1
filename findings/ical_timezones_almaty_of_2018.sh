#!/usr/bin/env bash
# @touch4it/ical-timezones 1.9.0 puts Almaty at UTC+6 into each feed: of one file, ical.js reads 12:00 UTC and icalendar 13:00.
#
# ical-generator writes no VTIMEZONE by itself; its README shows this package first for it. The blocks are those that tzurl.org had before
# the end of 2018: Qyzylorda is at +0600, which it left that December, Qostanay, a zone of its own since, is not there, and Almaty
# keeps the +0600 that it left on 1 March 2024, when all of Kazakhstan took UTC+5. ical.js goes by the block, as such a file means it, and is an hour
# early. icalendar and node-ical go by the name in zone data of their own and are right, so that whoever tests with those sees nothing.
# The other package of that README, timezones-ical-library 2.3.2, has +0500 for all three. Of tzurl.org: ical4j/tzurl#42 (open).
#
# Needs node and npm. Seen on 2026-11-29, Node 20.20.2, Python 3.11.7 (an exam at 18:00 in Almaty, 13:00 UTC):
#   ical-generator 10.2.0 writes DTSTART;TZID=Asia/Almaty:20250901T180000
#   @touch4it/ical-timezones 1.9.0: TZOFFSETTO:+0600; ical.js 2.2.1 12:00 UTC, node-ical 0.26.1 13:00 UTC, icalendar 7.3.2 13:00 UTC
#   timezones-ical-library 2.3.2: TZOFFSETTO:+0500; ical.js 2.2.1 13:00 UTC, node-ical 0.26.1 13:00 UTC, icalendar 7.3.2 13:00 UTC
#   Asia/Qyzylorda: +0600 and +0500; Asia/Qostanay: none and +0500
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts ical-generator@10.2.0 @touch4it/ical-timezones@1.9.0 \
    timezones-ical-library@2.3.2 luxon@3.7.2 ical.js@2.2.1 node-ical@0.26.1 >/dev/null
cat >feeds.mjs <<'JS'
import { writeFileSync, readFileSync } from "node:fs";
import ical from "ical-generator";
import touch4it from "@touch4it/ical-timezones";
import { tzlib_get_ical_block } from "timezones-ical-library";
import { DateTime } from "luxon";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
const blocks = {
  "@touch4it/ical-timezones": touch4it.getVtimezoneComponent,
  "timezones-ical-library": (zone) => tzlib_get_ical_block(zone)[0],
};
const offset = (zone) => Object.values(blocks).map((block) => (block(zone) || "").match(/TZOFFSETTO:(\S+)/)?.[1] ?? "none");
const inUtc = (date) => date.toISOString().slice(11, 16);
const start = DateTime.fromISO("2025-09-01T18:00:00", { zone: "Asia/Almaty" });
const out = [];
for (const [name, generator] of Object.entries(blocks)) {
  const calendar = ical({ name: "Exams" });
  calendar.timezone({ name: "Asia/Almaty", generator });
  calendar.createEvent({ id: "exam", start, end: start.plus({ hours: 1 }), summary: "Exam", timezone: "Asia/Almaty" });
  const text = calendar.toString();
  const file = `${name.replace(/\W/g, "")}.ics`;
  writeFileSync(file, text);
  const event = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent"));
  const other = Object.values(nodeIcal.sync.parseICS(text)).find((one) => one.type === "VEVENT");
  out.push({
    writes: text.match(/DTSTART;.*/)[0].trim(),
    name: `${name} ${version(name)}`,
    file,
    block: text.match(/TZOFFSETTO:.*/)[0].trim(),
    readers: {
      [`ical.js ${version("ical.js")}`]: inUtc(event.startDate.toJSDate()),
      [`node-ical ${version("node-ical")}`]: inUtc(other.start),
    },
  });
}
writeFileSync("seen.json", JSON.stringify({
  generator: `ical-generator ${version("ical-generator")}`,
  feeds: out,
  others: { "Asia/Qyzylorda": offset("Asia/Qyzylorda"), "Asia/Qostanay": offset("Asia/Qostanay") },
}));
JS
node feeds.mjs
"$folder/venv/bin/python" - <<'PYTHON'
import json
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

from icalendar import Calendar

seen = json.loads(Path("seen.json").read_text())
print(f"{seen['generator']} writes {seen['feeds'][0]['writes']}")
times = []
for feed in seen["feeds"]:
    start = Calendar.from_ical(Path(feed["file"]).read_bytes()).events[0].start
    feed["readers"][f"icalendar {version('icalendar')}"] = f"{start.astimezone(UTC):%H:%M}"
    print(f"{feed['name']}: {feed['block']}; {', '.join(f'{name} {time} UTC' for name, time in feed['readers'].items())}")
    times.append((feed["block"], *feed["readers"].values()))
print("; ".join(f"{zone}: {first} and {second}" for zone, (first, second) in seen["others"].items()))
assert times == [("TZOFFSETTO:+0600", "12:00", "13:00", "13:00"), ("TZOFFSETTO:+0500", "13:00", "13:00", "13:00")], times
assert seen["others"] == {"Asia/Qyzylorda": ["+0600", "+0500"], "Asia/Qostanay": ["none", "+0500"]}, seen["others"]
PYTHON
