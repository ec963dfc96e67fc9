"""When biometric data are those of somebody: whose fingerprints, whose face template."""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.patterns import backwards, either, prefixes
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
    "сетчатк* радужк* рисунк*_вен геометри*_лица геометри*_ладони отпечат*_голоса "
    "биометрическ*_фото face_id_шаблон* face_id_профил* face_id faceid фейс_айди биометрию_лица "
    "образц*_голоса запис*_голоса_для_биометрии образ*_днк проб*_днк анализ*_днк тест*_днк "
    "генетическ*_профил*",
    "жүрек_ритм* көз_торы* көзімнің көздің_торлы* ирис_скан* алақан_із* бет-әлпет* бет_бейнес* "
    "дауыс_таңба*",
    "fingerprint_scan* sample_of_dna dna dna_test* retina_pattern* voice_biometric* palm_vein* "
    "facial_recognition_data facial_biometric* face_data face_id_data biometric_profile* "
    "biometric_info* "
    "thumbprint* thumb_print* iris_data iris_pattern* iris_code* voice_sample* handprint* retina "
    "retinas",
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
_TAKEN = Tie(head=head(f"(?:у|с) {persons.RU_WHOSE}"), gap=_OWN)
_DID = (
    r"\W{1,3}(?:\w+\W{1,3}){0,3}(?:сда(?:л|ла|ю|ет|ем|ли|вал|вала)|зарегистрировал[аи]?|прош(?:ел"
    r"|ла)"
    r"|предоставил[аи]?|загрузил[аи]?|внес(?:ла)?|оставил[аи]?|передал[аи]?|снял[аи]?"
    r"|отсканировал[аи]?"
    r"|gave|provided|submitted|enrolled|registered|uploaded|scanned|had|left|took|recorded|stored"
    r"|тапсыр\w{1,5}|берд[иі]\w{0,2}|тіркед\w{0,3}|калдыр\w{1,4})"
    r"\W{1,3}(?:\w+\W{1,3}){0,3}"
)
_GAVE = lazily(_DID)
_ROLES_OF = (
    r" (?:сотрудни(?:ка|цы)|клиент(?:а|ки)|пациент(?:а|ки)|работни(?:ка|цы)|заемщи(?:ка|цы)"
    r"|гражданина|гражданки|ученика|студента|моего|моей|моих|нашего|мужа|жены|сына|дочери|ребенка"
    r"|мамы|отца|матери|of (?:the |our |my )?(?:client|employee|patient|customer|son|daughter|user)"
    r"|of (?:my|his|her))(?!\w)"
)
_HOLDS = (
    r"| (?:алды|алынды|тапсырды|тапсырдым|сакталган) (?:менен|одан|олардан)"
    r"| (?:\w{2,10} ){0,2}(?:у|с) (?:меня|него|нее|нас|моего|моей|сына|дочери|мужа|жены)(?!\w)"
)
_UPPER = "A-ZА-ЯЁӘҒҚҢӨҰҮҺІ"
_NAME_OF = lazily(
    rf" (?:of )?[{_UPPER}][^\W_A-ZА-Я]{{2,20}}(?:[оеё]ва|[иы]на|[оеё]вой|иной|улы|ұлы)(?!\w)"
)
_ABOUT_HOW = lazily(
    r" (?:защит|вход|разблок|сканер|датчик|для входа в прилож|не работает|protection|sensor"
    r"|scanner|reader|login|unlock|auth|of the key|sha|ssh)"
)

_READ = lazily(
    r" (?:отсканир|загруз\w{2,4} в (?:систем|баз)|занес\w{2} в (?:систем|баз)"
    r"|внес\w{2} в (?:систем|баз)"
    r"|для (?:биометр|распозн)|сканер|торлы кабыгын ск|нурлы кабыгын|торын ск|сканир"
    r"|снимали для биом|танып|тану жуйе|распозна|was scanned|were scanned|scanned"
    r"|is in the (?:datab"
    r"|system)|template|pattern was|biometr)"
)

