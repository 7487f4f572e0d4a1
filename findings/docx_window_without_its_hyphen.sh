#!/usr/bin/env bash
# docx2txt 0.9 and docx2python 3.7.1 read the exams of "12-17 January" as those of "1217 January", where the hyphen may not break.
#
# Ctrl+Shift+hyphen keeps a window of days on one line in Word. It is not stored as a character but as an element of its own, w:noBreakHyphen
# (ECMA-376, part 1, 17.3.3.18), between two texts of one run. Both readers put the texts together and leave the element out: two days become one
# number, 01.09-05.10 becomes 01.0905.10, and nothing is raised. python-docx and mammoth write a hyphen. A hyphen typed plainly
# is read by all four, so that a sample document shows nothing. Known for docx2txt: ankushshah89/python-docx2txt#34 (2021, open).
# Source: xml2text in docx2txt/docx2txt.py; docx2python names no such element.
#
# Seen on 2026-11-29, Python 3.11.7:
#   docx2txt 0.9:        plain '12-17 January', may not break '1217 January', '01.0905.10.2025'
#   docx2python 3.7.1:   plain '12-17 January', may not break '1217 January', '01.0905.10.2025'
#   python-docx 1.2.0:   plain '12-17 January', may not break '12-17 January', '01.09-05.10.2025'
#   mammoth 1.13.0:      plain '12-17 January', may not break '12‑17 January', '01.09‑05.10.2025'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check docx2txt==0.9 docx2python==3.7.1 python-docx==1.2.0 mammoth==1.13.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import docx
import docx2txt
import mammoth
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx2python import docx2python

WINDOWS = ("12-17 January", "12<w:noBreakHyphen/>17 January", "01.09<w:noBreakHyphen/>05.10.2025")
order = docx.Document()
for number, window in enumerate(WINDOWS):
    texts = window.replace("<w:noBreakHyphen/>", "</w:t><w:noBreakHyphen/><w:t>")
    order.element.body.insert(number, parse_xml(f"<w:p {nsdecls('w')}><w:r><w:t>{texts}</w:t></w:r></w:p>"))
order.save("order.docx")


def lines(text):
    return [line for line in text.splitlines() if line]


with open("order.docx", "rb") as file:
    by_mammoth = mammoth.extract_raw_text(file).value
with docx2python("order.docx") as by_docx2python:
    read = {
        "docx2txt": lines(docx2txt.process("order.docx")),
        "docx2python": lines(by_docx2python.text),
        "python-docx": [paragraph.text for paragraph in docx.Document("order.docx").paragraphs],
        "mammoth": lines(by_mammoth),
    }
for name, (plain, days, dates) in read.items():
    print(f"{f'{name} {version(name)}:':20} plain {plain!r}, may not break {days!r}, {dates!r}")
glued = ["12-17 January", "1217 January", "01.0905.10.2025"]
whole = ["12-17 January", "12-17 January", "01.09-05.10.2025"]
assert read["docx2txt"] == read["docx2python"] == glued
assert read["python-docx"] == whole
assert [line.replace("\u2011", "-") for line in read["mammoth"]] == whole
PYTHON
