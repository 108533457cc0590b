"""What several pages rely on: answers in order, maps that open later, a screen that stays on."""

from tests.page_scripts import told_by

TURN = "const turn = () => new Promise((done) => setTimeout(done));"


def test_an_answer_that_a_later_one_has_overtaken_is_not_shown():
    script = """
    const { inOrder } = await load("pages/app/in-order.js");
    const [waiting, shown] = [[], []];
    const ask = () => new Promise((done) => waiting.push(done));
    const show = inOrder(ask, (answer, why) => shown.push([answer, why]));
    const asked = [show("followed"), show("ordered"), show("followed")];
    for (const place of [1, 0, 2]) waiting[place](place);
    await Promise.all(asked);
    return shown;
    """
    assert told_by(script) == [[1, "ordered"], [2, "followed"]]


def test_a_clock_that_waited_is_taken_back_a_second_a_second_and_late_answers_are_not_heeded():
    script = """
    let at = 0;
    Date.now = () => at;
    const { now, pace, setClock } = await load("pages/boot.js");
    const began = Date.parse(boot.now);
    const told = (second) => new Date(began + second * 1000).toISOString();
    const after = (seconds, ...word) => {
      at += seconds * 1000;
      if (word.length) setClock(told(word[0]), word[1]);
      return [(now() - began) / 1000, pace()];
    };
    return [
      after(0, 0, 30),
      after(2, 10, 0),  // it had gone on for a third of a second, and waits
      after(5),
      after(5, 4),  // an answer that was longer under way
      after(0, 10, 30),
      after(1),
      after(1),
      after(0, -3600, 1),  // somebody has set it
    ];
    """
    assert told_by(script) == [
        [0, 30],
        [60, 0],
        [55, 0],
        [50, 0],
        [50, 30],
        [49, 30],
        [70, 30],
        [-3600, 1],
    ]


def test_a_map_that_failed_is_opened_at_the_next_look_and_one_that_is_there_is_not():
    script = f"""{TURN}
    globalThis.requestAnimationFrame = (act) => act();
    console.error = () => {{}};
    const {{ openedAtFirstLook }} = await load("pages/app/first-look.js");
    const tries = [];
    const look = openedAtFirstLook(async () => {{
      tries.push(tries.length);
      if (tries.length === 1) throw new Error("no tiles");
    }});
    const counts = [];
    for (const looks of [false, true, true, false, true, false, true]) {{
      look(looks);
      await turn();
      counts.push(tries.length);
    }}
    return counts;
    """
    assert told_by(script) == [0, 1, 1, 1, 2, 2, 2]


def test_the_screen_is_held_once_and_let_go_when_nobody_wants_it_any_more():
    script = f"""{TURN}
    let held = 0;
    const answers = [];
    const request = () => new Promise((done) => answers.push(() => {{
      held += 1;
      done({{ released: false, async release() {{ this.released = true; held -= 1; }} }});
    }}));
    const phone = {{ wakeLock: {{ request }} }};
    Object.defineProperty(globalThis, "navigator", {{ value: phone, configurable: true }});
    document.addEventListener = () => {{}};
    const {{ screenKeeper }} = await load("pages/app/screen.js");
    let wanted = true;
    const follow = screenKeeper(() => wanted);
    const seen = [];
    const settle = async () => {{
      answers.splice(0).forEach((answer) => answer());
      await turn();
      seen.push(held);
    }};
    follow();
    follow();
    await settle();
    wanted = false;
    follow();
    await settle();
    wanted = true;
    follow();
    wanted = false; // before the browser has answered
    follow();
    await settle();
    return seen;
    """
    assert told_by(script) == [1, 0, 0]
