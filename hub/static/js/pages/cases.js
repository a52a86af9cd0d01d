/** The list of cases beside its map; both renew themselves when the feed brings a change. */
import { get } from "../api.js";
import { el, pageData } from "../dom.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";

const { sides, bounds, query } = pageData();
const map = createMap(document.getElementById("map"), { bounds, sides, label: t("案件分布") });

function address() {
  const url = new URL("/api/v1/cases.geojson", location.href);
  for (const [name, value] of Object.entries(query)) {
    if (value && name !== "cursor") url.searchParams.set(name, value);
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
  map.removeLayer(t("案件"));
  map.addLayer(t("案件"), cases, {
    pin: ({ properties }) => ({ side: properties.own ? "a" : "b", symbol: "case" }),
    popup,
    cluster: cases.features.length > 60,
  });
}

await map.ready;
await show();
document.addEventListener("live:renewed", show);
