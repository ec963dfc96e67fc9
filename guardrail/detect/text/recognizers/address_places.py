"""Towns, countries and street names that are known even in lower case: Kazakhstan's first.

Spelt as in `address_words`. The lists are our own, from general knowledge of the country's towns
and of the persons and things that its streets are most often named after.
"""

from __future__ import annotations

PLACES = """
россия москвы санкт-петербург петербург петербурге нур-султан нурсултан усть-каменогорск
усть-каменогорске костанае орал петропавловске туркестане талдыкоргане экибастуз екибастуз рудный
жанаозен жезказган балхаш кентау сатпаев конаев капчагай щучинск степногорск лисаковск аркалык
риддер шахтинск талгар узынагаш есик косшы бурабай сарыагаш жаркент новосибирск екатеринбург
казань челябинск омск самара ростов уфа красноярск пермь воронеж волгоград краснодар саратов
тюмень тольятти барнаул иркутск хабаровск ярославль владивосток томск оренбург кемерово рязань
пенза липецк тула киров сочи ташкент бишкек минск russia qaraghandy qaragandy oskemen semey semei
atyrau kostanay qostanay kyzylorda qyzylorda uralsk oral aktau aqtau petropavlovsk temirtau
turkistan turkestan kokshetau taldykorgan taldyqorghan kaskelen konaev zhezkazgan ekibastuz moscow
usa uk london manchester birmingham leeds glasgow edinburgh liverpool bristol oxford cambridge
washington chicago boston seattle houston dallas austin denver miami philadelphia phoenix portland
atlanta detroit baltimore berlin paris dublin toronto sydney melbourne england scotland wales
ireland canada australia germany акколь аксай аксу алга алтай аральск арал арысь арыс атбасар
аягоз байконур байконыр булаево державинск ерейментау есиль жанатас жетысай житикара зайсан
зыряновск казалинск кандыагаш каражал каратау каркаралинск каркаралы кульсары курчатов ленгер
макинск мамлютка приозерск сарань сарканд сергеевка серебрянск степняк тайынша текели темир тобыл
ушарал уштобе форт-шевченко хромтау шардара шалкар шемонаиха эмба иссык новокузнецк махачкала
ульяновск ижевск чебоксары калининград ставрополь курск тверь магнитогорск иваново брянск белгород
сургут архангельск смоленск курган орел вологда мурманск чита калуга якутск саранск астрахань
петрозаводск кострома подольск химки мытищи йошкар-ола нальчик грозный самарканд алма-аты баку
ереван тбилиси springfield brooklyn manhattan queens sacramento oakland memphis nashville
charlotte columbus indianapolis jacksonville orlando tampa pittsburgh cleveland cincinnati
minneapolis milwaukee anchorage honolulu brighton cardiff belfast nottingham sheffield newcastle
coventry leicester york bath vancouver montreal brisbane perth rudny semipalatinsk balkhash ridder
kentau talgar esik aksai saran arys
"""

LOWER_PLACES = """
казахстан казакстан рк рф москва москве спб экибастуз рудный новокузнецк алматы алмата алма-ата
алмате астана астане астаны шымкент шымкенте караганда караганды караганде актобе тараз таразе
павлодар павлодаре оскемен семей семее атырау костанай кызылорда кызылорде уральск уральске
петропавловск актау темиртау туркестан кокшетау талдыкорган каскелен almaty astana shymkent
karaganda aktobe aqtobe taraz pavlodar kazakhstan qazaqstan
"""
"""Places that are written so in lower case too that nothing else is."""

STREET_NAMES = """
абая абай абаи абайдын абаю сатпаева сатпаев толе назарбаева назарбаев достык достык-дружба
фурманова сейфуллина сейфуллин райымбека райымбек раимбека жандосова жандосов тимирязева тимирязев
розыбакиева розыбакиев гагарина гагарин ауэзова ауэзов жарокова манаса байтурсынова байтурсынов
бауыржан бауыржана кабанбай кабанбая наурызбай наурызбая богенбай богенбая кунаева кунаев кенесары
ханов абылай аблай абылаи абылайхана мангилик манилик сарыарка кошкарбаева кошкарбаев иманова
иманов шокана шокан жамбыла жамбыл джамбула жабаева жабаев макатаева макатаев гоголя гоголь
пушкина пушкин ленина ленин кирова толстого чехова горького лермонтова тургенева мира победы
советская московская ленинградская садовая школьная центральная молодежная лесная новая набережная
рыскулова рыскулов турара турар бектурова шевченко курмангазы казыбек айтеке карасай кажымукана
масанчи муканова муканов мусрепова мусрепов жансугурова желтоксан желтоксана республики
тауелсиздик бейбитшилик алия маншук утеген утегенулы суюнбая суйинбай ташкентская ермекова ермеков
бухар жолбарыс сыганак сыганака туркестан динмухамед исмаила ибрагимова навои саина саин улугбека
утеулова маркова берегового маяковского герцена крылова чайковского островского комсомольская
первомайская октябрьская пролетарская строителей мамыр самал аксай орбита таугуль тастак коктем
жетысу нурсат калкаман шугыла мектеп бостандык алатау им abai abay abaya satpaev satpayev tole
dostyk seifullin raiymbek kunaev kabanbay qabanbai bogenbai nauryzbay abylai ablai kenesary
mangilik sarybulak gogol pushkin samal timiryazev zhandosov rozybakiev gagarin respublika zhambyl
baitursynuly qazybek kazybek saryarqa saryarka nazarbayev nazarbaev
"""
"""Words of street names and of microdistricts; many names end in a title that is one (батыра)."""

TITLES = """
би бия биге сери ата ана сал аулие кажы акын тархан датка жолы батыр батыра батыры хан хана хане
ханы ел ели жырау фараби аль-фараби ал-фараби момышулы момышулов алтынсарин алтынсарина валиханов
валиханова уалиханов байтурсынулы молдагулова молдагуловой маметова маметовой независимости дружба
академика генерала маршала имени атындагы bi batyr khan han el momyshuly al-farabi
"""
"""Second words of street names, known in lower case too: each holds a stream back."""

NAMESAKES = frozenset(
    "фараби аль-фараби ал-фараби момышулы момышулов алтынсарин алтынсарина валиханов валиханова "  # noqa: SIM905 - a list to read
    "уалиханов байтурсынулы молдагулова молдагуловой маметова маметовой независимости дружба "
    "академика генерала маршала имени momyshuly al-farabi".split()
)  # fmt: skip
"""Those of `TITLES` that in lower case stand behind a known word alone, or behind the word for a
street: any word may stand before «имени»."""
