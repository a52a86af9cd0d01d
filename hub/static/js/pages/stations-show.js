/** One station on the map. */
import { pageData } from "../dom.js";
import { createMap } from "../map.js";

const { start, station } = pageData();
const { lon, lat, name } = station;
const map = createMap(document.getElementById("station-map"), {
  bounds: [lon - 0.05, lat - 0.04, lon + 0.05, lat + 0.04], sides: start.sides, layersControl: false,
});

// One choice names the partner and the agreement.
document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-pair]")) return;
  const [bureau, agreement] = target.value.split("/");
  target.form.elements.namedItem("bureau_id").value = bureau;
  target.form.elements.namedItem("agreement_id").value = agreement;
});

map.addPin(lon, lat, { side: start.sides[station.adcode] ?? null, symbol: "station", title: name });
