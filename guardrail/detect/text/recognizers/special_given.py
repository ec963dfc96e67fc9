"""Common given names of Kazakhstan, and capitalised words that are no name. Plain text."""

from __future__ import annotations

from guardrail.detect.text.recognizers.special_words import plain, tree

_GIVEN = """
айгерим айгуль айнур айсулу айжан аида акмарал алия алина алма алтынай амина анар анель аружан
асель асем ардак багила баян ботагоз гаухар гульнар гульнара гульмира гулназ гульжан дана данара
дариға дарига динара диана еркежан жазира жанар жанна жанерке жансая жулдыз замира зарина зауре
зухра инкар камила карина карлыгаш кунсулу куралай ляззат лаззат маржан меруерт мадина мадия
малика молдир назгуль назым назерке нургуль нургуль перизат раушан роза сабина салтанат сания сауле
самал сымбат толкын томирис улжан улпан шолпан шынар эльмира
абай абылай адилет адиль азамат айбек айдар айдос айдын акжол алибек алихан алишер алмас алмат
амир арман аслан асхат аскар бауыржан бахыт бекзат бекжан болат галым газиз дамир данияр дархан
даурен диас дидар дулат еламан елдос елдар ерасыл ербол ерлан ермек ержан ернар жандос жаслан
ибрагим ильяс искандер кайрат канат кайсар кайрош кенес кенжебек куаныш марат максат малик медет
мейрам мирас мурат мухит нартай нурбек нурбол нурлан нуржан нурсултан олжас рамазан рауан ринат
руслан рустам рустем сабит саян самат санжар сапар сейит серик султан талгат тимур темирлан
толеген улан ысмаил шалкар шынгыс
александр алексей анатолий андрей антон артем борис вадим валентин валерий василий виктор виталий
владимир вячеслав геннадий георгий григорий денис дмитрий дима евгений женя егор иван ваня игорь
илья кирилл константин костя леонид максим михаил миша никита николай коля олег павел паша петр
роман семен сергей сережа станислав степан федор юрий юра ярослав саша леша вова
александра алена анастасия настя ангелина анна аня вера вероника виктория вика галина дарья даша
евгения екатерина катя елена лена елизавета лиза зинаида ирина ира ксения лариса лидия любовь
людмила люда маргарита рита марина мария маша надежда надя наталья наташа нина оксана ольга оля
полина раиса светлана света софия софья тамара татьяна таня юлия юля яна
aigerim aigul ainur aliya alina aruzhan asel assel dana dinara gulnara gulmira madina nazgul saule
zhanna arman askar aslan azamat bauyrzhan bolat daniyar daulet dias erlan yerlan kairat kanat marat
murat nurlan ruslan rustam sanzhar serik timur yerbol zhandos ivan sergey dmitry olga elena natalia
tatiana anna maria irina john michael david james robert william thomas daniel matthew andrew paul
mark george kevin brian edward jason ryan jacob eric jonathan stephen justin scott brandon benjamin
samuel patrick alexander jack dennis jerry tyler aaron jose adam nathan henry peter kyle ethan
mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret
sandra ashley kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca sharon
laura cynthia kathleen amy angela shirley brenda emma samantha katherine christine helen rachel
carolyn janet catherine heather diane julie olivia joyce victoria kelly lauren christina joan evelyn
megan andrea hannah
"""

_NO_NAME = """
казахстан қазақстан россия китай сша европа азия америка африка украина узбекистан турция германия
франция япония корея индия израиль иран алматы астана шымкент москва караганда тараз павлодар
kazakhstan russia china america europe asia africa ukraine turkey germany france japan korea india
israel iran almaty astana moscow london paris english russian kazakh
muslims christians jews catholics students employees workers men women kids parents teens adults
adolescents residents citizens doctors nurses tourists believers buddhists hindus kazakhs russians
чем кому кого куда откуда сколько чей чья чьи зачем наконец ли разве неужели
человек адам люди халық народ мужчина женщина ребенок ребёнок дети балалар бала ер әйел кто никто
каждый любой этот эта эти тот та те такой такая какой какая один одна два три все всё многие
некоторые большинство половина треть другой другая второй первый это что как когда где если почему
зачем или но и а не да нет для при по от до из за на в во с со к о об у мы вы ты он она они я мой
моя наш наша ваш ваша твой его её их свой сам сама ну так там тут вот еще ещё уже очень только даже
тоже также потом затем вчера сегодня завтра утром вечером иногда часто обычно вообще возможно может
наверное конечно например согласно статья глава пункт раздел закон кодекс договор суд полиция банк
врач доктор учитель юрист директор компания клиника больница школа университет организация общество
партия церковь мечеть ислам христианство православие буддизм иудаизм коран библия кошка кот собака
пёс пес конь лошадь корова роман фильм сериал песня книга герой персонаж актер актриса режиссер
писатель поэт ученый учёный президент министр депутат кандидат население стаж опыт срок гарантия
возраст диагноз болезнь причина симптом лечение профилактика инфекция вирус эпидемия статистика
исследование тест анализ консультация группа команда клуб мама папа доброе добрый здравствуйте
привет спасибо подскажите помогите напиши напишите объясни расскажи переведи составь найди уважаемый
уважаемая господин госпожа дорогой великий великая известный молодой молодая старый
бұл осы сол ол мына ана әр әрбір бір екі үш барлық бәрі көп кейбір жас атақты үлкен кіші ұлы нағыз
қазір бүгін ертең кеше егер мен сен сіз біз олар менің сенің біздің оның не қалай қашан қайда неге
кім ешкім және бірақ немесе ал дәрігер мұғалім мектеп банк сот полиция компания мешіт шіркеу ислам
қоғам мемлекет сәлем сәлеметсіз рахмет рақмет құрметті иә жоқ тек
the a an this that these those every each all most many some any one two both no not nobody noone
everyone everybody someone somebody anyone anybody who what when where why how which if is are was
were do does did can could will would should may might must i he she it we they you my our his her
its their your me him us them and or but so because although though since while after before in on
at by for from of to with about as people person man woman child children society humanity science
medicine government parliament church mosque school company hospital clinic police court bank team
group club party union world country city nature life god islam christianity buddhism judaism
dog cat horse apple google microsoft amazon tesla windows linux android iphone hello hi dear thanks
please yes today yesterday tomorrow now then there here also even only just such another other
monday tuesday wednesday thursday friday saturday sunday january february march april june july
august september october november december mr mrs ms dr prof president minister king queen prince
doctor teacher professor scientist actor author study research report article chapter section law
act depression cancer diabetes anxiety autism data model system user admin patients type
"""


_PLAIN = sorted({plain(name) for name in _GIVEN.split()})

GIVEN = tree(_PLAIN)
"""For plain text."""

GIVEN_STEMS = tree(sorted({name[:-1] for name in _PLAIN if name[-1] in "ая" and len(name) > 3}))
"""Names in -а and -я without it, for Russian's other cases."""

_ADJECTIVES = (
    r"[^\W\d_]{1,18}(?:ая|яя|ое|ее|ые|ие|ый|ой|ого|его|кий|ший|щий|чий|ными|ных|ать|ить|ing|лар|лер"
    r"|дар|дер|тар|тер|stan|стан)"
)
NO_NAME = f"{tree(sorted({word.capitalize() for word in _NO_NAME.split()}))}|{_ADJECTIVES}"
"""For written text: capitalised where sentences begin, and nobody's name."""
