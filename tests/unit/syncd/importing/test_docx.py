"""What Word can do to a date, each in one row of a whole calendar: asked or unread at its place, never silent."""

import zipfile
from pathlib import Path

import pytest

from mapping.importing.conclude import Conclusion, Options, conclude
from mapping.importing.questions import Answers
from syncd.importing.docx.document import read_docx
from syncd.importing.refusal import CannotReadError
from tests.support.printed import (
    Printed,
    paragraph,
    printed_calendar,
    run,
    shipped_site,
    write_docx,
    write_word_body,
)

SITE = shipped_site()
SHIPPED = printed_calendar()
TABLE, ROW, COLUMN = 0, 1, 2
ENTRY = "registration-autumn"
"""The first dated row: 14.08. - 27.08.2025."""
_TRACKED = (
    run("14.08. - ")
    + '<w:del w:id="1" w:author="a"><w:r><w:delText>27.08.2025 ж.</w:delText></w:r></w:del>'
    + f'<w:ins w:id="2" w:author="a">{run("29.08.2025 ж.")}</w:ins>'
)
_NESTED = (
    "<w:p/><w:tbl><w:tr><w:tc>"
    + paragraph(run("14.08. - 20.08.2025 ж."))
    + "</w:tc></w:tr><w:tr><w:tc>"
    + paragraph(run("25.08. - 27.08.2025 ж."))
    + "</w:tc></w:tr></w:tbl><w:p/>"
)
_BOX = (
    '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>'
    + paragraph(run("28.08.2025"))
    + "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)
ASKED = {
    "tracked change": (paragraph(_TRACKED), "tracked changes"),
    "hidden text": (
        paragraph(run("01.02.2025 ж.", "<w:vanish/>") + run("14.08. - 27.08.2025 ж.")),
        "hidden text",
    ),
    "struck out": (
        paragraph(run("26.08.2025 ж. ", "<w:strike/>") + run("14.08. - 27.08.2025 ж.")),
        "struck out",
    ),
    "raised mark": (
        paragraph(run("14.08. - 27.08.2025") + run("1", '<w:vertAlign w:val="superscript"/>')),
        "raised mark",
    ),
    "nested table": (_NESTED, "a table stands inside"),
    "two windows": (paragraph(run("14.08. - 20.08.2025 ж.\n25.08. - 27.08.2025 ж.")), "more than one date"),
    "letter in a number": (paragraph(run("15.08.2О25 ж.")), "letters and digits"),
    "letter for a digit": (paragraph(run("З1.08.2025 ж.")), "run into each other"),
    "a field": (
        paragraph(
            f'<w:fldSimple w:instr=" DATE \\@ dd.MM.yyyy ">{run("14.08. - 27.08.2025 ж.")}</w:fldSimple>'
        ),
        "a field that Word computes",
    ),
    "a symbol": (
        paragraph(run("14.08.") + '<w:r><w:sym w:font="Symbol" w:char="F02D"/></w:r>' + run("27.08.2025 ж.")),
        "symbol",
    ),
    "a footnote": (
        paragraph(run("14.08. - 27.08.2025 ж.") + '<w:r><w:footnoteReference w:id="1"/></w:r>'),
        "footnote",
    ),
}
SEEN_THROUGH = {
    "content control": f"<w:sdt><w:sdtContent>{paragraph(run('14.08. - 27.08.2025 ж.'))}</w:sdtContent></w:sdt>",
    "control in a line": paragraph(
        f"<w:sdt><w:sdtContent>{run('14.08. - 27.08.2025 ж.')}</w:sdtContent></w:sdt>"
    ),
    "smart tag": paragraph(f"<w:smartTag>{run('14.08. - ')}</w:smartTag>{run('27.08.2025 ж.')}"),
    "link": paragraph(f"<w:hyperlink>{run('14.08. - 27.08.2025 ж.')}</w:hyperlink>"),
    "hyphen that does not break": paragraph(
        run("14.08.") + "<w:r><w:noBreakHyphen/></w:r>" + run("27.08.2025 ж.")
    ),
    "many runs": paragraph("".join(run(part) for part in ("14", ".08", ". - 2", "7.08.20", "25 ж."))),
    "soft hyphens": paragraph(run("14.08. -") + "<w:r><w:softHyphen/></w:r>" + run(" 27.08.2025 ж.")),
    "a tab": paragraph(run("14.08.") + "<w:r><w:tab/></w:r>" + run("- 27.08.2025 ж.")),
    "two paragraphs": paragraph(run("14.08. -")) + paragraph(run("27.08.2025 ж.")),
}


def _imported(path: Path, printed: Printed = SHIPPED, inner: str | None = None) -> Conclusion:
    cells = {(TABLE, ROW, COLUMN): inner} if inner is not None else {}
    document = read_docx(write_docx(path / "a.docx", printed, cells=cells))
    return conclude(document, SITE, Options(first_year=2025), Answers(by_name={}))


def _asked(made: Conclusion) -> str:
    return next(
        "; ".join(record.asked)
        for record in made.records
        if record.entry is not None and record.entry.id == ENTRY
    )


@pytest.mark.parametrize("name", ASKED)
def test_what_changes_the_meaning_is_asked_at_its_cell(tmp_path: Path, name: str) -> None:
    inner, reason = ASKED[name]
    made = _imported(tmp_path, inner=inner)
    assert reason in _asked(made)
    assert len([record for record in made.records if record.asked]) == 1


@pytest.mark.parametrize("name", SEEN_THROUGH)
def test_what_only_stands_around_a_date_is_seen_through(tmp_path: Path, name: str) -> None:
    made = _imported(tmp_path, inner=SEEN_THROUGH[name])
    assert not _asked(made)
    assert not made.unread
    record = next(one for one in made.records if one.entry is not None and one.entry.id == ENTRY)
    assert (str(record.start), str(record.end)) == ("2025-08-14", "2025-08-27")


def test_the_final_text_of_a_tracked_change_is_proposed(tmp_path: Path) -> None:
    made = _imported(tmp_path, inner=paragraph(_TRACKED))
    record = next(one for one in made.records if one.entry is not None and one.entry.id == ENTRY)
    assert str(record.end) == "2025-08-29"


def test_text_in_a_text_box_is_unread(tmp_path: Path) -> None:
    made = _imported(tmp_path, inner=paragraph(run("14.08. - 27.08.2025 ж.") + _BOX))
    assert [one.text for one in made.unread] == ["28.08.2025"]


def test_a_cell_around_which_a_control_stands_is_not_lost(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", SHIPPED)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    document = parts["word/document.xml"]
    at = document.index("14.08. - 27.08.2025")
    start, end = document.rindex("<w:tc>", 0, at), document.index("</w:tc>", at) + len("</w:tc>")
    wrapped = f"<w:sdt><w:sdtContent>{document[start:end]}</w:sdtContent></w:sdt>"
    body = f"{document[:start]}{wrapped}{document[end:]}"
    inner = body[body.index("<w:body>") + len("<w:body>") : body.index("</w:body>")]
    made = conclude(
        read_docx(write_word_body(tmp_path / "b.docx", inner)),
        SITE,
        Options(first_year=2025),
        Answers(by_name={}),
    )
    assert not [record for record in made.records if record.asked]


def test_a_number_that_word_counts_is_asked(tmp_path: Path) -> None:
    numbering = (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    listed = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr></w:pPr></w:p>'
    path = write_docx(tmp_path / "a.docx", SHIPPED, cells={(TABLE, ROW, 0): listed})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/numbering.xml", numbering)
    made = conclude(read_docx(path), SITE, Options(first_year=2025), Answers(by_name={}))
    assert "counted by Word" in _asked(made)
    assert made.records[0].found.row.number == "1."


def test_a_file_that_is_no_archive_or_is_protected_is_refused(tmp_path: Path) -> None:
    for name, content in (
        ("a.docx", b"hello"),
        ("b.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CannotReadError, match=r"password|no Office document"):
            read_docx(tmp_path / name)


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (70 * 1024 * 1024))
    with pytest.raises(CannotReadError, match="unpacks to 70"):
        read_docx(tmp_path / "a.docx")


def test_declared_entities_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr(
            "word/document.xml",
            '<!DOCTYPE w [<!ENTITY a "14.08.2025">]><w:document xmlns:w="x"><w:body>&a;</w:body></w:document>',
        )
    with pytest.raises(CannotReadError, match="declares entities"):
        read_docx(tmp_path / "a.docx")
