/** The list of stations on a map, narrowed and renewed as the list is. */
import { get } from "../api.js";
import { el, pageData, party } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { locale, t } from "../i18n.js";
import { createMap } from "../map.js";

const { bounds, sides } = pageData();
// What the page is narrowed to; its map has all pages of the list.
const asked = new URLSearchParams([...new URLSearchParams(location.search)]
  .filter(([name, value]) => value && ["q", "bureau_id", "active"].includes(name)));
const map = createMap(document.getElementById("stations-map"), { bounds, sides, label: t("联勤站地图") });

function popup({ id, properties }) {
  const { name, name_en: english, duty, phone, bureau_name: bureau, adcode } = properties;
  const called = locale.startsWith("en") ? english || name : name;
  return el("div", {}, el("p", {}, el("a", { href: `/stations/${id}` }, called)), party(bureau, sides[adcode]),
    duty && el("p", {}, duty), phone && el("p", {}, el("a", { href: `tel:${phone}` }, phone)));
}

async function draw() {
  map.addLayer("stations", await get(`/api/v1/stations.geojson?${asked}`), {
    sideOf: (feature) => sides[feature.properties.adcode] ?? null,
    pin: (feature) => ({ side: sides[feature.properties.adcode] ?? null, symbol: "station" }),
    popup,
  });
}

draw().catch(reportProblem);
onChange("station", () => draw().catch(reportProblem));