RULES = (
    Rule(
        terms=_DATA,
        ties=(
            Tie(
                head=head(persons.OF_MINE, f"{persons.EN_KIN}(?:['’]s)?", "my", "his", "her"),
                gap=_OWN,
            ),
            _TAKEN,
            Tie(head=head(f"(?:у|с) (?:{persons.KNOWN.pattern})"), gap=_OWN),
            Tie(head=persons.NAMED, gap=_OWN, written=True),
            Tie(
                head=head(
                    "менин",
                    "менен",
                    "онын",
                    "одан",
                    persons.KK_NOTED,
                    persons.KK_KIN,
                    "кызметкердин",
                    "клиенттин",
                    "наукастын",
                    "окушынын",
                    "пациенттин",
                ),
                gap=open_gap(1),
            ),
            Tie(
                head=head(persons.RU_WHO, persons.NOTED, persons.EN_WHO, persons.KK_WHO), gap=_GAVE
            ),
            Tie(head=persons.CALLED, gap=_GAVE, written=True),
            Tie(
                head=head(
                    r"(?:sample|copy|scan|photo|image|print|record)s? of (?:my|his|her|our|"
                    rf"{persons.EN_KIN}(?:['’]s)?)",
                ),
                gap=closed_gap("own", "left", "right"),
            ),
            Tie(
                head=head(
                    "(?:took|take|collected|stored|keeps?|kept|scanned|recorded) (?:my|his|her)"
                ),
                gap=_OWN,
            ),
        ),
        behind=lazily(rf"{_ROLES_OF}{_HOLDS}"),
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
    Rule(
        terms=terms(
            "лицо лица голос голоса көзімнің көзінің көзімді бетімді бетімнің дауысымды дауысымның",
            "саусағымды саусағымның алақанымды face voice iris retina eyes сетчатку радужку ладонь "
            "палец"
            " пальцы ладони көздің",
        ),
        ties=(
            Tie(
                head=head(persons.OF_MINE, rf"{persons.EN_KIN}['’]s", "my", "his", "her"),
                gap=open_gap(0),
            ),
            Tie(head=head(f"(?:у|с) {persons.RU_WHOSE}"), gap=_OWN),
            Tie(
                head=head("менин", persons.KK_KIN, "онын", "ол", "олар", "банк", "мекеме"),
                gap=open_gap(1),
            ),
        ),
        requires=_READ,
        unless=lazily(r" (?:scanner|сканер (?:не|в)|распознавани)"),
    ),
    Rule(
        terms=terms("iris irises retina retinas face palm palms fingerprint voice"),
        ties=(
            Tie(
                head=head(
                    "(?:scanned|captured|enrolled|recorded|copied) "
                    rf"(?:my|his|her|{persons.EN_KIN}['’]s)"
                ),
                gap=closed_gap("left", "right", "whole"),
            ),
        ),
        unless=lazily(r" (?:to|with|for a (?:sign|reaction)|message|memo|mail)"),
    ),
    Rule(
        terms=terms(
            "көзімнің көзімді бетімді бетімнің дауысымды саусағымды саусағымның алақанымды"
        ),
        behind=_READ,
    ),
)

VALUES = (Rule(terms=_VALUES, alone=True, whole=False, score=0.85),)
_KINDS = ("embedding", "template", "vector", "print", "encoding", "descriptor")
_KINDS_BACK, _BEGUN_BACK = either(backwards(_KINDS)), either(backwards(prefixes(_KINDS)))
UNFINISHED_VALUES = (
    r"(?i:(?:(?:(?:[0-9]{0,2}\.?[01]?-? ?\[|[a-z0-9+/]{0,24}[\"'])? ?[:=])? ?[\"']?"
    rf"s?(?:{_KINDS_BACK})|(?:{_BEGUN_BACK})?)[ _\-]?"
    r"(?:ecaf|laicaf|eciov|siri|regnif|mlap|aniter))"
)
"""For reversed text: a value whose first digits aren't known yet."""
