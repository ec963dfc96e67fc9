"""When words of ethnicity and sexual orientation are said of somebody."""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers import special_persons as persons
from guardrail.detect.text.recognizers.special_rules import Rule
from guardrail.detect.text.recognizers.special_words import terms
from guardrail.detect.text.recognizers.ties import Tie, closed_gap, field, head, open_gap

_SELF = Tie(head=head(persons.RU_WHO, persons.NOTED), gap=persons.PERSON_GAP)
_EN_SELF = Tie(head=head(persons.EN_BE), gap=persons.IS)
_KK_SELF = Tie(head=head(persons.KK_WHO), gap=persons.IS)
_NAMED = Tie(head=persons.NAMED, gap=persons.IS, written=True)
_CALLED = Tie(head=persons.CALLED, gap=persons.IS, written=True)
_KNOWN = Tie(head=persons.KNOWN, gap=persons.IS)
_CALLED_CYRILLIC = Tie(
    head=lazily(rf"{persons.CALLED.pattern}(?= [а-яё])"), gap=persons.IS, written=True
)
_DASHED = Tie(
    head=persons.CALLED,
    gap=lazily(
        r" - (?:по национальности )?|(?: is| was)(?: an?| half| part| ethnic| ethnically)* "
    ),
    written=True,
)
_NATIONALITY = field(
    "национальность",
    "нация",
    "нац\\.?",
    "нац-ть",
    "улты?",
    "ulty",
    "ethnicity",
    "ethnic (?:group|origin|background)",
    "nationality",
    "race",
    "раса",
    "этнос",
    "этническая принадлежность",
    "этническое происхождение",
    "национальная принадлежность",
    "этникалык тоби",
    "улттык тиеси\\w+",
    words=1,
)
_BY_NATION = Tie(
    head=head(
        r"национальност(?:ь|ью|и)?(?: (?:у меня|у него|у нее|моя))?",
        r"по (?:национальности|крови|происхождению|отцу|матери|маме|папе)",
        "ултым",
        r"(?:онын|менин) улты",
        "улты",
        r"этнически",
        r"этническ(?:ий|ая)",
        "чистокровн(?:ый|ая)",
        "наполовину",
        "на (?:половину|четверть|треть)",
        "тегим",
        "шыккан тегим",
        r"(?:my|his|her) (?:ethnicity|nationality|ethnic background|heritage|ancestry)(?: is)?",
        f"{persons.EN_WHO} (?:identif(?:y|ies)|identified) as(?: an?| ethnically)?",
        r"(?:i['’]?m|i am|s?he is|s?he['’]s) (?:half|part|ethnically|of|an? ethnic)",
    ),
    gap=open_gap(1),
)
_NATIONS = terms(
    "немцем татарином корейцем евреем уйгуром узбеком украинцем цыганом армянином грузином",
    "казахом казашкой курдом дунганином русской турчанкой азербайджанцем поляком киргизом "
    "белорусом",
    "татаркой немкой кореянкой еврейкой уйгуркой узбечкой украинкой чеченцем турком поляком",
    "казах казашка узбек узбечка уйгур уйгурка украинец украинка немец немка",
    "татарин татарка кореец кореянка еврей еврейка дунган дунганин дунганка турок турчанка чеченец",
    "чеченка киргиз киргизка кыргыз кыргызка таджик таджичка цыган цыганка армянин армянка грузин",
    "азербайджанец азербайджанка грузинка белорус белоруска поляк полька башкир башкирка курд",
    "курдянка монгол монголка китаец китаянка ингуш ингушка грек гречанка молдаванин молдаванка",
    "казахи уйгуры узбеки немцы евреи корейцы татары чеченцы цыгане метис метиска курды дунгане",
    "каракалпак каракалпачка туркмен туркменка дагестанец аварец лезгин осетин чуваш бурят якут",
    "калмык калмычка ногаец балкарец карачаевец черкес кабардинец лезгинка аварка осетинка литовка",
    "литовец латыш латышка эстонец эстонка болгарин болгарка румын хакас тувинец удмурт мордвин",
    "ашкеназ сефард турок-месхетинец крымск*_татар* этническ*_казах* оралман кандас",
    "араб арабка негр темнокожий темнокожая афроамериканец афроамериканка азиат азиатка мулатка",
    "русск*_немец русская_немка поволжск*_немцев немецк*_корн* еврейск*_корн* польск*_корн*",
    "татарск*_корн* корейск*_корн* еврейск*_семь* еврейского_происхождения уйгурск*_семь*",
    "немецкого_происхождения корейского_происхождения татарского_происхождения корё-сарам",
    "польского_происхождения уйгурского_происхождения украинского_происхождения",
)
_ADJECTIVES = terms(
    "русский русская русские русским русской русскими kazakh russian uzbek uyghur uighur "
    "ukrainian german tatar korean jewish",
    "dungan kurdish kurd roma hispanic latino latina asian arab african_american black chinese",
    "chechen armenian georgian polish kyrgyz tajik native_american mixed-race biracial caucasian",
    "indian turkish mongolian azerbaijani belarusian greek gypsy asian-american japanese",
    "koreans germans uyghurs tatars chechens jews uzbeks ukrainians kurds dungans turks poles "
    "turk turkmen karakalpak dagestani ingush bashkir half-korean half-russian half-kazakh",
    "half-german half-jewish half-uzbek half-chinese half-uyghur half-tatar volga_german",
)
_KK_NATIONS = terms(
    "қазақ орыс өзбек ұйғыр неміс кәріс корей татар түрік қырғыз тәжік еврей дүнген украин күрд",
    "шешен ингуш әзербайжан армян грузин поляк моңғол қытай сыған башқұрт қарақалпақ түрікмен",
    "белорус грек лезгин балқар қазағы қазақы ноғай qazaq orys uigyr ozbek",
)
_I_AM = terms(
    "қазақ+ орыс+ өзбек+ ұйғыр+ неміс+ кәріс+ корей+ татар+ түрік+ қырғыз+ тәжік+ еврей+ дүнген+",
    "украин+ күрд+ шешен+ әзербайжан+ армян+ поляк+ қытай+ сыған+ қарақалпақ+ түрікмен+ моңғол+",
    "qazaqpyn oryspyn uigyrmyn uzbekpyn",
)
_DESCENT = terms(
    "kazakh_descent uyghur_descent korean_descent german_descent jewish_descent russian_descent",
    "tatar_descent chechen_descent uzbek_descent ukrainian_descent polish_descent dungan_descent",
    "kurdish_descent turkish_descent chinese_descent armenian_descent roma_descent greek_descent",
    "uyghur_origin korean_origin german_origin jewish_origin tatar_origin kurdish_origin",
    "jewish_ancestry german_ancestry korean_ancestry uyghur_ancestry jewish_roots korean_roots",
    "german_roots tatar_roots jewish_family uyghur_family korean_family korean_heritage",
)
_NOT_NATION = lazily(
    rf"{persons.NOUN_FOLLOWS.pattern}| (?:на слух|по духу|for (?!\d|gener))| and (?:english"
    rf"|russian|kazakh)"
    r"| (?:from (?:duolingo|school)|in school|at school|at the university)"
)
ETHNICITY = (
    Rule(terms=_NATIONS, ties=(_SELF, _NAMED, _CALLED, _KNOWN, _NATIONALITY, _BY_NATION)),
    Rule(
        terms=_ADJECTIVES,
        ties=(
            _EN_SELF,
            Tie(head=head(persons.RU_WHO), gap=persons.IS),
            _NAMED,
            _KNOWN,
            _DASHED,
            _NATIONALITY,
            _BY_NATION,
        ),
        unless=_NOT_NATION,
    ),
    Rule(
        terms=_KK_NATIONS,
        ties=(
            Tie(head=head(persons.KK_KIN, "ол"), gap=persons.IS),
            _NAMED,
            _KNOWN,
            _DASHED,
            _NATIONALITY,
            _BY_NATION,
        ),
        unless=persons.NOUN_FOLLOWS,
    ),
    Rule(
        terms=_DESCENT,
        ties=(
            _EN_SELF,
            _CALLED,
            Tie(head=head(persons.EN_WHO, "from", "into"), gap=closed_gap(r"\w{2,10}", words=3)),
        ),
    ),
    Rule(terms=_I_AM, alone=True),
)

