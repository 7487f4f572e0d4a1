"""Which characters a text may hold."""

import sys

from mapping.document.types import _is_refused


def test_no_refused_character_is_printable_so_that_printable_texts_need_no_second_look() -> None:
    refused = [chr(number) for number in range(sys.maxunicode + 1) if _is_refused(chr(number))]
    assert len(refused) > 60
    assert not any(character.isprintable() for character in refused)
