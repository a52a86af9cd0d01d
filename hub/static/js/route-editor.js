/**
 * A route drawn on a map from map.js, corner by corner: append, insert, move, delete, turn round, undo and
 * redo; corners stick to lines that are given. Places are [lon, lat]; the list of them is the state.
 */
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { tellKeys } from "./map-keys.js";
import { token } from "./mapstyle.js";
import { nearestOn } from "./snap.js";

const SNAP_PX = 14;
const SAME_PX = 3;
const MAX_HANDLES = 250;
const KEPT = 200;
const STEP_PX = 10;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const round = ([lon, lat]) => [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const placeOf = ({ lng, lat }) => [lng, lat];

/**
 * Give a map handle a route. Options: onChange(geometry or null), lines() (what corners stick to:
 * [{id, coordinates}]), follow(line, begin, end) -> promise of the coordinates between two places on a line.
 * Returns {value(), set(geometry, {past}), draw(on), mode()}; `past`: it can be taken back.
 */
export function createRouteEditor(handle, { onChange = () => {}, lines = () => [], follow = null } = {}) {
  const { map } = handle;
  const editor = { map, onChange, lines, follow, places: [], past: [], future: [], chosen: null, mode: null, begin: null, handles: L.layerGroup().addTo(map) };
  const look = { color: token("--accent"), weight: 3.5, interactive: false };
  editor.line = L.polyline([], look).addTo(map);
  editor.rubber = L.polyline([], { ...look, dashArray: "5 6", opacity: 0.7 }).addTo(map);
  editor.spot = L.circleMarker([0, 0], { radius: 6, color: token("--warn"), weight: 2, fillOpacity: 0.3, interactive: false });
  map.getContainer().parentElement.append(toolbar(editor));
  map.on("click", (event) => press(editor, event.latlng)).on("mousemove", (event) => hover(editor, event.latlng));
  map.on("dblclick", () => { if (editor.mode === "draw") setMode(editor, null); });
  map.on("zoomend moveend", () => showHandles(editor));
  map.getContainer().addEventListener("keydown", (event) => onKey(editor, event));
  show(editor);
  return {
    value: () => geometry(editor), draw: (on) => setMode(editor, on ? "draw" : null), mode: () => editor.mode,
    set: (given, { past = false } = {}) => { commit(editor, (given?.coordinates ?? []).map(round), { past }); },
  };
}

const geometry = ({ places }) => (places.length > 1 ? { type: "LineString", coordinates: places } : null);

function toolbar(editor) {
  const make = (id, symbol, text, onclick) => el("button", { class: "btn btn--small", type: "button", id: `route-${id}`, onclick, "aria-label": text }, icon(symbol), el("span", {}, text));
  editor.buttons = {
    draw: make("draw", "line", t("画线"), () => setMode(editor, editor.mode === "draw" ? null : "draw")),
    follow: make("follow", "route", t("沿线走"), () => setMode(editor, editor.mode === "follow" ? null : "follow")),
    undo: make("undo", "undo", t("撤销"), () => undo(editor)), redo: make("redo", "refresh", t("重做"), () => redo(editor)),
    turn: make("turn", "sort", t("反向"), () => commit(editor, editor.places.toReversed())),
    remove: make("remove", "close", t("删除折点"), () => removeChosen(editor)), clear: make("clear", "delete", t("清除"), () => { setMode(editor, null); commit(editor, []); }),
  };
  if (!editor.follow) editor.buttons.follow.hidden = true;
  editor.hint = el("span", { class: "map-tools__hint", role: "status" });
  const bar = el("div", { class: "map-tools", role: "toolbar", "aria-label": t("绘图工具") }, Object.values(editor.buttons), editor.hint);
  return bar;
}

function onKey(editor, event) {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && key === "z") {
    event.preventDefault();
    if (event.shiftKey) redo(editor);
    else undo(editor);
  } else if (command && key === "y") {
    event.preventDefault();
    redo(editor);
  } else if (["Delete", "Backspace"].includes(event.key) && editor.chosen !== null) {
    event.preventDefault();
    removeChosen(editor);
  } else if (event.key in STEPS && editor.chosen !== null && event.target !== editor.map.getContainer()) {
    event.preventDefault();
    nudge(editor, STEPS[event.key], event.shiftKey ? 1 : STEP_PX);
  } else if (event.key === "Escape") setMode(editor, null);
  else if (event.key === "Enter" && editor.mode && event.target === editor.map.getContainer()) press(editor, editor.map.getCenter());
}

