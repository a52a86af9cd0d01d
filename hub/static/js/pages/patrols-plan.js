/** The form of a plan: draw the route, see at once who leads where and what speaks against it. */
import { ApiProblem, get, pages, post } from "../api.js";
import { badge, el, fill, icon, named, pageData, party, scrollable } from "../dom.js";
import { connectForm, formValue, reportProblem } from "../forms.js";
import { t, tn } from "../i18n.js";
import { createMap } from "../map.js";
import { createRouteEditor } from "../route-editor.js";
import { drawOutside, drawZone, metres } from "./patrols-map.js";
import { createPace, estimateView } from "./plan-estimate.js";
import { watchEditing } from "./plan-editing.js";
import { keepPlan } from "./plan-kept.js";
import { markOf, workTogether } from "./plan-together.js";
import { unitsOf } from "./plan-units.js";
import { createSnap } from "./plan-snap.js";
import { createWaypoints } from "./plan-waypoints.js";

const WAIT_MS = 350;
const data = pageData();
const form = document.getElementById("plan-form");
const zoneInput = form.elements.namedItem("zone_id");
const zone = () => data.zones.find((item) => item.id === zoneInput.value) ?? data.zones[0];
const sides = Object.assign({}, ...data.zones.map((item) => item.sides), zone().sides);
const map = createMap(document.getElementById("plan-map"), { sides, label: t("路线图") });
let asked = null;
let timer = 0;
let together = null;
let kept = null;

function showZone() {
  drawZone(map, zone());
  map.fit(zone().bounds);
}

showZone();
const snap = createSnap(map, { zoneId: () => zone().id, guideKinds: data.words.guides });
const drawer = createRouteEditor(map, { onChange: later, lines: snap.lines, follow: snap.follow });
const waypoints = createWaypoints(map, { words: data.words, zoneId: () => zone().id, onChange: later, beforePick: () => drawer.draw(false),
  route: { value: drawer.value, set: (geometry) => drawer.set(geometry, { past: true }) } });
const pace = createPace(document.getElementById("plan-pace"), { modes: data.words.modes, pace: data.pace, onChange: later });
const units = unitsOf({ form, drawer, waypoints, pace, words: data.words });
waypoints.set(data.waypoints);
waypoints.suggest();
if (data.route) drawer.set(data.route);
else later();

zoneInput.addEventListener("change", () => { showZone(); bringOverdue(); later(); waypoints.suggest(); snap.renew(); offerOverdue().catch(reportProblem); });
form.addEventListener("input", later);

/** The latest state of the form is asked about, once it rests. */
function later() {
  together?.touch();
  kept?.touch();
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT_MS);
}

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const value = formValue(form);
  const window_ = { starts_at: value.starts_at, ends_at: value.ends_at };
  const body = {
    ...window_, zone_id: zone().id, patrol_id: data.patrol_id, route: drawer?.value() ?? null,
    officers: value.officers ?? [], craft: value.craft ?? [], waypoints: waypoints.sendable(), pace: pace.value(),
  };
  try {
    showPreview(await post("/api/v1/patrols/preview", body, { signal }));
    if (window_.starts_at && window_.ends_at) await showBusy(window_, signal);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof ApiProblem)) throw error;
    showRefusal(error);
  }
}

function showPreview(answer) {
  showTime(answer);
  showClashes(answer.clashes);
  drawOutside(map, answer.clashes);
  const uncertain = answer.uncertain?.coordinates.length > 0
    ? { type: "Feature", geometry: answer.uncertain, properties: {} } : null;
  if (uncertain) map.addLayer("uncertain", uncertain, { role: "uncertainty", label: t("距界线过近") });
  else map.removeLayer("uncertain");
  const box = document.getElementById("plan-preview");
  if (answer.legs.length === 0) {
    fill(box, el("p", { class: "muted" }, t("画出路线后，这里显示各段由谁主办。")));
    return;
  }
  fill(box, el("p", {}, t("全长 {length}，共 {n} 段", { length: metres(answer.route_length_m), n: answer.legs.length })),
    legTable(answer.legs), answer.requirements.map(requirement), nearness(answer));
}

