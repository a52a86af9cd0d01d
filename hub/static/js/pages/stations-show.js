/** One station on the map. */
import { pageData } from "../dom.js";
import { createMap } from "../map.js";

const { start, station } = pageData();
const { lon, lat, name } = station;
const map = createMap(document.getElementById("station-map"), {
  bounds: [lon - 0.05, lat - 0.04, lon + 0.05, lat + 0.04], sides: start.sides, layersControl: false,
});
map.addPin(lon, lat, { side: start.sides[station.adcode] ?? null, symbol: "station", title: name });
