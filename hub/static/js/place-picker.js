/** A place chosen on a map, in a form with the fields lon and lat; the hub says whose ground it is. */
import { get } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { reportProblem } from "./forms.js";
import { currentPosition } from "./geolocate.js";
import { createMap } from "./map.js";

/** A notice: tone ok, warn or danger, and its lines; empty ones are left out. */
export function verdictNotice(tone, ...lines) {
  return el("div", { class: `notice notice--${tone}` }, icon(tone === "ok" ? "success" : "alert"),
    el("div", {}, lines.filter(Boolean).map((line) => el("p", {}, line))));
}

/**
 * Mount the map #map, the button #here and the answer #verdict. `told(answer)` makes a notice of what
 * the hub says of the place; a place that the form holds already is shown. Returns the map.
 */
export function mountPlacePicker(form, { bounds, sides, symbol, label, title, told }) {
  const verdict = document.getElementById("verdict");
  const map = createMap(document.getElementById("map"), { bounds, sides, label, readout: false });
  const { lon: lonField, lat: latField } = form.elements;
  let pin = null;

  async function mark(lon, lat) {
    pin?.remove();
    pin = map.addPin(lon, lat, { side: "a", symbol, title });
    try {
      fill(verdict, told(await get(`/api/v1/locate?lon=${lon}&lat=${lat}`)));
    } catch (error) {
      fill(verdict, verdictNotice("danger", error.message));
    }
  }
  const marked = () => { if (lonField.value && latField.value) mark(Number(lonField.value), Number(latField.value)); };
  const place = ({ lon, lat }) => {
    lonField.value = lon.toFixed(6);
    latField.value = lat.toFixed(6);
    form.dispatchEvent(new Event("input"));
    mark(lon, lat);
  };

  map.onPick(place);
  form.addEventListener("change", ({ target }) => { if (target === lonField || target === latField) marked(); });
  document.getElementById("here")?.addEventListener("click", async () => {
    try {
      const fix = await currentPosition();
      place(fix);
      map.map.setView([fix.lat, fix.lon], 15);
    } catch (error) {
      reportProblem(error);
    }
  });
  marked();
  return map;
}
