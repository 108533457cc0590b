"""The voice that a phone keeps of a route: fetched as it is spoken, each phrase once."""

from tests.page_scripts import told_by

SCRIPT = """
const answers = [
  { language: "en", clips: { turn: "AA" }, whole: 1, missing: 2 },
  { language: "en", clips: { right: "BB", left: "CC" }, whole: 3, missing: 0 },
  { language: "en", clips: {}, whole: 0, missing: 0 },
];
const asked = [];
globalThis.fetch = async (path) => {
  asked.push(path);
  return Response.json(answers[asked.length - 1]);
};
const { storeVoice } = await load("shifts/driver/guide/stored-voice.js");
const told = [];
for (const route of ["1 1", "1 1", "1 2"]) told.push((await storeVoice(route)).speaks);
return [asked, told];
"""


def test_while_the_rest_is_spoken_a_phone_asks_only_for_what_it_lacks():
    asked, told = told_by(SCRIPT)
    assert asked == [f"/api/drive/voice?after={after}" for after in (0, 1, 0)]
    assert told == [True, True, False]
