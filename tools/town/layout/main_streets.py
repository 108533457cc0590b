"""What was drawn by hand: squares, main streets, the river, quarters and districts of the town."""

from typing import NamedTuple

type Corners = tuple[tuple[float, float], ...]


class Name(NamedTuple):
    """A name in Persian and in English."""

    fa: str
    en: str


class Square(NamedTuple):
    """A roundabout about a centre."""

    name: Name
    x_m: float
    y_m: float
    radius_m: float


class Artery(NamedTuple):
    """A main street through some corners; `side_m` is how far its carriageways are from its middle.

    `leaves` tells that its last corner is where it leaves the town.
    """

    name: Name
    road: str
    corners: Corners
    side_m: float = 0.0
    oneway: bool = False
    leaves: bool = False
    others: tuple[tuple[str, str], ...] = ()


class Quarter(NamedTuple):
    """A quarter about a point; how it is built (`grain`), how its alleys are named (`naming`)."""

    name: Name
    x_m: float
    y_m: float
    grain: str
    naming: str


SQUARES = (
    Square(Name("میدان امام خمینی", "Imam Khomeini Square"), 0, 0, 40),
    Square(Name("میدان آزادی", "Azadi Square"), 30, 930, 28),
    Square(Name("میدان معلم", "Moallem Square"), -1020, -30, 26),
    Square(Name("میدان بسیج", "Basij Square"), -130, -940, 26),
    Square(Name("میدان جمهوری", "Jomhuri Square"), 1130, 120, 30),
    Square(Name("میدان شهدا", "Shohada Square"), -430, 470, 24),
    Square(Name("میدان دانشگاه", "University Square"), 1780, 232, 22),
    Square(Name("میدان کشاورز", "Keshavarz Square"), 10, 1480, 24),
    Square(Name("میدان گمرک", "Gomrok Square"), -1600, 0, 24),
)

RIVER = Name("برفاب‌رود", "Barfab River")
RIVER_CORNERS: Corners = (
    (1230, -1750),
    (980, -1350),
    (850, -1000),
    (650, -600),
    (490, -220),
    (480, 200),
    (590, 620),
    (620, 1000),
    (760, 1350),
    (960, 1800),
)
RIVER_WIDTH_M = 30.0
BANK_M = 33.0
"""How far the streets along the banks are from the middle of the river."""

_BANKS: Corners = ((780, -860), (650, -600), (490, -220), (480, 200), (590, 620), (613, 930))

