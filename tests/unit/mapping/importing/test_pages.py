"""What a reader hands over, and what of it nobody sees."""

import pytest

from mapping.importing.pages import Line, SourceDocument, Spot, from_plain, to_plain


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\u200fامتحانات\u202c", "امتحانات"),
        ("Сес\u00adсия\x0b2027\x00", "Сессия 2027"),
        ("می\u200cشود\nx\ty", "می\u200cشود\nx\ty"),
        ("8\u00a0März", "8\u00a0März"),
        ("a\u2028b", "a b"),
    ],
)
def test_marks_that_nobody_sees_are_left_out(text: str, seen: str) -> None:
    document = SourceDocument(kind="csv", engine="", blocks=(Line(spot=Spot(page=1), text=text),))
    (line,) = from_plain(to_plain(document)).lines
    assert line.text == seen
