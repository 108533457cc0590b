// Answers in the order of their questions.

/** A question to be asked again and again: `take` gets each answer, with why it was asked, but those that a later one has overtaken. */
export function inOrder(ask, take) {
  let asked = 0;
  let taken = 0;
  return async (why) => {
    asked += 1;
    const mine = asked;
    const answer = await ask();
    if (mine < taken) return;
    taken = mine;
    take(answer, why);
  };
}
