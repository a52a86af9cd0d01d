/**
 * The waypoints of a plan: in order, each with a task and a target; on the map and as a list. The list
 * is the state: plain objects as the API takes them.
 */
import { pages } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { bringPlaces } from "./plan-places.js";
import { editWaypoint } from "./plan-waypoint-dialog.js";
import { targetWords, taskWords } from "./plan-words.js";

const CHECKED = ["name", "task_text", "target.name", "target.code", "target.finding_id"];

/** A name of its own for a waypoint, whoever adds it. */
export const newKey = () => `w${Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("")}`;

/** What the API takes of a waypoint as it shows it. */
export function sendable({ key, name, lon, lat, radius_m, at_min, stay_min, mode, task, task_text, target }) {
  return {
    key, name, lon, lat, radius_m, at_min, stay_min, mode, task, task_text,
    target: target && (target.kind === "finding"
      ? { kind: "finding", finding_id: target.finding?.id ?? null }
      : { kind: target.kind, name: target.name, code: target.code ?? null }),
  };
}

/**
 * The list in #plan-waypoints and pins on `map`. Options: words {tasks, targets, modes}, zoneId(),
 * onChange(), beforePick(), route {value(), set(geometry)}. Returns {value(), set(list), merge(points, order), sendable(), showArrivals(estimate),
 * setMarks(Map of key -> {own, text}), suggest()}.
 */
export function createWaypoints(map, { words, zoneId, onChange, beforePick = () => {}, route }) {
  const host = document.getElementById("plan-waypoints");
  const list = {
    map, host, words, zoneId, onChange, beforePick, items: [], pins: new Map(), estimate: null, marks: new Map(), removed: null,
    rows: el("ol", { class: "list waypoints" }), hint: el("p", { class: "notice", role: "status", hidden: true }),
    ideas: el("div", { class: "stack", "aria-live": "polite", hidden: true }),
  };
  const button = (id, symbol, text, onclick) => el("button", { class: "btn btn--small", type: "button", id, onclick }, icon(symbol), text);
  list.undo = button("waypoint-undo", "undo", t("撤销删除"), () => restore(list));
  list.sort = button("waypoint-sort", "sort", t("按路线先后排列"), () => sortAlong(list));
  fill(host, el("div", { class: "actions" }, button("waypoint-add", "pin", t("在地图上添加"), () => pick(list)),
    button("waypoint-here", "plus", t("加在地图中心"), () => add(list, centre(map))), list.sort, list.undo,
    button("waypoint-file", "upload", t("从文件导入…"), () => bringPlaces({ sendable: () => list.items.map(sendable), take: (made) => take(list, made) }, route))),
  list.hint, list.rows, list.ideas);
  show(list);
  return {
    value: () => list.items, set: (items) => { list.items = items; show(list); },
    sendable: () => list.items.map(sendable),
    showArrivals: (estimate) => { list.estimate = estimate; show(list); },
    setMarks: (marks) => { list.marks = marks; show(list); },
    merge: (points, order) => merge(list, points, order),
    suggest: () => suggest(list),
  };
}

const centre = ({ map }) => ({ lon: map.getCenter().lng, lat: map.getCenter().lat });
const rounded = (value) => Math.round(value * 1e7) / 1e7;

/** The next press on the map is the place; Escape ends it. */
function pick(list) {
  list.beforePick();
  list.hint.hidden = false;
  const finish = () => {
    stop();
    document.removeEventListener("keydown", onKey);
    list.hint.hidden = true;
  };
  const onKey = (event) => { if (event.key === "Escape") finish(); };
  // Where one looks in lies on the route as a rule, often on a corner of it.
  const stop = list.map.onPick((place) => { finish(); add(list, place); }, { through: true });
  document.addEventListener("keydown", onKey);
  fill(list.hint, t("在地图上点一下途经点的位置；回车取地图中心。"), " ", el("button", { class: "btn btn--small", type: "button", onclick: finish }, t("取消")));
}

async function add(list, place, given = {}) {
  const blank = { key: newKey(), name: "", radius_m: 50, at_min: null, stay_min: 10, mode: null, task: null, task_text: "", target: null,
    lon: rounded(place.lon), lat: rounded(place.lat), ...given };
  const made = await editWaypoint(blank, list, t("添加途经点"));
  if (made) changed(list, [...list.items, made]);
}

async function edit(list, point) {
  const made = await editWaypoint(point, list, t("修改途经点"));
  if (made) changed(list, list.items.map((one) => (one.key === point.key ? made : one)));
}

function move(list, point, by) {
  const at = list.items.indexOf(point);
  const items = list.items.toSpliced(at, 1);
  items.splice(at + by, 0, point);
  changed(list, items);
  list.rows.querySelector(`[data-key="${point.key}"] [data-by="${by}"]:not([disabled])`)?.focus();
}

function remove(list, point) {
  list.removed = { point, at: list.items.indexOf(point) };
  changed(list, list.items.filter((one) => one !== point));
  list.undo.focus();
}

function restore(list) {
  const { point, at } = list.removed;
  list.removed = null;
  changed(list, list.items.toSpliced(at, 0, point));
}

function changed(list, items) {
  list.items = items;
  show(list);
  list.onChange();
}

/** What came of a file: each in the place of the one of its key, new ones after the others. */
function take(list, made) {
  const by = new Map(made.map((point) => [point.key, point]));
  const kept = list.items.map((one) => by.get(one.key) ?? one);
  changed(list, [...kept, ...made.filter(({ key }) => !list.items.some((one) => one.key === key))]);
}

/** By how far along the route each was last found to lie. */
function sortAlong(list) {
  const along = new Map(list.estimate?.nearest?.map(({ key, along_m: at }) => [key, at]));
  changed(list, list.items.toSorted((a, b) => (along.get(a.key) ?? Infinity) - (along.get(b.key) ?? Infinity)));
}

