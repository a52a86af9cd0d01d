/** The place of a station: pressed on the map, dragged, or typed. */
import { pageData } from "../dom.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";

const { start } = pageData();
const map = createMap(document.getElementById("station-map"), { bounds: start.bounds, sides: start.sides });
const form = document.getElementById("station-form");
const lonInput = form.elements.namedItem("lon");
const latInput = form.elements.namedItem("lat");
let pin = null;

function typed() {
  const [lon, lat] = [lonInput, latInput].map((input) => (input.value === "" ? NaN : Number(input.value)));
  return Number.isFinite(lon) && Number.isFinite(lat) ? { lon, lat } : null;
}

function showPin() {
  const place = typed();
  pin?.remove();
  pin = null;
  if (!place) return;
  pin = map.addPin(place.lon, place.lat, { side: "a", symbol: "station", title: t("站点位置"), draggable: true });
  pin.on("dragend", () => {
    const { lng, lat } = pin.getLatLng();
    put(lng, lat);
  });
}

function put(lon, lat) {
  lonInput.value = lon.toFixed(6);
  latInput.value = lat.toFixed(6);
  lonInput.dispatchEvent(new Event("input", { bubbles: true }));
  showPin();
}

map.onPick(({ lon, lat }) => put(lon, lat));
for (const input of [lonInput, latInput]) input.addEventListener("change", showPin);
showPin();
