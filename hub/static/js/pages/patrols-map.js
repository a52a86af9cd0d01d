/** What the maps of patrols share: the zone, the route's legs, what is too close to call. */
import { kv, named } from "../dom.js";
import { t } from "../i18n.js";

/** "1.25 km" or "340 m". */
export function metres(value) {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} km` : `${Math.round(value)} m`;
}

const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });
const collection = (features) => ({ type: "FeatureCollection", features });

/** Draw both strips of a zone and the line between them. */
export function drawZone(map, zone) {
  map.addLayer("zone", zone.strips, { role: "strip", label: t("区域") });
  map.addLayer("line", feature(zone.line), { role: "line", label: t("分界线") });
}

/** Draw the legs of a route, each in the colour of its host. */
export function drawLegs(map, legs, uncertain) {
  if (uncertain?.coordinates.length > 0) {
    map.addLayer("uncertain", feature(uncertain), { role: "uncertainty", label: t("距界线过近") });
  } else {
    map.removeLayer("uncertain");
  }
  const features = legs.map((leg) => feature(leg.geometry, { side: leg.side, leg }));
  return map.addLayer("legs", collection(features), { role: "plan", label: t("路线"), popup: legPopup });
}

function legPopup({ properties: { leg } }) {
  return kv([
    [t("第{n}段", { n: leg.number }), `${leg.name} · ${metres(leg.length_m)}`],
    [t("主办"), named(leg.host_bureau_name)],
    [t("协助"), leg.assisting.join(t("、")) || "—"],
  ]);
}

/** Draw the parts of a route that lie outside the zone, or take them away. */
export function drawOutside(map, clashes) {
  const outside = clashes.find((clash) => clash.geometry);
  if (outside) map.addLayer("outside", feature(outside.geometry), { role: "gap", label: t("区域之外") });
  else map.removeLayer("outside");
}
