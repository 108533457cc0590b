// How far a truck is on its route: its run, what is left of it, the next maneuver, the next reload, how late. Knows no page.

const STOP_M = 30; // so near to its place a truck has come to a reload or a rest
const LEFT_M = 40; // so far behind it it has left it
const WHOLE = 0.9; // of a run's work, as evidence counts it

const isStop = (run) => run.to - run.from < 1;

/** The run that a truck is in, which was in run `before`: it goes on as the truck does, and never back by itself. */
export function runAt(line, metre, before) {
  let run = before;
  while (run < line.runs.length - 1) {
    const { to } = line.runs[run];
    const end = isStop(line.runs[run]) ? to + LEFT_M : isStop(line.runs[run + 1]) ? to - STOP_M : to - 1;
    if (metre < end) break;
    run += 1;
  }
  return run;
}

/** Metres of work of each run that were driven along the line, after the truck went from one place to the next. */
export function driven(line, before, from, to) {
  if (to <= from) return before;
  return line.runs.map((run, i) => (before[i] ?? 0) + Math.max(0, Math.min(to, run.to) - Math.max(from, run.work)));
}

/** Whether a truck drove all of a run's work. */
export const isDriven = (line, done, run) => {
  const { work, to } = line.runs[run];
  return to - work > 1 && (done[run] ?? 0) >= WHOLE * (to - work);
};

const planned = (stage, share) => {
  const [from, to] = [Date.parse(stage.starts_at), Date.parse(stage.ends_at)];
  return from + (to - from) * share;
};

/** The next run of a kind from one on, with how far it is. */
function nextOf(line, stages, kind, run, metre) {
  const next = stages.findIndex((stage, i) => i >= run && stage.kind === kind && stage.state === "open");
  return next < 0 ? null : { run: next, m: Math.max(0, line.runs[next].from - metre), at: planned(stages[next], 0) };
}

/**
 * How a truck stands at `metre`, in run `run`. Times are in ms: `left` for the run by its plan, `late` against it (less
 * than nothing where the truck is early), `reload.inMs` until the next reload.
 */
export function standing(line, stages, metre, run, now) {
  const { from, work, to } = line.runs[run];
  const share = to > from ? Math.min(Math.max((metre - from) / (to - from), 0), 1) : 0;
  const at = planned(stages[run], share);
  const reload = nextOf(line, stages, "reload", run, metre);
  const maneuver = line.maneuvers.find((one) => one.metre > metre + 1 || (one.run > run && one.metre >= metre));
  return {
    run,
    working: metre >= work - 1 && stages[run].kind === "work",
    left_m: Math.max(0, to - Math.max(metre, from)),
    work_m: Math.max(0, work - metre),
    left: planned(stages[run], 1) - at,
    late: now - at,
    reload: reload && { m: reload.m, inMs: Math.max(0, reload.at - at) },
    maneuver: maneuver && { ...maneuver, m: Math.max(0, maneuver.metre - metre) },
  };
}
