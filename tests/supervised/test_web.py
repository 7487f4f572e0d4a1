"""The pages of the real service over real HTTP: what they tell, what they escape, what they refuse."""

import json
import re
import shutil
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest
import vobject

from mapping.text.typography import plain
from syncd.sandbox.pair import Pair
from syncd.web.guards import HEADERS
from tests.supervised.conftest import Service, Unit, site_of

IN_STEP = "3 calendars"
AUTUMN = "?lang=en&school=law&month=2025-12"
EVERY_PAGE = (
    "/",
    "/event/2025-2026/exams-autumn",
    "/status",
    "/style.css",
    "/healthz",
    "/readyz",
    "/metrics",
    "/calendar/law.en.ics",
    "/nowhere",
)


class Site:
    """A running service and what it answers."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.port = int(str(service.until_logged("web")["port"]))

    def get(self, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - http on loopback
                return (
                    answer.status,
                    {k.lower(): v for k, v in answer.headers.items()},
                    answer.read().decode(),
                )
        except HTTPError as refused:
            with refused:
                return (
                    refused.code,
                    {k.lower(): v for k, v in refused.headers.items()},
                    refused.read().decode(),
                )


@pytest.fixture(scope="module")
def site(prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One service for the tests that only read; its law calendar has a title that would be a script."""
    with Pair.seeded() as pair:
        folder = tmp_path_factory.mktemp("machine")
        service = Service(Unit.read("syncd.service"), folder, prefix)
        site_of(pair, service)
        service.settings["SYNCD_HTTP_LISTEN"] = "127.0.0.1:0"
        file = Path(service.environment()["SYNCD_CALENDAR_DIR"]) / "2025-2026" / "holidays.yaml"
        text = file.read_text()
        title = 'en: "Independence Day"'
        assert title in text
        file.write_text(text.replace(title, "en: \"<script>alert('x')</script> & Day\"", 1))
        service.start().until(IN_STEP)
        try:
            yield Site(service)
        finally:
            service.close()


def test_the_service_is_healthy_and_ready_once_everything_is_in_step(site: Site) -> None:
    assert site.get("/healthz")[0] == 200
    status, _, body = site.get("/readyz")
    assert (status, json.loads(body)) == (200, {"ready": True, "contexts": 3, "not_ready": []})


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_answer_forbids_what_it_does_not_need(path: str, site: Site) -> None:
    _, headers, _ = site.get(path)
    assert {name: headers.get(name.lower()) for name in HEADERS} == dict(HEADERS)
    assert "script-src" not in headers["content-security-policy"]
    assert "server" not in headers


@pytest.mark.parametrize("path", EVERY_PAGE)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_told_to_the_pages(method: str, path: str, site: Site) -> None:
    assert site.get(path, method=method)[0] in {404, 405}


def test_a_title_is_shown_as_it_is_written_and_never_run(site: Site) -> None:
    page = site.get("/" + AUTUMN)[2]
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; Day" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    "query",
    [
        "?lang=%3Cscript%3E&school=%22%3E&month=%27",
        "?lang=../../etc&school=law/../x&month=2025-13",
        "?month=0000-00",
        "?month=9999-12",
        "?month=0001-01",
        "?month=" + "9" * 5000,
        "?lang=en&lang=ru&school=&month=2025-12",
    ],
)
def test_choices_that_do_not_exist_are_the_default_and_never_echoed(query: str, site: Site) -> None:
    status, _, page = site.get("/" + query)
    assert status == 200
    assert "<script" not in page
    assert "etc" not in page or "../" not in page


@pytest.mark.parametrize(
    ("asked", "accepted", "language", "words"),
    [
        ("?lang=kk", "en", "kk", "Академиялық күнтізбе"),
        ("?lang=ru", "en", "ru", "Академический календарь"),
        ("?lang=en", "ru", "en", "Academic calendar"),
        ("", "ru,en;q=0.5", "ru", "Академический календарь"),
        ("", "", "kk", "Академиялық күнтізбе"),
    ],
)
def test_the_page_speaks_the_readers_language(
    asked: str, accepted: str, language: str, words: str, site: Site
) -> None:
    _, headers, page = site.get("/" + asked, **{"Accept-Language": accepted})
    assert headers["content-language"] == language
    assert f'<html lang="{language}">' in page
    assert words in page


def test_a_span_is_a_bar_over_its_days_and_today_is_marked(site: Site) -> None:
    page = site.get("/" + AUTUMN)[2]
    assert re.search(r'<a class="bar s1 w6 r\d c6 begins ends" [^>]*>Autumn project defences', page)
    today = site.get("/?lang=en&school=law&month=2025-09")[2]
    assert re.search(r'class="day [^"]*today"><b>1</b><em>today</em>', today)


def test_the_list_says_every_event_with_its_category_in_words(site: Site) -> None:
    page = plain(site.get("/" + AUTUMN)[2])
    rows = re.findall(
        r'<td class="when">(.+?)</td><td class="what"><a [^>]*>(.+?)</a></td><td class="kind">.*?</span>(.+?)</td>',
        page,
    )
    assert (
        "Mon 15 December \N{EN DASH} Tue 30 December",
        "Autumn exams and final assignments",
        "Final assignments and exams",
    ) in rows


