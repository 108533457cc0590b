"""Words that streets and buildings of an Iranian town are named with, in both scripts."""

from tools.town.layout.main_streets import Name


def _names(text: str) -> tuple[Name, ...]:
    pairs = (pair.split("=") for pair in text.split())
    return tuple(Name(fa.replace("_", " "), en.replace("_", " ")) for fa, en in pairs)


STREETS = _names(
    "بهار=Bahar گلستان=Golestan لاله=Laleh سرو=Sarv نرگس=Narges کاشانی=Kashani "
    "مدرس=Modarres بوستان=Bustan رودکی=Rudaki نظامی=Nezami عطار=Attar صائب=Saeb "
    "پروین=Parvin دهخدا=Dehkhoda سهروردی=Sohrevardi ملاصدرا=Molla_Sadra "
    "ابوریحان=Abu_Rayhan ابن‌سینا=Ebn-e_Sina فارابی=Farabi خوارزمی=Kharazmi "
    "امیرکبیر=Amir_Kabir شیخ_بهایی=Sheikh_Bahai کمال‌الملک=Kamal-ol-Molk "
    "ستارخان=Sattarkhan باقرخان=Bagherkhan شهریار=Shahriar هجرت=Hejrat پیروزی=Piruzi "
    "استقلال=Esteqlal سپیدار=Sepidar صنوبر=Sanowbar چنار=Chenar آزادگان=Azadegan "
    "ایثار=Isar وحدت=Vahdat میهن=Mihan کوثر=Kowsar اندیشه=Andisheh نگارستان=Negarestan "
    "مهتاب=Mahtab گلشن=Golshan سبلان=Sabalan الوند=Alvand سهند=Sahand البرز=Alborz "
    "زاگرس=Zagros دنا=Dena ارس=Aras کارون=Karun هیرمند=Hirmand"
)

FLOWERS = _names(
    "یاس=Yas نسرین=Nasrin شقایق=Shaqayeq بنفشه=Banafsheh میخک=Mikhak مریم=Maryam رز=Roz "
    "ارغوان=Arghavan یاسمن=Yasaman سنبل=Sonbol پونه=Puneh ریحان=Reyhan سوسن=Susan "
    "زنبق=Zanbaq اقاقیا=Aqaqia آلاله=Alaleh نیلوفر_آبی=Niloufar-e_Abi گل‌سرخ=Gol-e_Sorkh "
    "شب‌بو=Shabbu نارون=Narvan بید=Bid کاج=Kaj افرا=Afra زیتون=Zeytun انار=Anar "
    "گیلاس=Gilas بادام=Badam پسته=Pesteh شمشاد=Shemshad رازقی=Razeqi اطلسی=Atlasi "
    "شکوفه=Shokufeh غنچه=Ghoncheh بهارنارنج=Bahar-Narenj آفتاب‌گردان=Aftabgardan "
    "همیشه‌بهار=Hamisheh-Bahar"
)

VIRTUES = _names(
    "مهر=Mehr امید=Omid صفا=Safa وفا=Vafa آرامش=Aramesh ایمان=Iman نور=Nur سعادت=Saadat "
    "دوستی=Dusti یکتا=Yekta سپیده=Sepideh نسیم=Nasim باران=Baran ستاره=Setareh "
    "پرستو=Parastu کبوتر=Kabutar چشمه=Cheshmeh سیب=Sib آب‌انبار=Ab-Anbar حمام=Hammam "
    "سقاخانه=Saqqakhaneh نانوایی=Nanvayi آسیاب=Asiab کاروانسرا=Karvansara مسگرها=Mesgarha "
    "زرگرها=Zargarha بزازها=Bazzazha نجارها=Najjarha کفاش‌ها=Kaffashha قنادی=Qannadi"
)

SURNAMES = _names(
    "باکری=Bakeri همت=Hemmat زین‌الدین=Zeynoddin خرازی=Kharrazi کاظمی=Kazemi باقری=Baqeri "
    "صیاد=Sayyad بابایی=Babai کشوری=Keshvari شیرودی=Shirudi فهمیده=Fahmideh "
    "جهان‌آرا=Jahanara دوران=Dowran اردستانی=Ardestani برونسی=Borunsi کاوه=Kaveh "
    "شاطری=Shateri املاکی=Amlaki محمدی=Mohammadi رضایی=Rezai حسینی=Hosseini کریمی=Karimi "
    "احمدی=Ahmadi رحیمی=Rahimi اکبری=Akbari قاسمی=Qasemi نوری=Nuri یوسفی=Yusefi "
    "عزیزی=Azizi صادقی=Sadeqi جعفری=Jafari مرادی=Moradi سلیمانی=Soleymani یزدانی=Yazdani "
    "شریفی=Sharifi فتاحی=Fattahi ملکی=Maleki امینی=Amini طاهری=Taheri نجفی=Najafi"
)

FORENAMES = _names(
    "علی=Ali مهدی=Mehdi حمید=Hamid محمد=Mohammad رضا=Reza حسین=Hossein ابراهیم=Ebrahim "
    "احمد=Ahmad مجید=Majid سعید=Saeid ناصر=Naser محمود=Mahmud"
)
