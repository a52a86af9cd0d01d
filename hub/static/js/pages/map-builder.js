/**
 * The zone builder: two districts, a stretch of the line they share, a width; the strips come live
 * from POST /api/v1/zones/preview. What is proposed is what the server cut, never what was drawn here.
 */
import { ApiProblem, get, pages, post } from "../api.js";
import { el, fill } from "../dom.js";
import { connectForm, reportProblem } from "../forms.js";
import { locale, t } from "../i18n.js";
import { drawFigures, drawLineFacts, drawStretchNote, problemNotice } from "./map-figures.js";
import { setPicking } from "./map-picker.js";
import { makeRuler } from "./map-ruler.js";

const PREVIEW_MS = 60;
const SHORTEST_M = 20;
const USUAL_M = 4600;
const LAYERS = ["builder-line", "builder-strips"];

/** Wire the form. Returns {show, hide}: what is drawn for it, and its ear for presses on the map. */
export function mountBuilder(map, form, data) {
  const field = (name) => form.elements.namedItem(name);
  const node = (id) => document.getElementById(id);
  const builder = {
    map, form, data, field, shown: false, line: null, ruler: null, pins: [], stopPick: null, timer: 0, turn: 0,
    agreements: [], facts: node("line-facts"), note: node("stretch-note"), figures: node("preview-figures"),
    pick: node("pick-places"), submit: node("zone-submit"), begun: false, asking: false, again: false,
  };
  for (const name of ["adcode_a", "adcode_b"]) field(name).addEventListener("change", () => chooseLine(builder));
  field("part").addEventListener("change", () => choosePart(builder));
  for (const name of ["from_m", "to_m", "width_m", "cap"]) {
    field(name).addEventListener("input", () => { movePins(builder); schedule(builder); });
  }
  const range = node("width-range");
  range.addEventListener("input", () => { field("width_m").value = range.value; schedule(builder); });
  field("width_m").addEventListener("input", () => { range.value = field("width_m").value; });
  field("agreement_id")?.addEventListener("change", () => { noteStretch(builder); schedule(builder); });
  builder.pick?.addEventListener("click", () => setPicking(builder, builder.pick.getAttribute("aria-pressed") !== "true", chooseLine));
  connectForm(form, {
    body: (value) => complete(builder, value),
    onSuccess: (zone) => location.assign(`/zones/${encodeURIComponent(zone.id)}`),
  });
  return { show: () => show(builder), hide: () => hide(builder) };
}

async function show(builder) {
  builder.shown = true;
  try {
    if (builder.begun) return redraw(builder);
    builder.begun = true;
    await begin(builder);
  } catch (problem) {
    reportProblem(problem);
  }
}

function hide(builder) {
  builder.shown = false;
  setPicking(builder, false);
  for (const name of LAYERS) builder.map.removeLayer(name);
  for (const pin of builder.pins.splice(0)) pin.remove();
}

/** Fill in what is known: the zone to change, or the agreement asked for, or the newest one. */
async function begin(builder) {
  const { data, field } = builder;
  const open = new Set(["proposed", "signed", "in_force"]);
  for await (const item of pages("/api/v1/agreements")) if (open.has(item.state)) builder.agreements.push(item);
  const { zone } = data;
  if (zone) {
    field("adcode_a").value = zone.current.adcode_a;
    field("adcode_b").value = zone.current.adcode_b;
    field("width_m").value = zone.current.width_m;
    field("cap").value = zone.current.cap;
    return chooseLine(builder, zone.current);
  }
  const asked = builder.agreements.find(({ id }) => id === data.agreement) ?? builder.agreements[0];
  const codes = asked?.parties.map((each) => each.adcode).sort((x) => (x === data.own ? -1 : 1)) ?? [];
  if (codes.length !== 2) return undefined;
  if (asked.text.line?.max_width_m) field("width_m").value = Math.min(Number(field("width_m").value), asked.text.line.max_width_m);
  [field("adcode_a").value, field("adcode_b").value] = codes;
  return chooseLine(builder);
}

