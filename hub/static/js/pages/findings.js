/** Findings: the list beside its map, and one finding with its photos. */
import { ApiProblem, get, pages, post } from "../api.js";
import { el, kv, named, pageData } from "../dom.js";
import { confirmDialog } from "../dialogs.js";
import { onChange } from "../feed.js";
import { connectForm, reportProblem, showProblem } from "../forms.js";
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
  kv([[t("编号"), p.number], [t("单位"), named(p.bureau_name)], [t("时间"), timeElement(p.found_at)],
    ...(p.state ? [[t("状态"), p.overdue ? t("{state} · 逾期", { state: p.state_name }) : p.state_name]] : [])]),
  el("p", {}, el("a", { href: `/findings/${p.id}` }, t("打开发现"))));

/** Rows and pins, linked both ways: pointing at one marks the other. */
const markers = new Map();
const rows = () => document.querySelectorAll("#finding-list [data-finding]");

function hover(id) {
  for (const row of rows()) row.classList.toggle("row--hover", row.dataset.finding === id);
  for (const [key, marker] of markers) marker.getElement()?.querySelector(".pin")?.classList.toggle("pin--picked", key === id);
}

function link(marker) {
  const { id } = marker.feature?.properties ?? {};
  if (!id) return;
  markers.set(id, marker);
  marker.on("mouseover", () => hover(id)).on("mouseout", () => hover(null));
  marker.on("click", () => [...rows()].find((row) => row.dataset.finding === id)?.scrollIntoView({ block: "nearest" }));
}

/** West, south, east, north of some places, with a margin of degrees. */
function around(places, margin = 0.01) {
  const [lons, lats] = [places.map(([lon]) => lon), places.map(([, lat]) => lat)];
  return [Math.min(...lons) - margin, Math.min(...lats) - margin, Math.max(...lons) + margin, Math.max(...lats) + margin];
}

function mountList(host) {
  const map = createMap(host, { bounds: data.start.bounds, sides: data.start.sides, label: t("发现地图") });
  const draw = async () => {
    const found = await features(data.query);
    markers.clear();
    const layer = map.addLayer("findings", found, {
      // As the map colours the ground: the own side and the others.
      pin: ({ properties: p }) => ({ side: p.bureau_id === data.own_bureau_id ? "a" : "b", symbol: "flag", alert: p.overdue }),
      popup, cluster: found.features.length > 60,
    });
    layer.eachLayer(link);
    return found.features.map((feature) => feature.geometry.coordinates);
  };
  let timer = 0;
  onChange("finding", () => {
    clearTimeout(timer);
    timer = setTimeout(() => draw().catch(reportProblem), 250);
  });
  // First all that was asked for is in sight; what comes later moves nothing.
  draw().then((places) => { if (places.length > 0) map.fit(around(places)); }).catch(reportProblem);
  const scroll = document.querySelector(".map-page__scroll");
  scroll.addEventListener("mouseover", (event) => hover(event.target.closest("[data-finding]")?.dataset.finding ?? null));
  scroll.addEventListener("mouseleave", () => hover(null));
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
  if (!(await confirmDialog({ title: t("登记案件"), text: t("以此发现登记一件案件？区域内的案件会按备忘录共享给对方。"), confirm: t("登记为案件") }))) return;
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

/** Photos of after go first, each once; then the finding is closed. */
function connectClosing(form) {
  form.dataset.connected = "1"; // this module sends the form, not the kit
  form.dataset.api = `POST ${form.dataset.url}`;
  const input = form.querySelector("input[type=file]");
  const sent = new Set();
  // Before the kit's handler, so that the photos are there when the closing is asked for.
  form.addEventListener("submit", async (event) => {
    const waiting = [...input.files].filter((file) => !sent.has(file));
    if (waiting.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    button?.setAttribute("disabled", "");
    try {
      for (const file of waiting) {
        const body = new FormData();
        body.append("file", file);
        await post(form.dataset.photos, body);
        sent.add(file);
      }
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      showProblem(form, problem);
      return;
    } finally {
      button?.removeAttribute("disabled");
    }
    form.requestSubmit(button);
  });
  connectForm(form);
}

const list = document.getElementById("map");
if (list) mountList(list);
const one = document.getElementById("finding-map");
if (one) mountOne(one).catch(reportProblem);
// The head of the page renews itself, its buttons with it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("#open-case");
  if (button) openCase(button);
});
const closing = document.getElementById("close-form");
if (closing) connectClosing(closing);
document.getElementById("finding-file")?.addEventListener("change", (event) => upload(event.currentTarget));
