/** The map page: layers, the zone builder, "whose side is this?" and who is out there now. */
import { pageData } from "../dom.js";
import { reportProblem } from "../forms.js";
import { keepInAddress } from "../map-address.js";
import { createMap } from "../map.js";
import { mountBuilder } from "./map-builder.js";
import { mountLayers } from "./map-layers.js";
import { mountPrint } from "./map-print.js";

const data = pageData();
const map = createMap(document.getElementById("map"), {
  bounds: data.bounds, sides: data.sides, layersControl: false,
});
keepInAddress(map, data.near);
mountLayers(map, document.getElementById("map-layers"), data);
mountPrint(map, document.getElementById("map-print"), data);
const builder = mountBuilder(map, document.getElementById("zone-form"), data);
whileShown(document.getElementById("panel-build"), builder.show, builder.hide);

if (data.modules.includes("locate")) {
  import("./locate.js").then(({ mountLocate }) => {
    let mounted = null;
    const host = document.getElementById("locate-panel");
    whileShown(document.getElementById("panel-locate"),
      () => { mounted ??= mountLocate(map, host); },
      () => { mounted?.stop(); mounted = null; });
  }, reportProblem);
}
if (data.modules.includes("live_units")) {
  import("./live_units.js").then(({ mountLiveUnits }) => mountLiveUnits(map, { list: document.getElementById("map-units") }), reportProblem);
}

/** Call show and hide as a tab's panel comes and goes, so that only one of them hears the map. */
function whileShown(panel, show, hide) {
  const tell = () => (panel.hidden ? hide() : show());
  new MutationObserver(tell).observe(panel, { attributes: true, attributeFilter: ["hidden"] });
  tell();
}
