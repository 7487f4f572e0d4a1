#!/usr/bin/env bash
# python-docx 1.2.0 reads a date that was changed with tracking on as no date; 1 changed to 8 is neither 1 nor 8.
#
# Word keeps what was deleted under tracked changes in w:del and what was typed in w:ins (ECMA-376, part 1, 17.13.5), around the runs. paragraph.text
# takes the runs and hyperlinks that stand directly in the paragraph, so that it leaves out both: a text that the document shows in
# no view. A date chosen from a content control (w:sdt, 17.5.2) or marked by Word as a date (w:smartTag, 17.5.1) is left out in the
# same way, and raises nothing. mammoth and docx2txt read the order as it stands with the changes accepted. Whoever reads an order through
# paragraphs and cells of python-docx has to look for the three elements first, or read the XML.
# Source: python-openxml/python-docx#340 (2016, open) and #1123 (open) on tracked changes; CT_P.text in docx/oxml/text/paragraph.py.
#
# Seen on 2026-11-29, Python 3.11.7:
#   python-docx 1.2.0, mammoth 1.13.0, docx2txt 0.9
#   python-docx: 'Term begins on  September 2025.' | 'Exams end on .' | 'Winter break from '
#   mammoth:     'Term begins on 8 September 2025.' | 'Exams end on 20 December 2025.' | 'Winter break from 29 December 2025'
#   docx2txt:    'Term begins on 8 September 2025.' | 'Exams end on 20 December 2025.' | 'Winter break from 29 December 2025'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-docx==1.2.0 mammoth==1.13.0 docx2txt==0.9
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import docx
import docx2txt
import mammoth
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

BY = 'w:author="Registrar" w:date="2025-08-01T09:00:00Z"'
PARAGRAPHS = (
    f'<w:r><w:t xml:space="preserve">Term begins on </w:t></w:r><w:del w:id="1" {BY}><w:r><w:delText>1</w:delText></w:r></w:del>'
    f'<w:ins w:id="2" {BY}><w:r><w:t>8</w:t></w:r></w:ins><w:r><w:t xml:space="preserve"> September 2025.</w:t></w:r>',
    '<w:r><w:t xml:space="preserve">Exams end on </w:t></w:r><w:sdt><w:sdtPr><w:date w:fullDate="2025-12-20T00:00:00Z">'
    '<w:dateFormat w:val="d MMMM yyyy"/></w:date></w:sdtPr><w:sdtContent><w:r><w:t>20 December 2025</w:t></w:r></w:sdtContent></w:sdt>'
    "<w:r><w:t>.</w:t></w:r>",
    '<w:r><w:t xml:space="preserve">Winter break from </w:t></w:r>'
    '<w:smartTag w:uri="urn:schemas-microsoft-com:office:smarttags" w:element="date"><w:r><w:t>29 December 2025</w:t></w:r></w:smartTag>',
)
order = docx.Document()
for number, content in enumerate(PARAGRAPHS):
    order.element.body.insert(number, parse_xml(f"<w:p {nsdecls('w')}>{content}</w:p>"))
order.save("order.docx")
with open("order.docx", "rb") as file:
    by_mammoth = mammoth.extract_raw_text(file).value
read = {
    "python-docx": [paragraph.text for paragraph in docx.Document("order.docx").paragraphs],
    "mammoth": [line for line in by_mammoth.splitlines() if line],
    "docx2txt": [line for line in docx2txt.process("order.docx").splitlines() if line],
}
WHOLE = ["Term begins on 8 September 2025.", "Exams end on 20 December 2025.", "Winter break from 29 December 2025"]
print(", ".join(f"{name} {version(name)}" for name in read))
for name, lines in read.items():
    print(f"{name + ':':12} {' | '.join(map(repr, lines))}")
assert read["python-docx"] == ["Term begins on  September 2025.", "Exams end on .", "Winter break from "]
assert read["mammoth"] == read["docx2txt"] == WHOLE
PYTHON
