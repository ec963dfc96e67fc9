"""Names that are words, too, and names of two words that stand for nobody who lives.

Every language here calls people by its words: Бақыт, Вера, Grace. At the head of a sentence nothing
but the sentence tells them apart. And some names are so well known from books, shops and history
that whoever writes them means those.
"""

from __future__ import annotations

from collections.abc import Sequence

_WORDS = frozenset(
    word
    for line in (
        "айгүл айгул ақбота акбота айна айдын аманат арай арман арыстан асыл ақиқат әділ әділет",
        "әлем әсем әсел балдырған балдырган балауса батыр бақ бақыт бакыт бейбіт болат болашақ",
        "бота бұлақ бұлбұл гауһар гүл дана дария дархан дарын дәулет даулет дәурен даурен думан",  # noqa: RUF001
        "ерлік еркін еркин жайлау жанар жарқын жаркын жасыл жеңіс женис жібек жибек жұлдыз",
        "жулдыз инабат інжу ілім кербез көктем кемел күміс кумис күн қайрат кайрат қайсар",
        "кайсар қанат канат қарлығаш қасиет қуаныш куаныш құралай құрмет курмет қыран лашын",
        "маңғаз марал маржан мәртебе медеу мейрам мейірім мерей мереке мұрат наз назым назар",
        "намыс нұр нур нұрлы орал өркен өмір омир өнер раушан сабыр сағыныш салтанат самал сана",
        "санат сандуғаш сарыарқа сая сәуле сауле сезім серік серик сұлу сұңқар тағдыр талант",
        "талап тілек тилек толғанай толқын толкын тұлпар тұмар ұлан ұшқын үміт умит шаттық",
        "шолпан шуақ шырақ шынар ынтымақ ырыс еділ едил ертіс жайық алтын алтынай венера вера",
        "виктория виола весна гвоздика жасмин заря злата ирис искра калина клён лада лев лидер",
        "лилия лира любовь май майя марс март мир мира муза надежда нива победа прима радость",
        "роза роман рубин сатурн слава фиалка август amber angel april art ash august aurora",
        "autumn basil bay bell bill bishop blaze brook brooks buck bud chance charity chase",
        "chip christian clay cliff colt coral crystal dale dawn dean destiny diamond drew duke",
        "earl earnest eden eve faith fern flora forest frank gale ginger glory grace grant gray",
        "guy hazel heath holly honor hope hunter iris ivy jack jade jasmine joy jude june",
        "juniper justice lance laurel lily mark max maverick may melody mercy merry miles mist",
        "misty myrtle olive opal page paige pansy pat patience pearl penny pepper pierce piper",
        "poppy prince prudence rain ray reed rich river robin rocky rod rose rosemary rowan",
        "ruby rusty sage sandy scarlet serenity shade sierra skip sky sonny stone sterling",
        "storm sue summer sunny trinity trip tuck victoria viola violet ward will willow winter",
        "woody wren",
    )
    for word in line.split()
)
"""Given names that are everyday words, in small letters, with and without Kazakh's own."""

