/** How each kind of record is told to the hub, and what its refusals mean for the one who sent it. */
import { ApiProblem, post } from "../api.js";
import { corrected } from "./clock.js";
import { sendPhoto } from "./uploads.js";

const api = (item) => `/api/v1/patrols/${item.patrol_id}`;

const timed = (item) => {
  const { at, offset_s: offset } = corrected(item.stamp);
  return { at, clock_offset_s: offset };
};

/**
 * The body as it will be sent, made once: it is kept with the item, so that a repetition is the same
 * request to the last letter.
 */
export const FREEZE = {
  start: (item) => ({ ...timed(item), plan_version: item.body.plan_version }),
  end: timed,
  entry: (item) => ({ ...item.body, ...timed(item) }),
  tick: (item) => item.body,
  finding(item) {
    const { at, clock_offset_s: offset } = timed(item);
    return { ...item.body, found_at: at, clock_offset_s: offset };
  },
  positions(item) {
    const { offset_s: offset } = corrected(item.stamp);
    const fixes = item.body.fixes.map(({ wall, ...fix }) => ({ t: wall / 1000 + offset, ...fix }));
    return { key: item.key, fixes, clock_offset_s: offset };
  },
  photo: (item) => item.body,
};

const ROADS = { start: "start", end: "end", entry: "log", tick: "checklist", finding: "findings", positions: "positions" };

/**
 * Send an item whose body is frozen; resolves to what of the answer is kept. `help`: {parentOf(item),
 * progress(item, sent)}. Throws ApiProblem.
 */
export async function send(item, help) {
  if (item.kind === "photo") return sendPhoto(item, help);
  try {
    const answer = await post(`${api(item)}/${ROADS[item.kind]}`, item.frozen, { key: item.key });
    return { id: answer?.id ?? null, number: answer?.number ?? null };
  } catch (problem) {
    if (alreadyDone(item, problem)) return { id: null, already: true };
    throw problem;
  }
}

/** A colleague of the crew was first: begun is begun, ended is ended. */
function alreadyDone({ kind }, problem) {
  if (!(problem instanceof ApiProblem) || problem.status !== 409) return false;
  const { rule, state } = problem.problem;
  return (kind === "start" && rule === "patrol.start" && ["in_progress", "completed"].includes(state))
    || (kind === "end" && rule === "patrol.end" && state === "completed");
}

/** Whether sending the same again can never succeed. */
export const isFinal = (problem) => problem instanceof ApiProblem && problem.status >= 400 && problem.status < 500
  && ![401, 403, 408, 425, 429].includes(problem.status);
