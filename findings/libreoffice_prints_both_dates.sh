#!/usr/bin/env bash
# LibreOffice 7.4 prints a date that was changed under tracking as both in one: 1 September made 8 September is "18 September".
#
# In an order edited with tracked changes the deleted text stays in the file (w:del), and LibreOffice shows it, struck out, beside what was
# typed instead. `soffice --headless --convert-to` writes what is shown: in the PDF the line through the 1 is a drawing, and the text
# is "18 September 2025" to whoever reads it, pypdfium2 and pdfminer.six alike; as plain text there is no line at all. A day moves by a week
# or more, and the wrong one is a date that exists. mammoth reads the same file as 8 September. Accept or reject all changes
# before an order is converted. Known since 2012 to who converts with it (unoconv/unoconv#40); `soffice --help` has no word of it.
#
# Needs Debian's package libreoffice-writer-nogui (or libreoffice-writer).
# Seen on 2026-11-29, Debian 12, Python 3.11.7:
#   LibreOffice 7.4.7.2, pypdfium2 5.15.2, pdfminer.six 20260107, mammoth 1.13.0
#   PDF by pypdfium2: Term begins on 18 September 2025.
#   PDF by pdfminer.six: Term begins on 18 September 2025.
#   text by LibreOffice: Term begins on 18 September 2025.
#   mammoth: Term begins on 8 September 2025.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-docx==1.2.0 mammoth==1.13.0 pypdfium2==5.15.2 pdfminer.six==20260107
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

BY = 'w:author="Registrar" w:date="2025-08-01T09:00:00Z"'
order = docx.Document()
order.element.body.insert(
    0,
    parse_xml(
        f'<w:p {nsdecls("w")}><w:r><w:t xml:space="preserve">Term begins on </w:t></w:r>'
        f'<w:del w:id="1" {BY}><w:r><w:delText>1</w:delText></w:r></w:del><w:ins w:id="2" {BY}><w:r><w:t>8</w:t></w:r></w:ins>'
        '<w:r><w:t xml:space="preserve"> September 2025.</w:t></w:r></w:p>'
    ),
)
order.save("order.docx")
PYTHON
for kind in pdf txt:Text; do
    HOME="$folder" soffice "-env:UserInstallation=file://$folder/profile" --headless --convert-to "$kind" order.docx >/dev/null 2>&1
done
release=$(HOME="$folder" soffice "-env:UserInstallation=file://$folder/profile" --headless --version | awk '{print $2}')
"$folder/venv/bin/python" - "$release" <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

import mammoth
import pypdfium2
from pdfminer.high_level import extract_text

with open("order.docx", "rb") as file:
    by_mammoth = mammoth.extract_raw_text(file).value.strip()
read = {
    "PDF by pypdfium2": pypdfium2.PdfDocument("order.pdf")[0].get_textpage().get_text_range().strip(),
    "PDF by pdfminer.six": extract_text("order.pdf").strip(),
    "text by LibreOffice": Path("order.txt").read_text(encoding="utf-8-sig").strip(),
    "mammoth": by_mammoth,
}
print(f"LibreOffice {sys.argv[1]}", *(f"{name} {version(name)}" for name in ("pypdfium2", "pdfminer.six", "mammoth")), sep=", ")
for how, text in read.items():
    print(f"{how}: {text}")
assert read.pop("mammoth") == "Term begins on 8 September 2025."
assert set(read.values()) == {"Term begins on 18 September 2025."}, read
PYTHON