async function chooseLine(builder, given = null) {
  const { field } = builder;
  const [a, b] = [field("adcode_a").value, field("adcode_b").value];
  builder.line = null;
  builder.ruler = null;
  offerAgreements(builder, a, b);
  if (!a || !b) return clearDrawing(builder);
  const turn = ++builder.turn;
  try {
    const line = await get(`/api/v1/boundary-lines?${new URLSearchParams({ a, b })}`);
    if (turn !== builder.turn) return undefined;
    builder.line = line;
  } catch (problem) {
    if (turn !== builder.turn) return undefined;
    clearDrawing(builder);
    fill(builder.facts, problemNotice(problem));
    return undefined;
  }
  setPicking(builder, false);
  drawLineFacts(builder.facts, builder.line);
  offerParts(builder, given?.part ?? 0);
  return choosePart(builder, given);
}

function clearDrawing(builder) {
  hide(builder);
  builder.shown = true;
  fill(builder.facts);
  fill(builder.note);
  fill(builder.figures, el("p", { class: "small muted" }, t("选好两侧的行政区后，这里给出两侧的范围、面积与误差。")));
}

function offerParts({ field, line }, chosen) {
  const select = field("part");
  fill(select, line.parts.map(({ part, length_m: m }) => el("option", { value: part, selected: part === chosen },
    t("第{n}段，{km} 公里", { n: part + 1, km: (m / 1000).toFixed(2) }))));
  select.closest(".field").hidden = line.parts.length < 2;
}

function offerAgreements({ field, agreements, data, submit }, a, b) {
  const select = field("agreement_id");
  if (!select) return;
  const fit = agreements.filter(({ parties }) => [a, b].every((code) => parties.some(({ adcode }) => adcode === code)));
  const wanted = data.zone?.agreement_id ?? data.agreement;
  const title = (item) => (locale.startsWith("en") ? item.title_en : item.title);
  fill(select, fit.length > 0
    ? fit.map((item) => el("option", { value: item.id, selected: item.id === wanted }, `${item.number} ${title(item)}`))
    : el("option", { value: "" }, t("这两个行政区之间没有可用的协作机制")));
  submit.disabled = fit.length === 0;
}

const agreementOf = ({ field, agreements }) => agreements.find(({ id }) => id === field("agreement_id")?.value)
  ?? agreements.find(({ parties }) => ["adcode_a", "adcode_b"].every((name) => parties.some(({ adcode }) => adcode === field(name).value)));

/** Propose a stretch: as long as the text says, in the middle. Where it begins is nobody's but ours. */
function choosePart(builder, given = null) {
  const { field, line } = builder;
  const part = line.parts[Number(field("part").value)] ?? line.parts[0];
  builder.ruler = makeRuler(part.geometry.coordinates, part.length_m);
  const declared = agreementOf(builder)?.text.line?.declared_length_m ?? USUAL_M;
  const length = Math.min(declared, part.length_m);
  const from = given?.from_m ?? Math.round((part.length_m - length) / 2);
  setStretch(builder, from, given?.to_m ?? Math.min(part.length_m, from + length));
  nameIt(builder);
  noteStretch(builder);
  redraw(builder);
  builder.map.fit(L.geoJSON(part.geometry));
}

function noteStretch(builder) {
  drawStretchNote(builder.note, agreementOf(builder)?.text.line ?? {}, Boolean(builder.data.zone));
}

function nameIt({ field }) {
  const name = field("name");
  const [a, b] = ["adcode_a", "adcode_b"].map((side) => field(side).selectedOptions[0].text);
  if (name && !name.disabled && !name.value) name.value = t("{a}—{b}交叉联合执法区域", { a, b });
}

function setStretch({ field, ruler }, from, to) {
  field("from_m").max = field("to_m").max = Math.ceil(ruler.length);
  field("from_m").value = from.toFixed(1).replace(/\.0$/, "");
  field("to_m").value = to.toFixed(1).replace(/\.0$/, "");
}

function redraw(builder) {
  if (!builder.line || !builder.shown) return;
  const parts = builder.line.parts.map(({ geometry }) => ({ type: "Feature", properties: {}, geometry }));
  builder.map.addLayer("builder-line", { type: "FeatureCollection", features: parts }, { role: "line" });
  placePins(builder);
  schedule(builder);
}

