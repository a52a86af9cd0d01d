/** How long a plan takes: how one goes and how fast, per stretch, per host and in all, what does not fit. */
import { el, fill, icon, party, scrollable } from "../dom.js";
import { t } from "../i18n.js";
import { metres } from "./patrols-map.js";

/** "1小时20分钟". */
export function duration(seconds) {
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return t("{m}分钟", { m: minutes });
  return t("{h}小时{m}分钟", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** The choice of how one goes, in #plan-pace. Returns {value(), set(pace), speeds() with the usual ones}. */
export function createPace(host, { modes, pace, onChange }) {
  const usual = pace.default_speeds_kmh;
  const mode = el("select", { class: "input", id: "pace-mode", onchange: onChange }, Object.entries(modes).map(([value, name]) => el("option", { value }, name)));
  const speeds = Object.fromEntries(Object.keys(modes).map((name) => [name,
    el("input", { class: "input", id: `pace-${name}`, type: "number", min: 0.5, max: 120, step: 0.5, placeholder: usual[name], oninput: onChange })]));
  fill(host, el("div", { class: "field field--wide" }, el("label", { class: "field__label", for: "pace-mode" }, t("怎么走")), mode),
    el("details", {}, el("summary", { class: "small" }, t("速度（公里/小时，空着按通常速度）")),
      el("div", { class: "grid grid--tight" }, Object.entries(modes).map(([name, label]) => el("div", { class: "field", dataset: { field: `pace.speeds_kmh.${name}` } },
        el("label", { class: "field__label", for: `pace-${name}` }, label), speeds[name], el("span", { class: "field__error" }))))));
  const set = (now) => {
    mode.value = now.mode;
    for (const [name, input] of Object.entries(speeds)) input.value = now.speeds_kmh[name] ?? "";
  };
  set(pace);
  const value = () => ({ mode: mode.value, speeds_kmh: Object.fromEntries(Object.entries(speeds).filter(([, input]) => input.value !== "").map(([name, input]) => [name, Number(input.value)])) });
  return { set, value, speeds: () => ({ ...usual, ...value().speeds_kmh }) };
}

/** The same way by each means, at the speeds of the plan: what an estimate rests on. */
function compared({ length_m: length, speeds_kmh: speeds }, modes) {
  if (!speeds || !length) return null;
  return el("p", { class: "small muted", id: "plan-compared" },
    Object.entries(speeds).map(([mode, speed]) => t("{mode}（{speed} 公里/小时）约{time}", { mode: modes[mode], speed, time: duration(length / (speed / 3.6)) })).join(" · "),
    " · ", t("按路线长度和所设速度估算，含边走边看；此行不计途经点的停留，也不计候船、风浪和绕行。"));
}

/** Totals, a row per stretch and per host's leg, and warnings. `names`: key of a waypoint -> its name; `modes`: their names, and `speeds` (km/h), to compare. */
export function estimateView(estimate, { names, legs = [], modes = {}, speeds = null }) {
  if (!estimate) return null;
  const parts = [t("路上{time}", { time: duration(estimate.travel_s) }), estimate.stay_s > 0 && t("停留{time}", { time: duration(estimate.stay_s) }),
    estimate.wait_s > 0 && t("等候{time}", { time: duration(estimate.wait_s) })].filter(Boolean).join("，");
  return el("div", { class: "stack", id: "plan-estimate" },
    el("p", {}, t("全程约{time}（{parts}），{length}", { time: duration(estimate.total_s), parts, length: metres(estimate.length_m) })),
    compared({ length_m: estimate.length_m, speeds_kmh: speeds }, modes),
    estimate.warnings.length > 0 && el("div", { class: "notice notice--warn" }, icon("alert"), el("ul", {}, estimate.warnings.map((one) => el("li", {}, one.message)))),
    el("details", {}, el("summary", { class: "small" }, t("逐段里程与时间")), stretchTable(estimate, names), legTable(estimate, legs)));
}

function table(caption, heads, rows) {
  return scrollable(caption, el("table", { class: "table" }, el("caption", { class: "visually-hidden" }, caption),
    el("thead", {}, el("tr", {}, heads.map((text) => el("th", { scope: "col" }, text)))), el("tbody", {}, rows)));
}

function stretchTable({ stretches }, names) {
  const name = (key, end) => (key === null ? end : names.get(key) ?? "");
  return table(t("逐段里程与时间"), [t("从"), t("到"), t("方式"), t("里程"), t("时间")], stretches.map((part) => el("tr", {},
    el("td", {}, name(part.from, t("起点"))), el("td", {}, name(part.to, t("终点"))), el("td", {}, part.mode_name),
    el("td", { class: "nowrap" }, metres(part.length_m)), el("td", { class: "nowrap" }, duration(part.seconds)))));
}

function legTable({ leg_seconds: seconds }, legs) {
  if (legs.length === 0) return null;
  return table(t("各段主办与时间"), [t("段"), t("主办"), t("里程"), t("时间")], legs.map((leg, index) => el("tr", {},
    el("th", { scope: "row" }, String(leg.number)), el("td", {}, party(leg.host_bureau_name, leg.side)),
    el("td", { class: "nowrap" }, metres(leg.length_m)), el("td", { class: "nowrap" }, duration(seconds[index] ?? 0)))));
}
