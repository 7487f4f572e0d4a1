"""Words by which columns of a plain list and categories of its rows are known, in ten languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HEADS: Mapping[str, tuple[str, ...]] = {
    "start": ("start", "begin", "from", "начал", "басталу", "anfang", "debut", "inicio", "baslangic"),
    "end": ("end", "until", "finish", "last", "оконч", "конец", "аяқталу", "ende", "fin", "bitis"),
    "date": ("date", "when", "day", "дат", "срок", "мерзім", "күні", "datum", "termin", "fecha", "tarih", "日期", "التاريخ"),
    "category": ("category", "type", "kind", "категор", "тип", "санат", "түрі", "kategorie", "categor", "tur"),
    "term": ("term", "semester", "семестр", "trimester", "триместр"),
    "note": ("note", "remark", "comment", "примеч", "ескерт", "bemerk", "hinweis", "nota", "aciklama"),
    "title": (
        "event", "title", "name", "activity", "description", "what", "событ", "мероприят", "назван", "іс-шара", "атауы",
        "шара", "ereignis", "bezeichnung", "veranstaltung", "evenement", "intitule", "evento", "etkinlik", "事项", "الحدث",
    ),
}  # fmt: skip


KINDS_OF_WORDS: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = (
    # What a category may be called, and the words of titles that sound like it; the first that fits is proposed.
    (
        ("holiday", "day off", "off", "break"),
        ("holiday", "closed", "праздник", "мереке", "feiertag", "ferie", "feriado", "bayram", "nonteaching"),
    ),
    (
        ("break", "vacation", "recess", "day off"),
        ("break", "recess", "vacation", "каникул", "демалыс", "ferien", "vacances", "vacaciones", "tatil"),
    ),
    (("exam",), ("exam", "final", "midterm", "экзам", "емтихан", "prufung", "klausur", "examen", "sinav")),
    (
        ("registration", "deadline"),
        ("regist", "enrol", "регистрац", "тіркел", "anmeld", "ruckmeld", "inscri", "kayit"),
    ),
    (
        ("deadline", "application"),
        (
            "deadline",
            "last",
            "due",
            "apply",
            "applicat",
            "add",
            "drop",
            "срок",
            "заявл",
            "өтініш",
            "frist",
            "bewerb",
        ),
    ),
    (("result", "grade", "event"), ("grade", "result", "оцен", "баға", "resultat", "calificac")),
    (
        ("ceremony", "graduation", "event"),
        ("graduat", "commencement", "convocation", "выпуск", "бітіру", "absolvent", "mezuniyet"),
    ),
    (
        ("teaching", "classes"),
        (
            "class",
            "teach",
            "lectur",
            "instruction",
            "заняти",
            "оқыту",
            "сабақ",
            "vorlesung",
            "cours",
            "clase",
            "ders",
        ),
    ),
)


NO_CLASSES = (
    "no class",
    "no lectures",
    "no instruction",
    "нет занятий",
    "сабақ жоқ",
    "keine vorlesung",
    "pas de cours",
)
