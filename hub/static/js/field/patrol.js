/** The screen of one patrol in the field: where am I, whose side is it, what did we do and find. */
import { get } from "../api.js";
import { badge, el, fill, icon } from "../dom.js";
import { confirmDialog } from "../dialogs.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";
import { styleFor } from "../mapstyle.js";
import { mountLiveUnits } from "../pages/live_units.js";
import { toast } from "../toasts.js";
import { mountChecks } from "./checks.js";
import { stamp } from "./clock.js";
import { mountFinding } from "./finding.js";
import { Sampler, STILL_MS } from "./sampling.js";
import { mountSide } from "./side.js";
import { stateOf } from "./state.js";
import { drawWaypoints, mountWaypoints } from "./waypoints.js";

const UNITS_EVERY_MS = 15_000;
const BEGIN_MS = 60_000;

/** Build the screen in `main`. `app`: {user, outbox, sync, kit (row), openQueue(), renewKit()}. Returns {renew()}. */
export function mountPatrol(main, app) {
  const screen = { app, kit: app.kit.kit, place: null, follow: true, drawn: false };
  screen.id = screen.kit.patrol.id;
  build(screen, main);
  makeMap(screen);
  screen.tellSide = mountSide(screen.side, () => screen.kit.ground);
  screen.sampler = new Sampler((place, worth) => onPlace(screen, place, worth), (problem) => noPlace(screen, problem), (mode) => showMode(screen, mode));
  screen.finding = mountFinding({
    categories: screen.kit.categories, forms: screen.kit.forms ?? {}, here: () => screen.place, pick: () => pickPlace(screen), stamp,
    save: async (body, photos, mark) => {
      await app.outbox.add(screen.id, "finding", body, { photos, mark });
      app.sync.soon(0);
    },
  });
  const points = mountWaypoints({
    points: () => screen.state?.waypoints ?? [], here: () => screen.place,
    checkIn: (waypoint) => checkIn(screen, { waypoint }), finish: (waypoint) => record(screen, "entry", { kind: "task", waypoint, ...placeNow(screen) }),
  });
  screen.checks = mountChecks({
    points,
    items: () => screen.state?.checklist ?? screen.kit.patrol.checklist, checkIn: (index) => checkIn(screen, { index }),
    untick: (index) => record(screen, "tick", { index, done: false }), note: (note) => checkIn(screen, { note }),
  });
  screen.sampler.start();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) stayAwake(screen); });
  return {
    renew: (items, fixes) => renew(screen, items, fixes), setKit: (row) => { screen.kit = row.kit; }, showSent: () => showSent(screen),
  };
}

function build(screen, main) {
  const { patrol } = screen.kit;
  Object.assign(screen, {
    badge: el("span", {}), mode: el("span", { class: "small muted", id: "field-mode" }),
    side: el("div", { class: "field__side verdict", id: "field-side", "aria-live": "polite" }, el("strong", { class: "verdict__answer" }, t("正在定位…"))),
    gps: el("p", { class: "notice notice--warn", id: "field-gps", role: "status", hidden: true }),
    conflict: el("div", { class: "notice notice--danger", id: "field-conflict", role: "alert", hidden: true }),
    hint: el("p", { class: "notice", id: "field-pick", hidden: true }, t("在地图上点一下发现的地点。"), el("button", { class: "btn btn--small", type: "button" }, t("取消"))),
    acts: el("div", { class: "field__acts" }), map: el("div", { id: "map" }),
    followButton: el("button", { class: "btn btn--icon field__follow", type: "button", id: "follow", "aria-pressed": "true", title: t("回到我的位置"), "aria-label": t("回到我的位置"), onclick: () => follow(screen) }, icon("locate")),
  });
  fill(main, el("div", { class: "map-page map-page--no-panel field" },
    el("div", { class: "field__head" }, el("a", { class: "btn btn--icon btn--quiet", href: "/field/", "aria-label": t("我的巡查") }, icon("left")),
      el("h1", { class: "field__title" }, patrol.title), screen.badge, screen.mode),
    screen.side, el("div", { class: "map-page__map" }, screen.map, screen.followButton,
      el("div", { class: "field__notes" }, screen.gps, screen.conflict, screen.hint)), screen.acts));
}

function makeMap(screen) {
  const { kit } = screen;
  const areas = kit.ground.units.map((unit) => ({
    type: "Feature", geometry: { type: "MultiPolygon", coordinates: unit.polygons },
    properties: { kind: "jurisdiction", adcode: unit.adcode, name: unit.short_name },
  }));
  const lines = kit.ground.lines.map((line) => ({
    type: "Feature", geometry: { type: "MultiLineString", coordinates: line.paths }, properties: { kind: "line" },
  }));
  screen.view = createMap(screen.map, {
    bounds: kit.bounds, sides: kit.sides, label: t("巡查地图"), readout: false, layersControl: false,
    basemap: { type: "FeatureCollection", features: [...areas, ...lines] },
  });
  const { map } = screen.view;
  screen.view.addLayer("strips", kit.strips, { role: "strip" });
  screen.view.addLayer("line", { type: "Feature", properties: {}, geometry: kit.line }, { role: "line" });
  screen.view.addLayer("route", { type: "Feature", properties: {}, geometry: kit.patrol.route }, { role: "plan" });
  screen.track = L.polyline([], styleFor("track", kit.own_side)).addTo(map);
  map.on("dragstart", () => {
    screen.follow = false;
    screen.followButton.setAttribute("aria-pressed", "false");
  });
}

