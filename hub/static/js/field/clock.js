/**
 * What time is it at the hub, by a phone whose clock may be wrong or be set on the way? Every record
 * bears a stamp: the phone's clock (wall), a count that nobody can set (mono), the run of the page
 * (boot) in which that count holds, and the last anchor before it. An anchor is the hub's time beside
 * the phone's, from a contact. The correction is reckoned when a record is sent, from the best anchors
 * then known. Both times are told to the hub: its own, and what was added to the phone's.
 */
import { operationKey } from "../api.js";
import { meta, setMeta } from "./store.js";

const SAME_MS = 2_000; // two clocks that differ by less have not been set
const KEPT = 60;
const NAME = "clock";

const boot = operationKey();
const anchors = (await meta(NAME)) ?? [];

/** The moment as this phone knows it; `ageMs`: so long ago. */
export function stamp(ageMs = 0) {
  return { boot, wall: Date.now() - ageMs, mono: performance.now() - ageMs, after: anchors.at(-1)?.n ?? 0 };
}

/** Learn the hub's time from an answer to a question that was asked at `asked` (a stamp). */
export async function learn(hubMs, asked) {
  const now = stamp();
  const anchor = { ...now, hub: hubMs + Math.max(0, now.mono - asked.mono) / 2, n: now.after + 1 };
  const [before, last] = [anchors.at(-2), anchors.at(-1)];
  // Of one run with one clock the first and the newest are enough.
  if (before && alike(last, anchor) && alike(before, last)) anchors.pop();
  anchors.push(anchor);
  anchors.splice(0, Math.max(0, anchors.length - KEPT));
  await setMeta(NAME, anchors);
}

const drift = ({ wall, mono }) => wall - mono;
const offsetOf = ({ hub, wall }) => hub - wall;
const alike = (a, b) => a.boot === b.boot && Math.abs(drift(a) - drift(b)) < SAME_MS;

/**
 * What to add to the phone's clock of a stamp (ms), and whether that is beyond doubt. In the same run
 * with the clock not set in between, an anchor is exact. Else those before and after must agree.
 */
export function offsetFor(mark, list = anchors) {
  const same = list.filter((anchor) => alike(anchor, mark));
  if (same.length > 0) {
    const best = same.reduce((a, b) => (Math.abs(b.mono - mark.mono) < Math.abs(a.mono - mark.mono) ? b : a));
    return { ms: offsetOf(best), sure: true };
  }
  const before = list.filter((anchor) => anchor.n <= mark.after).at(-1) ?? list[0];
  const after = list.find((anchor) => anchor.n > mark.after);
  if (!before) return { ms: 0, sure: false };
  // Until the next contact nobody knows whether the clock was set since the last.
  return { ms: offsetOf(before), sure: after !== undefined && Math.abs(offsetOf(before) - offsetOf(after)) < SAME_MS };
}

/** The hub's time of a stamp: {at (ISO), ms, offset_s, sure}. */
export function corrected(mark) {
  const { ms, sure } = offsetFor(mark);
  const at = mark.wall + ms;
  return { at: new Date(at).toISOString(), ms: at, offset_s: Math.round(ms) / 1000, sure };
}

/** The hub's time now in ms, as far as this phone knows. */
export const hubNow = () => corrected(stamp()).ms;
