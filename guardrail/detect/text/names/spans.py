"""Which words together are a name: how sure each must be, and the initials beside them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from guardrail.detect.text.names.knowledge import Name
from guardrail.detect.text.names.network import is_among_kazakh
from guardrail.detect.text.names.twofold import is_a_word
from guardrail.detect.text.names.words import Casing, Words

LONGEST_NAME = 8
"""Words of a name at most."""

_LEAST = {Casing.NORMAL: 0.5, Casing.LOWER: 0.4, Casing.UPPER: 0.5, Casing.UNKNOWN: 0.5}
"""The chance from which on a word is taken for a name."""

LEAST_BESIDE = 0.3
"""The same for a word beside one that is a name."""

APART = 8
"""How many times likelier it is in Cyrillic that a name begins with a word than that one goes on,
where names stand side by side: in lists there are commas."""

_DOUBTFUL = 0.4
"""The chance from which on a word goes before one that a name seems to begin with."""

_LEAST_SMALL = 0.8
"""The same for a word in small letters among words that begin with capitals."""

_LEAST_LISTED, _LEAST_SHOUTED, _LEAST_FIRST = 0.5, 0.8, 0.8
"""The same for a name of one word that is on a list of names; for one among capitals; and for the
first word of a sentence. More words that happen to look like a name are alone."""

_LEAST_LATIN, _LEAST_CYRILLIC, _LEAST_PLAIN_CYRILLIC = 0.9, 0.8, 0.85
"""The same where no list has it, in no Kazakh text: in Latin letters, at the head of a sentence,
too; in Cyrillic; so, with a capital letter for no other reason than being a name (`is_plain`), as
those have after whom laws, streets and makers are called. Chosen by texts that hold nobody, written
for that alone."""

_LEAST_A_WORD, _LEAST_A_WORD_AMONG_KAZAKH = 0.9, 0.85
"""The same for the first word of a sentence that is an everyday word, too (`twofold`)."""

_LEAST_AMONG_KAZAKH, _LEAST_FIRST_AMONG_KAZAKH = 0.5, 0.7
"""The same where a letter of Kazakh is near: for a name of one word that is on no list, and for a
listed one that is the first word of a sentence. Chosen by made-up texts (docs/name-model.md)."""

PLAIN, OF_ANOTHER, LEAST_PLAIN = 0.7, 0.3, 0.05
"""The chance of a listed name with a capital letter within a sentence, unless it is as likely as
this the name of a place, an organisation or somebody historic, or less likely than this somebody's
at all (проспект Мира, Mark II)."""

_LOWEST, _HIGHEST = 0.4, 0.8
"""Scores that chances of 0 and 1 become. What holds a number, or the words of an address, is surer
than any name: of a mail address and a name in it, the address is the finding."""

_BEGINS = frozenset('.!?…\n;—–-"«“|')
"""Signs behind which a word has a capital letter whatever it is: of sentences, lists, tables."""

_INITIALS = 2
"""Initials on one side of a name at most."""

_LEAST_HISTORIC = 0.85
"""The chance from which on a word by which historic persons are called is somebody's name."""

_DIGRAPHS = frozenset(
    ("Sh", "Zh", "Ch", "Kh", "Gh", "Ts", "Yu", "Ya", "Iu", "Ia",
     "SH", "ZH", "CH", "KH", "GH", "TS", "YU", "YA", "IU", "IA")
)  # fmt: skip
"""Two letters that stand for one where names are transliterated from Cyrillic: Zh. K. Ospanov."""

_PARTICLES = frozenset(
    word
    for line in (
        "аль ал эль ибн бин бен бинт оглы кызы улы ұлы қызы де ди да дю дер ван фон ла ле",
        "al el ibn bin ben de di da du der den van von la le ap mac uly qyzy kyzy",
    )
    for word in line.split()
)
"""Small words inside of names."""

_GAP = 3
"""Code points of space between two words of one name at most."""


Sure = dict[int, tuple[float, bool]]
"""Words that may be of a name: how sure that is, and whether one begins there."""