function showTime({ estimate, legs }) {
  waypoints.showArrivals(estimate);
  const names = new Map(waypoints.value().map((point) => [point.key, point.name]));
  fill(document.getElementById("plan-time"), estimateView(estimate, { names, legs, modes: data.words.modes, speeds: pace.speeds() })
    ?? el("p", { class: "muted small" }, t("画出路线后，这里显示里程和时间。")));
}

function legTable(legs) {
  const head = [t("段"), t("辖区"), t("主办"), t("长度")].map((text) => el("th", { scope: "col" }, text));
  const rows = legs.map((leg) => el("tr", {},
    el("th", { scope: "row" }, String(leg.number)), el("td", {}, named(leg.name)),
    el("td", {}, party(leg.host_bureau_name, leg.side)), el("td", { class: "nowrap" }, metres(leg.length_m))));
  return scrollable(t("路线分段"), el("table", { class: "table" },
    el("caption", { class: "visually-hidden" }, t("路线分段")), el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)));
}

const requirement = (row) =>
  el("p", { class: "small" }, badge(row.met ? t("已满足") : t("待补"), row.met ? "ok" : "warn"), " ", named(row.message));

function nearness({ legs, accuracy_m: accuracy }) {
  const near = legs.reduce((sum, leg) => sum + leg.uncertain_m, 0);
  if (near === 0) return null;
  return el("p", { class: "small muted" }, t("其中 {length} 距界线不足 {accuracy} 米（界线数据的精度），属地以现场核实为准，建议双方人员同行。",
    { length: metres(near), accuracy: Math.round(accuracy) }));
}

function showClashes(clashes) {
  const box = document.getElementById("plan-clashes");
  if (clashes.length === 0) return fill(box);
  return fill(box, el("div", { class: "notice notice--danger" }, icon("alert"),
    el("ul", {}, clashes.map((clash) => el("li", {}, named(clash.message))))));
}

function showRefusal(error) {
  fill(document.getElementById("plan-clashes"),
    el("div", { class: "notice notice--danger" }, icon("error"), el("p", {}, named(error.message))));
}

async function showBusy(window_, signal) {
  const query = new URLSearchParams(window_);
  if (data.patrol_id) query.set("patrol_id", data.patrol_id);
  const { officers, craft } = await get(`/api/v1/patrols/options?${query}`, { signal });
  for (const { id, busy } of [...officers, ...craft]) {
    const hint = form.querySelector(`[data-busy="${CSS.escape(id)}"]`);
    if (hint) hint.textContent = busy ?? "";
  }
}

/** What is overdue in the zone goes on the checklist with one press; a number stands there once. */
async function offerOverdue() {
  const box = document.getElementById("overdue-findings");
  const id = zone().id;
  const found = [];
  for await (const item of pages(`/api/v1/findings?${new URLSearchParams({ zone_id: id, overdue: true, limit: 50 })}`)) found.push(item);
  if (id !== zone().id) return; // Another zone was chosen meanwhile.
  box.hidden = found.length === 0;
  const show = () => fill(box, overdueList(found, show));
  show();
}

let brought = [];
/** What firms are late with in the zone stands on a new plan's checklist from the beginning; it can be taken out. */
function bringOverdue() {
  const kept = checklist().value.split("\n").filter((line) => line.trim() && !brought.includes(line));
  brought = zone().overdue;
  checklist().value = [...kept, ...brought].join("\n");
}

const checklist = () => form.elements.namedItem("checklist");
const listed = (item) => checklist().value.includes(item.number);

