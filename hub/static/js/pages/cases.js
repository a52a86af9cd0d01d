/** The list of cases beside its map; both renew themselves when the feed brings a change. */
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

function address() {
  const url = new URL("/api/v1/cases.geojson", location.href);
  for (const [name, value] of Object.entries(query)) {
    if (value && name !== "cursor") url.searchParams.set(name, value);
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
  map.addLayer(t("案件"), cases, {
    pin: ({ properties }) => ({ side: properties.own ? "a" : "b", symbol: "case" }),
    popup,
    cluster: !counted && cases.features.length > 60,
  });
}

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
