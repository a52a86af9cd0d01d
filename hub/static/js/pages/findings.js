/** Findings: the list beside its map, and one finding with its photos. */
import { get, pages, post } from "../api.js";
import { el, kv, named, pageData } from "../dom.js";
import { confirmDialog } from "../dialogs.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";
import { timeElement } from "../times.js";
import { toast } from "../toasts.js";

const MOST = 500;
const data = pageData();

async function features(query) {
  const found = [];
  for await (const item of pages(`/api/v1/findings?${new URLSearchParams({ ...query, limit: 200 })}`)) {
    if (typeof item.lon === "number") found.push(item);
    if (found.length >= MOST) break;
  }
  return {
    type: "FeatureCollection",
    features: found.map((item) => ({
      type: "Feature", geometry: { type: "Point", coordinates: [item.lon, item.lat] }, properties: item,
    })),
  };
}

const popup = ({ properties: p }) => el("div", {}, el("h3", {}, p.category_name ?? p.number), el("p", {}, p.text ?? ""),
  kv([[t("编号"), p.number], [t("单位"), named(p.bureau_name)], [t("时间"), timeElement(p.found_at)]]),
  el("p", {}, el("a", { href: `/findings/${p.id}` }, t("打开发现"))));

function mountList(host) {
  const map = createMap(host, { bounds: data.start.bounds, sides: data.start.sides, label: t("发现地图") });
  const draw = async () => map.addLayer("findings", await features(data.query), {
    // As the map colours the ground: the own side and the others.
    sideOf: ({ properties }) => (properties.bureau_id === data.own_bureau_id ? "a" : "b"),
    pin: () => ({ symbol: "flag" }), popup, cluster: true,
  });
  let timer = 0;
  onChange("finding", () => {
    clearTimeout(timer);
    timer = setTimeout(() => draw().catch(reportProblem), 250);
  });
  draw().catch(reportProblem);
}

async function mountOne(host) {
  const { finding, start } = data;
  const span = 0.01;
  const bounds = [finding.lon - span, finding.lat - span, finding.lon + span, finding.lat + span];
  const map = createMap(host, { bounds, sides: start.sides, label: t("发现地点"), readout: false });
  map.addPin(finding.lon, finding.lat, { side: finding.side, symbol: "flag", title: finding.number });
  for (const layer of start.layers) map.addLayer(layer.name, await get(layer.url), { role: layer.role });
}

async function openCase(button) {
  if (!(await confirmDialog({ title: t("立案"), text: t("以此发现登记一件案件？区域内的案件会按备忘录共享给对方。"), confirm: t("立案") }))) return;
  button.disabled = true;
  try {
    const { case_id: id } = await post(button.dataset.url, {});
    location.assign(`/cases/${id}`);
  } catch (problem) {
    button.disabled = false;
    reportProblem(problem);
  }
}

async function upload(input) {
  const [file] = input.files;
  if (!file) return;
  const body = new FormData();
  body.append("file", file);
  try {
    await post(input.dataset.url, body);
    toast(t("已上传"), "ok");
  } catch (problem) {
    reportProblem(problem);
  }
  input.value = "";
}

const list = document.getElementById("map");
if (list) mountList(list);
const one = document.getElementById("finding-map");
if (one) mountOne(one).catch(reportProblem);
document.getElementById("open-case")?.addEventListener("click", (event) => openCase(event.currentTarget));
document.getElementById("finding-file")?.addEventListener("change", (event) => upload(event.currentTarget));
