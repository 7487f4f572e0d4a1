"""Words of dates in the shipped languages: months, weekdays, and the little words around them.

Everything is written as `fold` leaves it: small letters, Latin letters without accents, ё as е. A word
that means two things in two languages means nothing unless one of them is the document's language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

Role = Literal[
    "month", "weekday", "year", "from", "to", "until", "until_after", "from_after", "filler", "ordinal"
]
"""``until_after`` and ``from_after`` follow the date they belong to, the others stand before it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word says; ``number`` is a month 1..12 or an ISO weekday 1..7, else 0."""

    role: Role
    number: int = 0
    opens: bool = False
    """The word's ending says "from" (қыркүйектен, Eylül'den)."""


_MONTHS: Mapping[str, str] = {
    # One month after the other, forms parted by |.
    "ru": "январь|января|январе|янв февраль|февраля|феврале|фев|февр март|марта|марте|мар апрель|апреля|апреле|апр "
    "май|мая|мае июнь|июня|июне|июн июль|июля|июле|июл август|августа|августе|авг "
    "сентябрь|сентября|сентябре|сен|сент октябрь|октября|октябре|окт ноябрь|ноября|ноябре|ноя|нояб "
    "декабрь|декабря|декабре|дек",
    "en": "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sep|sept "
    "october|oct november|nov december|dec",
    "de": "januar|janner|jan|jaen februar|feber|feb|febr marz|maerz|mrz|mar april|apr mai juni|jun juli|jul "
    "august|aug september|sep|sept oktober|okt november|nov dezember|dez",
    "fr": "janvier|janv|jan fevrier|fevr|fev mars|mar avril|avr|avril mai juin juillet|juil aout|aou "
    "septembre|sept|sep octobre|oct novembre|nov decembre|dec",
    "es": "enero|ene febrero|feb marzo|mar abril|abr mayo|may junio|jun julio|jul agosto|ago "
    "septiembre|setiembre|sept|sep|set octubre|oct noviembre|nov diciembre|dic",
    "tr": "ocak|oca subat|sub mart|mar nisan|nis mayis|may haziran|haz temmuz|tem agustos|agu eylul|eyl "
    "ekim|eki kasim|kas aralik|ara",
    "ar": "يناير|كانون_الثاني فبراير|شباط مارس|آذار أبريل|ابريل|إبريل|نيسان مايو|أيار يونيو|يونيه|حزيران "
    "يوليو|يوليه|تموز أغسطس|اغسطس|آب سبتمبر|أيلول أكتوبر|اكتوبر نوفمبر ديسمبر",
}
_KAZAKH_MONTHS = (
    "қаңтар|қантар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек|қыркүйег қазан қараша желтоқсан"
)
_KAZAKH_FROM = "нан нен тан тен дан ден ынан інен сынан сінен"
_KAZAKH_CASES = (
    "ы і сы сі да де та те нда нде ында інде сында сінде дағы дегі тағы тегі ындағы індегі "
    "ның нің дың дің тың тің ының інің ға ге қа ке на не ына іне сына сіне"
)
_TURKISH_FROM = "dan den tan ten ndan nden"
_TURKISH_CASES = "de da te ta e a i u in un nin nun ne na nde nda ye ya"

_WEEKDAYS: Mapping[str, str] = {
    "kk": "дүйсенбі|дс|дүй сейсенбі|сс|сей сәрсенбі|ср|сәр бейсенбі|бс|бей жұма|жм сенбі|сб|сен жексенбі|жк|жек",
    "ru": "понедельник|понедельника|понедельнику|пн|пнд вторник|вторника|вторнику|вт|втр "
    "среда|среду|среды|среде|ср четверг|четверга|четвергу|чт|чтв пятница|пятницу|пятницы|пятнице|пт "
    "суббота|субботу|субботы|субботе|сб воскресенье|воскресенья|воскресенью|вс|вск",
    "en": "monday|mon tuesday|tue|tues wednesday|wed thursday|thu|thur|thurs friday|fri saturday|sat sunday|sun",
    "de": "montag|mo dienstag|di mittwoch|mi donnerstag|do freitag|fr samstag|sonnabend|sa sonntag|so",
    "fr": "lundi|lun mardi mercredi|mer jeudi|jeu vendredi|ven samedi|sam dimanche|dim",
    "es": "lunes|lun martes miercoles|mie jueves|jue viernes|vie sabado|sab domingo|dom",
    "tr": "pazartesi|pzt sali|sal carsamba|car persembe|per cuma|cum cumartesi|cmt pazar|paz",
    "zh": "星期一|周一 星期二|周二 星期三|周三 星期四|周四 星期五|周五 星期六|周六 星期日|星期天|周日",
    "ar": "الاثنين|الإثنين الثلاثاء الأربعاء|الاربعاء الخميس الجمعة السبت الأحد|الاحد",
}
_LITTLE: Mapping[str, Mapping[Role, str]] = {
    # Words of one phrase are joined by _.
    "kk": {
        "year": "ж жыл жылы жылғы жылдың жылда жылға жылдан жж",
        "until_after": "дейін шейін дейiн дейінгі",
        "from_after": "бастап",
        "filler": "аралығында аралығы кезеңінде және_аралығында",
        "ordinal": "ші шы",
    },
    "ru": {
        "year": "г год года году гг",
        "from": "с со начиная_с",
        "to": "по",
        "until": "до не_позднее не_позже до_и_включая",
        "filler": "в_период в_течение_периода включительно от",
        "ordinal": "го е ое",
    },
    "en": {
        "from": "from starting starting_from beginning beginning_on as_of",
        "to": "to through thru",
        "until": "until till by no_later_than not_later_than on_or_before up_to",
        "filler": "on the of during between inclusive",
        "ordinal": "st nd rd th",
    },
    "de": {
        "year": "jahr",
        "from": "vom von ab ab_dem ab_den von_dem",
        "to": "bis bis_zum bis_einschließlich bis_zum_einschließlich",
        "until": "spatestens spatestens_bis spatestens_am spatestens_bis_zum bis_spatestens bis_spatestens_zum",
        "filler": "am der den dem im zum einschließlich einschliesslich",
    },
    "fr": {
        "from": "du a_partir_du des_le a_compter_du de",
        "to": "au",
        "until": "jusqu'au jusqu’au au_plus_tard_le avant_le_et_y_compris",
        "filler": "le inclus",
        "ordinal": "er ere eme e",
    },
    "es": {
        "from": "desde desde_el del a_partir_del",
        "to": "al hasta_el hasta",
        "until": "a_mas_tardar_el antes_del_o_el",
        "filler": "el de inclusive ambos_inclusive",
        "ordinal": "º",
    },
    "tr": {
        "year": "yili yil",
        "until_after": "kadar tarihine_kadar e_kadar a_kadar ya_kadar ye_kadar",
        "from_after": "itibaren tarihinden_itibaren dan_itibaren den_itibaren tan_itibaren ten_itibaren",
        "filler": "tarihleri_arasinda arasinda tarihinde",
    },
    "zh": {"to": "至 到", "until_after": "止 截止", "from_after": "起 开始", "from": "从 自"},
    "ar": {"from": "من ابتداء_من", "to": "إلى الى", "until": "حتى", "year": "م", "filler": "في يوم الموافق"},
}

_LOOKALIKES = {
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "у": "y", "і": "i", "ј": "j", "ѕ": "s", "һ": "h",
    "А": "A", "В": "B", "Е": "E", "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C", "Т": "T", "Х": "X",
    "У": "Y", "І": "I", "Ѕ": "S", "к": "k", "м": "m", "т": "t", "н": "h", "в": "b",
}  # fmt: skip
_CYRILLIC_OF_LATIN = {latin: cyrillic for cyrillic, latin in _LOOKALIKES.items() if latin not in "hbkmt"} | {
    "H": "Н", "B": "В", "K": "К", "M": "М", "T": "Т", "k": "к",
}  # fmt: skip


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """The word as it is compared: small letters, Latin without accents, a stray letter in the others' script."""
    return (
        _without_accents(_one_script(word).replace("İ", "i").casefold()).replace("ё", "е").replace("’", "'")
    )


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    out: list[str] = []
    for char in word:
        base = unicodedata.normalize("NFD", char)[0]
        latin = "a" <= base <= "z"
        out.append("" if char == "\u0307" else base if latin else "i" if char == "ı" else char)
    return "".join(out)


