"""Public buildings and parks of the town, and about where they stand."""

from typing import NamedTuple

from tools.town.layout.main_streets import Name


class Landmark(NamedTuple):
    """A place that everybody knows, in the free block nearest to a point; an area or a dot.

    An area has so many `gates`, in the middle of its longest walls.
    """

    tags: tuple[tuple[str, str], ...]
    name: Name
    x_m: float
    y_m: float
    area_m2: float = 0.0
    courtyard: bool = False
    gates: int = 0


_MOSQUE = (("amenity", "place_of_worship"), ("religion", "muslim"))


def _amenity(kind: str) -> tuple[tuple[str, str], ...]:
    return (("amenity", kind),)


_SCHOOLS = (
    ("دبستان شهید باهنر", "Shahid Bahonar Primary School", 900, 250),
    ("دبستان البرز", "Alborz Primary School", -260, 720),
    ("دبستان فرهنگیان", "Farhangian Primary School", -420, 1120),
    ("دبستان سرچشمه", "Sarcheshmeh Primary School", -780, -960),
    ("دبستان نسترن", "Nastaran Primary School", -1250, 160),
    ("دبستان پروین اعتصامی", "Parvin Etesami Primary School", -780, -280),
    ("دبستان گل‌ها", "Golha Primary School", 1450, 480),
    ("دبیرستان امام صادق", "Imam Sadeq High School", -180, 330),
    ("دبیرستان شاهد", "Shahed High School", 330, 650),
    ("دبیرستان فرزانگان", "Farzanegan High School", 1380, -120),
    ("هنرستان شهید رجایی", "Shahid Rajai Vocational School", 120, -760),
    ("دبیرستان خوارزمی", "Kharazmi High School", -330, -720),
)
_MOSQUES = (
    ("مسجد صاحب‌الزمان", "Saheb-ol-Zaman Mosque", 780, 180),
    ("مسجد امام حسین", "Imam Hossein Mosque", -240, -330),
    ("مسجد حضرت ابوالفضل", "Hazrat-e Abolfazl Mosque", -700, -1120),
    ("مسجد الزهرا", "Al-Zahra Mosque", -480, 1050),
    ("مسجد قبا", "Qoba Mosque", 1000, -180),
    ("مسجد ولیعصر", "Valiasr Mosque", 640, 740),
    ("مسجد چهارده معصوم", "Chahardah Masum Mosque", -820, 300),
    ("مسجد دانشگاه", "University Mosque", 1560, 120),
)
_DOTS = (
    ("pharmacy", "داروخانهٔ شبانه‌روزی", "All-Night Pharmacy", 90, 120),
    ("pharmacy", "داروخانهٔ دکتر کریمی", "Dr Karimi Pharmacy", -520, 380),
    ("pharmacy", "داروخانهٔ ساحل", "Sahel Pharmacy", 430, -480),
    ("police", "کلانتری ۱۱", "Police Station 11", -110, -130),
    ("police", "کلانتری ۱۲", "Police Station 12", 930, 420),
    ("fuel", "جایگاه سوخت آزادی", "Azadi Fuel Station", 160, 1010),
    ("fuel", "جایگاه سوخت جنوب", "South Fuel Station", -20, -1090),
    ("clinic", "درمانگاه شبانه‌روزی مهر", "Mehr Clinic", 250, -560),
    ("clinic", "مرکز بهداشت سرچشمه", "Sarcheshmeh Health Centre", -600, -1000),
    ("kindergarten", "مهدکودک شکوفه", "Shokufeh Kindergarten", 700, -60),
)

LANDMARKS = (
    Landmark(
        _amenity("hospital"), Name("بیمارستان مطهری", "Motahari Hospital"), 930, 640, 6_500, gates=2
    ),
    Landmark(
        _amenity("hospital"),
        Name("بیمارستان امام رضا", "Imam Reza Hospital"),
        -860,
        -150,
        5_000,
        gates=1,
    ),
    Landmark(
        _amenity("university"),
        Name("دانشگاه برف‌آباد", "Barfabad University"),
        1600,
        -40,
        9_000,
        gates=3,
    ),
    Landmark(
        _amenity("townhall"), Name("شهرداری برف‌آباد", "Barfabad Municipality"), 120, 90, 1_800
    ),
    Landmark(_MOSQUE, Name("مسجد جامع", "Friday Mosque"), -120, 130, 3_000, courtyard=True),
    Landmark(_amenity("marketplace"), Name("بازار بزرگ", "Great Bazaar"), -110, -110, 2_500),
    Landmark(
        _amenity("fire_station"),
        Name("ایستگاه آتش‌نشانی ۱", "Fire Station 1"),
        -180,
        560,
        1_500,
    ),
    Landmark(
        _amenity("fire_station"), Name("ایستگاه آتش‌نشانی ۲", "Fire Station 2"), 960, 20, 1_500
    ),
    Landmark(
        _amenity("fire_station"), Name("ایستگاه آتش‌نشانی ۳", "Fire Station 3"), -380, -1050, 1_200
    ),
    Landmark(
        (("amenity", "bus_station"),), Name("پایانهٔ مسافربری", "Bus Terminal"), -60, 1120, 4_000
    ),
    Landmark(
        (("landuse", "industrial"), ("operator", "شهرداری برف‌آباد")),
        Name("انبار ماشین‌آلات شهرداری", "Municipal Yard"),
        420,
        -1080,
        7_000,
    ),
    Landmark((("leisure", "park"),), Name("پارک ملی", "Melli Park"), 330, 170, 7_000),
    Landmark((("leisure", "park"),), Name("پارک لاله", "Laleh Park"), -700, 120, 4_000),
    Landmark((("leisure", "park"),), Name("پارک کوهسار", "Kuhsar Park"), -950, -900, 4_500),
    Landmark((("leisure", "park"),), Name("بوستان مادر", "Madar Park"), 640, -440, 4_000),
    *(Landmark(_amenity("school"), Name(fa, en), x, y, 2_600) for fa, en, x, y in _SCHOOLS),
    *(Landmark(_MOSQUE, Name(fa, en), x, y, 700) for fa, en, x, y in _MOSQUES),
    *(Landmark(_amenity(kind), Name(fa, en), x, y) for kind, fa, en, x, y in _DOTS),
)
