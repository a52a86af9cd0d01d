/**
 * Stand-alone briefing maps made by folium. Their features carry ids only; the words come as JSON and
 * are shown as text. The page names the JSON in <meta name="briefing-texts" content="/api/…">, or
 * carries it in #page-data. Shape: {"texts": {"<id>": {"title": "…", "rows": [["key", "value"], …],
 * "url": "/cases/…"}}}.
 */
import { get } from "./api.js";
import { el, kv, pageData } from "./dom.js";
import { t } from "./i18n.js";

const source = document.querySelector('meta[name="briefing-texts"]')?.content;
const { texts = {} } = source ? await get(source) : pageData();

function content(id) {
  const text = texts[id];
  if (!text) return el("p", { class: "muted" }, t("没有可显示的说明。"));
  const own = typeof text.url === "string" && /^\/(?!\/)/.test(text.url);
  return el("div", {}, el("h3", {}, text.title ?? ""), kv(text.rows ?? []),
    own && el("p", {}, el("a", { href: text.url }, t("打开记录"))));
}

function connect(layer) {
  const id = layer.feature?.properties?.id ?? layer.feature?.id ?? layer.options?.recordId;
  if (id === undefined || !layer.bindPopup) return;
  layer.bindPopup(() => content(id));
  layer.bindTooltip(() => el("span", {}, texts[id]?.title ?? ""));
}

/** Connect all layers of a map, now and later. */
export function connectMap(map) {
  map.eachLayer(connect);
  map.on("layeradd", ({ layer }) => connect(layer));
}

// folium keeps its map in a global variable of the page.
for (const value of Object.values(window)) if (value instanceof L.Map) connectMap(value);