_ORIENTED = terms(
    "гей геем лесбиянка лесбиянкой лесби бисексуал бисексуалка гомосексуал гомосексуалка",
    "гомосексуалист гомосексуалистом бисексуалом бисексуалкой геями лесбиянками",
    "гомосексуалистка гомосексуален гомосексуальна гетеросексуал гетеросексуален трансгендер транс",
    "гетеросексуалка гетеро голубой трансгендером трансдевушка транспарень трансмужчина",
    "трансгендерн* трансгендерка асексуал асексуалка пансексуал квир транссексуал лгбт",
    "трансженщина небинарн* нетрадиционной_ориентации нетрадиционной_сексуальной_ориентации",
    "gay lesbian bisexual homosexual heterosexual transgender queer asexual pansexual",
    "nonbinary non-binary transsexual bi-curious lgbtq same-sex_relationship in_the_closet",
    "дәстүрлі_емес_бағытт* көгілдір",
)
_LOVES = terms(
    "нравятся_парни нравятся_мужчины нравятся_девушки нравятся_женщины attracted_to_men",
    "attracted_to_women attracted_to_both_men into_men into_women came_out_as совершил*_каминг-аут",
    "сделал*_каминг-аут каминг-аут",
)
ORIENTATION = (
    Rule(
        terms=terms("trans bi"),
        ties=(_EN_SELF, _SELF, _NAMED, _DASHED),
        unless=persons.NOUN_FOLLOWS,
    ),
    Rule(
        terms=_ORIENTED,
        ties=(_SELF, _EN_SELF, _KK_SELF, _NAMED, _DASHED, _CALLED_CYRILLIC, _KNOWN),
        unless=lazily(
            r" (?:rights|bar|club|parade|pride|marriage|movie|film|клуб|бар|парад|жир|ally|цвет"
            r"|шар\w{0,4}|экран|community|activists?|issues|characters?|novel|books?)"
        ),
    ),
    Rule(terms=terms("гей+ лесби+ лесбиян+ бисексуал+ гомосексуал+ трансгендер+"), alone=True),
    Rule(
        terms=_LOVES,
        ties=(
            Tie(head=head(persons.RU_WHOM, persons.EN_BE, persons.RU_WHO), gap=open_gap(2)),
            _NAMED,
            _CALLED,
            Tie(head=head(persons.EN_WHO), gap=closed_gap("is", "am", "was", "just", "recently")),
        ),
        unless=lazily(r" (?:sports|cooking|постарше|в сериале|с юмором)"),
    ),
    Rule(
        terms=terms(
            "гомосексуальн* гетеросексуальн* бисексуальн* асексуальн* гей лесбиянка гомосексуал*",
            "бисексуал* нетрадиционн* традиционн*_сексуальн* гомосексуализм*",
            "gay lesbian bisexual homosexual heterosexual straight queer asexual pansexual",
        ),
        ties=(
            field(
                "ориентация",
                "сексуальная ориентация",
                "sexual orientation",
                "orientation",
                "жыныстык багдар\\w{0,2}",
                "сексуалдык багдар\\w{0,3}",
                words=0,
            ),
            Tie(
                head=head(
                    rf"{persons.OF_MINE} (?:сексуальная )?ориентация",
                    rf"ориентация {persons.RU_WHOSE}",
                    rf"у {persons.RU_WHOSE}",
                    "(?:my|his|her) (?:sexual )?orientation(?: is)?",
                ),
                gap=closed_gap("это", "is", "не", "сексуальная", "ориентация"),
            ),
        ),
    ),
)