_OTHERS = (
    # People of books, films and tales.
    "гарри поттер|шерлок холмс|доктор ватсон|робинзон крузо|оливер твист|том сойер"
    "|гекльберри финн|джеймс бонд|питер пэн|мэри поппинс|анна каренин|евгений онегин"
    "|тарас бульб|родион раскольников|остап бендер|илья муромец|иль муромц|алёша попович"
    "|алеша попович|добрыня никитич|винни пух|винни|микки маус|дядя фёдор|дядя стёп|буратино"
    "|чебурашк|дон кихот|доктор хаус|железный человек|иван царевич|алдар көсе|алдар косе"
    "|қожа насыр|ер төстік|қобыланды батыр|алпамыс батыр|қыз жібек|қозы көрпеш|баян сұлу"
    "|harry potter|sherlock holmes|robinson crusoe|oliver twist|tom sawyer|huckleberry finn"
    "|james bond|jason bourne|indiana jones|peter pan|captain hook|captain nemo|mary poppins"
    "|don quixote|moby dick|jane eyre|bruce wayne|forrest gump|luke skywalker|darth vader"
    "|homer simpson|mickey mouse|donald duck|bugs bunny|santa claus|robin hood|king kong"
    "|jack russell|king arthur|doctor who|jack sparrow|bloody mary|earl grey|granny smith"
    "|sweet william"
    # Shops, makers, what is drunk and worn.
    "|michael kors|calvin klein|hugo boss|tommy hilfiger|ralph lauren|christian dior"
    "|louis vuitton|daniel wellington|jack daniel|jim beam|johnnie walker|johnny walker"
    "|captain morgan|marc jacobs|yves rocher|estee lauder|elizabeth arden|max mara|max factor"
    "|armand basi|massimo dutti|roberto cavalli|giorgio armani|karl lagerfeld|philipp plein"
    "|harley davidson|aston martin|alfa romeo|morgan stanley|merrill lynch|goldman sachs"
    "|wells fargo|johns hopkins|carnegie mellon|dow jones|dr pepper|uncle ben|aunt jemima"
    "|betty crocker|эрих краузе|мэри кэй|ив роше|хьюго босс|кельвин кляйн|джонни уокер"
    "|кристиан диор|луи виттон|webb ellis|lou gehrig"
    # Whom books of history are about.
    "|лев толст|льв толст|александр пушкин|фёдор достоевск|федор достоевск|антон чехов"
    "|николай гогол|михаил лермонтов|михаил ломоносов|дмитрий менделеев|иван грозн"
    "|пётр первый|юлий цезар|исаак ньютон|альберт эйнштейн|чарльз дарвин|мария кюри|мари кюри"
    "|никола тесла|галилео галил|леонардо да винчи|карл маркс|зигмунд фрейд|марко поло"
    "|христофор колумб|юрий гагарин|владимир ленин|уильям шекспир|абай құнанбайұлы"
    "|абай кунанбаев|абай кунанбай|мұхтар әуезов|мухтар ауэзов|қаныш сәтбаев|каныш сатпаев"
    "|шоқан уәлиханов|чокан валиханов|ыбырай алтынсарин|ахмет байтұрсынұлы|ахмет байтурсынов"
    "|әлихан бөкейхан|алихан букейханов|жамбыл жабаев|бауыржан момышұлы|бауыржан момышулы"
    "|мағжан жұмабаев|магжан жумабаев|дінмұхамед қонаев|динмухамед кунаев|мәншүк мәметов"
    "|маншук маметов|әлия молдағұлов|алия молдагулов|шәкәрім құдайбердіұлы|міржақып дулатұлы"
    "|шәмші қалдаяқов|кенесары қасымұлы|isaac newton|albert einstein|charles darwin|marie curie"
    "|nikola tesla|thomas edison|alan turing|ada lovelace|galileo galilei|leonardo da vinci"
    "|karl marx|sigmund freud|marco polo|christopher columbus|william shakespeare|jane austen"
    "|mark twain|charles dickens|julius caesar|abraham lincoln|george washington"
    "|winston churchill|martin luther king|isaac asimov|george orwell|napoleon|aristotl"
    "|beethoven|mozart"
)
_LONGEST_ENDING = 4
"""Letters of an ending of case, behind the stem that is known."""


def _by_beginning() -> dict[str, list[list[str]]]:
    known: dict[str, list[list[str]]] = {}
    for name in _OTHERS.split("|"):
        stems = name.split()
        known.setdefault(stems[0][:3], []).append(stems)
    return known


_KNOWN = _by_beginning()
"""The stems of each name, by three letters of the first."""


def is_a_word(text: str) -> bool:
    """Tell whether a name is an everyday word, too, of Kazakh, Russian or English."""
    return text.lower() in _WORDS


def is_well_known(name: Sequence[str]) -> bool:
    """Tell whether the words of a name, in any case, are those of a brand, a hero, or a classic."""
    words = [word.lower() for word in name if word not in "-."]
    for stems in _KNOWN.get(words[0][:3], ()) if words else ():
        if len(stems) == len(words) and all(map(_is_inflected, words, stems)):
            return True
    return False


def _is_inflected(word: str, stem: str) -> bool:
    """Tell whether a word is a stem with or without an ending; a stem's last vowel may change."""
    if word.startswith(stem):
        return len(word) - len(stem) <= _LONGEST_ENDING
    return stem[-1] in "аяьй" and word.startswith(stem[:-1]) and len(word) - len(stem) <= 2
