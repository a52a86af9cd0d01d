/** The units of a plan's draft on the form: read from it, written into it, in words. */
import { formValue } from "../forms.js";
import { t } from "../i18n.js";
import { formatTime } from "../times.js";
import { metres } from "./patrols-map.js";
import { targetWords, taskWords } from "./plan-words.js";
import { sendable } from "./plan-waypoints.js";

const POINT = "waypoint:";
const NAMES = { title: t("名称"), window: t("时间"), route: t("路线"), checklist: t("检查事项"), note: t("说明"), pace: t("行进方式"), order: t("途经点顺序") };

/** `parts`: {form, drawer, waypoints, pace, words}. Returns what plan-together.js asks for. */
export function unitsOf(parts) {
  return { read: () => read(parts), sent, write: (units) => write(parts, units), word: (unit, value) => word(parts, unit, value), nameOf: (unit) => nameOf(parts, unit) };
}

function read({ form, drawer, waypoints, pace }) {
  const value = formValue(form);
  const points = waypoints.value();
  return {
    title: value.title, window: { starts_at: value.starts_at, ends_at: value.ends_at }, route: drawer.value(),
    checklist: value.checklist ?? [], note: value.note ?? "", pace: pace.value(), order: points.map(({ key }) => key),
    ...Object.fromEntries(points.map((point) => [POINT + point.key, point])),
  };
}

/** The form shows minutes: seconds are nobody's change. */
const minute = (text) => (text ? new Date(Math.floor(Date.parse(text) / 60_000) * 60_000).toISOString() : null);
const items = (list) => list.join("\n").split(/[\n,，;；]/).map((part) => part.trim()).filter(Boolean);

function sent(unit, value) {
  if (value === null) return null;
  if (unit.startsWith(POINT)) return sendable(value);
  if (unit === "window") return { starts_at: minute(value.starts_at), ends_at: minute(value.ends_at) };
  if (unit === "checklist") return items(value);
  if (unit === "pace") return { mode: value.mode, speeds_kmh: Object.fromEntries(Object.entries(value.speeds_kmh).toSorted(([a], [b]) => a.localeCompare(b))) };
  if (unit === "route") return { type: "LineString", coordinates: value.coordinates };
  return value;
}

/** A moment as datetime-local has it: the bureaus' clock. */
const local = (text) => (text ? new Date(Date.parse(text) + 8 * 3_600_000).toISOString().slice(0, 16) : "");

function write({ form, drawer, waypoints, pace }, units) {
  const put = (name, value) => { form.elements.namedItem(name).value = value; };
  if ("title" in units) put("title", units.title);
  if ("note" in units) put("note", units.note);
  if ("checklist" in units) put("checklist", units.checklist.join("\n"));
  if ("window" in units) {
    put("starts_at", local(units.window.starts_at));
    put("ends_at", local(units.window.ends_at));
  }
  if ("pace" in units) pace.set(units.pace);
  if ("route" in units) drawer.set(units.route);
  const points = Object.entries(units).filter(([unit]) => unit.startsWith(POINT));
  if (points.length > 0 || "order" in units) waypoints.merge(Object.fromEntries(points.map(([unit, value]) => [unit.slice(POINT.length), value])), units.order ?? null);
}

function nameOf({ waypoints }, unit) {
  if (!unit.startsWith(POINT)) return NAMES[unit];
  const point = waypoints.value().find(({ key }) => POINT + key === unit);
  return point ? t("途经点“{name}”", { name: point.name }) : t("途经点");
}

function word({ words, waypoints }, unit, value) {
  if (value === null) return unit.startsWith(POINT) ? t("（已删除）") : "—";
  if (unit.startsWith(POINT)) return pointWords(value, words);
  if (unit === "window") return `${formatTime(value.starts_at)} – ${formatTime(value.ends_at)}`;
  if (unit === "route") return t("{n}个折点，{length}", { n: value.coordinates.length, length: metres(lengthOf(value.coordinates)) });
  if (unit === "checklist") return value.join("；") || "—";
  if (unit === "pace") return [words.modes[value.mode], ...Object.entries(value.speeds_kmh).map(([mode, speed]) => `${words.modes[mode]} ${speed} km/h`)].join("，");
  if (unit === "order") return value.map((key) => waypoints.value().find((point) => point.key === key)?.name ?? "").filter(Boolean).join(" → ");
  return value || "—";
}

function pointWords(point, words) {
  const about = { ...point, target: point.target?.kind === "finding" ? null : point.target };
  const at = point.at_min === null ? "" : t("计划+{time}到", { time: `${Math.floor(point.at_min / 60)}:${String(point.at_min % 60).padStart(2, "0")}` });
  return [point.name, taskWords(about, words), targetWords(about, words), at, t("停留{n}分钟", { n: point.stay_min }), `${point.lon.toFixed(5)}, ${point.lat.toFixed(5)}`].filter(Boolean).join(" · ");
}

/** For words only; what counts is the hub's. */
const lengthOf = (places) => places.slice(1).reduce((sum, [lon, lat], index) => sum + L.latLng(lat, lon).distanceTo([places[index][1], places[index][0]]), 0);