def is_listed(words: Words, number: int, name: int) -> bool:
    """Tell whether a word is on a list of names, or among Kazakh words a form of one that is."""
    if name != Name.INFLECTED:
        return name == Name.ITSELF
    return is_among_kazakh(words, number)


def is_plain(words: Words, number: int, names: Sequence[int]) -> bool:
    """Tell whether a word has a capital letter for no other reason than being a name.

    It stands in a sentence that isn't in capitals, behind a word in small letters or a comma, or
    in Kazakh behind a common word that has its capital letter as the first one.
    """
    word, before = words.texts[number], words.texts[number - 1] if number else ""
    if words.casings[number] != Casing.NORMAL:
        return False
    if not (before.islower() or before == "," or _is_behind_first(words, number, names)):
        return False
    end = words.starts[number] + len(word)
    gap = words.starts[number] - words.starts[number - 1] - len(before)
    goes_on = words.texts[number + 1 : number + 2] == ["-"] and words.starts[number + 1] == end
    return len(word) > 2 and word.istitle() and gap == 1 and not goes_on


def _is_behind_first(words: Words, number: int, names: Sequence[int]) -> bool:
    """Tell whether the word before is common and begins the sentence, and Kazakh is near."""
    if not number or names[number - 1] != Name.COMMON or not is_first(words, number - 1):
        return False
    return is_among_kazakh(words, number)


def least(words: Words, number: int) -> float:
    """Return the chance from which on the word is taken for a name."""
    casing = Casing(words.casings[number])
    if casing is Casing.NORMAL and words.texts[number][0].islower():
        return _LEAST_SMALL
    return _LEAST[casing]


