import re
from contextlib import ExitStack
from datetime import timedelta
from io import BytesIO
from resource import RUSAGE_SELF, getrusage

import pytest
from PIL import Image

from api.processes.photo_intake import DECODED_AT_ONCE, WAITING, PhotoIntake
from data.model import ClosingReason, JobState, RequestState, Sighting
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import reading, transaction
from data.store.followup.sightings import add_sighting
from data.store.requests.request_photos import list_request_photos
from data.store.requests.requests import find_caller, get_request
from data.store.work import set_job_state
from fleet.followup.duplicates import merge_many
from fleet.requests.closing import close_by_evidence, close_request
from fleet.requests.outbox import MESSENGER
from tests.citizens import again, report, reported, settled, stored, track
from tests.forms import language_form
from tests.pictures import a_bomb


def test_a_report_is_on_the_disk_with_number_and_code_and_is_placed_by_its_words(citizen, sign_in):
    reference, code = reported(citizen, phone="0914 555", consent="yes")
    settled(citizen)
    (asked,) = stored(citizen)
    assert (asked.reference, asked.channel) == (reference, "web")
    assert asked.snap is not None
    page = track(citizen, reference, code)
    assert page.status_code == 200
    assert "We know the place" in page.text
    with reading(citizen.app.state.barfrub.engine) as tx:
        who = find_caller(tx, asked.id)
    assert who is not None
    assert (who.phone, who.consent, who.language) == ("0914 555", True, "en")


def test_nothing_personal_is_on_any_public_page(citizen):
    told = {"text": "Mrs Karimi fell, Mill Lane", "phone": "0914 777", "email": "z@k.ir"}
    reference, code = reported(citizen, **told, consent="yes")
    page = track(citizen, reference, code).text
    assert "No more messages" in page
    for secret in ("Karimi", "0914", "z@k.ir"):
        assert secret not in page


def test_without_a_token_of_ours_nothing_is_taken(citizen):
    assert report(citizen, csrf="").status_code == 403
    assert stored(citizen) == []


def test_a_program_that_fills_the_trap_stores_nothing(citizen):
    assert report(citizen, homepage="https://buy.example").status_code == 422
    assert stored(citizen) == []


def test_a_form_that_says_nothing_comes_back_with_what_was_typed(citizen):
    answer = report(citizen, text=" ", phone="0914 888")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "0914 888" in answer.text
    assert stored(citizen) == []


def test_a_pin_places_a_report_without_words(citizen):
    first = stored(citizen)
    reported(citizen, text="", lon="45.07", lat="37.55")
    assert first == []
    assert stored(citizen)[0].location == (45.07, 37.55)
    assert report(citizen, lon="east", lat="37").status_code == 422
    assert report(citizen, lon="999", lat="37").status_code == 422


def test_what_is_wrong_stands_at_its_field_without_names_of_fields_or_what_was_typed(citizen):
    wrong = {
        "phone": ({"consent": "yes"}, "We need a phone number or an e-mail address"),
        "email": ({"email": "sara at home"}, "This is not an e-mail address"),
        "address": ({"text": " "}, "Say where it is or what you saw"),
        "photo": ({"files": {"photo": ("a.jpg", b"none", "image/jpeg")}}, "The photo was not"),
    }
    for field, (sent, told) in wrong.items():
        page = report(citizen, **sent).text
        (alert,) = re.findall(r'role="alert">.*?</p>', page)
        assert told in alert
        assert not re.search(r"consent|caller_|True|sara|expected|got", alert)
        assert page.index(f'id="{field}"') < page.index(alert)
        assert re.findall(r'id="(\w+)"[^>]*aria-invalid', page) == [field]
    form = {"csrf": citizen.cookies["barfrub_csrf"], "text": "برف", "consent": "yes"}
    persian = citizen.post("/report?lang=fa", data=form).text
    (alert,) = re.findall(r'role="alert">.*?</p>', persian)
    assert "شمارهٔ تلفن یا نشانی ایمیل لازم است" in alert
    assert "True" not in alert


def test_a_place_outside_the_city_is_refused_at_its_field_and_one_beside_it_is_not(citizen):
    tehran = report(citizen, text="snow", lon="51.39", lat="35.69")
    assert tehran.status_code == 422
    assert "outside the city" in tehran.text
    assert "51.39" not in re.findall(r'role="alert">.*?</p>', tehran.text)[0]
    assert stored(citizen) == []
    assert report(citizen, text="snow", lon="45.085", lat="37.55").status_code == 303


def test_the_same_report_again_within_minutes_is_the_same_request(citizen, clock):
    first = reported(citizen)
    assert reported(citizen) == first
    clock.moment += timedelta(minutes=14)
    assert reported(citizen) == first
    assert reported(citizen, text="School Street 9") != first
    clock.moment += timedelta(hours=2)
    assert reported(citizen) != first


