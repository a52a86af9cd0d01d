/** The register of petitions beside its map; both renew themselves when the feed brings a change. */
import { get } from "../api.js";
import { el, pageData } from "../dom.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";

const { sides, bounds, query } = pageData();
const map = createMap(document.getElementById("map"), { bounds, sides, label: t("信访件分布") });

function address() {
  const url = new URL("/api/v1/petitions.geojson", location.href);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  return url;
}

function popup({ properties }) {
  return el("div", {},
    el("strong", {}, properties.title ?? properties.number),
    el("p", { class: "small" }, [properties.number, properties.state_name, properties.owner_name].filter(Boolean).join(" · ")),
    el("a", { href: `/petitions/${encodeURIComponent(properties.id)}` }, t("打开信访件")));
}

async function show() {
  const found = await get(address());
  map.removeLayer(t("信访件"));
  map.addLayer(t("信访件"), found, {
    pin: ({ properties }) => ({ side: properties.own ? "a" : "b", symbol: "petition", alert: properties.overdue }),
    popup,
    cluster: found.features.length > 60,
  });
}

await map.ready;
await show();
document.addEventListener("live:renewed", show);
