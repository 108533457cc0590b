"""Orders for many requests of the village, as a dispatcher gives them."""

from dataclasses import replace
from datetime import timedelta

from data.geocode import Geocoder
from data.model import (
    Agency,
    AgencyKind,
    ClosingReason,
    ReferralWay,
    RequestKind,
)
from fleet.followup.agencies import NEW, save_agency
from fleet.followup.bulk_changes import (
    CityRules,
    close_many,
    place_many,
    places_by_text,
    refer_many,
    undo_change,
)
from fleet.followup.referrals import ReferralWish
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.routes.published_plan import PublishedPlanCache
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_city

GEOCODER = Geocoder(v.village(), v.village_places())
CITY = CityRules(v.village(), POLICY, PublishedPlanCache())
MINUTE = timedelta(minutes=1)
LATER = v.NOW + 10 * MINUTE
SCHOOL_WORDS = "خیابان مدرسه"


def taken(tx, words=SCHOOL_WORDS, **told):
    report = Report(**({"channel": "phone", "kind": RequestKind.PLOW, "text": words} | told))
    return receive(tx, DISPATCHER, report, v.NOW)


def on_a_street(tx, words=SCHOOL_WORDS, **told):
    new = taken(tx, words, **told)
    return locate(a_city(tx, v.NOW), DISPATCHER, new.id, GEOCODER, PublishedPlanCache())


def closed(tx, *ids, reason=ClosingReason.MELTED):
    return close_many(tx, DISPATCHER, ids, reason, "", LATER)


def undone(tx, bulk):
    return undo_change(tx, DISPATCHER, bulk.change_id, CITY, LATER)


def placed_by_words(tx, *ids):
    places = places_by_text(tx, ids, v.village(), GEOCODER)
    return place_many(tx, DISPATCHER, ids, places, CITY, LATER)


def an_agency(tx, **changes):
    agency = replace(Agency(NEW, "Police", AgencyKind.POLICE, phone="110"), **changes)
    return save_agency(tx, DISPATCHER, agency, v.NOW)


def handed(tx, *ids, agency=None):
    handing = ReferralWish((agency or an_agency(tx)).id, ReferralWay.PAPER, "please hurry")
    return refer_many(tx, DISPATCHER, ids, handing, LATER)
