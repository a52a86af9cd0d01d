/** What lies on the map: a switch per layer, fetched from the API and renewed by the feed. */
import { get, pages } from "../api.js";
import { badge, el, fill, icon, named, party } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { locale, t } from "../i18n.js";
import { openPanel } from "../menus.js";

const RENEW_MS = 300; // changes come in bursts
const STATES = { proposed: [t("待确认"), "warn"], binding: [t("有效"), "ok"] };

const feature = (geometry, properties) => ({ type: "Feature", geometry, properties });
const point = (item) => feature({ type: "Point", coordinates: [item.lon, item.lat] }, item);
const hasPlace = (item) => Number.isFinite(item.lon) && Number.isFinite(item.lat);

/** Each source: kinds that renew it, how its records become features, how they look. */
const SOURCES = {
  zones: {
    label: t("联合执法区域"), kinds: ["zone", "agreement"], features: zoneFeatures,
    style: { role: "strip", sideOf: ({ properties }) => properties.side, roleOf: ({ properties }) => properties.role },
    popup: (zone) => link(`/zones/${zone.id}`, zone.name, t("每侧 {m} 米", { m: Math.round(zone.width) })),
  },
  stations: {
    label: t("联勤站"), kinds: ["station", "agreement"], prepare: addDuty, features: (items) => items.filter(hasPlace).map(point),
    style: { pin: () => ({ symbol: "station" }) },
    popup: stationCard,
  },
  patrols: {
    label: t("巡查路线"), kinds: ["patrol", "agreement"],
    features: (items) => items.filter((it) => it.route?.coordinates?.length).map((it) => feature(it.route, it)),
    style: { role: "plan" }, time: (it) => it.starts_at,
    popup: (it) => link(`/patrols/${it.id}`, it.title, [it.number, it.state_name].filter(Boolean).join(" · ")),
  },
  cases: {
    label: t("案件"), kinds: ["case", "share", "agreement", "clock"], prepare: markOverdue, features: (items) => items.filter(hasPlace).map(point),
    time: (it) => it.opened_at,
    style: { cluster: true, pin: ({ properties }) => ({ symbol: "case", alert: properties.overdue }) },
    popup: (it) => link(`/cases/${it.id}`, it.title ?? it.number, [it.number, it.overdue && t("逾期")].filter(Boolean).join(" · ")),
  },
  petitions: {
    label: t("信访件"), kinds: ["petition", "agreement", "clock"], features: (items) => items.filter(hasPlace).map(point),
    time: (it) => it.received_at,
    style: { cluster: true, pin: ({ properties }) => ({ symbol: "petition", alert: properties.overdue }) },
    popup: (it) => link(`/petitions/${it.id}`, it.title ?? it.number, [it.number, it.state_name, it.overdue && t("逾期")].filter(Boolean).join(" · ")),
  },
};

function link(url, title, sub) {
  return el("div", {}, el("h3", {}, el("a", { href: url }, title ?? t("打开记录"))), sub && el("p", { class: "small" }, sub));
}

/** Who is on duty at each station at this moment. */
async function addDuty(found) {
  const { items } = await get("/api/v1/duties/now");
  const turns = new Map(items.map((it) => [it.station_id, it.on_duty]));
  for (const it of found) it.onDuty = turns.get(it.id) ?? [];
}

function stationCard(it) {
  const people = it.onDuty.map((turn) => turn.name ?? t("{bureau} 1人", { bureau: named(turn.bureau_name) })).join(t("、"));
  return el("div", {}, link(`/stations/${it.id}`, locale.startsWith("en") ? it.name_en : it.name, [named(it.bureau_short_name), it.phone].filter(Boolean).join(" · ")),
    el("p", { class: "small" }, people ? t("当前值守：{people}", { people }) : t("值班表上无人")));
}

/** Note which cases have a deadline that has passed: they are red on the map. */
async function markOverdue(cases) {
  const { items } = await get("/api/v1/overdue");
  const late = new Set(items.filter((it) => it.kind === "case").map((it) => it.id));
  for (const it of cases) it.overdue = late.has(it.id);
}

/** Strips of the version that binds, or else of the one on the table; the own side is a. */
function zoneFeatures(zones, { own }) {
  return zones.flatMap((zone) => {
    const version = zone.binding ?? zone.current;
    const about = { id: zone.id, name: zone.name, width: version.width_m };
    const strips = version.strips.map((strip) => feature(strip.geometry,
      { ...about, role: zone.binding ? "strip" : "zone", side: strip.adcode === own ? "a" : "b" }));
    return [...strips, feature(version.line, { ...about, role: "line" })];
  });
}

/**
 * Build the switches in `host` and draw what is on. Options: onToggle() when the person switches a
 * layer, onRecord({kind, id}) when he presses a record. Returns {shown(), show(names), setRange(range)}:
 * layers by name; a range {since, until} leaves out what is dated outside it.
 */
