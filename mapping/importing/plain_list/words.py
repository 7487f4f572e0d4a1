"""Words by which columns of a plain list and categories of its rows are known, in ten languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HEADS: Mapping[str, tuple[str, ...]] = {
    "start": (
        "start", "begin", "from", "начал", "басталу", "anfang", "debut", "inicio", "desde", "comienzo", "baslangic", "开始",
        "起始", "البداي", "بداي", "من",
    ),
    "end": (
        "end", "until", "finish", "last", "through", "оконч", "конец", "аяқталу", "ende", "bis", "fin", "termino", "hasta",
        "cierre", "bitis", "结束", "截止", "النهاي", "نهاي", "إلى", "الى",
    ),
    "date": (
        "date", "when", "day", "дат", "срок", "мерзім", "күні", "datum", "termin", "fecha", "plazo", "periodo", "tarih", "日期",
        "时间", "التاريخ", "تاريخ", "الموعد", "موعد",
    ),
    "category": ("category", "type", "kind", "категор", "тип", "санат", "түрі", "kategorie", "categor", "tur"),
    "term": ("term", "semester", "семестр", "trimester", "триместр", "quarter", "semestre", "cuatrimestre", "学期", "الفصل"),
    "school": (
        "school", "facult", "fakult", "campus", "школ", "факульт", "мектеп", "okul", "学院", "كلية", "الكلية",
    ),
    "note": ("note", "remark", "comment", "примеч", "ескерт", "bemerk", "hinweis", "nota", "observ", "aciklama", "备注", "ملاحظ"),
    "title": (
        "event", "title", "name", "activity", "description", "what", "holiday", "событ", "мероприят", "назван", "іс-шара",
        "атауы", "шара", "ereignis", "bezeichnung", "veranstaltung", "evenement", "intitule", "evento", "actividad", "hito",
        "descripcion", "feriado", "etkinlik", "事项", "活动", "事件", "内容", "الحدث", "النشاط", "البيان", "المناسبة",
    ),
}  # fmt: skip


EVERY_SCHOOL = frozenset(
    [
        "all",
        "alle",
        "tous",
        "toutes",
        "todas",
        "todos",
        "все",
        "барлығы",
        "барлық",
        "tum",
        "全部",
        "الكل",
        "جميع",
    ]
)
"""The first word of what stands for all schools."""


KINDS_OF_WORDS: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = (
    # What a category may be called, and the words of titles that sound like it; the first that fits is proposed.
    (
        ("holiday", "day off", "off", "break"),
        (
            "holiday", "closed", "праздник", "мереке", "feiertag", "ferie", "feriado", "festiv", "bayram", "nonteaching",
            "عطلة", "إجازة", "اجازة", "عيد", "العطلة", "الإجازة",
        ),
    ),
    (
        ("break", "vacation", "recess", "day off"),
        ("break", "recess", "vacation", "каникул", "демалыс", "ferien", "vacances", "vacaciones", "receso", "tatil"),
    ),
    (
        ("exam",),
        (
            "exam", "final", "midterm", "экзам", "емтихан", "prufung", "klausur", "examen", "sinav", "امتحان", "الامتحان",
            "اختبار", "الاختبار",
        ),
    ),
    (
        ("registration", "deadline"),
        ("regist", "enrol", "регистрац", "тіркел", "anmeld", "ruckmeld", "inscri", "matricul", "kayit", "تسجيل", "التسجيل"),
    ),
    (
        ("deadline", "application"),
        (
            "deadline", "last", "due", "apply", "applicat", "add", "drop", "срок", "заявл", "өтініш", "frist", "bewerb",
            "plazo", "ultimo", "dernier", "آخر",
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
            "class", "teach", "lectur", "instruction", "заняти", "оқыту", "сабақ", "vorlesung", "cours", "clase", "ders",
            "دراسة", "الدراسة", "محاضرات",
        ),
    ),
)  # fmt: skip


NO_CLASSES = (
    "no class",
    "no lectures",
    "no instruction",
    "нет занятий",
    "сабақ жоқ",
    "keine vorlesung",
    "pas de cours",
    "sin clase",
    "no hay clase",
)
