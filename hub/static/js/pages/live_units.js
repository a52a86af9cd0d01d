/** Units of patrols under way on a map: where each was last, how old that is, how exact it was. */
import { get } from "../api.js";
import { el, icon, kv, named, party } from "../dom.js";
import { onChange, onLine, onPosition } from "../feed.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { pinIcon, styleFor } from "../mapstyle.js";
import { timeElement } from "../times.js";
import { toast } from "../toasts.js";

const OLD_S = 60;
const LOST_S = 300; // until the hub says otherwise
const FAINTEST = 0.4;
const TICK_MS = 5_000;

/**
 * Keep the units on a map of createMap(). Options: patrolId (that patrol only), without (id of a
 * unit not to show: the reader himself), quiet (a lost line is told elsewhere),
 * tell (crossings, once per page). Returns {refresh(), stop(), units()}.
 */
export function mountLiveUnits(map, { patrolId = null, without = null, quiet = false, tell = true } = {}) {
  const live = { map, patrolId, without, lostS: LOST_S, units: new Map(), layer: L.layerGroup().addTo(map.map) };
  const load = () => refresh(live).catch(quiet ? () => {} : reportProblem);
  const stops = [
    onPosition((position) => take(live, position)),
    onChange("patrol", load),
    onChange("crossing", ({ view }) => { if (tell) tellCrossing(live, view); }),
    onLine((state) => { if (state === "live") load(); }),
  ];
  const timer = setInterval(() => live.units.forEach((unit) => show(live, unit)), TICK_MS);
  load();
  return {
    refresh: load,
    units: () => [...live.units.values()].map(({ position }) => position),
    stop() {
      clearInterval(timer);
      stops.forEach((stop) => stop());
      live.layer.remove();
    },
  };
}

const keyOf = (position) => `${position.patrol_id} ${position.unit_id}`;

async function refresh(live) {
  const query = live.patrolId ? `?patrol_id=${live.patrolId}` : "";
  const { items, lost_after_s: lostS } = await get(`/api/v1/positions${query}`);
  live.lostS = lostS;
  const present = new Set(items.map(keyOf));
  for (const [key, unit] of live.units) if (!present.has(key)) drop(live, key, unit);
  items.forEach((position) => take(live, position));
}

function drop(live, key, unit) {
  live.layer.removeLayer(unit.marker).removeLayer(unit.circle);
  live.units.delete(key);
}

function take(live, position) {
  if (position.unit_id === live.without) return;
  if (live.patrolId && position.patrol_id !== live.patrolId) return;
  const key = keyOf(position);
  const known = live.units.get(key);
  if (known && known.position.at > position.at) return; // came late: a newer place is shown
  const unit = known ?? make(live, key);
  unit.position = position;
  unit.marker.setLatLng([position.lat, position.lon]);
  unit.circle.setLatLng([position.lat, position.lon]).setRadius(position.accuracy_m ?? 0);
  show(live, unit);
}

function make(live, key) {
  const unit = { position: null, look: "" };
  unit.circle = L.circle([0, 0], { radius: 0, interactive: false, ...styleFor("uncertainty") });
  unit.marker = L.marker([0, 0], { keyboard: true });
  unit.marker.bindPopup(() => card(unit.position, live.lostS));
  unit.circle.addTo(live.layer);
  unit.marker.addTo(live.layer);
  live.units.set(key, unit);
  return unit;
}

/** {seconds, look}: "fresh", "old" (over a minute), "lost" (over `lostS`), or "paused": quiet by intent. */
export function ageOf(position, lostS = LOST_S, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(position.at)) / 1000);
  const look = position.paused && seconds > OLD_S ? "paused" : seconds > lostS ? "lost" : seconds > OLD_S ? "old" : "fresh";
  return { seconds, look };
}

/** The older a place, the fainter, down to where it counts as lost. */
const strength = (seconds, lostS) => Math.max(FAINTEST, 1 - (1 - FAINTEST) * (seconds / lostS));

/** What was judged at the hub is told where units are watched. */
function tellCrossing({ patrolId }, view) {
  if (!view || (patrolId && view.patrol_id !== patrolId)) return;
  toast(view.title, "warn", { seconds: 15, link: { url: `/patrols/${view.patrol_id}`, label: view.patrol_number } });
}

function show(live, unit) {
  const { position } = unit;
  const { seconds, look } = ageOf(position, live.lostS);
  const label = `${position.unit_name} · ${ageWords(seconds, look)}`;
  if (look !== unit.look) {
    unit.look = look;
    unit.marker.setIcon(pinIcon({ side: position.side, symbol: look === "lost" ? "offline" : look === "paused" ? "pause" : "user", live: look === "fresh" }));
  }
  unit.marker.setOpacity(strength(seconds, live.lostS));
  unit.circle.setStyle({ opacity: strength(seconds, live.lostS) });
  const face = unit.marker.getElement();
  if (face) {
    face.title = label;
    face.setAttribute("aria-label", label);
    face.dataset.age = look;
  }
  const words = look === "fresh" ? position.unit_name : label;
  if (unit.words !== words) {
    unit.words = words;
    unit.marker.unbindTooltip().bindTooltip(el("span", {}, words), { permanent: true, direction: "right", offset: [14, 0] });
  }
}

function ageWords(seconds, look) {
  const minutes = Math.floor(seconds / 60);
  if (look === "paused") return t("已暂停轨迹 {n}分钟", { n: minutes });
  if (look === "lost") return t("失联 {n}分钟", { n: minutes });
  if (look === "old") return t("{n}分钟前", { n: minutes });
  return t("{n}秒前", { n: Math.round(seconds) });
}

function card(position, lostS) {
  const { seconds, look } = ageOf(position, lostS);
  return el("div", {}, el("h3", {}, party(position.unit_name, position.side)),
    kv([
      [t("单位"), named(position.bureau_name)],
      [t("巡查"), el("a", { href: `/patrols/${position.patrol_id}` }, position.patrol_title)],
      [t("位置时间"), el("span", {}, timeElement(position.at, "seconds"), ` (${ageWords(seconds, look)})`)],
      [t("误差"), position.accuracy_m === null ? t("未知") : t("±{n}米", { n: Math.round(position.accuracy_m) })],
    ]),
    look === "lost" && el("p", { class: "small" }, icon("offline"), t("超过{n}分钟没有收到位置", { n: Math.round(lostS / 60) })),
    position.clock_suspect && el("p", { class: "small" }, icon("alert"), t("设备时钟不准，所示为收到时间")));
}