def a_photo() -> bytes:
    file = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Sara's phone"
    Image.new("RGB", (60, 40), "red").save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_a_photo_is_kept_without_what_the_camera_wrote(citizen):
    reported_with = report(citizen, files={"photo": ("a.jpg", a_photo(), "image/jpeg")})
    assert reported_with.status_code == 303
    app = citizen.app.state.barfrub
    (asked,) = stored(citizen)
    with reading(app.engine) as tx:
        (name,) = list_request_photos(tx, [asked.id])[asked.id]
    kept = (app.folder / "photos" / name).read_bytes()
    assert kept.startswith(b"\xff\xd8")
    assert b"Sara" not in kept


def test_a_report_that_is_sent_again_leaves_no_second_photo(citizen, app):
    photo = {"photo": ("a.jpg", a_photo(), "image/jpeg")}
    answers = [report(citizen, files=photo).headers["location"] for _ in range(3)]
    assert len({*answers}) == 1
    assert len(list((app.folder / "photos").iterdir())) == 1


def test_what_is_no_photo_is_refused_and_leaves_nothing(citizen):
    bad = report(citizen, files={"photo": ("a.jpg", b"<svg onload=x>", "image/jpeg")})
    assert bad.status_code == 422
    assert stored(citizen) == []


def test_pictures_that_claim_too_many_pixels_are_refused_and_take_no_memory(citizen):
    bombs = [a_bomb(kind) for kind in ("PNG", "JPEG", "WEBP", "PNG") * 2]
    before_kb = getrusage(RUSAGE_SELF).ru_maxrss
    for number, bomb in enumerate(bombs):
        answer = report(citizen, text=f"Mill Lane {number}", files={"photo": ("a", bomb)})
        assert answer.status_code == 422
        assert "at most 16 megapixels" in answer.text
    assert getrusage(RUSAGE_SELF).ru_maxrss - before_kb < 30_000
    assert stored(citizen) == []


def test_photos_that_find_no_place_are_refused_and_the_form_is_shown_again(citizen, app):
    photo = {"photo": ("a.jpg", a_photo(), "image/jpeg")}
    with ExitStack() as holding:
        for _ in range(DECODED_AT_ONCE + WAITING):
            holding.enter_context(app.photos.place())
        busy = report(citizen, files=photo, text="Mill Lane 5")
        assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
        assert "without the photo" in busy.text
        assert "Mill Lane 5" in busy.text
        assert report(citizen).status_code == 303
    assert report(citizen, files=photo, text="Mill Lane 5").status_code == 303


def test_photos_beyond_the_quota_of_the_day_are_refused_and_reports_are_not(citizen, app):
    app.photos = PhotoIntake(app.engine, app.folder, app.clock, reserve_mb=0, daily_mb=0)
    photo = {"photo": ("a.jpg", a_photo(), "image/jpeg")}
    full = report(citizen, files=photo)
    assert full.status_code == 507
    assert "no more room for photos" in full.text
    assert report(citizen).status_code == 303


def test_a_sender_who_comes_too_often_is_asked_to_wait(citizen):
    codes = [report(citizen, text=f"Mill Lane {number}").status_code for number in range(25)]
    assert codes[:20] == [303] * 20
    assert codes[-1] == 429
    assert len(stored(citizen)) == codes.count(303)


def test_a_wrong_code_says_no_more_than_an_unknown_number(citizen):
    reference, code = reported(citizen)
    wrong = track(citizen, reference, f"{int(code) ^ 1:08d}")
    unknown = track(citizen, "B-9999", code)
    assert wrong.status_code == unknown.status_code == 404
    alert = r'role="alert">.*?</p>'
    assert re.findall(alert, wrong.text) == re.findall(alert, unknown.text)


def test_guessing_codes_gets_nowhere(citizen):
    reference, code = reported(citizen)
    tries = [track(citizen, reference, "00000000").status_code for _ in range(12)]
    assert tries[-1] == 429
    assert track(citizen, reference, code).status_code == 429


def test_number_and_code_are_understood_as_people_type_them(citizen):
    reference, code = reported(citizen)
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    assert track(citizen, reference.removeprefix("B-"), code.translate(persian)).status_code == 200


@pytest.fixture
def storm(citizen, storm):
    """The storm has begun, and the citizen is nobody again."""
    citizen.cookies.clear()
    citizen.headers.pop("x-csrf-token")
    citizen.get("/report?lang=en")


def test_evidence_is_told_with_its_time_and_directions(citizen, storm, clock):
    reference, code = reported(citizen)
    settled(citizen)
    (asked,) = stored(citizen)
    assert asked.state is RequestState.OPEN
    assert "on the list" in track(citizen, reference, code).text
    with transaction(citizen.app.state.barfrub.engine) as tx:
        set_job_state(tx, [asked.job_id], JobState.DONE, clock.moment)
        close_by_evidence(tx, MESSENGER, asked, ClosingReason.PLOWED, clock.moment, clock.moment)
    page = track(citizen, reference, code).text
    assert "School Street was plowed today at 07:30, in both directions." in page
    for word in ("Plow 1", "truck", "dispatcher"):
        assert word not in page


