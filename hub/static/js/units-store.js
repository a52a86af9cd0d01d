/**
 * Units under way as the hub tells them: described once, then moved. Where a unit is drawn is where
 * it last reported itself; nothing is guessed between two reports. Ages are by the hub's clock.
 */
import { get } from "./api.js";
import { onLine, onUnits, watchUnits } from "./feed.js";
import { t } from "./i18n.js";

const OLD_S = 60;
const LOST_S = 300; // until the hub says otherwise
const ASK_MS = 5_000; // without a socket
const METRES = 111_320; // of a degree of latitude

/**
 * Keep the units of all patrols, or of one. Options: patrolId, without (id of a unit to leave out),
 * onProblem. Returns {units: Map, lostS, now(), onNews(fn), refresh(), stop()}; a unit is
 * {key, n, who, lon, lat, accuracy, at, heading}.
 */
export function keepUnits({ patrolId = null, without = null, onProblem = () => {} } = {}) {
  const store = { units: new Map(), numbers: new Map(), patrolId, without, lostS: LOST_S, clock: 0, listeners: new Set() };
  const refresh = () => ask(store).catch(onProblem);
  const stops = [onUnits((told) => take(store, told)), watchUnits(patrolId)];
  let timer = 0;
  stops.push(onLine((state) => {
    clearInterval(timer);
    if (state === "live") return;
    store.numbers.clear();
    if (state === "polling") timer = setInterval(() => { if (!document.hidden) ask(store).catch(() => {}); }, ASK_MS);
  }));
  refresh();
  return Object.assign(store, {
    now: () => Date.now() + store.clock,
    onNews(fn) {
      store.listeners.add(fn);
      return () => store.listeners.delete(fn);
    },
    refresh,
    stop() {
      clearInterval(timer);
      stops.forEach((stop) => stop());
    },
  });
}

/** {seconds, look}: "fresh", "old" (over a minute), "lost" (over `lostS`), or "paused": quiet by intent. */
export function ageOf(unit, lostS, now) {
  const seconds = Math.max(0, (now - unit.at) / 1000);
  const look = unit.who.paused && seconds > OLD_S ? "paused" : seconds > lostS ? "lost" : seconds > OLD_S ? "old" : "fresh";
  return { seconds, look };
}

/** "12 s ago", "lost for 7 minutes". */
export function ageWords(seconds, look) {
  const minutes = Math.floor(seconds / 60);
  if (look === "paused") return t("已暂停轨迹 {n}分钟", { n: minutes });
  if (look === "lost") return t("失联 {n}分钟", { n: minutes });
  if (look === "old") return t("{n}分钟前", { n: minutes });
  return t("{n}秒前", { n: Math.round(seconds) });
}

async function ask(store) {
  const { items, lost_after_s: lostS, now } = await get(`/api/v1/positions${store.patrolId ? `?patrol_id=${store.patrolId}` : ""}`);
  store.lostS = lostS;
  store.clock = Date.parse(now) - Date.now();
  if (store.numbers.size > 0) return; // the socket tells more and sooner
  const present = new Set();
  for (const position of items) {
    present.add(keyOf(position));
    place(store, describe(store, position), position.lon, position.lat, position.accuracy_m, Date.parse(position.at));
  }
  for (const key of store.units.keys()) if (!present.has(key)) store.units.delete(key);
  tell(store);
}

/** One message of the hub; see ADR 0024. */
function take(store, { at, reset, units, moved, left }) {
  const now = Date.parse(at);
  store.clock = now - Date.now();
  if (reset) {
    store.units.clear();
    store.numbers.clear();
  }
  for (const n of left) forget(store, n);
  for (const who of units) {
    const unit = describe(store, who);
    if (unit) store.numbers.set(who.n, unit);
  }
  for (const [n, lon, lat, accuracy, age] of moved) {
    const unit = store.numbers.get(n);
    if (unit) place(store, unit, lon, lat, accuracy, now - age);
  }
  tell(store);
}

const keyOf = (who) => `${who.patrol_id} ${who.unit_id}`;

function describe(store, who) {
  if (store.patrolId && who.patrol_id !== store.patrolId) return null;
  const key = keyOf(who);
  const unit = store.units.get(key) ?? { key, at: -Infinity, heading: null };
  unit.who = who;
  if (who.unit_id !== store.without) store.units.set(key, unit);
  return unit;
}

function forget(store, n) {
  const unit = store.numbers.get(n);
  store.numbers.delete(n);
  if (unit) store.units.delete(unit.key);
}

function place(store, unit, lon, lat, accuracy, at) {
  if (at < unit.at) return; // came late: a newer place is shown
  Object.assign(unit, { lon, lat, accuracy, at });
  turn(unit);
}

/** Whither it goes, told by its own reports once it has gone farther than they are exact; radians from north. */
function turn(unit) {
  const from = unit.anchor;
  unit.anchor ??= { lon: unit.lon, lat: unit.lat };
  if (!from) return;
  const east = (unit.lon - from.lon) * METRES * Math.cos((unit.lat * Math.PI) / 180);
  const north = (unit.lat - from.lat) * METRES;
  if (Math.hypot(east, north) < Math.max(10, unit.accuracy ?? 30)) return;
  unit.heading = Math.atan2(east, north);
  unit.anchor = { lon: unit.lon, lat: unit.lat };
}

function tell(store) {
  store.listeners.forEach((fn) => fn());
}
