// Answers that are older than the news of the stream: what came since one was asked for is taken again after it.
const underWay = new Set(); // for each answer that is under way, the news since it was asked for

/** A taker of news which takes them again after each answer that was under way when they came. */
export const remembered = (take) => (news) => {
  for (const since of underWay) since.push(() => take(news));
  take(news);
};

/** `ask`, which takes a whole answer, with the news after it that came meanwhile: they may be newer. */
export const withNews = (ask) => async () => {
  const since = [];
  underWay.add(since);
  try {
    return await ask();
  } finally {
    underWay.delete(since);
    for (const again of since) again();
  }
};
