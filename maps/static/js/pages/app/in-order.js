// Answers in the order of their questions.

/** A question to be asked again and again: `ask` gets why, `take` each answer with it, but those that a later one has overtaken. */
export function inOrder(ask, take) {
  let asked = 0;
  let taken = 0;
  return async (why) => {
    asked += 1;
    const mine = asked;
    const answer = await ask(why);
    if (mine < taken) return;
    taken = mine;
    take(answer, why);
  };
}
