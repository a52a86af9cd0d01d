/** The page of a patrol on a phone: where am I, whose side is it, what did we find. */
import { get, post } from "../api.js";
import { el, fill, icon, pageData } from "../dom.js";
import { confirmDialog } from "../dialogs.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { watchPosition } from "../geolocate.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";
import { styleFor } from "../mapstyle.js";
import { FieldQueue } from "./field-queue.js";
import { mountChecklist } from "./field-checklist.js";
import { mountFinding } from "./field-finding.js";
import { mountSide } from "./field-side.js";
import { mountLiveUnits } from "./live_units.js";

const FIX_EVERY_MS = 2_000;
const data = pageData();
const { patrol } = data;
const byId = (id) => document.getElementById(id);
// What the phone's clock is behind or ahead: a difference beyond the time of loading is put right, so
// that a wrong clock does not cost the track.
const clockDifference = Date.parse(data.hub_time) - Date.now();
const clockOffset = Math.abs(clockDifference) > 60_000 ? clockDifference : 0;
const now = () => new Date(Date.now() + clockOffset);

const map = createMap(byId("map"), { bounds: data.bounds, sides: data.sides, label: t("巡查地图"), readout: false, layersControl: false });
const own = { place: null, marker: null, circle: null, track: null, follow: true, lastFix: 0 };

function drawPlan() {
  map.addLayer("strips", data.strips, { role: "strip" });
  map.addLayer("line", { type: "Feature", properties: {}, geometry: data.line }, { role: "line" });
  map.addLayer("route", { type: "Feature", properties: {}, geometry: patrol.route }, { role: "plan" });
  own.track = L.polyline([], styleFor("track", data.own_side)).addTo(map.map);
}

async function drawTracks() {
  const tracks = await get(`/api/v1/patrols/${patrol.id}/track`);
  map.addLayer("tracks", { ...tracks, features: tracks.features.filter((f) => f.geometry) }, { role: "track" });
}

async function drawFindings(items) {
  const features = items.filter((item) => typeof item.lon === "number").map((item) => ({
    type: "Feature", geometry: { type: "Point", coordinates: [item.lon, item.lat] }, properties: item,
  }));
  map.addLayer("findings", { type: "FeatureCollection", features }, {
    pin: ({ properties }) => ({ side: properties.side, symbol: "flag" }),
    popup: ({ properties: p }) => el("div", {}, el("h3", {}, p.category_name), el("p", {}, p.text),
      el("a", { href: `/findings/${p.id}` }, p.number)),
  });
  byId("finding-count").textContent = String(items.length);
}

async function renewFindings() {
  const { items } = await get(`/api/v1/findings?patrol_id=${patrol.id}&limit=200`);
  await drawFindings(items);
}

function showQueue({ waiting, failed, fixes, offline }) {
  const host = byId("field-queue");
  const words = waiting > 0 ? t("{n}条记录待上报", { n: waiting }) : fixes > 0 && offline ? t("{n}个位置待上报", { n: fixes }) : null;
  host.hidden = !words && failed.length === 0;
  host.dataset.waiting = String(waiting);
  fill(host, words && el("span", {}, icon(offline ? "offline" : "upload"), words, offline ? t("（离线，已存在本机）") : ""),
    failed.map((job) => el("span", { class: "field__failed" }, icon("alert"), t("未被接受：{why}", { why: job.failed }),
      el("button", { class: "btn btn--small", type: "button", onclick: () => queue.retry(job) }, t("重试")),
      el("button", { class: "btn btn--small btn--quiet", type: "button", onclick: () => giveUp(job) }, t("放弃")))));
}

async function giveUp(job) {
  const text = job.body?.text ?? job.photo?.name ?? "";
  if (await confirmDialog({ title: t("放弃这条记录？"), text, danger: true, confirm: t("放弃") })) await queue.discard(job);
}

const queue = new FieldQueue(patrol.id, data.user_id, showQueue);
const askSide = mountSide(byId("field-side"));

