"""Words that people write for the signs of an e-mail address, and names of domains."""

from __future__ import annotations

from collections.abc import Mapping

AT = (
    "at", "ат", "эт", "собака", "собачка", "собачку", "собаку", "сабака", "dog", "айқұлақ",
    "айкулак", "ит белгісі", "ит белгиси",
)  # fmt: skip
AT_IN_BRACKETS = (*AT, "sobaka", "a", "а", "ет")
"""What brackets make an at-sign of."""

_SIGN_WORDS = {
    ".": ("dot", "дот", "точка", "точку", "тчк", "нүкте", "нукте"),
    "_": ("underscore", "подчеркивание", "подчёркивание", "нижнее подчеркивание"),
    "-": ("dash", "дефис", "тире", "минус", "сызықша"),
    "+": ("плюс",),
}

DOT_IN_BRACKETS = ("period", "tochka", "d")
"""What brackets make a dot of, besides `SIGNS`."""

SIGNS: Mapping[str, str] = {word: sign for sign, words in _SIGN_WORDS.items() for word in words}
"""The sign that a word between two parts of an address stands for; at-signs apart."""

SUFFIXES = frozenset(
    "kz ru com net org info edu gov io me ua by uz kg su biz dev app co uk de us eu ai pro online "  # noqa: SIM905 - a list to read
    "tech xyz site asia int mil test example local рф қаз каз ру кз ком орг нет инфо укр бел"
    .split()
)  # fmt: skip
"""Last labels that a domain said in words, or broken by blanks, may have."""

MAILERS = frozenset(
    "gmail mail yandex ya bk inbox list rambler outlook icloud yahoo hotmail proton protonmail "  # noqa: SIM905 - a list to read
    "жмейл джимейл гмейл мейл мэйл маил яндекс рамблер почта".split()
)  # fmt: skip
"""Domains that nothing but mailboxes are spoken of with."""

NOT_LOCAL = frozenset(
    "look looking looked me us you them him her it is are was were be been good great bad best "  # noqa: SIM905 - a list to read
    "here there meet meeting live lives work works working arrive arrived now available hosted "
    "found stay stayed start started point aim stand standing only not and or but more less most "
    "page site website online visit see talk hotel end office team free sale back up expert "
    "experts experience skilled "
    "an the this that these those as in into of on onto to from for with without by than then so "
    "such if when while where which who what how why has have had do does did can could will would "
    "shall should may might must he she we they its my your our their all any some no one just "
    "also even still very too much many each every both make makes take takes get gets give gives "
    "become becomes like need needs want wants keep keeps put let use uses wait call show shows "
    "но или да не ни же ли бы за из от до для со при над без через между что как это эта этот "
    "эти та тот те так там тут здесь где когда если чтобы потому который которая которое которые "
    "он она оно они мы вы ты мой моя моё мое наш наша ваш ваша его её ее их свой свою все всё весь "
    "был была было были быть есть нет уже еще ещё только очень можно нужно надо мне нам вам ему ей "
    "меня нас вас сегодня вчера завтра сейчас потом после около рядом вместе тоже также лишь даже "
    "больше меньше сразу просто обычно всегда иногда снова кто чем тем того этого этом этой судя "
    "мен бен пен және де да те та бірақ үшін туралы бұл сол осы бір екі бар жоқ емес деп деген "
    "болады керек сіз біз олар"
    .split()
)  # fmt: skip
"""Words before "at", or another sign said in words, that are no mailbox, nor begin one."""

NOT_LOCAL_ENDINGS = (
    "ться", "тся", "ать", "ять", "ить", "еть", "йте", "ите", "ете", "ешь", "ишь", "ает", "яет",
    "ует", "ают", "яют", "уют", "дят", "ыңыз", "іңіз",
)  # fmt: skip
"""Endings of verbs: they are no mailbox either."""

MAILBOXES = frozenset(
    "info information contact contacts support sales sale help helpdesk service services office "  # noqa: SIM905 - a list to read
    "admin administrator webmaster postmaster root team hello hi hey mail mailbox email inbox "
    "post feedback press media news newsletter marketing pr promo ads advertising partner "
    "partners partnership business commerce order orders booking bookings reservation "
    "reservations book billing invoice invoices payment payments pay finance accounting accounts "
    "account hr jobs job career careers work cv resume recruitment legal lawyer law privacy "
    "security abuse director manager management ceo boss chief head president secretary reception "
    "receptionist desk front hotel restaurant cafe bar shop store market clinic hospital dentist "
    "doctor school college university student students library museum theatre gallery studio "
    "agency travel tour tours taxi delivery logistics warehouse purchase procurement tender "
    "supply export import customer customers client clients user users member members guest "
    "guests me my test demo editor author blog dev developer engineer design designer tech it "
    "noreply no reply request requests question questions ask complaint complaints quality "
    "general main central city region public gov government ministry embassy consul consulate "
    "bank cash credit event events club sport инфо информация контакт контакты поддержка продажи "
    "продажа помощь сервис услуги офис админ администратор админы команда привет почта имейл "
    "пресса реклама маркетинг партнер партнёр партнеры бизнес заказ заказы бронь бронирование "
    "счет счёт оплата бухгалтер бухгалтерия кадры работа вакансии вакансия резюме юрист директор "
    "менеджер руководитель начальник президент секретарь приемная приёмная ресепшн гостиница "
    "отель ресторан кафе бар магазин клиника больница врач доктор школа колледж университет "
    "студент библиотека музей театр галерея студия агентство тур туры такси доставка логистика "
    "склад закупки закупка тендер снабжение экспорт импорт клиент клиенты гость тест редактор "
    "автор блог разработчик инженер дизайн дизайнер вопрос вопросы жалоба жалобы отзыв отзывы "
    "канцелярия банк клуб спорт отдел центр главный город почтовый ақпарат байланыс қолдау сату "
    "көмек қызмет кеңсе әкім әкімші пошта тапсырыс есеп төлем заңгер басшы мұғалім мектеп дүкен "
    "емхана дәрігер аурухана кітапхана мұражай мейрамхана қонақ қонақүй сұрақ шағым пікір жаңалық "
    "жұмыс бөлім орталық бас қала серіктес әкімдік ұстаз байқау мекеме хабар хат қабылдау маман "
    "ия иә бала ана апа әке аға іні жаным гүл күн"
    .split()
)  # fmt: skip
"""Usual words that mailboxes are called by; any other needs an announcement to be taken for one."""

NOT_LABEL = frozenset(
    ("the", "a", "an", "this", "that", "my", "your", "our", "his", "her", "its", "their", "all")
)
"""English words behind "at" that are no domain."""

CONTEXT = (
    r"e ?-?mails?", r"mail", r"имейл\w{0,3}", r"емейл\w{0,3}", r"мейл\w{0,3}", r"почт\w{1,3}",
    r"пошта\w{0,4}", r"адрес\w{0,3}", r"мекенжай\w{0,6}", r"пишите", r"напиши\w{0,2}",
    r"жазыңыз\w{0,3}", r"write", r"contact", r"reach", r"логин\w{0,2}", r"login",
)  # fmt: skip
"""Words that announce an address."""
