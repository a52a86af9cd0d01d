/** How a patrol stands by what the hub last said and what this phone has recorded since. Pure. */

/**
 * {phase, paused, records, checklist, waypoints}; phase: waiting, ready, under_way, ended, cancelled. `records`:
 * places are kept. A refused start counts as begun: the officer is out there, and his log goes on.
 */
export function stateOf(patrol, items) {
  const own = items.filter((item) => item.patrol_id === patrol.id);
  const begun = patrol.state === "in_progress" || own.some((item) => item.kind === "start");
  const ended = patrol.state === "completed" || own.some((item) => item.kind === "end" && item.state !== "refused");
  const marks = own.filter((item) => item.kind === "entry" && ["pause", "resume"].includes(item.body.kind));
  const paused = marks.at(-1)?.body.kind === "pause";
  const phase = ended ? "ended" : begun ? "under_way" : { approved: "ready", cancelled: "cancelled" }[patrol.state] ?? "waiting";
  return { phase, paused, records: phase === "under_way" && !paused, checklist: ticked(patrol.checklist, own), waypoints: visited(patrol.waypoints ?? [], own) };
}

/** What the hub knows of each waypoint, and what this phone noted since. A kit of an older hub has none. */
function visited(waypoints, items) {
  const noted = (key, kind) => items.some((item) => item.kind === "entry" && item.state !== "refused" && item.body.waypoint === key && item.body.kind === kind);
  return waypoints.map((point) => ({ ...point, visited: point.visited || noted(point.key, "check_in") || noted(point.key, "task"), done: point.done || noted(point.key, "task") }));
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