ARTERIES = (
    Artery(
        Name("بلوار شهید بهشتی", "Shahid Beheshti Boulevard"),
        "primary",
        (
            (30, 930),
            (-300, 930),
            (-620, 860),
            (-850, 640),
            (-960, 330),
            (-1020, -30),
            (-1000, -380),
            (-860, -660),
            (-540, -850),
            (-130, -940),
        ),
        side_m=6.5,
        others=(("alt_name", "کمربندی غربی;بلوار بهشتي"),),
    ),
    Artery(
        Name("بلوار ولیعصر", "Valiasr Boulevard"),
        "primary",
        (
            (-130, -940),
            (200, -960),
            (520, -930),
            (800, -800),
            (1010, -540),
            (1100, -210),
            (1130, 120),
            (1100, 440),
            (960, 690),
            (660, 850),
            (340, 930),
            (30, 930),
        ),
        side_m=6.5,
        others=(("alt_name", "کمربندی شرقی;بلوار وليعصر"),),
    ),
    Artery(
        Name("خیابان امام خمینی", "Imam Khomeini Street"),
        "primary",
        ((0, 0), (25, 300), (10, 620), (30, 930)),
        others=(("short_name", "خیابان امام"), ("alt_name", "خيابان امام خميني")),
    ),
    Artery(
        Name("خیابان شریعتی", "Shariati Street"),
        "primary",
        ((0, 0), (-30, -320), (-70, -640), (-130, -940)),
        others=(("alt_name", "خيابان دکتر شريعتي"), ("old_name", "خیابان دروازه")),
    ),
    Artery(
        Name("خیابان طالقانی", "Taleqani Street"),
        "primary",
        ((0, 0), (-330, 20), (-680, -30), (-1020, -30)),
        others=(("alt_name", "خيابان آيت‌الله طالقاني"),),
    ),
    Artery(
        Name("بلوار انقلاب", "Enqelab Boulevard"),
        "primary",
        ((0, 0), (240, 10), (480, 30), (800, 70), (1130, 120)),
        side_m=6.5,
        others=(("alt_name", "بلوار انقلاب اسلامي"),),
    ),
    Artery(
        Name("بلوار معلم", "Moallem Boulevard"),
        "primary",
        ((30, 930), (60, 1180), (10, 1480)),
        side_m=6.5,
    ),
    Artery(
        Name("جادهٔ قدیم", "Old Road"),
        "secondary",
        ((10, 1480), (-20, 1640), (-90, 1850)),
        leaves=True,
    ),
    Artery(
        Name("بلوار امام رضا", "Imam Reza Boulevard"),
        "primary",
        ((-1020, -30), (-1300, -60), (-1600, 0)),
        side_m=6.5,
    ),
    Artery(
        Name("جادهٔ ترانزیت", "Transit Road"),
        "trunk",
        ((-1600, 0), (-1800, 40), (-2050, 30)),
        leaves=True,
    ),
    Artery(
        Name("بلوار دانشگاه", "University Boulevard"),
        "secondary",
        ((1130, 120), (1450, 190), (1780, 232)),
        side_m=6.5,
    ),
    Artery(
        Name("جادهٔ سرچشمه", "Sarcheshmeh Road"),
        "secondary",
        ((-130, -940), (-200, -1180), (-330, -1400), (-420, -1640)),
        leaves=True,
    ),
    Artery(
        Name("خیابان سعدی", "Saadi Street"),
        "secondary",
        ((12, 480), (-200, 500), (-430, 470)),
    ),
    Artery(
        Name("خیابان حافظ", "Hafez Street"),
        "secondary",
        ((-430, 470), (-600, 250), (-640, -25)),
    ),
    Artery(
        Name("خیابان خیام", "Khayyam Street"),
        "secondary",
        ((-641, -29), (-590, -310), (-340, -520), (-60, -560)),
    ),
    Artery(
        Name("خیابان شهدا", "Shohada Street"),
        "secondary",
        ((-430, 470), (-610, 590), (-845, 655)),
    ),
    Artery(
        Name("خیابان فرهنگ", "Farhang Street"),
        "tertiary",
        ((-430, 470), (-400, 680), (-385, 920)),
    ),
    Artery(
        Name("خیابان فردوسی", "Ferdowsi Street"),
        "secondary",
        ((20, 330), (250, 300), (500, 290), (800, 330), (1115, 330)),
        oneway=True,
        others=(("alt_name", "خيابان فردوسي"),),
    ),
    Artery(
        Name("خیابان مولوی", "Molavi Street"),
        "secondary",
        ((1045, 560), (800, 560), (570, 540), (250, 570), (14, 580)),
        oneway=True,
        others=(("alt_name", "خيابان مولوي"),),
    ),
    Artery(
        Name("خیابان رازی", "Razi Street"),
        "secondary",
        ((-50, -470), (210, -440), (540, -350), (850, -310), (1080, -310)),
    ),
    Artery(
        Name("خیابان باهنر", "Bahonar Street"),
        "secondary",
        ((825, -780), (840, -310), (810, 70), (810, 330), (800, 560), (790, 790)),
    ),
    Artery(
        Name("خیابان باغ ملی", "Bagh-e Melli Street"),
        "tertiary",
        ((260, 940), (250, 570), (250, 300), (240, 10), (220, -200), (210, -440)),
    ),
    Artery(
        Name("خیابان دکتر حسابی", "Dr Hesabi Street"),
        "tertiary",
        ((210, -440), (240, -700), (260, -955)),
        others=(("short_name", "خیابان حسابی"),),
    ),
    Artery(
        Name("خیابان چمران", "Chamran Street"),
        "tertiary",
        ((-400, -480), (-470, -660), (-565, -845)),
    ),
    Artery(
        Name("خیابان فرهنگیان", "Farhangian Street"),
        "tertiary",
        ((-720, 790), (-800, 1010), (-520, 1280), (-230, 1340), (47, 1331)),
    ),
    Artery(
        Name("خیابان نیلوفر", "Niloufar Street"),
        "tertiary",
        ((31, 1330), (330, 1390), (520, 1200), (450, 920)),
    ),
    Artery(
        Name("خیابان دانشجو", "Daneshju Street"),
        "tertiary",
        ((1060, 566), (1330, 680), (1640, 560), (1780, 232)),
    ),
    Artery(
        Name("خیابان پژوهش", "Pazhuhesh Street"),
        "tertiary",
        ((1780, 232), (1720, -110), (1440, -330), (1090, -255)),
    ),
    Artery(
        Name("خیابان کوهسار", "Kuhsar Street"),
        "tertiary",
        ((-940, -530), (-1130, -720), (-1090, -1060), (-760, -1290), (-340, -1420)),
    ),
    Artery(
        Name("خیابان نسترن", "Nastaran Street"),
        "tertiary",
        ((-985, 245), (-1280, 340), (-1500, 220), (-1560, -10)),
    ),
    Artery(
        Name("خیابان صنعت", "Sanat Street"),
        "unclassified",
        ((-205, -1190), (60, -1230), (290, -1240), (640, -1180), (640, -880)),
    ),
    Artery(
        Name("خیابان کارگر", "Kargar Street"),
        "unclassified",
        ((262, -966), (290, -1240)),
    ),
    Artery(
        Name("خیابان ساحلی", "Saheli Street"),
        "secondary",
        _BANKS,
        side_m=BANK_M,
        others=(("alt_name", "بلوار ساحلي"),),
    ),
)