/** Move the chosen corner by so many pixels; it stays chosen. */
function nudge(editor, [dx, dy], pixels) {
  const [lon, lat] = editor.places[editor.chosen];
  const moved = editor.map.latLngToContainerPoint([lat, lon]).add([dx * pixels, dy * pixels]);
  const { chosen } = editor;
  commit(editor, editor.places.with(chosen, round(placeOf(editor.map.containerPointToLatLng(moved)))));
  choose(editor, chosen);
}

function setMode(editor, mode) {
  editor.mode = mode;
  editor.begin = null;
  editor.rubber.setLatLngs([]);
  editor.spot.remove();
  if (mode) editor.map.doubleClickZoom.disable();
  else editor.map.doubleClickZoom.enable();
  // While a line is drawn, a press on a pin or another handle is a press on what lies there.
  editor.map.getContainer().classList.toggle("map--drawing", mode !== null);
  show(editor);
}

/** Metres on the ground of so many pixels at a place. */
function reach({ map }, latlng, pixels) {
  const point = map.latLngToContainerPoint(latlng);
  return map.distance(latlng, map.containerPointToLatLng(point.add([pixels, 0])));
}

/** A place as it sticks: {place, line or null}. */
function stuck(editor, latlng) {
  const found = nearestOn(editor.lines(), placeOf(latlng), reach(editor, latlng, SNAP_PX));
  return found ? { place: round(found.place), line: found.line } : { place: round(placeOf(latlng)), line: null };
}

function press(editor, latlng) {
  if (editor.map.getContainer().dataset.picking) return;
  if (editor.mode === "draw") append(editor, stuck(editor, latlng).place);
  else if (editor.mode === "follow") pressFollow(editor, latlng);
  else choose(editor, null);
}

function append(editor, place) {
  const last = editor.places.at(-1);
  // A double click presses twice at one place.
  if (last && editor.map.latLngToContainerPoint([last[1], last[0]]).distanceTo(editor.map.latLngToContainerPoint([place[1], place[0]])) < SAME_PX) return;
  commit(editor, [...editor.places, place]);
}

async function pressFollow(editor, latlng) {
  const found = nearestOn(editor.lines(), placeOf(latlng), reach(editor, latlng, SNAP_PX * 2));
  if (!found) return hint(editor, t("请点在一条吸附线上。"));
  if (editor.begin === null || editor.begin.line.id !== found.line.id) {
    const again = editor.begin !== null;
    editor.begin = found;
    editor.spot.setLatLng([found.place[1], found.place[0]]).addTo(editor.map);
    return hint(editor, again ? t("换到了另一条线；再点这条线上的终点。") : t("再点同一条线上的终点。"));
  }
  const { begin } = editor;
  // Beyond the end of a line all presses stick to that end.
  if (same(round(begin.place), round(found.place))) return hint(editor, t("终点与起点是同一处；请点这条线上的另一处。"));
  editor.begin = null;
  editor.spot.remove();
  hint(editor, t("正在沿线取路…"));
  const way = (await editor.follow(found.line, begin.place, found.place))?.map(round);
  if (!way) return hint(editor, modeHint(editor));
  const last = editor.places.at(-1);
  return commit(editor, [...editor.places, ...(last && same(last, way[0]) ? way.slice(1) : way)]);
}

function hover(editor, latlng) {
  if (!editor.mode) return;
  const { place, line } = stuck(editor, latlng);
  if (line || editor.begin) {
    const [lon, lat] = editor.begin?.place ?? place;
    editor.spot.setLatLng([lat, lon]).addTo(editor.map);
  } else editor.spot.remove();
  const last = editor.places.at(-1);
  if (editor.mode === "draw" && last) editor.rubber.setLatLngs([[last[1], last[0]], [place[1], place[0]]]);
}

/** Make a list of places the route. `past`: whether it can be taken back. */
function commit(editor, places, { past = true } = {}) {
  if (same(places, editor.places)) return;
  if (past) {
    editor.past = [...editor.past, editor.places].slice(-KEPT);
    editor.future = [];
  }
  editor.places = places;
  editor.chosen = null;
  show(editor);
  editor.onChange(geometry(editor));
}

