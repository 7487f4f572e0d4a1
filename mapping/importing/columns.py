"""Which column of a table is which: numbers, names, terms, notes, told by its header and the site's own names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mapping.importing.pages import Cell
from mapping.importing.wording import numbering, words

_SEASONS: Mapping[str, tuple[str, ...]] = {
    "autumn": ("күз", "осен", "autumn", "fall", "herbst", "automne", "otono", "guz", "秋", "خريف", "الخريف"),
    "winter": ("қыс", "зимн", "winter", "hiver", "invierno", "kis", "冬", "شتاء", "الشتاء"),
    "spring": ("көктем", "весен", "spring", "fruhjahr", "fruhling", "printemps", "primavera", "bahar", "春", "ربيع", "الربيع"),
    "summer": ("жаз", "летн", "summer", "sommer", "ete", "verano", "yaz", "夏", "صيف", "الصيف"),
}  # fmt: skip
_UNITS: Mapping[str, tuple[str, ...]] = {
    "trimester": ("триместр", "trimest", "уштриместр"),
    "semester": ("семестр", "semest", "somestr", "学期", "الفصل", "فصل"),
    "quarter": ("тоқсан", "четверт", "quarter", "quartal"),
    "term": ("term",),
}
_ORDINALS = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4, "бірінші": 1, "екінші": 2, "үшінші": 3,
    "первый": 1, "второй": 2, "третий": 3, "first": 1, "second": 2, "third": 3,
    "primer": 1, "primero": 1, "segundo": 2, "tercer": 3, "tercero": 3, "cuarto": 4, "premier": 1, "deuxieme": 2, "troisieme": 3,
    "quatrieme": 4, "erstes": 1, "zweites": 2, "drittes": 3, "birinci": 1, "ikinci": 2, "ucuncu": 3, "الأول": 1, "الثاني": 2,
    "الثالث": 3,
}  # fmt: skip
_NUMBER_WORDS = {"no", "nr", "рн", "пп", "р", "п", "num", "n"}
_NOTE_WORDS = (
    "ескерт",
    "примечан",
    "note",
    "remark",
    "comment",
    "bemerk",
    "hinweis",
    "remarque",
    "observac",
    "aciklama",
)
_DATE_WORDS = (
    "мерзім", "күні", "уақыты", "срок", "дат", "date", "период", "termin", "zeitraum", "datum", "fecha", "tarih", "when",
)  # fmt: skip
_START_WORDS = (
    "басталу",
    "начал",
    "start",
    "begin",
    "from",
    "первый",
    "anfang",
    "debut",
    "inicio",
    "baslangic",
)
_END_WORDS = ("аяқталу", "оконч", "конец", "end", "until", "last", "ende", "fin", "bitis")
_MOST_HEADER_WORDS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of a programme and what it may be called in a header."""

    programme: str
    name: str
    signatures: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What each column of a table holds; all 1-based, 0 where there is none."""

    programme: str
    terms: Mapping[int, tuple[str, ...]]
    """Column to the terms it may stand for, in the programme's order."""
    number: int = 0
    name: int = 0
    notes: tuple[int, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    """Columns of the first and the last day, where each has its own; ``terms`` then has the first of them."""
    by_dates: bool = False
    """No column is one of a term: the dates of all of them stand in one column, or in two."""
    header: tuple[str, ...] = ()
    """The header's cells, folded, to know it again."""


def terms_of(programmes: Mapping[str, Mapping[str, Sequence[str]]]) -> tuple[Term, ...]:
    """The site's terms: programme to term to its names in every language."""
    return tuple(
        Term(
            programme=programme,
            name=term,
            signatures=frozenset(
                signature for name in (*names, term) for signature in signatures(name, alone=True)
            ),
        )
        for programme, named in programmes.items()
        for term, names in named.items()
    )


def signatures(text: str, *, alone: bool = False) -> frozenset[str]:
    """Seasons and counted terms that a header names; ``alone``: a bare I or autumn is one too."""
    found: set[str] = set()
    parts = words(text)
    units = {unit for unit, stems in _UNITS.items() if any(part.startswith(stems) for part in parts)}
    for part in parts:
        for season, stems in _SEASONS.items():
            if part.startswith(stems):
                found.add(season)
    counts = {_ORDINALS[part] for part in parts if part in _ORDINALS}
    if units or (alone and len(parts) == 1):
        found.update(
            f"{count} {unit}" for count in counts for unit in (units or {"trimester", "semester", "term"})
        )
    return frozenset(found)


def is_header(row: Iterable[Cell], known: tuple[str, ...] | None = None) -> bool:
    """Whether every cell is short and at least one names a term, or a column of dates.

    ``known`` is the header that the table has already: below it only the same one, or one of terms, is a header.
    """
    texts = [cell.text for cell in row if cell.text.strip()]
    if known is not None and header_key(texts) == known:
        return True
    if len(texts) < 2 or any(len(words(text)) > _MOST_HEADER_WORDS for text in texts):
        return False
    if numbering(texts[0]):
        return False
    named = [text for text in texts if _names_terms_only(text)]
    edges = {edge for text in texts if (edge := _edge(text)) and _names_terms_only(_without_edge(text))}
    if len(named) >= 2 or len(edges) == 2:
        return True
    return known is None and ((len(named) == 1 and len(texts) >= 3) or _is_dates_header(texts))


def _names_terms_only(text: str) -> bool:
    """Nothing but names of terms, their kind and years: a long name that only mentions a term is none."""
    if not signatures(text):
        return False
    for part in words(text):
        season = any(part.startswith(stems) for stems in _SEASONS.values())
        unit = any(part.startswith(stems) for stems in _UNITS.values())
        little = part in _ORDINALS or part.isdigit() or part in _LITTLE
        if not (season or unit or little):
            return False
    return True


def _edge(text: str) -> str:
    """``first`` or ``last`` where a header says that its column has the first or the last day; "" otherwise."""
    parts = words(text)
    begins, ends = (any(part.startswith(stems) for part in parts) for stems in (_START_WORDS, _END_WORDS))
    return "" if begins == ends else "first" if begins else "last"


def _without_edge(text: str) -> str:
    """A header without its words for first and last day, and without the word for a date beside them."""
    return " ".join(p for p in words(text) if not p.startswith((*_START_WORDS, *_END_WORDS, *_DATE_WORDS)))


_LITTLE = frozenset(
    [
        "мектеп",
        "мектебі",
        "школа",
        "school",
        "schule",
        "ecole",
        "session",
        "сессия",
        "оқу",
        "жылы",
        "учебный",
        "год",
        "г",
        "ж",
        "and",
        "и",
        "және",
        "мен",
        "of",
        "the",
        "academic",
        "year",
        "жарты",
        "полугодие",
        "half",
        "term",
    ]
)


def _is_dates_header(texts: Sequence[str]) -> bool:
    if any(len(words(text)) > 4 for text in texts):
        return False

    def named(stems: tuple[str, ...]) -> bool:
        return any(part.startswith(stems) for text in texts for part in words(text))

    return named(_DATE_WORDS) or (named(_START_WORDS) and named(_END_WORDS))


def columns_of(
    header: Sequence[Cell], terms: Sequence[Term], given: Mapping[int, str], claimed: frozenset[str]
) -> Columns | None:
    """The columns under a header row; None where no column of dates can be told.

    ``given`` is what the person said, column to term; ``claimed`` are programmes that have their table already.
    """
    texts = {cell.spot.column or 0: cell.text for cell in header}
    by_header = _by_header(header, texts, terms, claimed)
    programme = _programme_of(given, terms, claimed) if given else ""
    if not programme or (
        by_header is not None and not by_header.by_dates and by_header.programme != programme
    ):
        return by_header
    # Terms that nobody gave a column, such as a winter school, may stand in any.
    spare = [one.name for one in terms if one.programme == programme and one.name not in given.values()]
    return _sorted_columns(programme, {column: (term, *spare) for column, term in given.items()}, texts)


def _by_header(
    header: Sequence[Cell], texts: Mapping[int, str], terms: Sequence[Term], claimed: frozenset[str]
) -> Columns | None:
    """The columns as the header itself tells them."""
    by_column = {
        column: signatures(text)
        for column, text in texts.items()
        if _names_terms_only(_without_edge(text) if _edge(text) else text)
    }
    best: tuple[int, str, dict[int, tuple[str, ...]]] | None = None
    for programme in dict.fromkeys(term.programme for term in terms):
        own = [term for term in terms if term.programme == programme]
        found = {
            column: tuple(term.name for term in own if term.signatures & names)
            for column, names in by_column.items()
        }
        found = {column: names for column, names in found.items() if names}
        score = 4 * len(found) + _explained(by_column, own) - (programme in claimed)
        if found and (best is None or score > best[0]):
            best = score, programme, found
    if best is not None:
        wide = {cell.spot.column or 0: cell.columns for cell in header}
        spread = {
            column + extra: names for column, names in best[2].items() for extra in range(wide.get(column, 1))
        }
        return _with_pairs(_sorted_columns(best[1], spread, texts), texts)
    return _by_dates(texts, terms, claimed)


def with_edges(columns: Columns, row: Sequence[Cell]) -> Columns | None:
    """The columns with those of first and last days told apart by the row below the header; None if it is no such row."""
    texts = {cell.spot.column or 0: cell.text for cell in row if cell.text.strip()}
    short = all(len(words(text)) <= 3 and _edge(text) and not _without_edge(text) for text in texts.values())
    if columns.by_dates or not short or len(texts) < 2:
        return None
    names = dict(columns.terms)
    names |= {last: names[first] for first, last in columns.pairs}
    for column, text in texts.items():
        # A term that stands above the first of its two columns alone, unmerged.
        if column not in names and _edge(text) == "last" and column - 1 in names:
            names[column] = names[column - 1]
    if not set(texts) <= set(names):
        return None
    made = _with_pairs(replace(columns, terms=dict(sorted(names.items())), pairs=()), texts)
    notes = tuple(column for column in made.notes if column not in names)
    return replace(made, notes=notes) if made.pairs else None


def _with_pairs(columns: Columns, texts: Mapping[int, str]) -> Columns:
    """A column of first days and the one of last days right beside it, both of the same terms, as one."""
    pairs = tuple(
        (column, column + 1)
        for column, names in columns.terms.items()
        if columns.terms.get(column + 1) == names
        and (_edge(texts.get(column, "")), _edge(texts.get(column + 1, ""))) == ("first", "last")
    )
    ends = {last for _, last in pairs}
    return replace(columns, terms={c: n for c, n in columns.terms.items() if c not in ends}, pairs=pairs)


def _explained(by_column: Mapping[int, frozenset[str]], own: Sequence[Term]) -> int:
    known = frozenset(signature for term in own for signature in term.signatures)
    return sum(len(names & known) for names in by_column.values())


def _programme_of(given: Mapping[int, str], terms: Sequence[Term], claimed: frozenset[str]) -> str:
    fitting = [
        programme
        for programme in dict.fromkeys(term.programme for term in terms)
        if set(given.values()) <= {term.name for term in terms if term.programme == programme}
    ]
    return next((one for one in fitting if one not in claimed), fitting[0] if fitting else "")


def _by_dates(texts: Mapping[int, str], terms: Sequence[Term], claimed: frozenset[str]) -> Columns | None:
    """A table with one column of dates, or one for the first and one for the last day."""
    programmes = list(dict.fromkeys(term.programme for term in terms))
    programme = next((one for one in programmes if one not in claimed), programmes[0] if programmes else "")
    every = tuple(term.name for term in terms if term.programme == programme)

    def named(stems: tuple[str, ...]) -> list[int]:
        return [c for c, text in texts.items() if any(part.startswith(stems) for part in words(text))]

    starts, ends = named(_START_WORDS), named(_END_WORDS)
    if len(starts) == 1 and len(ends) == 1 and starts != ends:
        found = _sorted_columns(programme, {starts[0]: every, ends[0]: every}, texts)
        return Columns(
            programme=programme, terms={starts[0]: every}, number=found.number, name=found.name,
            notes=found.notes, pairs=((starts[0], ends[0]),), header=found.header, by_dates=True,
        )  # fmt: skip
    dated = named(_DATE_WORDS)
    if len(dated) != 1:
        return None
    return replace(_sorted_columns(programme, {dated[0]: every}, texts), by_dates=True)


def _sorted_columns(
    programme: str, terms: Mapping[int, tuple[str, ...]], texts: Mapping[int, str]
) -> Columns:
    others = [column for column in sorted(texts) if column not in terms]
    number = next((c for c in others if _is_number_header(texts[c])), 0)
    notes = tuple(
        c for c in others if c != number and any(p.startswith(_NOTE_WORDS) for p in words(texts[c]))
    )
    rest = [c for c in others if c != number and c not in notes]
    name = rest[0] if rest else 0
    return Columns(
        programme=programme,
        terms=dict(sorted(terms.items())),
        number=number,
        name=name,
        notes=(*notes, *(c for c in rest if c != name)),
        header=header_key(texts.values()),
    )


def with_number_column(columns: Columns, rows: Iterable[Sequence[Cell]]) -> Columns:
    """The column of numbers, told by what stands in it where the header does not say it."""
    if columns.number:
        return columns
    filled: dict[int, list[bool]] = {}
    for row in rows:
        for cell in row:
            if cell.columns == 1 and cell.text.strip() and not is_header(row):
                filled.setdefault(cell.spot.column or 0, []).append(
                    bool(numbering(cell.text)) or cell.automatic
                )
    first = min(columns.terms, default=0)
    numbers = [c for c, found in filled.items() if c < first and sum(found) > 0.7 * len(found)]
    if not numbers:
        return columns
    number = min(numbers)
    rest = [c for c in sorted({*columns.notes, columns.name, *range(1, first)}) if c not in {0, number}]
    name = columns.name if columns.name not in {0, number} else rest[0] if rest else 0
    notes = tuple(c for c in columns.notes if c not in {number, name})
    return replace(columns, number=number, name=name, notes=notes)


def _is_number_header(text: str) -> bool:
    parts = words(text)
    return "№" in text or "#" in text or (bool(parts) and all(part in _NUMBER_WORDS for part in parts))


def header_key(texts: Iterable[str]) -> tuple[str, ...]:
    """A header as it is known again on the next page."""
    return tuple(" ".join(words(text)) for text in texts if text.strip())
