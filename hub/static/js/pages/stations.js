/** The list of stations: all of them on a map, renewed as the list is. */
import { get } from "../api.js";
import { el, pageData, party } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";

const { bounds, sides } = pageData();
const map = createMap(document.getElementById("stations-map"), { bounds, sides, label: t("联勤站地图") });

function popup({ id, properties }) {
  const { name, duty, phone, bureau_name: bureau, adcode } = properties;
  return el("div", {}, el("p", {}, el("a", { href: `/stations/${id}` }, name)), party(bureau, sides[adcode]),
    duty && el("p", {}, duty), phone && el("p", {}, el("a", { href: `tel:${phone}` }, phone)));
}

async function draw() {
  map.addLayer("stations", await get("/api/v1/stations.geojson"), {
    sideOf: (feature) => sides[feature.properties.adcode] ?? null,
    pin: (feature) => ({ side: sides[feature.properties.adcode] ?? null, symbol: "station" }),
    popup,
  });
}

draw().catch(reportProblem);
onChange("station", () => draw().catch(reportProblem));
