"""Words that passwords are guessed from, and keyboards that they are typed on."""

PRODUCT = ("barfrub", "برف‌روب", "snowplow", "password", "گذرواژه", "رمز", "ramz")
"""Words that are guessed wherever this program runs, beside names of the city and its people."""

WORDS = """
سلام ایران تهران ارومیه تبریز مشهد اصفهان شیراز ایرانی شهرداری برف زمستان عشق عشقم زندگی
محمد علی رضا حسین حسن مهدی امیر فاطمه زهرا مریم زینب سارا علیرضا محمدرضا امیرحسین حمید سعید
مجید وحید ناصر اکبر اصغر عباس احمد محمود مصطفی مرتضی ابراهیم یوسف داوود خدا خدایا الله پدر
مادر بابا مامان دوست استقلال پرسپولیس تراکتور آذربایجان
salam iran tehran urmia orumiyeh tabriz mashhad esfahan isfahan shiraz shahrdari barf eshgh
eshgham zendegi mohammad muhammad mohamad ali reza hossein hosein hasan hassan mehdi mahdi amir
fatemeh fatima zahra maryam zeynab sara alireza mohammadreza amirhossein hamid saeed saeid
majid vahid naser nasser akbar asghar abbas ahmad ahmadi mahmoud mostafa morteza ebrahim
yousef davood khoda allah pedar madar baba maman esteghlal perspolis persepolis tractor traktor
azerbaijan azarbayjan admin administrator test welcome qwerty
"""

PERSIAN = tuple(WORDS.split())
"""Names and words of the region that foreign lists lack; refused with digits around them."""

ROWS = ("`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./")
"""Keys of a Latin keyboard, row by row."""

COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/")
"""Keys of a Latin keyboard that lie below each other."""

PERSIAN_KEYS = str.maketrans(
    dict(zip("ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو", "qwertyuiop[]asdfghjkl;'zxcvbnm,", strict=True))
    | {"ي": "d", "ك": ";", "آ": "h", "ژ": "c", "ئ": "m"}
)
"""The keys of a standard Persian keyboard (ISIRI 9147), by its letters."""
