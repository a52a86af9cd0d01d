/** The list of cases beside its map, linked both ways; both renew themselves when the feed brings a change. */
import { get } from "../api.js";
import { el, pageData } from "../dom.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";

const { sides, bounds, query } = pageData();
const map = createMap(document.getElementById("map"), { bounds, sides, label: t("案件分布") });

// What of the ground was asked for, a margin around the view with it; null: all of it.
let frame = null;
let counted = false;
let shownZoom = null;
// Case id -> its marker, of those that stand alone on the map.
const markers = new Map();
let active = null;

function address() {
  const url = new URL("/api/v1/cases.geojson", location.href);
  for (const [name, value] of Object.entries(query)) {
    if (value && name !== "cursor" && name !== "sort") url.searchParams.set(name, value);
  }
  url.searchParams.set("zoom", Math.round(map.map.getZoom()));
  if (frame) {
    const edges = [frame.getWest(), frame.getSouth(), frame.getEast(), frame.getNorth()];
    url.searchParams.set("bbox", edges.map((edge) => edge.toFixed(6)).join(","));
  }
  return url;
}

function popup({ properties }) {
  return el("div", {},
    el("strong", {}, properties.title ?? properties.number),
    el("p", { class: "small" }, `${properties.number} · ${properties.owner_name}`),
    el("a", { href: `/cases/${encodeURIComponent(properties.id)}` }, t("打开案件")));
}

async function show() {
  const cases = await get(address());
  counted = cases.features.some(({ properties }) => properties.cluster);
  shownZoom = Math.round(map.map.getZoom());
  map.removeLayer(t("案件"));
  markers.clear();
  const layer = map.addLayer(t("案件"), cases, {
    pin: ({ properties }) => ({ side: properties.own ? "a" : "b", symbol: "case", alert: properties.overdue }),
    popup,
    cluster: !counted && cases.features.length > 60,
  });
  layer.eachLayer((marker) => link(marker));
  mark(active);
}

/** A pin under the pointer marks its row; a press on it chooses the row. */
function link(marker) {
  const { id } = marker.feature?.properties ?? {};
  if (!id) return;
  markers.set(id, marker);
  marker.on("mouseover", () => hover(id)).on("mouseout", () => hover(null));
  marker.on("click", () => choose(id, { pan: false }));
}

const rows = () => [...document.querySelectorAll("#case-list tr[data-case]")];
const rowOf = (id) => rows().find((row) => row.dataset.case === id);
const pinOf = (id) => markers.get(id)?.getElement()?.querySelector(".pin");

function hover(id) {
  for (const row of rows()) row.classList.toggle("row--hover", row.dataset.case === id);
  for (const key of markers.keys()) pinOf(key)?.classList.toggle("pin--picked", key === id || key === active);
}

/** Choose a case in both: its row is in sight, its pin is marked. */
function choose(id, { pan = true } = {}) {
  active = id;
  mark(id);
  rowOf(id)?.scrollIntoView({ block: "nearest" });
  const marker = markers.get(id);
  if (pan && marker && !map.map.getBounds().pad(-0.15).contains(marker.getLatLng())) map.map.panTo(marker.getLatLng());
}

function mark(id) {
  for (const row of rows()) {
    row.classList.toggle("row--active", row.dataset.case === id);
    if (row.dataset.case === id) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  hover(null);
}

const list = document.querySelector(".map-page__scroll");
list.addEventListener("mouseover", (event) => hover(event.target.closest("tr[data-case]")?.dataset.case ?? null));
list.addEventListener("mouseleave", () => hover(null));
list.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-case]");
  if (row && !event.target.closest("a")) choose(row.dataset.case);
});
list.addEventListener("dblclick", (event) => {
  const row = event.target.closest("tr[data-case]");
  if (row) row.querySelector("a").click();
});

/** j and k walk through the list, Enter opens. */
addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest?.("input, select, textarea, dialog, .map")) return;
  const all = rows();
  const at = all.findIndex((row) => row.dataset.case === active);
  const step = { j: 1, k: -1 }[event.key];
  if (step && all.length) choose(all[Math.min(Math.max(at + step, 0), all.length - 1)].dataset.case);
  else if (event.key === "Enter" && at >= 0 && !event.target.closest?.("a, button, summary")) all[at].querySelector("a").click();
  else return;
  event.preventDefault();
});

/** Numbers are of one zoom and one frame; single cases are there for good, and so are their pop-ups. */
async function follow() {
  const zoom = Math.round(map.map.getZoom());
  const view = map.map.getBounds();
  const left = frame && !frame.contains(view);
  if (!left && !(counted && zoom !== shownZoom)) return;
  frame = view.pad(0.5);
  await show();
}

await map.ready;
await show();
map.map.on("moveend", follow);
document.addEventListener("live:renewed", show);
