/** Units of patrols under way on a map: where each was last, how old that is, how exact it was. */
import { get } from "../api.js";
import { el, fill, icon, kv, named, party } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { locale, t } from "../i18n.js";
import { timeElement } from "../times.js";
import { toast } from "../toasts.js";
import { unitsCanvas } from "../units-canvas.js";
import { ageOf, ageWords, keepUnits } from "../units-store.js";
import { mountUnitList } from "./unit_list.js";

const FAINTEST = 0.4;
const LOST = 0.85; // crossed and red, for somebody has to look for it
const TICK_MS = 1_000;
const FOLLOW_ZOOM = 15;
const NOT_THE_MAP = ".leaflet-popup, .leaflet-control, .leaflet-marker-icon, .leaflet-tooltip";

/**
 * Keep the units on a map of createMap(). Options: patrolId (that patrol only), without (id of a
 * unit not to show: the reader himself), quiet (a lost line is told elsewhere), list (element for the
 * list with filters; otherwise none), tell (crossings, once per page).
 * Returns {refresh(), stop(), units()}.
 */
export function mountLiveUnits(map, { patrolId = null, without = null, quiet = false, list = null, tell = true } = {}) {
  const store = keepUnits({ patrolId, without, onProblem: quiet ? () => {} : reportProblem });
  const live = { map: map.map, store, patrolId, shows: () => true, selected: null, follows: false, popup: null };
  if (!live.map.getPane("units")) live.map.createPane("units").style.zIndex = 620;
  live.layer = unitsCanvas(() => faces(live), () => live.selected).addTo(live.map);
  live.list = list && mountUnitList(list, live.store, {
    few: Boolean(patrolId),
    choose(unit) {
      choose(live, unit, { go: true });
      uncover(list);
    },
    filter: (shows) => { live.shows = shows; live.layer.redraw(); },
  });
  const stops = [
    store.onNews(() => news(live)),
    onChange("patrol", store.refresh),
    onChange("crossing", ({ view }) => { if (tell) tellCrossing(live, view).catch(reportProblem); }),
    listenToPointer(live),
  ];
  const timer = setInterval(() => news(live), TICK_MS);
  return {
    refresh: store.refresh,
    units: () => [...store.units.values()].map(({ who, lon, lat, accuracy, at }) =>
      ({ ...who, lon, lat, accuracy_m: accuracy, at: new Date(at).toISOString() })),
    stop() {
      clearInterval(timer);
      stops.forEach((stop) => stop());
      store.stop();
      live.popup?.remove();
      live.layer.remove();
    },
  };
}

/** Every unit that the filter lets through, as it is drawn: the older its place, the fainter. */
function faces({ store, shows }) {
  const now = store.now();
  const found = [];
  for (const unit of store.units.values()) {
    if (unit.lat === undefined || !shows(unit)) continue;
    const { seconds, look } = ageOf(unit, store.lostS, now);
    const strength = look === "lost" ? LOST : Math.max(FAINTEST, 1 - (1 - FAINTEST) * (seconds / store.lostS));
    const words = look === "fresh" ? unit.who.unit_name : label(unit.who, seconds, look);
    found.push({ unit, look, strength, words });
  }
  return found;
}

const label = (who, seconds, look) => `${who.unit_name} · ${ageWords(seconds, look)}`;

/** Something moved, or a second passed. */
function news(live) {
  if (document.hidden) return;
  live.layer.redraw();
  live.list?.show();
  const unit = live.store.units.get(live.selected);
  if (!unit) {
    live.popup?.remove();
    return;
  }
  live.popup?.setLatLng([unit.lat, unit.lon]);
  live.card?.update(unit);
  if (live.follows) live.map.panTo([unit.lat, unit.lon], { animate: false });
}

/** What was judged at the hub is told where units are watched; the feed's titles are Chinese for all, so others ask. */
async function tellCrossing({ patrolId }, view) {
  if (!view || (patrolId && view.patrol_id !== patrolId)) return;
  const items = locale.startsWith("zh") ? [] : (await get(`/api/v1/patrols/${view.patrol_id}/crossings`)).items;
  const title = items.find(({ id }) => id === view.id)?.title ?? view.title;
  toast(title, "warn", { seconds: 15, link: { url: `/patrols/${view.patrol_id}`, label: view.patrol_number } });
}