def test_the_page_names_no_course_and_no_person(site: Site) -> None:
    page = site.get("/" + AUTUMN)[2]
    assert "Constitutional" not in page
    assert "Course teacher" not in page


def test_the_feed_is_read_by_another_library_with_the_same_days(site: Site) -> None:
    status, headers, body = site.get("/calendar/law.en.ics")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/calendar")
    events = {str(one.uid.value): one for one in vobject.readOne(body).vevent_list}
    exams = events["2025-2026.exams-autumn.main@syncd"]
    assert (exams.dtstart.value, exams.dtend.value) == (date(2025, 12, 15), date(2025, 12, 31))


def test_a_feed_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    tag = site.get("/calendar/law.en.ics")[1]["etag"]
    assert site.get("/calendar/law.en.ics", **{"If-None-Match": tag})[0] == 304


@pytest.mark.parametrize("name", ["nobody.en", "law.xx", "law", "..%2f..%2fetc.en"])
def test_there_is_no_other_feed(name: str, site: Site) -> None:
    assert site.get(f"/calendar/{name}.ics")[0] == 404


def test_the_metrics_tell_what_was_done(site: Site) -> None:
    body = site.get("/metrics")[2]
    told = dict(re.findall(r"^(syncd_\S+) (\S+)$", body, re.MULTILINE))
    assert float(told['syncd_contexts{target="pilot"}']) == 2
    assert float(told['syncd_changes_total{action="create",kind="canvas"}']) > 0
    assert float(told['syncd_requests_total{kind="google",outcome="2xx"}']) > 0
    assert float(told["syncd_last_success_timestamp_seconds"]) > 0
    assert float(told["syncd_waiting_plans"]) == 0


def test_prometheus_finds_the_metrics_clean(site: Site) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed here")
    told = subprocess.run(
        [program, "check", "metrics"],
        input=site.get("/metrics")[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_a_plan_that_waits_stands_on_the_page_with_what_to_do(service: Service) -> None:
    service.settings |= {"SYNCD_GUARDS__FILL_MESSAGES": "1", "SYNCD_HTTP_LISTEN": "127.0.0.1:0"}
    service.start().until("a plan waits")
    site = Site(service)
    page = site.get("/status?lang=en")[2]
    assert "Needs attention" in page
    assert re.search(r"<code>syncd approve \w+</code>", page)
    status, _, body = site.get("/readyz")
    assert status == 503
    assert {one["where"] for one in json.loads(body)["not_ready"]} == {"course_101", "course_102"}
    assert "syncd_waiting_plans 1.0" in site.get("/metrics")[2]


def test_a_calendar_that_fails_is_named_with_since_when(service: Service, pair: Pair) -> None:
    service.settings["SYNCD_HTTP_LISTEN"] = "127.0.0.1:0"
    pair.canvas.set_course_state(102, "deleted")
    service.start().until("failing")
    site = Site(service)
    assert "Has not worked since" in site.get("/status?lang=en")[2]
    assert "Has not worked" not in site.get("/?lang=en")[2]
    (lapse, *_) = json.loads(site.get("/readyz")[2])["not_ready"]
    assert (lapse["where"], lapse["target"]) == ("course_102", "pilot")
    assert datetime.fromisoformat(lapse["since"]).utcoffset() == timedelta(hours=5), "the campus's clock"


def test_nothing_that_people_wrote_and_no_secret_is_in_log_metrics_page_or_feed(
    service: Service, pair: Pair
) -> None:
    service.settings["SYNCD_HTTP_LISTEN"] = "127.0.0.1:0"
    pair.canvas.courses[101].name = "canary course name"
    service.start().until(IN_STEP)
    (event, *_) = pair.canvas.course_events(101)
    event.title, event.description = "canary title", "<p>canary text</p>"
    event.rendered.clear()
    service.signal(signal.SIGHUP)
    service.until("1 update")
    site = Site(service)
    paths = ("/?lang=en", "/status?lang=en", "/metrics", "/readyz", "/healthz", "/calendar/law.en.ics")
    shown = [site.get(path)[2] for path in paths]
    assert service.stop() == 0
    everything = "\n".join([*shown, *service.log])
    assert "canary" not in everything
    assert service.credentials["canvas-token"].strip() not in everything
    assert "PRIVATE KEY" not in everything


def test_a_port_that_is_taken_ends_the_start_with_a_sentence(service: Service) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        service.settings["SYNCD_HTTP_LISTEN"] = f"127.0.0.1:{taken.getsockname()[1]}"
        assert service.start().exit_code() == 78
    assert "SYNCD_HTTP_LISTEN" in service.tail()


@pytest.mark.parametrize("address", ["0.0.0.0:8571", ":8571", "192.0.2.1:8571", "localhost.example.edu:1"])
def test_only_loopback_is_listened_on(address: str, machine: Callable[..., Service]) -> None:
    service = machine()
    service.settings["SYNCD_HTTP_LISTEN"] = address
    assert service.start().exit_code() == 78
    assert "SYNCD_HTTP_LISTEN" in service.tail()