def names_in(words: Words, sure: Sure, names: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """Yield names as the numbers of their first and last words, and how sure they are.

    Args:
        words: all words there are.
        sure: the words that may be of a name, by their numbers, rising.
        names: a `Name` for each of `words`.
    """
    together: list[int] = []
    for number, (_, begins) in sure.items():
        last = together[-1] if together else -1
        if together and joins(words, last, number):
            doubtful = len(together) == 1 and _DOUBTFUL <= sure[last][0] < least(words, last)
            if (not begins or doubtful) and number - together[0] < LONGEST_NAME:
                together.append(number)
                continue
        yield from _name(words, together, sure, names)
        together = [number]
    yield from _name(words, together, sure, names)


def joins(words: Words, left: int, right: int) -> bool:
    """Tell whether two words are of one name: side by side, or with what joins names between."""
    end = words.starts[left] + len(words.texts[left])
    if right == left + 1:
        return words.starts[right] - end <= _GAP
    if right != left + 2 or words.starts[right] - end > _GAP + 5:
        return False
    between = words.texts[left + 1]
    if between == ".":
        return _is_letter(words.texts[left])
    if between in "-'’":
        return words.starts[right] - end == 1
    return between.lower() in _PARTICLES


def _name(
    words: Words, together: Sequence[int], sure: Sure, names: Sequence[int]
) -> Iterator[tuple[int, int, float]]:
    """Yield the name with the initials around it, unless it is nothing but initials."""
    certain = any(sure[number][0] >= least(words, number) for number in together)
    if not certain or all(_is_letter(words.texts[number]) for number in together):
        return
    first, last = together[0], together[-1]
    chance = sum(sure[number][0] for number in together) / len(together)
    begin, end = first_initial(words, first), _last_initial(words, last, sure)
    alone = begin == first and end == last and first == last
    if alone and chance < _least_alone(words, first, names):
        return
    yield begin, end, round(_LOWEST + (_HIGHEST - _LOWEST) * chance, 2)


def _least_alone(words: Words, number: int, names: Sequence[int]) -> float:
    listed, kazakh = names[number] == Name.ITSELF, is_among_kazakh(words, number)
    latin = words.texts[number].isascii() and not (listed or kazakh)
    if is_first(words, number):
        least_first = _least_first(words.texts[number], listed=listed, kazakh=kazakh)
        return _LEAST_LATIN if latin else least_first
    if words.casings[number] == Casing.UPPER:
        return _LEAST_SHOUTED
    if listed:
        return _LEAST_LISTED
    if kazakh:
        return _LEAST_AMONG_KAZAKH
    if latin:
        return _LEAST_LATIN
    return _LEAST_PLAIN_CYRILLIC if is_plain(words, number, names) else _LEAST_CYRILLIC


def _least_first(word: str, *, listed: bool, kazakh: bool) -> float:
    if is_a_word(word):
        return _LEAST_A_WORD_AMONG_KAZAKH if kazakh else _LEAST_A_WORD
    return _LEAST_FIRST_AMONG_KAZAKH if listed and kazakh else _LEAST_FIRST


def is_first(words: Words, number: int) -> bool:
    """Tell whether a word with a capital letter begins a sentence or a line."""
    return words.texts[number].istitle() and (not number or words.texts[number - 1] in _BEGINS)


def is_rather_historic(name: int, chance: float) -> bool:
    """Tell whether a name of one word is of somebody historic: Ома, Шрёдингера.

    It stands for a law, a cat, a street far more than for a person, unless that is all but sure:
    longer names that only begin as such a one does (Жібеккүл) are persons'.
    """
    return name == Name.HISTORIC and chance < _LEAST_HISTORIC


def is_initial(words: Words, number: int) -> bool:
    """Tell whether a letter stands alone with a stop, or may yet have one."""
    if not _is_letter(words.texts[number]):
        return False
    start, size = words.starts[number], len(words.texts[number])
    if number and words.starts[number - 1] + len(words.texts[number - 1]) == start:
        before = words.texts[number - 1]
        if before[0].isalnum() or before in "_-'’@/":
            return False
    at_edge = number + 1 == len(words.texts)
    return at_edge or (words.texts[number + 1] == "." and words.starts[number + 1] == start + size)


def _is_letter(word: str) -> bool:
    """Tell whether a word is a letter, or two that transliterate one."""
    return (len(word) == 1 and word.isalpha()) or word in _DIGRAPHS


def in_abbreviation(words: Words, number: int) -> bool:
    """Tell whether a letter is one of more initials in a row than a name has: Ф.И.О."""
    row = int(is_initial(words, number))
    for step in (-2, 2):
        other = number + step
        while row <= _INITIALS and 0 <= other < len(words.texts) and is_initial(words, other):
            if words.texts[min(other, other - step) + 1] != ".":
                break
            row += 1
            other += step
    return row > _INITIALS


def first_initial(words: Words, first: int) -> int:
    """Return the number of the first initial before a word, or the word's own: two at most.

    Three are none (Ф.И.О., Т.А.Ә.), and in small letters, of which some stand for other words (г.,
    д.), one alone isn't either.
    """
    begin, small = first, words.texts[first][0].islower()
    for count in range(1, _INITIALS + 2):
        before = first - 2 * count
        if before < 0 or not is_initial(words, before) or words.texts[before + 1] != ".":
            break
        if words.starts[begin] - words.starts[before + 1] >= _GAP:
            break
        if small or words.texts[before][0].isupper():
            begin = before
    initials = (first - begin) // 2
    return first if initials > _INITIALS or (small and initials == 1) else begin


def first_in_row(words: Words, first: int) -> int:
    """Return the number of the first of two initials before a word or an initial, or its own.

    Which of them are its own, only the whole name tells.
    """
    for _ in range(_INITIALS):
        before = first - 2
        if before < 0 or not is_initial(words, before) or words.texts[before + 1] != ".":
            break
        if words.starts[first] - words.starts[before + 1] >= _GAP:
            break
        first = before
    return first


def _last_initial(words: Words, last: int, sure: Container[int]) -> int:
    """Return the number of the stop behind the last initial of a name, or of its last word."""
    end, count = last, len(words.texts)
    if _is_letter(words.texts[last]):  # told by the network; its stop is a part of it
        return last + 1 if is_initial(words, last) and last + 1 < count else last
    small = words.texts[last][0].islower()
    for _ in range(_INITIALS):
        initial = end + 1
        if initial + 1 >= count or not is_initial(words, initial):
            break
        gap = words.starts[initial] - words.starts[end] - len(words.texts[end])
        if gap > 1 or not (small or words.texts[initial][0].isupper()):
            break
        end = initial + 1
    if end + 1 in sure or (small and end == last + 2):
        return last
    return end
