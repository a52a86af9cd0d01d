/**
 * Parts of a page that renew themselves: <section id="x" data-live="case patrol"> is fetched again
 * from the server when such a record changes ("*" for any; data-live-id narrows it to one record).
 * The server renders it with the reader's rights of that moment, so what was recalled goes away.
 * What he has in hand stays as he left it (renewal.js).
 */
import { onChange } from "./feed.js";
import { enhanceForms } from "./forms.js";
import { renewPart } from "./renewal.js";
import { enhanceTables } from "./tables.js";
import { localTimes } from "./times.js";

const GATHER_MS = 10; // what one act changes comes in one go
const PAUSE_MS = 250; // between two renewals at most, but no longer than one takes
const PATIENCE_MS = 2_000;

const stale = new Set();
let timer = 0;
let due = Infinity;
let running = false;
let restedAt = -Infinity; // from then on the next renewal may begin

/** Renew in `ms`, unless it is due earlier: however dense changes come, none waits for the last. */
function schedule(ms) {
  const at = performance.now() + ms;
  if (at >= due) return;
  due = at;
  clearTimeout(timer);
  timer = setTimeout(renew, ms);
}

/** Wire every [data-live] part; each needs an id. */
export function enhanceLive() {
  if (!document.querySelector("[data-live]")) return;
  onChange("*", (change) => {
    for (const part of document.querySelectorAll("[data-live]")) {
      if (concerns(part, change)) stale.add(part.id);
    }
    if (stale.size > 0) schedule(Math.max(GATHER_MS, restedAt - performance.now()));
  });
}

function concerns(part, change) {
  const kinds = part.dataset.live.split(/\s+/);
  const { liveId } = part.dataset;
  const about = (kind, id) => (kinds.includes("*") || kinds.includes(kind)) && (!liveId || liveId === id);
  // A deadline is shown with the record it runs for.
  const clock = change.kind === "clock" ? change.view : null;
  return about(change.kind, change.id) || (clock !== null && about(clock.kind, clock.subject_id));
}

async function renew() {
  due = Infinity;
  if (running) return;
  running = true;
  const begun = performance.now();
  try {
    await renewStale();
  } finally {
    running = false;
    const now = performance.now();
    // A page asks for no more than half of what a hub that is busy can give.
    restedAt = now + Math.min(PAUSE_MS, now - begun);
    if (stale.size > 0 && due === Infinity) schedule(GATHER_MS);
  }
}

/** Fetch the page again and take its stale parts over. */
async function renewStale() {
  const ids = [...stale];
  stale.clear();
  let answer;
  try {
    answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  } catch {
    return; // The line is down; the banner says so, and the next change tries again.
  }
  if (answer.status >= 500 || answer.status === 429) {
    for (const id of ids) later(id);
    return;
  }
  if (!answer.ok || answer.redirected) {
    location.reload(); // Recalled, or signed out: show what the server now says.
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (fresh.body.dataset.page !== document.body.dataset.page) {
    location.reload(); // What was closed is open again: another page stands here now.
    return;
  }
  for (const id of ids) takeOver(id, fresh.getElementById(id));
}

function later(id) {
  stale.add(id);
  schedule(PATIENCE_MS);
}

function takeOver(id, fresh) {
  const old = document.getElementById(id);
  if (!old || !fresh) return;
  const part = renewPart(old, fresh);
  if (part === null) {
    later(id);
    return;
  }
  localTimes(part);
  enhanceForms(part);
  enhanceTables(part);
  part.dispatchEvent(new CustomEvent("live:renewed", { bubbles: true }));
}
