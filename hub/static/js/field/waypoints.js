/** The waypoints on the phone: where next, how far, check in there, and what was to be done is done. */
import { badge, el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";
import { targetWords, taskWords } from "../pages/plan-words.js";

/**
 * The list for the dialog of checks. `points()` gives the waypoints with {visited, done}; `here()` the
 * place or null; `checkIn(key)` and `finish(key)` keep it. Returns {node, show(), left()}.
 */
export function mountWaypoints({ points, here, checkIn, finish }) {
  const node = el("ol", { class: "list waypoints", id: "field-waypoints" });
  const show = () => {
    const all = points();
    node.hidden = all.length === 0;
    fill(node, all.map((point) => row(point, here(), { checkIn, finish })));
  };
  return { node, show, left: () => points().filter((point) => !point.visited).length, all: () => points().length };
}

function row(point, place, { checkIn, finish }) {
  const big = (words, symbol, onclick, act) => el("button", { class: "btn btn--big", type: "button", "data-act": act, "aria-label": `${words}：${point.name}`, onclick }, icon(symbol), words);
  const away = distance(point, place);
  const about = [point.at_min !== null && t("计划+{time}到", { time: `${Math.floor(point.at_min / 60)}:${String(point.at_min % 60).padStart(2, "0")}` }), away !== null && awayWords(away, point)].filter(Boolean).join(" · ");
  return el("li", { class: "list__item waypoint", dataset: { key: point.key, visited: String(point.visited) } }, el("span", { class: "waypoint__number" }, String(point.number)),
    el("span", { class: "list__main" }, el("span", { class: "list__title" }, point.name), el("span", { class: "list__sub" }, taskWords(point)),
      el("span", { class: "list__sub" }, targetWords(point)), el("span", { class: "list__sub" }, about)),
    el("span", { class: "actions" },
      point.visited ? badge(t("已签到"), "ok") : big(t("签到"), "pin", () => checkIn(point.key), "check-in"),
      (point.task || point.task_text) && (point.done ? badge(t("任务完成"), "ok") : big(t("任务完成"), "check", () => finish(point.key), "task"))));
}

const distance = (point, place) => (place ? L.latLng(place.lat, place.lon).distanceTo([point.lat, point.lon]) : null);

function awayWords(metres, { radius_m: radius }) {
  if (metres <= radius) return t("就在此处");
  return metres < 1000 ? t("距此{n}米", { n: Math.round(metres) }) : t("距此{n}公里", { n: (metres / 1000).toFixed(1) });
}

/** The waypoints on the phone's map; visited ones are ticked. */
export function drawWaypoints(view, points) {
  view.addLayer("waypoints", { type: "FeatureCollection", features: points.map((point) => ({
    type: "Feature", geometry: { type: "Point", coordinates: [point.lon, point.lat] }, properties: { ...point, name: `${point.number} ${point.name}` },
  })) }, { pin: ({ properties: p }) => ({ symbol: p.visited ? "check" : "pin" }), popup: ({ properties: p }) => el("div", {}, el("h3", {}, p.name), el("p", {}, taskWords(p)), el("p", {}, targetWords(p))) });
}