function onPlace(place) {
  own.place = place;
  byId("field-gps").hidden = true;
  const at = [place.lat, place.lon];
  if (!own.marker) {
    own.circle = L.circle(at, { interactive: false, ...styleFor("uncertainty") }).addTo(map.map);
    own.marker = map.addPin(place.lon, place.lat, { side: data.own_side, symbol: "locate", live: true, title: t("我的位置") });
    map.map.setView(at, Math.max(map.map.getZoom(), 15));
  }
  own.marker.setLatLng(at);
  own.circle.setLatLng(at).setRadius(place.accuracy_m);
  if (own.follow) map.map.panTo(at, { animate: false });
  askSide(place);
  if (data.logs) keepFix(place, at);
}

function keepFix(place, at) {
  const time = Date.parse(place.at);
  if (time - own.lastFix < FIX_EVERY_MS) return;
  own.lastFix = time;
  own.track.addLatLng(at);
  queue.addFix({ t: (time + clockOffset) / 1000, lon: place.lon, lat: place.lat, accuracy_m: place.accuracy_m }).catch(reportProblem);
}

function onNoPlace(problem) {
  const host = byId("field-gps");
  host.hidden = false;
  fill(host, icon("alert"), problem.message);
}

function watch() {
  try {
    watchPosition(onPlace, onNoPlace);
  } catch (problem) {
    onNoPlace(problem);
  }
}

/** A place chosen by pressing the map. */
function pickPlace() {
  const hint = byId("field-pick");
  hint.hidden = false;
  return new Promise((resolve) => {
    const done = (place) => {
      stop();
      hint.hidden = true;
      resolve(place);
    };
    const stop = map.onPick(done);
    hint.querySelector("button").onclick = () => done(null);
  });
}

async function act(button, verb) {
  button.disabled = true;
  try {
    if (verb === "end") await queue.flush();
    await post(`/api/v1/patrols/${patrol.id}/${verb}`, {});
    location.assign(verb === "end" ? `/patrols/${patrol.id}` : location.pathname);
  } catch (problem) {
    button.disabled = false;
    reportProblem(problem);
  }
}

byId("start")?.addEventListener("click", (event) => act(event.currentTarget, "start"));
byId("end")?.addEventListener("click", async (event) => {
  const button = event.currentTarget;
  if (await confirmDialog({ title: t("结束巡查？"), text: t("结束后不再记录轨迹；未上报的记录仍会补报。"), confirm: t("结束") })) act(button, "end");
});
byId("follow").addEventListener("click", (event) => {
  own.follow = true;
  event.currentTarget.setAttribute("aria-pressed", "true");
  if (own.place) map.map.setView([own.place.lat, own.place.lon], Math.max(map.map.getZoom(), 15));
});
map.map.on("dragstart", () => {
  own.follow = false;
  byId("follow").setAttribute("aria-pressed", "false");
});

drawPlan();
drawFindings(data.findings);
drawTracks().catch(reportProblem);
const finding = byId("finding") && mountFinding(byId("finding"), {
  here: () => own.place, pick: pickPlace, now, save: (body, photos) => queue.addFinding(body, photos),
});
byId("record")?.addEventListener("click", () => finding.open());
const showChecks = byId("checks") && mountChecklist(byId("checks"), byId("checklist"),
  (index, done) => queue.addTick(index, done).catch(reportProblem));
onChange("finding", (change) => {
  if (change.view?.patrol_id === patrol.id) renewFindings().catch(reportProblem);
});
onChange("patrol", (change) => {
  if (change.id === patrol.id && change.view) showChecks?.(change.view.checklist);
  if (change.id === patrol.id && change.view?.state !== patrol.state && change.view) location.reload();
});
// Only a patrol under way has live units; its own unit is the marker above.
if (patrol.state === "in_progress") mountLiveUnits(map, { patrolId: patrol.id, without: data.user_id });
queue.start().catch(reportProblem);
watch();
if (data.logs) navigator.wakeLock?.request("screen").catch(() => {}); // refused on low battery: the page works without