function undo(editor) {
  if (editor.past.length === 0) return;
  editor.future.push(editor.places);
  commit(editor, editor.past.pop(), { past: false });
}

function redo(editor) {
  if (editor.future.length === 0) return;
  editor.past.push(editor.places);
  commit(editor, editor.future.pop(), { past: false });
}

function choose(editor, index) {
  editor.chosen = index;
  show(editor);
  // Its handle was made anew: the keys go on to it.
  editor.handles.getLayers().find((one) => one.options.corner === index)?.getElement()?.focus({ preventScroll: true });
}

function removeChosen(editor) {
  if (editor.chosen !== null) commit(editor, editor.places.toSpliced(editor.chosen, 1));
}

function show(editor) {
  const { buttons, mode, places } = editor;
  editor.line.setLatLngs(places.map(([lon, lat]) => [lat, lon]));
  for (const one of ["draw", "follow"]) buttons[one].setAttribute("aria-pressed", String(mode === one));
  buttons.undo.disabled = editor.past.length === 0;
  buttons.redo.disabled = editor.future.length === 0;
  buttons.turn.disabled = places.length < 2;
  buttons.clear.disabled = places.length === 0;
  buttons.remove.disabled = editor.chosen === null;
  hint(editor, modeHint(editor));
  tellKeys(editor.map, mode ? t("方向键移动地图，回车在十字处加点，Esc结束。") : undefined);
  showHandles(editor);
}

const hint = (editor, words) => { editor.hint.textContent = words; };

function modeHint({ mode, chosen }) {
  if (mode === "draw") return t("逐点点击，双击结束");
  if (mode === "follow") return t("点吸附线上的起点，再点终点");
  return chosen === null ? "" : t("拖动折点或按方向键移动，按删除键删去");
}

function showHandles(editor) {
  const { handles, map, places, mode } = editor;
  handles.clearLayers();
  if (mode === "follow") return;
  const box = map.getBounds().pad(0.1);
  const seen = places.map((place, index) => ({ place, index })).filter(({ place: [lon, lat] }) => box.contains([lat, lon]));
  if (seen.length > MAX_HANDLES) return hint(editor, t("放大后可修改折点"));
  for (const { place, index } of seen) {
    corner(editor, place, index);
    if (mode !== "draw" && index + 1 < places.length) between(editor, place, places[index + 1], index + 1);
  }
}

function knob([lon, lat], className, title, size = 14) {
  return L.marker([lat, lon], { icon: L.divIcon({ className: `route-knob ${className}`, iconSize: [size, size] }), draggable: true, keyboard: true, title, alt: title, autoPan: true });
}

function corner(editor, place, index) {
  const marker = knob(place, index === editor.chosen ? "route-knob--chosen" : "", t("折点{n}", { n: index + 1 }));
  marker.options.corner = index;
  marker.addTo(editor.handles);
  marker.on("click", () => {
    if (editor.mode !== "draw") choose(editor, editor.chosen === index ? null : index);
    else if (index === editor.places.length - 1) setMode(editor, null);
    else append(editor, editor.places[index]); // A round leads back to where it began.
  });
  marker.on("contextmenu", () => commit(editor, editor.places.toSpliced(index, 1)));
  slide(editor, marker, (at) => editor.places.with(index, at));
}

function between(editor, a, b, index) {
  const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const marker = knob(middle, "route-knob--between", t("在此加折点"), 10).addTo(editor.handles);
  marker.on("click", () => commit(editor, editor.places.toSpliced(index, 0, round(middle))));
  slide(editor, marker, (at) => editor.places.toSpliced(index, 0, at));
}

/** Drag a handle: the line goes along, sticks, and is committed where it is let go. */
function slide(editor, marker, made) {
  marker.on("drag", () => {
    const { place } = stuck(editor, marker.getLatLng());
    marker.setLatLng([place[1], place[0]]);
    editor.line.setLatLngs(made(place).map(([lon, lat]) => [lat, lon]));
  });
  marker.on("dragend", () => commit(editor, made(round(placeOf(marker.getLatLng())))));
}
