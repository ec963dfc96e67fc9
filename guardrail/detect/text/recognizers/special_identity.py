"""When words of ethnicity and sexual orientation are said of somebody."""

from __future__ import annotations

import re

from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_rules import Rule
from guardrail.detect.text.recognizers.special_words import terms
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, field, head, open_gap

_SELF = Tie(head=head(persons.RU_WHO, persons.EN_BE), gap=persons.IS)
_KK_SELF = Tie(head=head(persons.KK_WHO), gap=persons.IS)
_NAMED = Tie(head=persons.NAMED, gap=persons.IS, written=True)
_NATIONALITY = field(
    "национальность",
    "нация",
    "нац\\.?",
    "улты?",
    "ulty",
    "ulty",
    "ethnicity",
    "ethnic (?:group|origin)",
    "nationality",
    "race",
    "раса",
    "этнос",
    "этническая принадлежность",
    "национальная принадлежность",
    words=1,
)
_BY_NATION = Tie(
    head=head(r"национальность(?:ю)?", "по национальности", "ултым", "улты", r"этнически"),
    gap=open_gap(0),
)
_NATIONS = terms(
    "немцем татарином корейцем евреем уйгуром узбеком украинцем цыганом армянином грузином",
    "татаркой немкой кореянкой еврейкой уйгуркой узбечкой украинкой чеченцем турком поляком",
    "казах казашка казахом казашкой узбек узбечка уйгур уйгурка украинец украинка немец немка",
    "татарин татарка кореец кореянка еврей еврейка дунган дунганин дунганка турок турчанка чеченец",
    "чеченка киргиз киргизка кыргыз кыргызка таджик таджичка цыган цыганка армянин армянка грузин",
    "азербайджанец азербайджанка грузинка белорус белоруска поляк полька башкир башкирка курд",
    "курдянка монгол монголка китаец китаянка ингуш ингушка грек гречанка молдаванин молдаванка",
    "русскими казахи уйгуры узбеки немцы евреи корейцы татары чеченцы цыгане метис метиска",
    "каракалпак каракалпачка туркмен туркменка дагестанец аварец лезгин осетин чуваш бурят якут",
    "араб арабка негр темнокожий темнокожая афроамериканец афроамериканка азиат азиатка",
)
_ADJECTIVES = terms(
    "русский русская русские русским русской kazakh russian uzbek uyghur uighur "
    "ukrainian german tatar korean jewish",
    "dungan kurdish roma hispanic latino latina asian arab african_american black chinese japanese",
    "chechen armenian georgian polish kyrgyz tajik native_american mixed-race biracial caucasian",
    "indian turkish mongolian azerbaijani belarusian greek gypsy asian-american",
)
_KK_NATIONS = terms(
    "қазақ орыс өзбек ұйғыр неміс кәріс корей татар түрік қырғыз тәжік еврей дүнген украин күрд",
    "шешен ингуш әзербайжан армян грузин поляк моңғол қытай сыған башқұрт qazaq orys",
)
_I_AM = terms(
    "қазақ+ орыс+ өзбек+ ұйғыр+ неміс+ кәріс+ корей+ татар+ түрік+ қырғыз+ тәжік+ еврей+ дүнген+",
    "украин+ күрд+ шешен+ әзербайжан+ армян+ поляк+ қытай+ сыған+ qazaqpyn oryspyn uigyrmyn",
)
ETHNICITY = (
    Rule(terms=_NATIONS, ties=(_SELF, _NAMED, _NATIONALITY, _BY_NATION)),
    Rule(
        terms=_ADJECTIVES,
        ties=(_SELF, _NAMED, _NATIONALITY, _BY_NATION),
        unless=persons.NOUN_FOLLOWS,
    ),
    Rule(
        terms=_KK_NATIONS,
        ties=(Tie(head=head(persons.KK_KIN), gap=persons.IS), _NATIONALITY, _BY_NATION),
        unless=persons.NOUN_FOLLOWS,
    ),
    Rule(terms=_I_AM, alone=True),
)

_ORIENTED = terms(
    "гей геем лесбиянка лесби бисексуал бисексуалка гомосексуал гомосексуалка гомосексуалист",
    "гомосексуалистка гомосексуален гомосексуальна гетеросексуал гетеросексуален трансгендер транс",
    "трансгендерн* трансгендерка асексуал асексуалка пансексуал квир транссексуал лгбт",
    "gay lesbian bisexual homosexual heterosexual transgender queer asexual pansexual",
    "nonbinary non-binary transsexual",
)
ORIENTATION = (
    Rule(terms=terms("trans bi"), ties=(_SELF, _NAMED), unless=persons.NOUN_FOLLOWS),
    Rule(
        terms=_ORIENTED,
        ties=(_SELF, _KK_SELF, _NAMED),
        unless=re.compile(
            r" (?:rights|bar|club|parade|pride|marriage|movie|film|клуб|бар|парад|жир|ally)"
        ),
    ),
    Rule(terms=terms("гей+ лесби+ лесбиян+ бисексуал+ гомосексуал+ трансгендер+"), alone=True),
    Rule(
        terms=terms(
            "гомосексуальн* гетеросексуальн* бисексуальн* асексуальн* гей лесбиянка гомосексуал*",
            "бисексуал* gay lesbian bisexual homosexual heterosexual straight queer asexual",
        ),
        ties=(
            field(
                "ориентация",
                "сексуальная ориентация",
                "sexual orientation",
                "orientation",
                "жыныстык багдар\\w{0,2}",
                words=0,
            ),
            Tie(
                head=head(
                    rf"{persons.OF_MINE} (?:сексуальная )?ориентация",
                    "(?:my|his|her) (?:sexual )?orientation(?: is)?",
                ),
                gap=closed_gap("это", "is", "не"),
            ),
        ),
    ),
)
