"""Lessons: ticked in a training by what somebody does, only read in a real city."""

PAGE = {"accept": "text/html"}


def done(lessons, role):
    """Return the steps of a lesson that are done."""
    (lesson,) = [one for one in lessons if one["role"] == role]
    return {step["key"] for step in lesson["steps"] if step["done"]}


def test_steps_are_ticked_by_what_the_reader_does_and_by_nobody_else(client, sign_in, rehearsed):
    sign_in("operator")
    assert done(client.get("/api/training/lessons").json(), "operator") == set()
    client.post("/api/training/seats", json={"role": "operator"}).raise_for_status()
    told = {"kind": "plow", "text": "Mill Street is full of snow", "channel": "phone"}
    client.post("/requests", json=told).raise_for_status()
    lessons = client.get("/api/training/lessons").json()
    assert done(lessons, "operator") >= {"seat", "record"}
    assert done(lessons, "dispatcher") == set()
    assert lessons[0]["role"] == "operator"
    assert lessons[0]["mine"]

    page = client.get("/training/lessons", headers=PAGE).text
    assert 'data-key="seat" class="done"' in page
    sign_in("dispatcher")
    assert done(client.get("/api/training/lessons").json(), "operator") == set()


def test_a_page_to_look_at_is_done_once_it_was_opened_from_its_lesson(client, sign_in, rehearsed):
    sign_in("council")
    lessons = client.post("/api/training/lessons/council/figures").json()
    assert done(lessons, "council") == {"figures"}
    assert client.post("/api/training/lessons/council/steering").status_code == 404


def test_a_real_city_has_the_lessons_to_read_alone(client, sign_in):
    sign_in("driver")
    page = client.get("/training/lessons?lang=fa", headers=PAGE).text
    assert "راننده: یک شیفت با گوشی" in page
    assert "باز کردن صفحه" not in page
    assert client.get("/api/training/lessons").status_code == 404
