/** What a patrol did: coverage, way and time on each side, tracks, gaps and findings on a map. */
import { get } from "../api.js";
import { el, fill, named, party, scrollable } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { t, tn } from "../i18n.js";
import { createMap } from "../map.js";
import { metres } from "./locate-result.js";
import { mountImport } from "./field-import.js";
import { mountTruth } from "./field-truth.js";
import { mountLiveUnits } from "./live_units.js";

const AGAIN_MS = 60_000;

const stat = (label, value, note = null) => el("div", { class: "stat" }, el("span", { class: "stat__label" }, label),
  el("span", { class: "stat__value" }, value), note && el("span", { class: "small muted" }, note));

export function minutes(seconds) {
  if (seconds === null || seconds === undefined) return "—";
  const whole = Math.round(seconds / 60);
  return whole < 60 ? t("{n}分钟", { n: whole }) : t("{h}小时{m}分", { h: Math.floor(whole / 60), m: whole % 60 });
}

function figures(result) {
  return [
    stat(t("区域覆盖"), `${(result.share * 100).toFixed(1)}%`, t("离轨迹{m}以内", { m: metres(result.reach_m) })),
    stat(t("航程合计"), metres(result.distance_m), tn("{n}个单元", { n: result.units })),
    stat(t("历时"), minutes(result.duration_s), result.unobserved_s > 0 ? t("其中无定位{m}", { m: minutes(result.unobserved_s) }) : null),
    ...result.sides.map((side) => stat(t("{name}一侧", { name: named(side.name) }), minutes(side.seconds), metres(side.distance_m))),
    stat(t("发现"), String(result.findings)),
  ];
}

function unitTable(features) {
  if (features.length === 0) return el("p", { class: "muted" }, t("还没有轨迹。"));
  const head = [t("人员"), t("航程"), t("历时"), t("定位点"), t("剔除")].map((text, n) => el("th", { scope: "col", class: n ? "num" : "" }, text));
  const rows = features.map(({ properties: p }) => el("tr", {},
    el("th", { scope: "row" }, party(p.name, p.side), " ", el("span", { class: "small muted" }, named(p.bureau_name))),
    el("td", { class: "num" }, metres(p.distance_m)), el("td", { class: "num" }, minutes(p.duration_s)),
    el("td", { class: "num" }, String(p.fixes)),
    el("td", { class: "num" }, String(Object.values(p.dropped).reduce((sum, n) => sum + n, 0)))));
  return scrollable(t("各单元轨迹"), el("table", { class: "table" },
    el("caption", { class: "visually-hidden" }, t("各单元轨迹")), el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)));
}

function draw(map, result, tracks, findings) {
  map.addLayer("gaps", { type: "Feature", properties: {}, geometry: result.gaps }, { role: "gap" });
  const lines = map.addLayer("tracks", { ...tracks, features: tracks.features.filter((f) => f.geometry) }, { role: "track" });
  map.addLayer("findings", {
    type: "FeatureCollection",
    features: findings.items.filter((item) => typeof item.lon === "number").map((item) => ({
      type: "Feature", geometry: { type: "Point", coordinates: [item.lon, item.lat] }, properties: item,
    })),
  }, {
    pin: ({ properties }) => ({ side: properties.side, symbol: "flag" }),
    popup: ({ properties: p }) => el("div", {}, el("h3", {}, p.category_name ?? p.number), el("p", {}, p.text ?? ""),
      el("a", { href: `/findings/${p.id}` }, p.number)),
  });
  return lines;
}

async function load(host, map, first) {
  const api = `/api/v1/patrols/${host.dataset.patrol}`;
  const [result, tracks, findings] = await Promise.all([
    get(`${api}/coverage`), get(`${api}/track`), get(`/api/v1/findings?patrol_id=${host.dataset.patrol}&limit=200`),
  ]);
  fill(document.getElementById("results-figures"), figures(result));
  fill(document.getElementById("results-units"), unitTable(tracks.features));
  const lines = draw(map, result, tracks, findings);
  if (first) map.fit(lines.getBounds().isValid() ? lines : map.named.get("gaps").layer);
}

function mount(host) {
  const map = createMap(document.getElementById("results-map"), { label: t("巡查结果地图"), layersControl: false });
  const again = () => load(host, map, false).catch(reportProblem);
  load(host, map, true).catch(reportProblem);
  const truth = document.getElementById("results-truth");
  const judge = () => truth && mountTruth(truth, host.dataset.patrol).catch(reportProblem);
  judge();
  mountImport(document.getElementById("import-track"), () => { again(); judge(); });
  onChange("finding", (change) => { if (change.view?.patrol_id === host.dataset.patrol) again(); });
  if (host.dataset.state !== "in_progress") return;
  mountLiveUnits(map, { patrolId: host.dataset.patrol, tell: false });
  setInterval(() => { if (!document.hidden) again(); }, AGAIN_MS);
}

const host = document.getElementById("patrol-results");
if (host) mount(host);
