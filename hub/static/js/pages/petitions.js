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

for (const control of document.querySelectorAll(".case-filters [data-submit]")) {
  control.addEventListener("change", () => control.form.requestSubmit());
}
// An address names only what narrows.
document.querySelector(".case-filters").addEventListener("submit", (event) => {
  for (const control of event.target.elements) control.disabled ||= Boolean(control.name) && control.value === "";
});
addEventListener("pageshow", () => {
  for (const control of document.querySelectorAll(".case-filters [disabled]")) control.disabled = false;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

await map.ready;
await show();
document.addEventListener("live:renewed", show);