def _one_script(word: str) -> str:
    """Letters that only look like the word's own script are changed into it; ties stay as they are."""
    if word.isascii():
        return word
    latin = sum("a" <= c.casefold() <= "z" for c in word)
    cyrillic = sum("\u0400" <= c <= "\u052f" for c in word)
    if not latin or not cyrillic:
        return word
    if cyrillic > latin:
        return "".join(_CYRILLIC_OF_LATIN.get(c, c) for c in word)
    if latin > cyrillic:
        return "".join(_LOOKALIKES.get(c, c) for c in word)
    return word


Lexicon = Mapping[tuple[str, ...], Meaning]
"""Words of a phrase, folded, to what it says."""
LANGUAGES = ("kk", "ru", "en", "de", "fr", "es", "tr", "zh", "ar")


@cache
def lexicon(language: str = "") -> Lexicon:
    """Every word of every language; a clash is settled by ``language`` or means nothing."""
    found: dict[tuple[str, ...], Meaning] = {}
    clashing: set[tuple[str, ...]] = set()
    for code in LANGUAGES:
        for words, meaning in _words(code):
            if found.setdefault(words, meaning) != meaning:
                clashing.add(words)
    found = {words: meaning for words, meaning in found.items() if words not in clashing}
    if language in LANGUAGES:
        found.update(_words(language))
    return found


