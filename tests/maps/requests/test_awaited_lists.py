"""Lists say that they are empty only once that is known of what was chosen."""

from tests.page_scripts import PARTS, SHELF, told_by

BEFORE = f"""{PARTS}
Object.assign(boot, {{ states: [], roles: ["supervisor"], classes: [] }});
element.textContent = JSON.stringify(boot);
const request = {{
  id: 4, kind: "plow", reference: "R-4", text: "at the mill", received_at: boot.now,
  dangers: [], due: null, state: "new",
}};
"""

OFFICE = f"""{BEFORE}
const {{ show }} = await load("followup/state.js");
await load("followup/list.js");
const counts = {{ escalated: 0, late: 1, mine: 0, place: 1, do: 0, tell: 0 }};
const page = (filter, rows) =>
  ({{ now: boot.now, filter, counts, rows, page: 1, pages: 1, names: {{}} }});
"""


def test_the_office_awaits_the_list_of_another_filter() -> None:
    late, chosen, come = told_by(
        f"""{OFFICE}
        show("late");
        await answered(page("late", []));
        const seen = [drawn("office-list")];
        show("place");
        seen.push(drawn("office-list"));
        await answered(page("place", [request]));
        return [...seen, drawn("office-list")];"""
    )
    assert "none:late" in late
    assert "none:" not in chosen
    assert "skeleton" in chosen
    assert "R-4" in come
    assert "aria-busy=false" in come


def test_rows_of_the_filter_before_are_marked_until_the_others_are_there() -> None:
    chosen, come = told_by(
        f"""{OFFICE}
        show("late");
        await answered(page("late", [request]));
        show("mine");
        const seen = drawn("office-list");
        await answered(page("mine", []));
        return [seen, drawn("office-list")];"""
    )
    assert "aria-busy=true" in chosen
    assert "aria-label=filter:late" in chosen
    assert "none:mine" in come


def test_the_queue_awaits_what_was_chosen() -> None:
    nothing, chosen, come = told_by(
        f"""{BEFORE}
        globalThis.location = {{ pathname: "/requests", hash: "" }};
        globalThis.history = {{ replaceState() {{}} }};
        document.querySelectorAll = () => [];
        const {{ choose, load: ask }} = await load("requests/queue/state.js");
        await load("requests/queue/list.js");
        const page = (rows) =>
          ({{ rows, total: rows.length, next: null, numbered: null, counts: {{ stage: {{}} }} }});
        ask();
        await answered(page([]));
        const seen = [drawn("requests-list")];
        choose({{ stage: [] }});
        seen.push(drawn("requests-list"));
        await answered(page([request]));
        return [...seen, drawn("requests-list")];"""
    )
    assert "There is no request yet" in nothing
    assert "There is no request yet" not in chosen
    assert "Loading…" in chosen
    assert "R-4" in come
    assert "Loading…" not in come


def test_an_empty_list_that_a_phone_has_kept_is_not_said_to_be_what_is_left() -> None:
    kept, come = told_by(
        f"""{BEFORE}{SHELF}
        const rows = new Map([["inspections", {{ login: "driver", places: [] }}]]);
        const {{ reload, restore }} = await load("followup/inspect/state.js");
        await load("followup/inspect/list.js");
        await restore();
        reload();
        const seen = drawn("inspect-list");
        await answered([], []);
        return [seen, drawn("inspect-list")];"""
    )
    assert "Loading…" in kept
    assert "There is nothing to inspect." in come


def test_what_is_with_agencies_is_not_said_before_it_is_asked_for_anew() -> None:
    before, again, come = told_by(
        f"""{BEFORE}
        const {{ queue }} = await load("requests/queue/state.js");
        await load("followup/referrals.js");
        const {{ prototype }} = parts["requests-referred"];
        Object.getPrototypeOf(prototype).connectedCallback = () => {{}};
        Object.create(prototype).connectedCallback();
        queue.set({{ tab: "given" }});
        await answered([]);
        const seen = [drawn("requests-referred")];
        queue.set({{ tab: "requests" }});
        queue.set({{ tab: "given" }});
        seen.push(drawn("requests-referred"));
        await answered([]);
        return [...seen, drawn("requests-referred")];"""
    )
    assert "No request is with another agency" in before
    assert "No request is with another agency" not in again
    assert come == before
