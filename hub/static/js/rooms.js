/**
 * The room of a meeting: who is there, who leads, what is shown, drawn and noted. Only where people
 * look travels here; what a record says each browser fetches by its own reader's rights.
 */
import { ask, onLine, onRoomEvent } from "./feed.js";

const listeners = new Set();
let joined = null;

/** Call fn({id, people?, leader?, view?, shapes?, notes?, pointer?, closed?}) for what happens there. */
export function onRoom(fn) {
  listeners.add(fn);
  return () => listeners.delete(fn);
}

/** Enter a room, and again whenever the line comes back. */
export function joinRoom(id, { screen = false } = {}) {
  joined = { id, screen };
  enter();
}

async function enter() {
  if (!joined || document.body.dataset.line !== "live") return;
  const answer = await ask("room", { op: "join", ...joined });
  if (answer?.error) for (const fn of listeners) fn({ id: joined.id, error: answer.error });
}

/** Do something in the room; resolves to the hub's answer, null while the line is down. */
export const tellRoom = (id, op, more = {}) => ask("room", { id, op, ...more });

onLine((state) => { if (state === "live") enter(); });
onRoomEvent((told) => { for (const fn of listeners) fn(told); });