/** Take over what somebody else changed: {key: waypoint or null}, and an order or null. */
function merge(list, points, order) {
  const kept = list.items.flatMap((one) => (one.key in points ? points[one.key] ?? [] : one));
  const added = Object.values(points).filter((point) => point && !list.items.some(({ key }) => key === point.key));
  const items = [...kept, ...added];
  const place = new Map(order?.map((key, index) => [key, index]));
  list.items = order ? items.toSorted((a, b) => (place.get(a.key) ?? Infinity) - (place.get(b.key) ?? Infinity)) : items;
  show(list);
}

function show(list) {
  list.undo.hidden = list.removed === null;
  list.sort.hidden = list.items.length < 2;
  const late = new Map(list.estimate?.arrivals.map((arrival) => [arrival.key, arrival]));
  fill(list.rows, list.items.length > 0 ? list.items.map((point, index) => row(list, point, index, late.get(point.key)))
    : el("li", {}, el("p", { class: "muted small" }, t("还没有途经点。添加要去看的企业、排口、过往发现，现场逐点签到。"))));
  drawPins(list);
}

function row(list, point, index, arrival) {
  const small = (symbol, label, onclick, more = {}) => el("button", { class: "btn btn--icon btn--quiet", type: "button", title: label, "aria-label": t("{what}：{name}", { what: label, name: point.name }), onclick, ...more }, icon(symbol));
  const about = [taskWords(point, list.words), targetWords(point, list.words)].filter(Boolean).join(" · ");
  const mark = list.marks.get(point.key);
  return el("li", { class: "list__item waypoint", dataset: { key: point.key } }, el("span", { class: "waypoint__number" }, String(index + 1)),
    el("span", { class: "list__main" }, el("span", { class: "list__title" }, point.name, mark && el("span", { class: `onlooker onlooker--${mark.own ? "a" : "b"}` }, mark.text)),
      el("span", { class: "list__sub" }, [about, times(point, arrival)].filter(Boolean).join(" · ")),
      CHECKED.map((name) => el("span", { dataset: { field: `waypoints.${index}.${name}` } }, el("span", { class: "field__error" })))),
    el("span", { class: "actions waypoint__acts" },
      small("up", t("前移"), () => move(list, point, -1), { "data-by": "-1", disabled: index === 0 }),
      small("down", t("后移"), () => move(list, point, 1), { "data-by": "1", disabled: index === list.items.length - 1 }),
      small("edit", t("修改"), () => edit(list, point)), small("delete", t("删除"), () => remove(list, point))));
}

const clock = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;

function times(point, arrival) {
  const parts = [];
  if (point.at_min !== null) parts.push(t("计划+{time}到", { time: clock(point.at_min) }));
  if (arrival) parts.push(t("估计+{time}到", { time: clock(Math.ceil(arrival.at_s / 60)) }));
  if (point.stay_min) parts.push(t("停留{n}分钟", { n: point.stay_min }));
  return parts.join("，");
}

function drawPins(list) {
  for (const pin of list.pins.values()) pin.remove();
  list.pins.clear();
  list.items.forEach((point, index) => {
    const pin = L.marker([point.lat, point.lon], {
      icon: L.divIcon({ html: el("span", { class: "pin pin--number" }, String(index + 1)), className: "", iconSize: [28, 28], iconAnchor: [14, 14] }),
      draggable: true, keyboard: true, title: point.name, alt: `${index + 1} ${point.name}`, pmIgnore: true, snapIgnore: true, zIndexOffset: 500,
    }).addTo(list.map.map);
    pin.on("dragend", () => {
      const { lat, lng } = pin.getLatLng();
      changed(list, list.items.map((one) => (one.key === point.key ? { ...one, lon: rounded(lng), lat: rounded(lat) } : one)));
    });
    pin.on("click", () => edit(list, point));
    list.pins.set(point.key, pin);
  });
}

/** Past findings in the zone that are not closed: each becomes a waypoint with one press. */
async function suggest(list) {
  const id = list.zoneId();
  const found = [];
  try {
    for await (const item of pages(`/api/v1/findings?${new URLSearchParams({ zone_id: id, limit: 100 })}`)) {
      if (item.state !== "closed" && item.lon !== undefined) found.push(item);
    }
  } catch (error) {
    return reportProblem(error);
  }
  if (id !== list.zoneId()) return undefined; // Another zone was chosen meanwhile.
  list.findings = found;
  const again = () => {
    const aimed = new Set(list.items.map((point) => point.target?.finding?.id));
    const left = found.filter((item) => !aimed.has(item.id));
    list.ideas.hidden = left.length === 0;
    fill(list.ideas, el("details", {}, el("summary", {}, t("此区域有{n}项未销号的发现，可列为途经点", { n: left.length })),
      el("ul", { class: "list", id: "waypoint-ideas" }, left.slice(0, 100).map((item) => idea(list, item)))));
  };
  list.ideasAgain = again;
  again();
  return undefined;
}

function idea(list, item) {
  const take = async () => {
    await add(list, item, {
      name: t("复查 {number}", { number: item.number }), task: "recheck",
      target: { kind: "finding", finding: { id: item.id, number: item.number, text: item.text } },
    });
    list.ideasAgain();
  };
  return el("li", { class: "list__item" }, el("span", { class: "list__main" }, el("a", { class: "list__title", href: `/findings/${item.id}`, target: "_blank" }, item.number),
    el("span", { class: "list__sub" }, [item.category_name, item.state_name, (item.text ?? "").slice(0, 40)].filter(Boolean).join(" · "))),
  el("button", { class: "btn btn--small", type: "button", onclick: take }, icon("plus"), t("列为途经点")));
}