QUARTERS = (
    Quarter(Name("محلهٔ بازار", "Bazaar Quarter"), -300, -240, "old", "martyrs"),
    Quarter(Name("محلهٔ مسجد جامع", "Friday Mosque Quarter"), -260, 240, "old", "martyrs"),
    Quarter(Name("محلهٔ سعدی", "Saadi Quarter"), -190, 700, "middle", "alleys"),
    Quarter(Name("محلهٔ شهدا", "Shohada Quarter"), -560, 690, "middle", "martyrs"),
    Quarter(Name("محلهٔ حافظیه", "Hafezieh Quarter"), -800, 270, "middle", "alleys"),
    Quarter(Name("محلهٔ خیام", "Khayyam Quarter"), -760, -330, "middle", "flowers"),
    Quarter(Name("محلهٔ چمران", "Chamran Quarter"), -300, -730, "middle", "alleys"),
    Quarter(Name("محلهٔ باغ ملی", "Bagh-e Melli Quarter"), 130, 170, "middle", "flowers"),
    Quarter(Name("محلهٔ فردوسی", "Ferdowsi Quarter"), 300, 740, "middle", "martyrs"),
    Quarter(Name("محلهٔ دروازه", "Darvazeh Quarter"), 100, -230, "old", "martyrs"),
    Quarter(Name("محلهٔ حسابی", "Hesabi Quarter"), 90, -700, "grid", "alleys"),
    Quarter(Name("محلهٔ ساحل", "Sahel Quarter"), 450, -660, "grid", "numbered"),
    Quarter(Name("شهرک بهاران", "Baharan Town"), 700, 200, "grid", "numbered"),
    Quarter(Name("شهرک باهنر", "Bahonar Town"), 960, -130, "grid", "numbered"),
    Quarter(Name("شهرک مولوی", "Molavi Town"), 730, 690, "grid", "alleys"),
    Quarter(Name("شهرک فرهنگیان", "Farhangian Town"), -320, 1090, "grid", "numbered"),
    Quarter(Name("شهرک نیلوفر", "Niloufar Town"), 280, 1150, "grid", "kuy"),
    Quarter(Name("کوی دانشگاه", "University Quarter"), 1380, 420, "grid", "numbered"),
    Quarter(Name("شهرک پژوهش", "Pazhuhesh Town"), 1440, -60, "grid", "kuy"),
    Quarter(Name("محلهٔ سرچشمه", "Sarcheshmeh Quarter"), -680, -1040, "hill", "martyrs"),
    Quarter(Name("شهرک نسترن", "Nastaran Town"), -1270, 150, "grid", "numbered"),
    Quarter(Name("شهرک صنعتی", "Industrial Town"), 200, -1080, "works", "industry"),
)
