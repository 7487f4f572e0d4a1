"""The process that reads a foreign file: bounded in time and memory, it gives back plain values and nothing else.

Run as ``python -m syncd.importing.child FILE PICTURES``; the document goes to stdout as JSON, progress to stderr.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from mapping.importing.pages import SourceDocument, Spot, Trouble, to_plain
from syncd.importing.archive import LARGEST_FILE
from syncd.importing.refusal import CannotReadError

MEMORY_BYTES = 1_500 * 1024 * 1024
CPU_SECONDS = 240
_LARGEST_WRITTEN = 200 * 1024 * 1024
PAGE = "page"
"""First word of a line of progress on stderr; libraries may write others there."""
PICTURE_SCALE = 1.25
"""Pixels per point of the pictures in the side-by-side view."""
_OTHERS = {
    ".doc": "save it in Word as .docx",
    ".xls": "save it in Excel as .xlsx",
    ".ods": "save it in LibreOffice as .xlsx",
    ".odt": "save it in LibreOffice as .docx",
    ".rtf": "save it in Word as .docx",
    ".txt": "text has no columns any more: ask for the Word, Excel or PDF file it was made from",
    ".html": "ask for the Word, Excel or PDF file",
}


def main() -> int:
    """Read one file; 0 also where it is refused, since that is an answer."""
    limit()
    path, pictures = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        document = read_document(path)
    except CannotReadError as error:
        document = SourceDocument(
            kind=path.suffix.lstrip(".").lower(),
            engine="",
            refused=(Trouble(spot=error.spot, text=error.reason),),
        )
    except (MemoryError, RecursionError):
        text = "the file is built in a way that takes too much memory to read; print it anew as a PDF"
        document = SourceDocument(kind="", engine="", refused=(Trouble(spot=Spot(), text=text),))
    if document.kind == "pdf" and document.blocks:
        from syncd.importing.pdf.document import render

        for number, picture in enumerate(render(path, PICTURE_SCALE), start=1):
            (pictures / f"{number}.png").write_bytes(picture)
    json.dump(to_plain(document), sys.stdout)
    return 0


def _tell(done: int, count: int) -> None:
    """A line for whoever waits, `syncd.importing.reading` alone."""
    sys.stderr.write(f"{PAGE} {done} {count}\n")
    sys.stderr.flush()


def limit() -> None:
    """Bounds of this process; what a foreign file does to it ends with it."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, _LARGEST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def read_document(path: Path) -> SourceDocument:
    """The document, by the kind that its name says. Raises `CannotReadError`."""
    suffix = path.suffix.lower()
    if path.stat().st_size > LARGEST_FILE:
        raise CannotReadError(
            f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB; is it the right one?"
        )
    if not path.stat().st_size:
        raise CannotReadError("the file is empty; save the document anew")
    if suffix == ".pdf":
        from syncd.importing.pdf.document import read_pdf

        return read_pdf(path, _tell)
    if suffix in {".docx", ".docm"}:
        from syncd.importing.docx.document import read_docx

        return read_docx(path)
    if suffix in {".xlsx", ".xlsm"}:
        from syncd.importing.xlsx import read_xlsx

        return read_xlsx(path)
    if suffix in {".csv", ".tsv"}:
        from syncd.importing.delimited import read_csv

        return read_csv(path)
    advice = _OTHERS.get(suffix, "give a PDF with text, a .docx an .xlsx or a .csv")
    raise CannotReadError(f"files that end in {suffix or 'nothing'} are not read; {advice}")


if __name__ == "__main__":
    sys.exit(main())
