/** The waypoints of a patrol's page: on its map, and once it began which were visited; live. */
import { get } from "../api.js";
import { badge, el, fill, named, party } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { timeElement } from "../times.js";
import { targetWords, taskWords } from "./plan-words.js";

const BEGUN = ["in_progress", "completed"];

/** Draw the waypoints on the map and keep them and the visits up to date. */
export function showWaypoints(map, { id, state, waypoints }) {
  const now = { map, id, state, waypoints };
  draw(now);
  visits(now);
  onChange("patrol", ({ id: changed, view }) => {
    if (changed !== id || !view) return;
    Object.assign(now, { state: view.state, waypoints: view.waypoints });
    draw(now);
    visits(now);
  });
  // The table is renewed as a part of the page; what became of each point goes into it again.
  new MutationObserver(() => put(now)).observe(document.getElementById("patrol-waypoints").parentElement, { childList: true });
}

function draw({ map, waypoints }) {
  if (waypoints.length === 0) return map.removeLayer("waypoints");
  return map.addLayer("waypoints", { type: "FeatureCollection", features: waypoints.map((point) => ({
    type: "Feature", geometry: { type: "Point", coordinates: [point.lon, point.lat] }, properties: { ...point, name: `${point.number} ${point.name}` },
  })) }, { label: t("途经点"), pin: () => ({ symbol: "pin" }), popup: ({ properties: p }) => el("div", {}, el("h3", {}, p.name), el("p", {}, taskWords(p)), el("p", {}, targetWords(p))) });
}

async function visits(now) {
  if (!BEGUN.includes(now.state) || now.waypoints.length === 0) return;
  try {
    now.visits = (await get(`/api/v1/patrols/${now.id}/waypoints`)).items;
    put(now);
  } catch (error) {
    reportProblem(error);
  }
}

function put({ visits: items, state }) {
  for (const item of items ?? []) {
    const cell = document.querySelector(`[data-visit="${CSS.escape(item.key)}"]`);
    if (cell) fill(cell, visit(item, state));
  }
}

function visit(item, state) {
  const done = item.task_done && badge(t("任务完成"), "ok");
  if (!item.visited) {
    const near = item.nearest_m === null ? null : el("span", { class: "small muted" }, t("轨迹最近{n}米", { n: Math.round(item.nearest_m) }));
    return [badge(state === "completed" ? t("未到") : t("尚未到"), state === "completed" ? "warn" : "neutral"), " ", near];
  }
  const how = item.how === "check_in" ? t("签到") : t("轨迹经过（{n}米）", { n: Math.round(item.nearest_m) });
  return [badge(t("已到"), "ok"), " ", done, el("br"), el("span", { class: "small" }, `${how} `, timeElement(item.at), " ", party(named(item.bureau_name), item.side), ` ${item.unit_name ?? ""}`)];
}
