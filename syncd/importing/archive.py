"""A foreign OOXML file, opened with bounds: how many members, how large, how deep, and what it may not be."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from syncd.importing.refusal import CannotReadError

LARGEST_FILE = 50 * 1024 * 1024
_MOST_MEMBERS = 3_000
_LARGEST_MEMBER = 60 * 1024 * 1024
_LARGEST_WHOLE = 200 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive, its members counted and measured. Raises `CannotReadError`."""
    with path.open("rb") as file:
        start = file.read(8)
    if start == _OLE:
        raise CannotReadError(
            "the file is protected by a password, or is of an old Office format; open it, take the password "
            "off and save it as .docx or .xlsx"
        )
    try:
        archive = zipfile.ZipFile(path)
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        raise CannotReadError(
            "the file is damaged or is no Office document; save it anew and try again"
        ) from None
    if len(members) > _MOST_MEMBERS:
        raise CannotReadError(f"the archive holds {len(members)} members; no calendar does")
    if any(member.flag_bits & 1 for member in members):
        raise CannotReadError("the archive is encrypted; save the document without a password")
    sizes = [member.file_size for member in members]
    if max(sizes, default=0) > _LARGEST_MEMBER or sum(sizes) > _LARGEST_WHOLE:
        raise CannotReadError(f"the archive unpacks to {sum(sizes) // 1024 // 1024} MB; no calendar does")
    return archive


def member(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """The bytes of a member, None where there is none. Raises `CannotReadError`."""
    try:
        with archive.open(name) as file:
            content = file.read(_LARGEST_MEMBER + 1)
    except KeyError:
        return None
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, EOFError) as error:
        raise CannotReadError(f"the part {name} of the file cannot be unpacked: {error}") from None
    if len(content) > _LARGEST_MEMBER:
        raise CannotReadError(f"the part {name} of the file is larger than it says")
    return content


def xml(archive: zipfile.ZipFile, name: str) -> Any:
    """The root of an XML member, None where there is none; no entity and no network. Raises `CannotReadError`."""
    content = member(archive, name)
    if content is None:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise CannotReadError(f"the part {name} of the file is not well-formed: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise CannotReadError(f"the part {name} of the file declares entities; save the document anew")
    return root