function follow(screen) {
  screen.follow = true;
  screen.followButton.setAttribute("aria-pressed", "true");
  const { map } = screen.view;
  if (screen.place) map.setView([screen.place.lat, screen.place.lon], Math.max(map.getZoom(), 15));
}

function onPlace(screen, place, worth) {
  const { map } = screen.view;
  const at = [place.lat, place.lon];
  screen.place = place;
  screen.gps.hidden = true;
  if (!screen.marker) {
    screen.circle = L.circle(at, { interactive: false, ...styleFor("uncertainty") }).addTo(map);
    screen.marker = screen.view.addPin(place.lon, place.lat, { side: screen.kit.own_side, symbol: "locate", live: true, title: t("我的位置") });
    map.setView(at, Math.max(map.getZoom(), 15));
  }
  screen.marker.setLatLng(at);
  screen.circle.setLatLng(at).setRadius(place.accuracy_m);
  if (screen.follow) map.panTo(at, { animate: false });
  screen.tellSide(place);
  if (worth && screen.state?.records) keepFix(screen, place, at);
}

function keepFix(screen, place, at) {
  screen.track.addLatLng(at);
  const age = Math.min(60_000, Math.max(0, Date.now() - Date.parse(place.at)));
  const fix = { lon: place.lon, lat: place.lat, accuracy_m: place.accuracy_m };
  screen.app.outbox.addFix(screen.id, fix, stamp(age)).then(() => screen.app.sync.soon(), (problem) => tellProblem(screen, problem));
}

/** The track begins where one stands, not at the next step. */
function beginTrack(screen) {
  screen.sampler.kept = null;
  const { place } = screen;
  if (place && Date.now() - Date.parse(place.at) < BEGIN_MS) keepFix(screen, place, [place.lat, place.lon]);
}

function tellProblem(screen, problem) {
  screen.gps.hidden = false;
  fill(screen.gps, icon("alert"), problem.message);
}

const noPlace = tellProblem;

function showMode(screen, mode) {
  const words = { moving: t("定位中"), still: t("停留 · 每{n}秒定位，省电", { n: STILL_MS / 1000 }), off: t("未定位") }[mode];
  screen.mode.dataset.mode = mode;
  fill(screen.mode, screen.state?.paused ? t("轨迹已暂停") : words);
}

/** Keep a record; a phone that is full says so, and nothing is taken for kept. Resolves to whether it was. */
async function record(screen, kind, body, options) {
  try {
    await screen.app.outbox.add(screen.id, kind, body, options);
    screen.app.sync.soon(0);
    return true;
  } catch (problem) {
    toast(problem.message, "danger");
    return false;
  }
}

const placeNow = ({ place }) => (place ? { lon: place.lon, lat: place.lat, accuracy_m: place.accuracy_m } : {});

async function checkIn(screen, about) {
  const kept = await record(screen, "entry", { kind: "check_in", ...about, ...placeNow(screen) });
  if (kept) toast(t("已签到，存在本机。"), "ok", { seconds: 3 });
  return kept;
}

async function start(screen) {
  const { patrol } = screen.kit;
  if (!(await confirmDialog({ title: t("现在开始巡查？"), text: patrol.title, confirm: t("开始") }))) return;
  await record(screen, "start", { plan_version: patrol.plan_version });
  stayAwake(screen);
}

async function end(screen) {
  const text = t("结束后不再记录轨迹；存在本机的记录会继续上报。");
  if (await confirmDialog({ title: t("结束巡查？"), text, confirm: t("结束") })) await record(screen, "end", {});
}

function stayAwake(screen) {
  // Refused on low battery: the page works without.
  if (screen.state?.records) navigator.wakeLock?.request("screen").then((lock) => { screen.wake = lock; }, () => {});
}

/** The day is over: the receiver rests, and no place of a while ago is told as the present one. */
function rest(screen) {
  screen.sampler.end();
  screen.wake?.release();
  screen.side.hidden = true;
  for (const mark of [screen.marker, screen.circle]) mark?.remove();
}

