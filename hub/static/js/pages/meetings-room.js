/**
 * The shared screen of a meeting. Whoever leads sends where he looks (centre, zoom, layers, range,
 * a record's id); who follows shows the same, each from what his own rights fetch. Moving the map
 * by hand means roaming until one follows again.
 */
import { get } from "../api.js";
import { el, fill, icon, kv, named, pageData } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";
import { token } from "../mapstyle.js";
import { joinRoom, onRoom, tellRoom } from "../rooms.js";
import { timeElement } from "../times.js";
import { toast } from "../toasts.js";
import { mountLayers } from "./map-layers.js";
import { mountShapes } from "./meetings-shapes.js";

const data = pageData();
const { meeting, may_lead: mayLead } = data;
const SEND_MS = 50; // a moving map sends no more often
const POINTER_MS = 3_000; // a pointer that stands still goes away
const FOLDERS = { zone: "zones", station: "stations", patrol: "patrols", case: "cases", petition: "petitions", request: "requests", finding: "findings", agreement: "agreements", action_item: "action-items", share: "shares" };
const PAGES = { ...FOLDERS, share: null };
const $ = (id) => document.getElementById(id);
const room = { people: [], leader: null, view: null, following: true, record: null, pointers: new Map() };
let quiet = false; // the map is moved by the leader's view, not by hand

const map = createMap($("map"), { bounds: data.bounds, sides: data.sides, layersControl: false });
const layers = mountLayers(map, $("map-layers"), data, { onToggle: () => moved({ byHand: true }), onRecord: choose });
const shapes = mountShapes(map, $("room-tools"), $("room-text"), {
  onDraw: (shape) => send("draw", { shape }), onErase: (key) => send("erase", { key }), onPointer: (at) => tellRoom(meeting, "pointer", { at }),
});

const me = () => room.people.find((one) => one.me);
const leads = () => Boolean(room.leader && me()?.key === room.leader.key);

async function send(op, more) {
  const answer = await tellRoom(meeting, op, more);
  if (answer?.error) toast(answer.error.detail || answer.error.title, "warn");
  return answer;
}

// --- showing what the leader shows

function apply(view) {
  room.view = view;
  if (!view || leads() || !room.following) return;
  quiet = true;
  map.map.setView([view.center[1], view.center[0]], view.zoom, { animate: false });
  quiet = false;
  layers.show(view.layers);
  showRange(view);
  if (view.record?.id !== room.record?.id) showRecord(view.record);
}

function showRange({ since = null, until = null }) {
  layers.setRange({ since, until });
  $("room-since").value = since ? localDay(since, 0) : "";
  $("room-until").value = until ? localDay(until, -1) : "";
}

