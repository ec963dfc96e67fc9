"""Months, and the words that tie a date to a birth, in Kazakh, Russian and English."""

from __future__ import annotations

_MONTHS = """
январь января февраль февраля март марта апрель апреля май мая июнь июня июль июля август августа
сентябрь сентября октябрь октября ноябрь ноября декабрь декабря янв фев апр авг сен сент окт ноя
дек қаңтар кантар ақпан акпан наурыз сәуір сауир мамыр маусым шілде шилде тамыз қыркүйек кыркуйек
қазан казан қараша караша желтоқсан желтоксан january february march april may june july august
september october november december jan feb mar apr jun jul aug sep sept oct nov dec qańtar qantar
aqpan nauryz sáuir säuir sauir mamyr mausym shilde şilde tamyz qyrkuiek qyrkúiek qyrküiek qazan
qarasha qaraşa jeltoqsan zheltoqsan zheltoksan
"""

MONTHS = tuple(_MONTHS.split())

_BETWEEN = "года г р гр жылғы жылы жылгы жылдың ж т of рожд күні рождения"
BETWEEN = tuple(_BETWEEN.split())
"""Words within a written date of birth, besides months."""

YEAR = r"(?:19|20)[0-9]{2}"

BEHIND = (
    r"(?i: ?(?:года?|г\.?|жылы|жылғы|ж\.)?,? ?(?:г\. ?р\.?|гр|г/р|г\. ?рожд(?:ения|\.)?"
    r"|рождения|рожд\.|рожденья|ж\. ?т\.?|жылы? туған\w{0,6}"
    r"|(?:күні )?(?:туған|туылған|туган)\w{0,6}"
    r"|дүниеге кел\w{1,6}))"
)
"""Behind a date or a year, makes it a birth's: «1990 г.р.», «1990 ж.т.», «1990 жылы туған»."""

KK_CASE = r"(?i:(?:ы|і|и)?н?[дт][аеә])?"
"""The locative of a Kazakh month: наурызда, наурызында."""

INTRODUCTION = (
    r"(?i)(?:^|[\W_])(?:"
    r"дат[аыуе]? ?рожд\w{0,6}|дата и место рождения|д\. ?р|др|(?:мой )?день рождения"
    r"|дн[яюе]м? рождения|рождения|родил(?:ся|ась|ись)|родивш\w{3,5}|род|рожд[её]н\w{0,2}"
    r"|год\w? рождения|г\. ?р"
    r"|(?:туған|туылған|туган) (?:күн|жыл|кун|уақыт|ай)\w{0,8}|туған(?:мын|ым)?"
    r"|дүниеге кел\w{1,6}|tu[gǵğ]an (?:k[uüú]n|jyl|zhyl)\w{0,6}"
    r"|birth ?dates?|dates? of birth|birthdays?|b-?day|d\. ?o\. ?b|dob|born|year of birth|yob"
    r"|date_of_birth|birth_date|dateofbirth|birth_?day"
    r")(?P<between>(?:[^\w][^0-9;!?\n]{0,28}|[^\w0-9][ \n]{0,3})?)\Z"
)
"""Before a date, makes it a birth's, with a few words between: «родился в Алматы 12 марта»."""

BROKEN = (
    r"(?i)(?:\w{3}\. )|(?:^|[\W_])(?:компани\w{1,3}|фирм\w{1,2}|банк\w{0,2}|город\w{0,2}"
    r"|школ\w{1,2}|обществ\w{1,2}|республик\w{1,2}|выдан\w?|выдано|умер\w{0,3}|до|после|before|after|until|died|moved|married|issued"
    r"|company|компания\w{0,4}|мектеп\w{0,4}|қала\w{0,4}|паспорт\w{0,2}|иин)(?:$|[\W_])"
)
"""Between the words and the date, makes it another thing's."""
