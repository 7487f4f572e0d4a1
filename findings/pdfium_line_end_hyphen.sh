#!/usr/bin/env bash
# PDFium (by pypdfium2 5.15.2) gives U+FFFE in place of a hyphen at a line's end, where a letter follows on the next line.
#
# FPDFText_GetText joins a word that it takes for broken over two lines: hyphen and line end become one U+FFFE, which is
# no character (Unicode, 23.7) and prints as nothing. "LMS-" / "ke" and "1-" / "kurs" so read as one word with an
# unprintable sign in it, and whoever drops what is not printable has lost a hyphen that belonged to the text. Before a
# digit the hyphen stays, so that a window of dates survives. FPDFText_GetUnicode gives the same sign one by one.
#
# Seen on 2026-11-28, Python 3.11.7, Linux x86_64:
#   pypdfium2 5.15.2
#   'LMS-' / 'ke' -> 'LMS\ufffeke'
#   '19.01-' / '31.01.2026' -> '19.01-\r\n31.01.2026'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pypdfium2==5.15.2
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata

import pypdfium2


def pdf(first: str, second: str) -> bytes:
    content = f"BT /F1 12 Tf 50 700 Td ({first}) Tj 0 -14 Td ({second}) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + end.encode()


print("pypdfium2", importlib.metadata.version("pypdfium2"))
found = {}
for first, second in (("LMS-", "ke"), ("19.01-", "31.01.2026")):
    page = pypdfium2.PdfDocument(pdf(first, second))[0].get_textpage()
    found[first] = page.get_text_range()
    print(f"{first!r} / {second!r} -> {found[first]!r}")
assert found["LMS-"] == "LMS\ufffeke"
assert found["19.01-"] == "19.01-\r\n31.01.2026"
PYTHON