/** The day in Asia/Shanghai of a moment, moved by days. */
const localDay = (moment, days) => new Date(Date.parse(moment) + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
const midnight = (day, days) => new Date(Date.parse(`${day}T00:00:00+08:00`) + days * 86_400_000).toISOString();

function ownView() {
  const center = map.map.getCenter();
  const since = $("room-since").value;
  const until = $("room-until").value;
  return {
    center: [center.lng, center.lat], zoom: map.map.getZoom(), layers: layers.shown(), record: room.record,
    since: since ? midnight(since, 0) : null, until: until ? midnight(until, 1) : null,
  };
}

// --- leading, following, roaming

let timer = 0;
let sentAt = 0;
function moved({ byHand = false } = {}) {
  if (quiet) return;
  if (leads()) {
    clearTimeout(timer);
    timer = setTimeout(() => { sentAt = Date.now(); send("view", { view: ownView() }); }, Math.max(0, SEND_MS - (Date.now() - sentAt)));
  } else if (byHand && room.following && room.leader) follow(false);
}

function follow(on) {
  room.following = on;
  tellRoom(meeting, "follow", { on });
  showBar();
  if (on) apply(room.view);
}

map.map.on("move zoomanim", () => moved()); // a zoom ends a quarter of a second after it began
map.map.on("dragstart", () => moved({ byHand: true }));
map.map.getContainer().addEventListener("wheel", () => moved({ byHand: true }), { passive: true });
map.map.getContainer().addEventListener("keydown", () => moved({ byHand: true }));
for (const id of ["room-since", "room-until"]) {
  $(id).addEventListener("change", () => {
    const { since, until } = ownView();
    layers.setRange({ since, until });
    moved({ byHand: true });
  });
}

function choose(record) {
  showRecord(record);
  moved({ byHand: true });
}

/** What this reader may see of a record, fetched by his own rights. */
async function showRecord(record) {
  room.record = record;
  const host = $("room-record");
  if (!record) return fill(host, el("p", { class: "muted small" }, t("在图上或议程中点选一条记录")));
  const folder = FOLDERS[record.kind];
  const view = folder ? await get(`/api/v1/${folder}/${encodeURIComponent(record.id)}`).catch(() => null) : null;
  if (room.record?.id !== record.id) return undefined; // another one was chosen meanwhile
  if (view === null) return fill(host, el("p", { class: "notice" }, icon("lock"), t("此记录未向贵单位开放。")));
  const rows = [[t("编号"), view.number], [t("状态"), view.state_name ?? view.stage_name], [t("单位"), named(view.owner_name ?? view.bureau_name ?? view.sender_name)], [t("地点"), view.place], [t("说明"), view.description ?? view.text ?? view.detail]];
  const name = view.title ?? view.name ?? view.number ?? view.record_number ?? "";
  const page = PAGES[record.kind] && `/${PAGES[record.kind]}/${record.id}`;
  return fill(host, el("h3", {}, page ? el("a", { href: page, target: "_blank", rel: "noopener" }, name) : name), kv(rows.filter(([, value]) => value)));
}

// --- the panel

function showBar() {
  const bar = $("room-bar");
  const { leader } = room;
  if (!leader) fill(bar, icon("map"), t("还没有人带领"));
  else if (leads()) fill(bar, icon("eye"), t("您在带领，大家看到同一画面"));
  else if (room.following) fill(bar, icon("eye"), t("跟随{name}", { name: leader.name }), el("button", { class: "btn btn--small", type: "button", onclick: () => follow(false) }, t("自行浏览")));
  else fill(bar, icon("compass"), t("自行浏览中"), el("button", { class: "btn btn--small btn--primary", type: "button", onclick: () => follow(true) }, t("跟随{name}", { name: leader.name })));
  bar.dataset.mode = leads() ? "lead" : room.following ? "follow" : "roam";
  const act = (label, more, primary = false) => el("button", { class: `btn btn--small${primary ? " btn--primary" : ""}`, type: "button", onclick: async () => {
    const answer = await send("lead", more);
    if (answer?.ok && more.on !== false) moved();
  } }, label);
  fill($("room-lead"), leads() ? act(t("停止带领"), { on: false }) : mayLead && me() && act(t("由我带领"), {}, true)); // not before one is in the room
}

function showPeople() {
  fill($("room-people"), room.people.map((one) => el("li", { class: "list__item" },
    el("span", { class: "list__main" }, el("span", { class: `onlooker onlooker--${one.own ? "a" : "b"}`, title: one.bureau_name }, one.name),
      el("span", { class: "list__sub" }, one.leads ? t("带领") : !one.screen ? t("在看纪要") : one.follows ? t("跟随") : t("自行浏览"))),
    leads() && !one.me && one.screen && el("button", { class: "btn btn--small", type: "button", onclick: () => send("lead", { to: one.key }) }, t("交给他")))));
  showBar();
}

function showAgenda() {
  fill($("room-agenda"), data.agenda.map((item) => el("li", {}, item.id
    ? el("button", { class: "list__item", type: "button", onclick: () => choose({ kind: item.kind, id: item.id }) }, icon("eye"), el("span", { class: "list__main" }, item.title))
    : el("span", { class: "list__item" }, item.title))));
}

function showNotes(notes) {
  fill($("room-notes"), notes.map((note) => el("li", {}, el("b", {}, note.name), ` ${note.text} `, el("span", { class: "small muted" }, timeElement(note.at, "time")))));
}

function point({ key, name, at }) {
  const known = room.pointers.get(key);
  clearTimeout(known?.timer);
  known?.marker.remove();
  room.pointers.delete(key);
  if (!at) return;
  const marker = L.circleMarker([at[1], at[0]], { radius: 9, color: token("--danger"), weight: 3, fillOpacity: 0.35, interactive: false })
    .bindTooltip(el("span", {}, name), { permanent: true, direction: "right", offset: [10, 0] }).addTo(map.map);
  room.pointers.set(key, { marker, timer: setTimeout(() => point({ key, name, at: null }), POINTER_MS) });
}

// --- what is told

onRoom((told) => {
  if (told.id !== meeting) return;
  if (told.error || told.closed) {
    fill($("room-bar"), icon("lock"), told.error?.detail ?? t("您已不能进入此会场。"));
    return;
  }
  if (told.people) {
    room.people = told.people;
    showPeople();
  }
  if (told.pointer) point(told.pointer);
  if ("leader" in told) {
    room.leader = told.leader;
    showPeople();
  }
  if (told.shapes) shapes.show(told.shapes);
  if (told.notes) showNotes(told.notes);
  if ("view" in told) apply(told.view);
});
onChange("*", (change) => { if (room.record && change.id === room.record.id) showRecord(room.record).catch?.(reportProblem); });
$("room-note").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { text } = event.target.elements;
  const answer = await send("note", { text: text.value });
  if (answer?.ok) text.value = "";
});
showAgenda();
showRecord(null);
showNotes([]);
showBar();
joinRoom(meeting, { screen: true });
