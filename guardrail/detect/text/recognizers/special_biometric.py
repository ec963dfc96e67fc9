"""When biometric data are those of somebody: whose fingerprints, whose face template."""

from __future__ import annotations

import re

from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_rules import Rule
from guardrail.detect.text.recognizers.special_words import Terms, terms
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, head, open_gap

_DATA = terms(
    "скан_лица скана_лица сканы_лица сканов_лица скан_сетчатки сканы_сетчатки сканов_сетчатки",
    "скан_радужки сканы_радужки сканов_радужки скан_радужной_оболочки сканы_радужной_оболочки",
    "отпечат*_пальца отпечат*_пальцев отпечат*_ладони отпечатк* дактокарт* шаблон*_лица",
    "биометрическ*_шаблон* биометрическ*_данны* биометрическ*_образ* биометрия "
    "биометрии биометрию биометрией слеп*_голоса",
    "голосов*_слеп* голосов*_отпечат* голосов*_шаблон*  ",
    " рисун*_вен образ*_голоса эмбеддинг*_лица цифров*_слеп*_лица",
    "face_template* face_embedding* face_scan* faceprint* fingerprints fingerprint voiceprint*",
    "voice_print* voice_template* iris_scan* retina_scan* retinal_scan* palm_print* palmprint*",
    "biometric_data biometric_template* biometric_record* biometrics facial_scan* iris_template*",
    "facial_template* fingerprint_template* gait_pattern* face_geometry dna_profile* dna_sample*",
    "днк саусақ_із* бет_шаблон* бет_үлгі* дауыс_үлгі* биометриялық_дерек* көз_торы*",
)
_MINE = terms(
    *(
        f"{what}{case}"
        for what in (
            "саусақ_ізім",
            "саусақ_іздерім",
            "бет_шаблоным",
            "бет_үлгім",
            "дауыс_үлгім",
            "биометриялық_деректерім",
            "биометриям",
        )
        for case in ("", "ді", "ды", "нің", "ның", "нен", "нан", "е", "а", "де", "да")
    )
)
_FACE = terms("лица голоса face voice iris fingerprint")

_VALUES = Terms(
    pattern=(
        r"(?:face|facial|voice|iris|finger|palm|retina)[ _\-]?(?:embedding|template|vector|print"
        r"|encoding|descriptor)s?[\"']? ?[:=] ?(?:\[ ?-?[01]?\.[0-9]{2}|[\"'][a-z0-9+/]{24})"
    ),
    trigger=(
        r"(?i:(?:face|facial|voice|iris|finger|palm|retina)[ _\-]?"
        r"(?:embed|templ|vect|print|enc|desc))"
    ),
    longest=60,
    starts=("fa", "vo", "ir", "fi", "pa", "re"),
)
"""A template's values, up to the first of them."""

_OWN = closed_gap(
    r"\w{3,14}(?:ый|ий|ая|ые|ого|их|ых|ой)",
    "own",
    "left",
    "right",
    "thumb",
    "index",
    "finger",
    "stored",
    "new",
    "old",
    "digital",
    "scanned",
    "both",
    "все",
    "all",
    "сняли",
    "взяли",
    "собрали",
    "забрали",
    "украли",
    "сохранили",
    "снимали",
    "берут",
    "снимают",
    "полиция",
    "банк",
    "took",
    "on",
)
_TAKEN = Tie(head=head(f"у {persons.RU_WHOSE}"), gap=_OWN)
_ROLES_OF = (
    r" (?:сотрудни(?:ка|цы)|клиент(?:а|ки)|пациент(?:а|ки)|работни(?:ка|цы)|заемщи(?:ка|цы)"
    r"|гражданина|гражданки|ученика|студента|моего|моей|моих|нашего|мужа|жены|сына|дочери|ребенка"
    r"|мамы|отца|матери|of (?:the |our |my )?(?:client|employee|patient|customer|son|daughter|user)"
    r"|of (?:my|his|her))(?!\w)"
)
_UPPER = "A-ZА-ЯЁӘҒҚҢӨҰҮҺІ"
_NAME_OF = re.compile(
    rf" (?:of )?[{_UPPER}][^\W_A-ZА-Я]{{2,20}}(?:[оеё]ва|[иы]на|[оеё]вой|иной|улы|ұлы)(?!\w)"
)
_ABOUT_HOW = re.compile(
    r" (?:protection|sensor|scanner|reader|login|unlock|auth|of the key|sha|ssh)"
)

RULES = (
    Rule(
        terms=_DATA,
        ties=(
            Tie(
                head=head(persons.OF_MINE, "my", "his", "her", f"{persons.EN_KIN}(?:['’]s)?"),
                gap=_OWN,
            ),
            _TAKEN,
            Tie(head=persons.NAMED, gap=_OWN, written=True),
            Tie(
                head=head(
                    "менин",
                    "онын",
                    persons.KK_KIN,
                    "кызметкердин",
                    "клиенттин",
                    "наукастын",
                    "окушынын",
                    "пациенттин",
                ),
                gap=open_gap(0),
            ),
        ),
        behind=re.compile(_ROLES_OF),
        behind_written=_NAME_OF,
        unless=_ABOUT_HOW,
    ),
    Rule(terms=_MINE, alone=True),
    Rule(
        terms=_FACE,
        ties=(
            Tie(
                head=head(
                    r"(?:скан|шаблон|слепок|снимок|эмбеддинг|образец|отпечаток)\w{0,3}"
                    rf" {persons.OF_MINE}"
                ),
                gap=open_gap(0),
            ),
        ),
    ),
)

VALUES = (Rule(terms=_VALUES, alone=True, whole=False, score=0.85),)
UNFINISHED_VALUES = r"[\w+/.\-\[ :=\"']{0,60}(?i:ecaf|laicaf|eciov|siri|regnif|mlap|aniter)"
"""For reversed text: a value whose first digits aren't known yet."""