function placePins(builder) {
  for (const pin of builder.pins.splice(0)) pin.remove();
  for (const [name, letter, title] of [["from_m", t("起"), t("起点：沿界线拖动")], ["to_m", t("止"), t("终点：沿界线拖动")]]) {
    const [lon, lat] = builder.ruler.pointAt(Number(builder.field(name).value));
    const pin = builder.map.addPin(lon, lat, { title, draggable: true });
    pin.setIcon(L.divIcon({
      html: el("span", { class: "pin zone-handle" }, letter), className: "", iconSize: [28, 28], iconAnchor: [14, 14],
    })).setZIndexOffset(1000);
    pin.on("drag", ({ latlng }) => drag(builder, pin, name, latlng));
    pin.on("dragend", () => movePins(builder));
    builder.pins.push(pin);
  }
}

/** Keep a dragged end on the line, and the two ends in order. */
function drag(builder, pin, name, { lng, lat }) {
  const { field, ruler } = builder;
  const other = Number(field(name === "from_m" ? "to_m" : "from_m").value);
  const there = ruler.nearest(lng, lat);
  const m = name === "from_m" ? Math.min(there, other - SHORTEST_M) : Math.max(there, other + SHORTEST_M);
  const kept = Math.min(ruler.length, Math.max(0, m));
  field(name).value = kept.toFixed(1);
  const [x, y] = ruler.pointAt(kept);
  pin.setLatLng([y, x]);
  schedule(builder);
}

function movePins({ pins, field, ruler }) {
  if (!ruler) return;
  pins.forEach((pin, i) => {
    const m = Number(field(i === 0 ? "from_m" : "to_m").value);
    if (!Number.isFinite(m)) return;
    const [lon, lat] = ruler.pointAt(m);
    pin.setLatLng([lat, lon]);
  });
}

/** What the API takes; with the districts of a zone that is being changed, whose fields are closed. */
function marked({ field }) {
  const number = (name) => (field(name).value === "" ? null : Number(field(name).value));
  return {
    adcode_a: field("adcode_a").value, adcode_b: field("adcode_b").value, part: Number(field("part").value),
    from_m: number("from_m"), to_m: number("to_m"), width_m: number("width_m"), cap: field("cap").value,
  };
}

function complete(builder, value) {
  const { zone } = builder.data;
  const own = zone ? {} : { name: value.name, agreement_id: value.agreement_id };
  return { ...marked(builder), ...own, note: value.note ?? "" };
}

/** Ask for the strips a moment after the last change; one question at a time, so dragging starves nobody. */
function schedule(builder) {
  clearTimeout(builder.timer);
  if (!builder.line || !builder.shown) return;
  builder.timer = setTimeout(() => ask(builder).catch(reportProblem), PREVIEW_MS);
}

async function ask(builder) {
  // Between two choices of districts there is no line, and nothing to ask about.
  if (!builder.line) return;
  if (builder.asking) {
    builder.again = true;
    return;
  }
  const { line } = builder;
  builder.asking = true;
  builder.again = false;
  builder.figures.setAttribute("aria-busy", "true");
  try {
    const preview = await post("/api/v1/zones/preview", marked(builder));
    if (current(builder, line)) showPreview(builder, preview);
  } catch (problem) {
    if (!(problem instanceof ApiProblem)) throw problem;
    if (current(builder, line)) refuse(builder, problem);
  } finally {
    builder.asking = false;
    builder.figures.removeAttribute("aria-busy");
    if (builder.again) schedule(builder);
  }
}

const current = (builder, line) => builder.shown && builder.line === line;

function showPreview(builder, preview) {
  drawStrips(builder, preview);
  drawFigures(builder.figures, preview, {
    line: builder.line, agreement: agreementOf(builder), sideOf: (code) => sideOf(builder, code),
  });
}

function refuse(builder, problem) {
  builder.map.removeLayer("builder-strips");
  fill(builder.figures, problemNotice(problem));
}

/** The own side is a; between two others the first chosen is. */
function sideOf({ data, field }, code) {
  const first = field("adcode_b").value === data.own ? data.own : field("adcode_a").value;
  return code === first ? "a" : "b";
}

function drawStrips(builder, preview) {
  const features = preview.strips.map(({ adcode, geometry }) => (
    { type: "Feature", geometry, properties: { side: sideOf(builder, adcode) } }));
  builder.map.addLayer("builder-strips", { type: "FeatureCollection", features }, { role: "strip" });
}
