"""How people of a city with Latin letters say where they are; English words, any names."""

from tests.benchmarks.queries.facts import Kinded

TYPES = {
    "St": ("Street", "St.", "st", "Str"),
    "Ave": ("Avenue", "Av", "Ave.", "ave"),
    "Av": ("Avenue", "Ave", "Av.", "av"),
    "Rd": ("Road", "Rd.", "rd"),
    "Dr": ("Drive", "Dr.", "dr"),
    "Blvd": ("Boulevard", "Blvd.", "blvd"),
    "Pl": ("Place", "Pl.", "pl"),
    "Ln": ("Lane", "Ln.", "ln"),
    "Ct": ("Court", "Ct.", "ct"),
    "Ter": ("Terrace", "Terr", "ter"),
    "Pkwy": ("Parkway", "Pkwy.", "pkwy"),
    "Sq": ("Square", "Sq."),
    "Cir": ("Circle", "Cir."),
    "Way": ("Way", "way"),
    "Cres": ("Crescent", "Cres."),
}
SHORT = {form: short for short, forms in TYPES.items() for form in (short, forms[0])} | {
    "Avenue": "Ave"
}
"""Words for "street" as maps have them behind a name, and their keys in `TYPES`."""

LEADING = {
    "Strada": ("Str.", "str", "Strada"),
    "Aleea": ("Al.", "aleea"),
    "Bulevardul": ("Bd.", "B-dul", "Bulevardul", "Bdul"),
    "Calea": ("calea", "Calea"),
}
WINDS = {"N": "North", "S": "South", "E": "East", "W": "West"}
NUMBERED = {
    "First": "1st",
    "Second": "2nd",
    "Third": "3rd",
    "Fourth": "4th",
    "Fifth": "5th",
    "Sixth": "6th",
    "Seventh": "7th",
    "Eighth": "8th",
    "Ninth": "9th",
    "Tenth": "10th",
}
CROSSINGS = (
    "{a} & {b}",
    "{a} and {b}",
    "corner of {a} and {b}",
    "{a} at {b}",
    "intersection of {a} and {b}",
    "{a} / {b}",
    "{a} @ {b}",
    "{a} corner {b}",
    "where {a} crosses {b}",
    "{a} x {b}",
)
BESIDE_STREET = (
    "{a} near {b}",
    "{a} just before {b}",
    "{a} just past {b}",
    "{a} by {b}",
    "{a} close to {b}",
    "on {a} right after {b}",
    "{a} off {b}",
)
BETWEEN = (
    "{a} between {b} and {c}",
    "{a} from {b} to {c}",
    "on {a}, between {b} & {c}",
    "{a} btwn {b} and {c}",
)
HOUSES = ("{n} {a}", "{n} {a}, apt 2", "{n}, {a}", "{a} {n}", "number {n} {a}", "house {n} on {a}")
OPENINGS = (
    "Hi, I'm calling about ",
    "Hello, ",
    "Good morning, we live at ",
    "There's a problem on ",
    "",
    "yeah so ",
    "Hi there my street is ",
    "Can someone please come to ",
    "I'm at ",
    "Hello? This is about the snow at ",
    "hey the plow skipped ",
    "My mother lives on ",
)
ENDINGS = (
    ", it hasn't been plowed",
    " is covered in ice",
    ", please send a plow",
    " - snow everywhere",
    ", car stuck",
    " is blocked by a fallen tree",
    " still not cleared since yesterday",
    "",
    ", the ambulance can't get through",
    ". Thanks",
    " and nobody came",
    ", kids can't get to school",
)
SMALL_TALK = (
    "when will you come to plow my street",
    "my car is stuck in the snow please help",
    "I called yesterday and nobody came",
    "is school closed tomorrow",
    "thank you for the salt",
    "the road in front of our house is icy",
    "I lost my reference number",
    "no heat in my building",
    "a tree fell down at the corner",
    "send somebody please",
    "the same address as this morning",
)
INVENTED = (
    "Quagmire",
    "Brontosaur",
    "Xylophone",
    "Zanzibar",
    "Kilimanjaro",
    "Thistledown",
    "Bamboozle",
    "Snickerdoodle",
    "Vladivostok",
    "Kathmandu",
    "Wolverhampton",
    "Pterodactyl",
    "Guadalajara",
    "Mozzarella",
    "Honolulu",
    "Timbuktu",
    "Yellowjacket",
    "Rumpelstiltskin",
    "Wintergarten",
    "Ouagadougou",
    "Dragonfly",
    "Whippoorwill",
    "Huckleberry Finn",
    "Popocatepetl",
    "Llanfair",
    "Gallimaufry",
    "Zweibrucken",
    "Kookaburra",
    "Marmalade",
    "Hippodrome",
    "Chrysanthemum",
    "Jabberwock",
    "Chimichanga",
    "Saskatchewan",
    "Tchaikovsky",
    "Nebuchadnezzar",
    "Quetzal",
)
NEGATIVES = ("{n} {k}", "12 {n} {k}", "{n} {k} near the school", "corner of {n} {k} and {n2} {k}")
NEGATIVE_KINDS = ("Street", "Ave", "Road", "St", "Boulevard", "Lane")


def split(name: str) -> Kinded:
    """Return an English or Romanian name in two parts."""
    first, _, last = name.rpartition(" ")
    if first and last in SHORT:
        return Kinded(SHORT[last], first)
    first, _, last = name.partition(" ")
    if last and first in LEADING:
        return Kinded(first, last)
    return Kinded("", name)
