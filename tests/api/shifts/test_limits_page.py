"""The page of what is impossible for machines."""

from sqlalchemy import event


def test_more_limits_take_no_more_questions_to_the_database(driver, app, plan, sign_in):
    for leg in (1, 2):
        said = {"key": f"narrow-{leg}", "plan_id": plan.id, "leg": leg, "reason": "impossible"}
        answer = driver.post("/api/shifts/1/blockages", json=said)
        assert answer.status_code == 200, answer.text
    sign_in("dispatcher")
    asked: list[str] = []
    event.listen(app.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    limits = driver.get("/api/machine-limits").json()
    assert [one["report_id"] for one in limits] == [1, 2]
    assert sum("FROM blockage" in one for one in asked) == 1