def test_who_finds_the_street_not_clear_opens_the_request_again(citizen, storm, clock):
    reference, code = reported(citizen)
    settled(citizen)
    (asked,) = stored(citizen)
    assert again(citizen, reference, code).status_code == 409
    with transaction(citizen.app.state.barfrub.engine) as tx:
        close_request(tx, MESSENGER, asked.id, ClosingReason.MELTED, "", clock.moment)
    assert "The snow melted; we did not come" in track(citizen, reference, code).text
    assert again(citizen, reference, code, why="because").status_code == 422
    assert again(citizen, reference, code, why="berm", words="at my gate").status_code == 303
    with reading(citizen.app.state.barfrub.engine) as tx:
        assert get_request(tx, asked.id).state is RequestState.OPEN
        assert broken_links(list_events(tx)) == []


def test_what_was_inspected_stays_in_the_history_of_a_request_opened_again(citizen, storm, clock):
    reference, code = reported(citizen, kind="ice")
    settled(citizen)
    (asked,) = stored(citizen)
    seen = Sighting(0, asked.id, clock.moment, "inspector", clear=True, photo="")
    with transaction(citizen.app.state.barfrub.engine) as tx:
        add_sighting(tx, seen)
        reason = ClosingReason.INSPECTED
        close_by_evidence(tx, MESSENGER, asked, reason, clock.moment, clock.moment)
    closed = track(citizen, reference, code).text
    assert "it is no longer slippery" in closed
    assert "street is clear" not in closed
    assert "We inspected the place" not in closed
    clock.moment += timedelta(minutes=10)
    assert again(citizen, reference, code, why="ice_again").status_code == 303
    opened = track(citizen, reference, code).text
    assert opened.index("it is no longer slippery") < opened.index("Opened again")


def test_the_switch_of_language_keeps_the_request(citizen):
    reference, code = reported(citizen)
    form = language_form(track(citizen, reference, code).text)
    assert form["next"] == f"/track?reference={reference}&code={code}"
    page = citizen.post("/language", data=form).text
    assert 'lang="fa"' in page
    assert reference in page
    assert "درخواست شما را دریافت کردیم" in page


def test_a_request_is_not_opened_again_days_later(citizen, clock):
    reference, code = reported(citizen)
    (asked,) = stored(citizen)
    with transaction(citizen.app.state.barfrub.engine) as tx:
        close_request(tx, MESSENGER, asked.id, ClosingReason.NOT_OURS, "", clock.moment)
    clock.moment += timedelta(days=4)
    assert "It is not clear" not in track(citizen, reference, code).text
    assert again(citizen, reference, code).status_code == 409


def test_a_merged_request_opens_again_when_its_page_offers_it(citizen, storm, clock):
    first = reported(citizen)
    clock.moment += timedelta(minutes=30)
    reference, code = reported(citizen, text="Deep snow in School Street")
    settled(citizen)
    kept, other = sorted(stored(citizen), key=lambda each: each.id)
    with transaction(citizen.app.state.barfrub.engine) as tx:
        merge_many(tx, MESSENGER, [other.id], kept.id, clock.moment)
    refused = again(citizen, reference, code)
    assert (refused.status_code, kept.reference in refused.text) == (409, False)
    assert "The place is known" in track(citizen, *first).text
    page = track(citizen, reference, code).text
    assert "The place is known" not in page  # half an hour before this one came
    assert "It is not clear" not in page

    clock.moment += timedelta(days=4)
    with transaction(citizen.app.state.barfrub.engine) as tx:
        close_request(tx, MESSENGER, kept.id, ClosingReason.MELTED, "", clock.moment)
    assert "It is not clear" in track(citizen, reference, code).text
    assert again(citizen, reference, code).status_code == 303


def test_messages_stop_when_the_caller_says_so(citizen):
    reference, code = reported(citizen, phone="0914", consent="yes")
    token = citizen.cookies["barfrub_csrf"]
    form = {"csrf": token, "reference": reference, "code": code}
    assert citizen.post("/track/quiet", data=form, follow_redirects=False).status_code == 303
    with reading(citizen.app.state.barfrub.engine) as tx:
        who = find_caller(tx, stored(citizen)[0].id)
    assert who is not None
    assert who.consent is False


def test_public_pages_speak_both_languages(citizen):
    assert 'dir="rtl"' in citizen.get("/report?lang=fa").text
    assert "گزارش برف یا یخ" in citizen.get("/report?lang=fa").text
    assert "Report snow or ice" in citizen.get("/report?lang=en").text
    assert citizen.get("/track?lang=en").status_code == 200
