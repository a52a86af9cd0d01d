/** The overview's map: jurisdictions, and the layers that the server names. */
import { get } from "../api.js";
import { pageData } from "../dom.js";
import { reportProblem } from "../forms.js";
import { createMap } from "../map.js";

const { sides, bounds, layers } = pageData();
const map = createMap(document.getElementById("home-map"), { bounds, sides, readout: false });

for (const { name, label, role, url, side } of layers) {
  get(url).then((data) => map.addLayer(name, data, {
    label, side, sideOf: (feature) => sides[feature.properties.adcode] ?? side ?? null,
    roleOf: (feature) => (/LineString/.test(feature.geometry.type) ? "line" : role),
  }), reportProblem);
}