function overdueList(found, again) {
  const left = found.filter((item) => !listed(item));
  const add = el("button", { class: "btn btn--small", type: "button" }, icon("plus"), t("列入检查事项（{n}项）", { n: left.length }));
  add.addEventListener("click", () => {
    const lines = left.map((item) => t("复查逾期整改 {number}：{text}", { number: item.number, text: (item.text ?? "").replace(/\s+/g, " ").slice(0, 60) }));
    checklist().value = [checklist().value.trim(), ...lines].filter(Boolean).join("\n");
    checklist().dispatchEvent(new Event("input", { bubbles: true }));
    again();
  });
  return [
    el("p", { class: "small" }, icon("alert"), " ", tn("此区域有{n}项逾期未整改", { n: found.length })),
    el("ul", { class: "small" }, found.map((item) => el("li", {}, el("a", { href: `/findings/${item.id}`, target: "_blank" }, item.number),
      ` ${(item.text ?? "").slice(0, 30)}`, listed(item) && el("span", { class: "muted" }, " · ", t("已列入"))))),
    left.length > 0 && add,
  ];
}

/** A plan that exists is a draft of both sides until it is put on the table. */
function openDraft() {
  const write = (values) => {
    units.write(values);
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  };
  write(Object.fromEntries(Object.entries(data.draft.units)));
  const onMarks = (marks) => {
    waypoints.setMarks(new Map(Object.entries(marks).filter(([unit]) => unit.startsWith("waypoint:")).map(([unit, mark]) => [unit.slice("waypoint:".length), markOf(mark)]).filter(([, mark]) => !mark.own)));
    for (const [unit, names] of Object.entries(FIELDS)) for (const name of names) markField(name, markOf(marks[unit]));
  };
  kept = keepPlan({ id: data.patrol_id, form, units, base: () => together.base(), unsent: () => together.unsent() });
  const typedOn = kept.restore(data.draft);
  together = workTogether({ id: data.patrol_id, draft: typedOn ?? data.draft, ...units, write, onMarks, onSaved: () => kept.touch() });
  // As if the line had been lost since: what changed elsewhere comes in, what both changed is asked about.
  if (typedOn) together.take(data.draft);
  watchEditing({ form, id: data.patrol_id, fields: FIELDS, map: document.getElementById("plan-map"), points: document.getElementById("plan-waypoints") });
  // What is on the table is the draft as the hub has it: send the rest first.
  form.addEventListener("submit", async (event) => {
    if (form.dataset.flushed) return delete form.dataset.flushed;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    if (!(await together.flush())) return undefined;
    form.dataset.version = together.version();
    form.dataset.flushed = "1";
    // A form that is just being submitted cannot be submitted anew.
    return setTimeout(() => form.requestSubmit(submitter), 0);
  }, true);
}

const FIELDS = { title: ["title"], window: ["starts_at", "ends_at"], checklist: ["checklist"], note: ["note"] };

/** Beside a field who of the other side changed it last. */
function markField(name, mark) {
  const label = form.querySelector(`[data-field="${name}"] .field__label`);
  label?.querySelector(".onlooker:not(.onlooker--editing)")?.remove();
  if (mark && !mark.own) label?.append(el("span", { class: "onlooker onlooker--b" }, mark.text));
}

/** A plan that is not proposed yet is in this browser alone. */
function openNew() {
  bringOverdue();
  let typed = false;
  form.addEventListener("input", () => { typed = true; }, { once: true });
  kept = keepPlan({ id: null, form, units, base: () => null, unsent: () => typed || drawer.value() !== null || waypoints.value().length > 0 });
  if (!kept.restore(null)) return;
  typed = true;
  showZone();
  later();
}

if (data.draft) openDraft();
if (!data.patrol_id) openNew();
offerOverdue().catch(reportProblem);
form.dataset.connected = "1"; // this module sends the form, not the kit
form.dataset.api = `${form.dataset.method} ${form.dataset.url}`;
connectForm(form, {
  body: (value) => (data.draft ? { officers: value.officers ?? [], craft: value.craft ?? [] }
    : { ...value, checklist: value.checklist ?? [], craft: value.craft ?? [], route: drawer.value() ?? {}, waypoints: waypoints.sendable(), pace: pace.value() }),
  onSuccess: (record) => {
    kept?.drop();
    location.assign(`/patrols/${record.id}`);
  },
});
