"""The receipt's words in Kazakh, Russian and English: data, in this order of columns."""

from __future__ import annotations

from collections.abc import Mapping

from guardrail.consent.record import ConsentState, Method

Words = tuple[str, str, str]

LANGUAGES = ("kk", "ru", "en")

WORDS: Mapping[str, Words] = {
    "title": (
        "Дербес деректерді өңдеуге келісім туралы түбіртек",
        "Квитанция о согласии на обработку персональных данных",
        "Receipt for consent to the processing of personal data",
    ),
    "receipt": ("Түбіртек нөмірі", "Номер квитанции", "Receipt"),
    "record": ("Жазба нөмірі", "Номер записи", "Record"),
    "version": ("нұсқа", "версия", "version"),
    "state": ("Күйі", "Состояние", "State"),
    "operator": ("Оператор", "Оператор", "Operator"),
    "bin": ("БСН/ЖСН", "БИН/ИИН", "BIN/IIN"),
    "contact": ("Байланыс", "Контакты", "Contact"),
    "subject": (
        "Дербес деректер субъектісі (бүркеншік белгі)",
        "Субъект персональных данных (псевдоним)",
        "Data subject (pseudonym)",
    ),
    "guardian": (
        "Заңды өкілі (бүркеншік белгі)",
        "Законный представитель (псевдоним)",
        "Guardian (pseudonym)",
    ),
    "term": ("Қолданылу мерзімі", "Срок действия", "Term"),
    "purposes": ("Мақсаттары", "Цели", "Purposes"),
    "data": ("Жиналатын деректер тізбесі", "Перечень собираемых данных", "Data collected"),
    "third_parties": (
        "Үшінші тұлғаларға беру",
        "Передача третьим лицам",
        "Passed to third parties",
    ),
    "cross_border": (
        "Трансшекаралық беру (өңделетін елдер)",
        "Трансграничная передача (страны обработки)",
        "Transferred abroad (countries of processing)",
    ),
    "public_sources": (
        "Жалпыға қолжетімді көздерде тарату",
        "Распространение в общедоступных источниках",
        "Published in open sources",
    ),
    "storage": ("Сақталатын елі", "Страна хранения", "Stored in"),
    "method": ("Келісім беру тәсілі", "Способ дачи согласия", "How consent was given"),
    "notice": (
        "Құпиялылық туралы хабарлама",
        "Уведомление о конфиденциальности",
        "Privacy notice",
    ),
    "withdrawal": (
        "Келісімді қалай кері қайтарып алуға болады",
        "Как отозвать согласие",
        "How to withdraw",
    ),
    "events": ("Оқиғалар", "События", "Events"),
    "yes": ("иә", "да", "yes"),
    "no": ("жоқ", "нет", "no"),
    "closing": (
        (
            "Заңда көрсетілген жағдайларды қоспағанда, келісімді кері қайтарып алуға болады "
            "(94-V, 8-бап)."
        ),
        "Согласие можно отозвать, кроме случаев, указанных в законе (94-V, статья 8).",
        "Consent can be withdrawn except in the cases the law names (94-V, article 8).",
    ),
}

STATES: Mapping[ConsentState, Words] = {
    ConsentState.GIVEN: ("берілді", "дано", "given"),
    ConsentState.REFUSED: ("бас тартылды", "отказано", "refused"),
    ConsentState.WITHDRAWN: ("кері қайтарып алынды", "отозвано", "withdrawn"),
    ConsentState.EXPIRED: ("мерзімі өтті", "срок истёк", "expired"),
    ConsentState.INVALIDATED: (
        "жарамсыз деп танылды",
        "признано недействительным",
        "found invalid",
    ),
}

METHODS: Mapping[Method, Words] = {
    Method.WRITTEN: ("жазбаша", "письменно", "in writing"),
    Method.ESIGN: (
        "электрондық цифрлық қолтаңбамен",
        "электронной цифровой подписью",
        "by electronic signature",
    ),
    Method.KDP_STATE: (
        "мемлекеттік сервис арқылы",
        "через государственный сервис",
        "through the state service",
    ),
    Method.NON_STATE_SERVICE: (
        "мемлекеттік емес сервис арқылы",
        "через негосударственный сервис",
        "through a non-state service",
    ),
    Method.PROVABLE_ACTION: (
        "келісім алынғанын растайтын өзге тәсілмен",
        "иным способом, подтверждающим получение согласия",
        "by an action that proves it",
    ),
}

DATA: Mapping[str, Words] = {
    "KZ_IIN": ("ЖСН", "ИИН", "individual identification number"),
    "KZ_BIN": ("БСН", "БИН", "business identification number"),
    "KZ_PASSPORT": ("паспорт нөмірі", "номер паспорта", "passport number"),
    "KZ_ID_CARD": ("жеке куәлік нөмірі", "номер удостоверения личности", "identity card number"),
    "RU_PASSPORT": ("РФ паспорты", "паспорт РФ", "Russian passport"),
    "RU_SNILS": ("СНИЛС (РФ)", "СНИЛС (РФ)", "SNILS (Russia)"),
    "RU_INN": ("ССН (РФ)", "ИНН (РФ)", "INN (Russia)"),
    "IBAN_CODE": ("банк шоты", "банковский счёт", "bank account"),
    "PHONE_NUMBER": ("телефон нөмірі", "номер телефона", "phone number"),
    "EMAIL_ADDRESS": ("электрондық пошта", "электронная почта", "e-mail address"),
    "CREDIT_CARD": ("банк картасы", "банковская карта", "payment card"),
    "PERSON": ("аты-жөні", "имя", "name"),
    "national-id": (
        "жеке сәйкестендіру нөмірі",
        "индивидуальный идентификационный номер",
        "national identification number",
    ),
    "tax-id": ("салық төлеуші нөмірі", "номер налогоплательщика", "taxpayer number"),
    "organisation-id": ("ұйымның нөмірі", "номер организации", "organisation number"),
    "social-insurance-id": (
        "әлеуметтік сақтандыру нөмірі",
        "номер социального страхования",
        "social insurance number",
    ),
    "identity-document": (
        "жеке басты куәландыратын құжат",
        "документ, удостоверяющий личность",
        "identity document",
    ),
    "bank-account": ("банк шоты", "банковский счёт", "bank account"),
    "payment-card": ("төлем картасы", "платёжная карта", "payment card"),
    "contact": ("байланыс деректері", "контактные данные", "contact details"),
    "name": ("аты-жөні", "имя", "name"),
    "bio.face": ("бет бейнесі", "изображение лица", "face image"),
    "bio.voice": ("дауыс", "голос", "voice"),
    "bio.fingerprint": ("саусақ ізі", "отпечатки пальцев", "fingerprints"),
    "bio.iris": ("көздің нұрлы қабығы", "радужная оболочка глаза", "iris"),
    "bio.signature": ("қолтаңба", "подпись", "signature"),
    "bio.other_body": ("дененің басқа бөліктері", "другие части тела", "other parts of the body"),
    "bio.template": ("биометриялық үлгі", "биометрический шаблон", "biometric template"),
    "bio.identification": (
        "биометрия бойынша сәйкестендіру",
        "установление личности по биометрии",
        "identification by biometrics",
    ),
    "bio.verification": (
        "биометрия бойынша тексеру",
        "проверка личности по биометрии",
        "verification by biometrics",
    ),
    "emotion": ("эмоцияны анықтау", "определение эмоций", "determining emotions"),
    "location": ("орналасқан жері", "местоположение", "location"),
}
"""Words for kinds of data; a kind that isn't here is printed by its name."""