/** Pointing at a unit names it, pressing it opens its card; the map itself then hears nothing of it. */
function listenToPointer(live) {
  const box = live.map.getContainer();
  const tip = L.tooltip({ direction: "right", offset: [14, 0] });
  const under = (event) => (event.target.closest(NOT_THE_MAP) ? null : live.layer.at(live.map.mouseEventToLayerPoint(event)));
  const point = (event) => {
    const found = under(event);
    box.classList.toggle("map--on-unit", Boolean(found));
    if (found) tip.setLatLng(live.map.layerPointToLatLng([found.x, found.y])).setContent(tipOf(live, found)).addTo(live.map);
    else tip.remove();
  };
  const press = (event) => {
    if (live.map.pm?.globalDrawModeEnabled() || live.map.dragging?.moved()) return;
    const found = under(event);
    if (!found) return;
    event.stopImmediatePropagation();
    if (found.group) nearer(live, found.group);
    else choose(live, found.unit);
  };
  const release = () => { live.follows = false; live.card?.update(live.store.units.get(live.selected)); };
  box.addEventListener("mousemove", point);
  box.addEventListener("click", press, { capture: true });
  live.map.on("dragstart", release);
  return () => {
    box.removeEventListener("mousemove", point);
    box.removeEventListener("click", press, { capture: true });
    live.map.off("dragstart", release);
    tip.remove();
  };
}

function tipOf({ store }, found) {
  if (found.group) return el("span", {}, t("{n}个单元，点按放大", { n: found.group.length }));
  const { seconds, look } = ageOf(found.unit, store.lostS, store.now());
  return el("span", {}, label(found.unit.who, seconds, look));
}

function nearer({ map }, group) {
  const bounds = L.latLngBounds(group.map(({ unit }) => [unit.lat, unit.lon]));
  const zoom = Math.max(map.getZoom() + 1, Math.min(map.getBoundsZoom(bounds.pad(0.2)), map.getMaxZoom()));
  map.setView(bounds.getCenter(), Math.min(zoom, map.getMaxZoom()));
}

/** Open the card of a unit; with `go` the map goes there. */
function choose(live, unit, { go = false } = {}) {
  live.popup?.remove();
  live.selected = unit.key;
  // At once: a card that still travels with the map slips away from under the hand that presses it.
  if (go) live.map.setView([unit.lat, unit.lon], Math.max(live.map.getZoom(), FOLLOW_ZOOM), { animate: false });
  live.card = makeCard(live, unit);
  live.popup = L.popup({ autoPan: !go, offset: [0, -8] }).setLatLng([unit.lat, unit.lon]).setContent(live.card.node);
  live.popup.on("remove", () => {
    live.selected = live.popup = live.card = null;
    live.follows = false;
    live.layer.redraw();
  });
  live.popup.openOn(live.map);
  live.layer.redraw();
}

/** On a phone the list lies over the map: it makes room for what was chosen. */
function uncover(list) {
  const handle = list.closest(".map-page__panel")?.querySelector(".map-page__handle[aria-expanded=true]");
  if (handle && handle.offsetParent !== null) handle.click();
}

/** {node, update(unit)}: what changes is changed in place, so that who has a button in hand keeps it. */
function makeCard(live, { who }) {
  const age = el("span");
  const error = el("span");
  const note = el("div");
  const follow = el("button", { class: "btn btn--small", type: "button", "aria-pressed": "false" }, icon("locate"), t("跟随此单元"));
  const update = (unit) => {
    if (!unit) return;
    const { seconds, look } = ageOf(unit, live.store.lostS, live.store.now());
    fill(age, timeElement(new Date(unit.at), "seconds"), ` (${ageWords(seconds, look)})`);
    error.textContent = unit.accuracy === null ? t("未知") : t("±{n}米", { n: Math.round(unit.accuracy) });
    fill(note,
      look === "lost" && el("p", { class: "small" }, icon("offline"), t("超过{n}分钟没有收到位置", { n: Math.round(live.store.lostS / 60) })),
      unit.who.clock_suspect && el("p", { class: "small" }, icon("alert"), t("设备时钟不准，所示为收到时间")));
    follow.setAttribute("aria-pressed", String(live.follows));
  };
  follow.addEventListener("click", () => {
    live.follows = !live.follows;
    news(live);
  });
  const node = el("div", {}, el("h3", {}, party(who.unit_name, who.side)),
    kv([
      [t("单位"), named(who.bureau_name)],
      [t("巡查"), el("a", { href: `/patrols/${who.patrol_id}` }, who.patrol_title)],
      [t("位置时间"), age],
      [t("误差"), error],
    ]), note, follow);
  update(live.store.units.get(`${who.patrol_id} ${who.unit_id}`));
  return { node, update };
}
