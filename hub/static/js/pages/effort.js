/** Patrol effort of a zone: the raster over the map, figures, each side, the largest gaps. */
import { get } from "../api.js";
import { el, fill, pageData, party, scrollable } from "../dom.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";
import { minutes } from "./field-results.js";
import { metres } from "./locate-result.js";

const { id, query, sides, strips } = pageData();
const url = `/api/v1/zones/${id}/effort`;
const percent = (share, digits = 1) => `${(share * 100).toFixed(digits)}%`;
const hectares = (area) => t("{n}公顷", { n: (area / 1e4).toFixed(1) });

const stat = (label, value, note) => el("div", { class: "stat" }, el("span", { class: "stat__label" }, label),
  el("span", { class: "stat__value" }, value), note && el("span", { class: "small muted" }, note));

function figures(effort) {
  return [
    stat(t("区域覆盖"), percent(effort.share), t("离轨迹{m}以内，误差±{e}", { m: metres(effort.reach_m), e: percent(effort.error_share) })),
    stat(t("巡查次数"), String(effort.patrols)),
    stat(t("巡查时间"), minutes(effort.observed_s), t("各人相加")),
    stat(t("航程合计"), metres(effort.distance_m)),
  ];
}

function sideTable(rows) {
  if (rows.length === 0) return el("p", { class: "muted" }, t("这一期间没有巡查。"));
  const measures = [
    [t("巡查"), (row) => row.patrols], [t("小时数"), (row) => row.hours.toFixed(1)],
    [t("发现"), (row) => row.findings], [t("每小时发现"), (row) => row.findings_per_hour ?? "—"],
  ];
  const head = rows.map((row) => el("th", { scope: "col", class: "num" }, party(row.bureau_name, row.side)));
  return scrollable(t("各方巡查力度"), el("table", { class: "table" },
    el("thead", {}, el("tr", {}, el("td", {}, el("span", { class: "visually-hidden" }, t("单位"))), head)),
    el("tbody", {}, measures.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name),
      rows.map((row) => el("td", { class: "num" }, String(value(row)))))))));
}

function gapList(gaps, show) {
  if (gaps.length === 0) return el("p", {}, t("全区都到过。"));
  const rows = gaps.slice(0, 20).map((gap) => el("li", {}, el("button", { class: "btn btn--quiet btn--small", type: "button", onclick: () => show(gap) },
    t("第{n}处 · {area}", { n: gap.properties.number, area: hectares(gap.properties.area_m2) }))));
  return [el("ol", { class: "effort-gaps" }, rows), gaps.length > 20 && el("p", { class: "small muted" }, t("另有{n}处较小的。", { n: gaps.length - 20 }))];
}

async function load() {
  const effort = await get(`${url}?${query}`);
  fill(document.getElementById("effort-figures"), figures(effort));
  fill(document.getElementById("effort-sides"), sideTable(effort.bureaus));
  const map = createMap(document.getElementById("effort-map"), { sides, label: t("巡查力度地图"), layersControl: false });
  const [west, south, east, north] = effort.bounds;
  L.imageOverlay(`${url}.png?${query}`, [[south, west], [north, east]], { alt: t("巡查力度"), className: "effort-raster" }).addTo(map.map);
  const outline = map.addLayer("strips", {
    type: "FeatureCollection",
    features: strips.map((strip) => ({ type: "Feature", geometry: strip.geometry, properties: { side: sides[strip.adcode] } })),
  }, { role: "zone" });
  map.fit(outline);
  const show = (gap) => {
    map.fit(map.addLayer("gap", gap, { role: "gap" }));
  };
  fill(document.getElementById("effort-gaps"), gapList(effort.gaps.features, show));
}

load().catch(reportProblem);