function buttons(screen) {
  const { state, kit } = screen;
  const big = (id, symbol, words, onclick, look = "") => el("button", { class: `btn btn--big ${look}`, type: "button", id, onclick }, icon(symbol), words);
  if (state.phase === "under_way" && kit.logs) {
    return [big("record", "camera", t("记录发现"), () => screen.finding.open(), "btn--primary field__record"), screen.checks.button,
      state.paused ? big("resume", "play", t("继续"), () => record(screen, "entry", { kind: "resume", ...placeNow(screen) }))
        : el("button", { class: "btn btn--big", type: "button", id: "pause", "aria-label": t("暂停轨迹"), onclick: () => record(screen, "entry", { kind: "pause", ...placeNow(screen) }) }, icon("pause")),
      big("end", "stop", t("结束"), () => end(screen))];
  }
  if (state.phase === "ready" && kit.logs) return big("start", "play", t("开始巡查"), () => start(screen), "btn--primary field__record");
  const words = { ended: t("巡查已结束。"), waiting: t("方案还没有经各方确认，不能开始。"), cancelled: t("巡查已取消。") }[state.phase];
  // What came of it lies on the hub: the way there, for when there is a network.
  const results = state.phase === "ended" && el("a", { href: `/patrols/${screen.id}` }, t("巡查结果"));
  return el("p", { class: "muted small" }, kit.logs ? words : t("您未编入本次巡查，只能查看。"), results ? " " : "", results);
}

const PHASES = { ready: [t("可以开始"), "info"], under_way: [t("进行中"), "ok"], ended: [t("巡查结束"), "neutral"], waiting: [t("待确认"), "warn"], cancelled: [t("已取消"), "danger"] };

function showConflict(screen, items) {
  const refused = items.find((item) => item.patrol_id === screen.id && item.kind === "start" && item.state === "refused");
  screen.conflict.hidden = !refused;
  if (refused) {
    fill(screen.conflict, icon("alert"), el("span", {}, refused.problem.message, " ", t("记录都保留在本机。")),
      el("button", { class: "btn btn--small", type: "button", onclick: screen.app.openQueue }, t("查看")));
  }
}

/** Show what the outbox and the kit say. */
function renew(screen, items, fixes) {
  const before = screen.state;
  if (!before) drawWaiting(screen, items, fixes);
  const state = stateOf(screen.kit.patrol, items);
  screen.state = state;
  if (JSON.stringify(before) !== JSON.stringify(state)) {
    fill(screen.badge, badge(...PHASES[state.phase]));
    fill(screen.acts, buttons(screen));
    screen.checks.show();
    drawWaypoints(screen.view, state.waypoints);
    if (state.phase === "ended" && before?.phase !== "ended") rest(screen);
    showMode(screen, screen.sampler.mode);
    if (state.records && !before?.records) beginTrack(screen);
  }
  showConflict(screen, items);
  drawFindings(screen, items);
  if (state.phase === "under_way") watchUnits(screen);
}

function drawFindings(screen, items) {
  const own = items.filter((item) => item.patrol_id === screen.id && item.kind === "finding" && item.body.lon !== undefined);
  const look = own.map((item) => item.seq + item.state).join();
  if (look === screen.drawn) return;
  screen.drawn = look;
  screen.view.addLayer("findings", { type: "FeatureCollection", features: own.map((item) => ({
    type: "Feature", geometry: { type: "Point", coordinates: [item.body.lon, item.body.lat] }, properties: item,
  })) }, {
    pin: () => ({ side: screen.kit.own_side, symbol: "flag" }),
    popup: ({ properties: p }) => el("div", {}, el("h3", {}, screen.kit.categories[p.body.category]), el("p", {}, p.body.text)),
  });
}

/** The other units, while there is a network: asked for now and then, to spare the battery. */
function watchUnits(screen) {
  if (screen.units) return;
  screen.units = mountLiveUnits(screen.view, { patrolId: screen.id, without: screen.app.user.id, quiet: true });
  setInterval(() => { if (!document.hidden && navigator.onLine) screen.units.refresh(); }, UNITS_EVERY_MS);
}

/** A place chosen by pressing the map. */
function pickPlace(screen) {
  screen.hint.hidden = false;
  return new Promise((resolve) => {
    const finish = (place) => {
      stop();
      screen.hint.hidden = true;
      resolve(place);
    };
    const stop = screen.view.onPick(finish, { through: true });
    screen.hint.querySelector("button").onclick = () => finish(null);
  });
}

/** The way that waits on the phone, after the page was opened again. */
function drawWaiting(screen, items, fixes) {
  const own = ({ patrol_id: id }) => id === screen.id;
  const packed = items.filter((item) => own(item) && item.kind === "positions").flatMap((item) => item.body.fixes);
  const loose = fixes.filter(own).map((row) => row.fix);
  const way = [...packed, ...loose];
  screen.track.setLatLngs(way.map(({ lat, lon }) => [lat, lon]));
  screen.map.dataset.kept = way.length;
}

/** The tracks that the hub has, once, under what is recorded now. */
async function showSent(screen) {
  if (screen.sent || !screen.state || !["under_way", "ended"].includes(screen.state.phase)) return;
  screen.sent = true;
  const tracks = await get(`/api/v1/patrols/${screen.id}/track`);
  const features = tracks.features.filter((feature) => feature.geometry);
  screen.view.addLayer("tracks", { ...tracks, features }, { role: "track" });
}
