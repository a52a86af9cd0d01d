/** How a patrol stands by what the hub last said and what this phone has recorded since. Pure. */

/**
 * {phase, paused, records, checklist}; phase: waiting, ready, under_way, ended, cancelled. `records`:
 * places are kept. A refused start counts as begun: the officer is out there, and his log goes on.
 */
export function stateOf(patrol, items) {
  const own = items.filter((item) => item.patrol_id === patrol.id);
  const begun = patrol.state === "in_progress" || own.some((item) => item.kind === "start");
  const ended = patrol.state === "completed" || own.some((item) => item.kind === "end" && item.state !== "refused");
  const marks = own.filter((item) => item.kind === "entry" && ["pause", "resume"].includes(item.body.kind));
  const paused = marks.at(-1)?.body.kind === "pause";
  const phase = ended ? "ended" : begun ? "under_way" : { approved: "ready", cancelled: "cancelled" }[patrol.state] ?? "waiting";
  return { phase, paused, records: phase === "under_way" && !paused, checklist: ticked(patrol.checklist, own) };
}

function ticked(checklist, items) {
  const list = checklist.map((item) => ({ ...item }));
  for (const { kind, body, state } of items) {
    if (state === "refused" || !list[body.index]) continue;
    if (kind === "tick") list[body.index].done = body.done;
    if (kind === "entry" && body.kind === "check_in") list[body.index].done = true;
  }
  return list;
}