def _words(language: str) -> Iterator[tuple[tuple[str, ...], Meaning]]:
    seen: dict[tuple[str, ...], Meaning] = {}
    for words, meaning in _all_words(language):
        if words not in seen:
            seen[words] = meaning
            yield words, meaning


def _all_words(language: str) -> Iterator[tuple[tuple[str, ...], Meaning]]:
    yield from _months(language)
    for number, forms in enumerate(_WEEKDAYS.get(language, "").split(), start=1):
        for form in forms.split("|"):
            yield _phrase(language, form), Meaning("weekday", number)
    for role, phrases in _LITTLE.get(language, {}).items():
        for phrase in phrases.split():
            yield _phrase(language, phrase), Meaning(role)


def _months(language: str) -> Iterator[tuple[tuple[str, ...], Meaning]]:
    for number, forms in enumerate(_MONTHS.get(language, "").split(), start=1):
        for form in forms.split("|"):
            yield tuple(fold(form).split("_")), Meaning("month", number)
            if language == "tr" and len(form) > 3:
                yield from _turkish(form, number)
    for number, forms in enumerate(_KAZAKH_MONTHS.split() if language == "kk" else (), start=1):
        for stem in forms.split("|"):
            yield from _kazakh(stem, number)


def _phrase(language: str, written: str) -> tuple[str, ...]:
    """A Chinese word is read character by character, since nothing stands between two words."""
    return tuple(written) if language == "zh" else tuple(map(fold, written.split("_")))


def _kazakh(stem: str, number: int) -> Iterator[tuple[tuple[str, ...], Meaning]]:
    yield (stem,), Meaning("month", number)
    for suffix in _KAZAKH_CASES.split():
        yield (stem + suffix,), Meaning("month", number)
    for suffix in _KAZAKH_FROM.split():
        yield (stem + suffix,), Meaning("month", number, opens=True)


def _turkish(form: str, number: int) -> Iterator[tuple[tuple[str, ...], Meaning]]:
    for suffix in _TURKISH_CASES.split():
        yield (f"{fold(form)}'{suffix}",), Meaning("month", number)
    for suffix in _TURKISH_FROM.split():
        yield (f"{fold(form)}'{suffix}",), Meaning("month", number, opens=True)


DAY_UNITS = frozenset(
    fold(word)
    for word in [
        "күн",
        "күні",
        "күнге",
        "күннен",
        "день",
        "дня",
        "дней",
        "day",
        "days",
        "tag",
        "tage",
        "tagen",
        "jour",
        "jours",
        "día",
        "días",
        "gün",
        "günü",
        "天",
        "日",
        "يوم",
        "أيام",
    ]
)
"""Units whose count can be compared with the days of a window."""
WORKING = frozenset(
    fold(word)
    for word in ["жұмыс", "рабочих", "рабочий", "рабочие", "working", "business", "arbeitstage", "iş", "工作"]
)
PARTS_OF_DAY = frozenset(
    fold(word)
    for word in [
        "утра",
        "вечера",
        "утром",
        "вечером",
        "днем",
        "soir",
        "matin",
        "midi",
        "noon",
        "midnight",
        "morning",
        "evening",
        "afternoon",
        "mittags",
        "morgens",
        "abends",
        "таңертең",
        "кешке",
        "öğlen",
        "sabah",
        "akşam",
    ]
)
"""A part of the day is no other date, but what it means for the day is asked."""
