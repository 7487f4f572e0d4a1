"""New words for old events: titles, texts and phrases change, and nobody gets a message for it."""

import re

from mapping.text.phrases import LATER
from tests.acceptance.sites import Site, key_of, plain
from tests.acceptance.test_edits import ids, only

TITLES = re.compile(r"(?m)^(    title:\n(?:      .*\n)+)")
COURSES = (101, 102, 104)


def retitled(block: str) -> str:
    """Each language's title with another first letter."""
    return re.sub(r'(?m)^(      \w\w: "?)\w', r"\1§", block)


def test_new_titles_and_phrases_reach_every_event_as_an_update_and_write_to_nobody(filled: Site) -> None:
    before, old = ids(filled), titles(filled)
    for path in sorted(filled.calendar.glob("*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        path.write_text(TITLES.sub(lambda found: retitled(found[1]), text), encoding="utf-8")
    phrases = filled.calendar / "phrases.yaml"
    text = phrases.read_text(encoding="utf-8")
    for label in ("Ресми мәтін:", "Официальный текст:", "Official text:"):
        assert label in text
        text = text.replace(label, f"New {label}")
    phrases.write_text(text, encoding="utf-8")
    assert filled.once().code == 0
    assert ids(filled) == before
    new = titles(filled)
    assert new.keys() == old.keys()
    assert all("§" in title for title in new.values())
    changes = [one for one in filled.writes() if "/batch" not in one]
    assert not only(changes, "POST")
    assert not only(changes, "DELETE")
    assert filled.pair.canvas.mail.count() == 0
    assert filled.pair.google.mails.total() == 0
    filled.forget()
    assert filled.once().code == 0
    assert filled.writes() == []


def titles(site: Site) -> dict[str, str]:
    """Key to title of every event that is there, courses and Google."""
    found = {
        f"{number} {event.id}": plain(event.title) for number in COURSES for event in site.course(number)
    }
    return found | {key_of(row): plain(str(row.fields["summary"])) for row in site.rows()}


def test_a_folder_that_the_first_version_wrote_is_sound_and_named_what_it_lacks(filled: Site) -> None:
    phrases = filled.calendar / "phrases.yaml"
    lines = phrases.read_text(encoding="utf-8").splitlines(keepends=True)
    kept, dropped, skipping = list[str](), 0, False
    for line in lines:
        if re.match(r"\w+:", line):
            skipping = line.partition(":")[0] in LATER
            dropped += skipping
        kept += [] if re.match(r"[\w ]", line) and skipping else [line]
    assert dropped == len(LATER)
    older = "item: {kk: x, ru: x, en: x}\ndocument: {kk: x, ru: x, en: x}\n"
    phrases.write_text("".join(kept) + older, encoding="utf-8")
    checked = filled.syncd("check", "--offline")
    assert checked.code == 0, checked.out
    assert re.search(r"look +phrases.yaml does not have .* and \d+ more", checked.out)
    assert "nothing says any more: document, item" in checked.out
    filled.forget()
    # What it lacks is said in the package's words, which are the ones that stand there.
    assert filled.once().code == 0
    assert filled.writes() == []