export function mountLayers(map, host, data, { onToggle = null, onRecord = null } = {}) {
  const names = ["zones", ...data.collections.filter((name) => name in SOURCES)];
  const zoneList = el("ul", { class: "list" });
  const panel = { map, data, zoneList, onRecord, shown: new Set(names), turn: {}, range: {}, boxes: {} };
  const layerChoice = (name) => {
    const node = choice(SOURCES[name].label, (on) => { toggle(panel, name, on); onToggle?.(); });
    panel.boxes[name] = node.querySelector("input");
    return node;
  };
  const grounds = {};
  const groundChoice = (kind, label) => {
    const [node, set] = ground(map, kind, label, onToggle);
    grounds[`ground-${kind}`] = { box: node.querySelector("input"), set };
    return node;
  };
  fill(host,
    el("fieldset", { class: "fieldset stack" }, el("legend", { class: "field__label" }, t("显示在图上")),
      groundChoice("jurisdiction", t("行政区")), groundChoice("line", t("分界线")),
      names.map(layerChoice)),
    legend(data),
    el("h2", { class: "field__label" }, t("区域")), zoneList);
  const timers = {};
  for (const name of names) {
    load(panel, name).catch(reportProblem);
    for (const kind of SOURCES[name].kinds) {
      onChange(kind, () => {
        clearTimeout(timers[name]);
        timers[name] = setTimeout(() => load(panel, name).catch(reportProblem), RENEW_MS);
      });
    }
  }
  return {
    shown: () => [...panel.shown, ...Object.keys(grounds).filter((name) => grounds[name].box.checked)],
    show: (wanted) => {
      for (const [name, { box, set }] of Object.entries(grounds)) {
        const on = wanted.includes(name);
        if (on !== box.checked) {
          box.checked = on;
          set(on).catch(reportProblem);
        }
      }
      for (const name of names) {
        const on = wanted.includes(name);
        if (on !== panel.shown.has(name)) toggle(panel, name, on);
        panel.boxes[name].checked = on;
      }
    },
    setRange: (range) => {
      if (JSON.stringify(range) === JSON.stringify(panel.range)) return;
      panel.range = range;
      for (const name of names) if (SOURCES[name].time) load(panel, name).catch(reportProblem);
    },
  };
}

/** Whether a record is dated within the range that is shown; what has no date always is. */
function inRange({ since, until }, moment) {
  if (!moment) return true;
  const at = Date.parse(moment);
  return (!since || at >= Date.parse(since)) && (!until || at < Date.parse(until));
}

function choice(label, onToggle) {
  const box = el("input", { type: "checkbox", checked: true, onchange: () => onToggle(box.checked) });
  return el("label", { class: "check" }, box, el("span", {}, label));
}

/** A switch for one kind of feature of the basemap, and what switches it. */
function ground(map, kind, label, onToggle) {
  let parts = null;
  const set = async (on) => {
    const layer = await map.ready;
    if (!layer) return;
    parts ??= layer.getLayers().filter((part) => isLine(part.feature) === (kind === "line"));
    for (const part of parts) {
      if (on) layer.addLayer(part);
      else layer.removeLayer(part);
      // What comes back is drawn last: areas would cover the lines.
      if (on && kind !== "line") part.bringToBack();
    }
  };
  return [choice(label, (on) => { set(on).catch(reportProblem); onToggle?.(); }), set];
}

const isLine = ({ properties, geometry }) => properties.kind === "line" || /LineString/.test(geometry?.type);

function toggle(panel, name, on) {
  if (on) {
    panel.shown.add(name);
    load(panel, name).catch(reportProblem);
  } else {
    panel.shown.delete(name);
    panel.map.removeLayer(name);
  }
}

async function load(panel, name) {
  const turn = (panel.turn[name] ?? 0) + 1;
  panel.turn[name] = turn;
  const items = [];
  for await (const item of pages(`/api/v1/${name}?limit=200`)) items.push(item);
  await SOURCES[name].prepare?.(items);
  // Meanwhile asked again: the later answer is the true one.
  if (panel.turn[name] !== turn) return;
  if (name === "zones") listZones(panel, items);
  if (!panel.shown.has(name)) return;
  const { features, style, popup, time } = SOURCES[name];
  const dated = time ? items.filter((item) => inRange(panel.range, time(item))) : items;
  const collection = { type: "FeatureCollection", features: features(dated, panel.data) };
  const { onRecord } = panel;
  panel.map.addLayer(name, collection, {
    sideOf: ({ properties }) => panel.data.sides[properties.adcode] ?? null,
    ...style, popup: (each) => popup(each.properties),
    ...(onRecord && { onClick: (each) => onRecord({ kind: SOURCES[name].kinds[0], id: each.properties.id }) }),
  });
}

function listZones({ map, zoneList, data }, zones) {
  const rows = zones.map((zone) => {
    const [text, tone] = STATES[zone.state] ?? [zone.state, "neutral"];
    const show = el("button", { class: "list__item", type: "button", onclick: () => {
      openPanel(false);
      map.fit(L.geoJSON({ type: "FeatureCollection", features: zoneFeatures([zone], data) }));
    } }, el("span", { class: "list__symbol" }, icon("polygon")),
    el("span", { class: "list__main" }, el("span", { class: "list__title" }, zone.name),
      el("span", { class: "list__sub" }, zone.agreement_number,
        zone.agreement_in_force ? "" : [" · ", t("备忘录未生效")])), badge(text, tone));
    return el("li", {}, show);
  });
  const none = el("li", {}, el("p", { class: "muted small" }, t("还没有区域。可在“分界线与区域”中沿界线划定。")));
  fill(zoneList, rows.length > 0 ? rows : none);
}

/** Whose colour is whose. */
function legend({ sides, jurisdictions }) {
  const names = jurisdictions.filter(({ adcode }) => sides[adcode])
    .sort((x, y) => sides[x.adcode].localeCompare(sides[y.adcode]));
  if (names.length === 0) return null;
  return el("p", { class: "small" }, names.map((place) => [party(place.bureau?.short_name ?? place.name, sides[place.adcode]), " "]));
}
