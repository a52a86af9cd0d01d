/** The page /locate: a map to press, and the panel with the answer. ?lon=&lat= asks at once. */
import { get } from "../api.js";
import { pageData } from "../dom.js";
import { reportProblem } from "../forms.js";
import { createMap } from "../map.js";
import { mountLocate } from "./locate.js";

const { bounds, sides, layers = [] } = pageData();
const map = createMap(document.getElementById("map"), { bounds, sides });
const panel = mountLocate(map, document.getElementById("locate-panel"));

for (const { name, label, role, url } of layers) {
  get(url).then((data) => map.addLayer(name, data, {
    label, role, sideOf: (feature) => sides[feature.properties.adcode] ?? null,
    roleOf: (feature) => (/LineString/.test(feature.geometry.type) ? "line" : role),
  }), reportProblem);
}

const asked = new URLSearchParams(location.search);
if (asked.has("lon") && asked.has("lat")) {
  const accuracy = asked.has("accuracy_m") ? Number(asked.get("accuracy_m")) : null;
  panel.ask(Number(asked.get("lon")), Number(asked.get("lat")), { accuracy, show: true });
}
