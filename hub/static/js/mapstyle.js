/** How things look on a map: colours from the style sheet's tokens, the same for both themes. */
import { icon } from "./dom.js";

/** The value of a CSS custom property. */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** "a" or "b" from a feature's side or party property, or null. */
export function sideOf(feature) {
  const value = feature?.properties?.side ?? feature?.properties?.party;
  const side = typeof value === "string" ? value.toLowerCase() : "";
  return side === "a" || side === "b" ? side : null;
}

const sideColour = (side) => token(side ? `--party-${side}` : "--text-2");

const STYLES = {
  strip: (side) => ({ color: sideColour(side), weight: 1.5, fillColor: sideColour(side), fillOpacity: 0.2 }),
  zone: (side) => ({ color: sideColour(side), weight: 2, fillColor: sideColour(side), fillOpacity: 0.12 }),
  line: () => ({ color: token("--map-line"), weight: 3, opacity: 0.95 }),
  track: (side) => ({ color: sideColour(side), weight: 3.5, opacity: 0.9 }),
  plan: (side) => ({ color: sideColour(side), weight: 3, dashArray: "7 6" }),
  gap: () => ({ color: token("--danger"), weight: 1, dashArray: "3 4", fillColor: token("--danger"), fillOpacity: 0.12 }),
  uncertainty: () => ({ color: token("--warn"), weight: 1.5, dashArray: "4 4", fillColor: token("--warn"), fillOpacity: 0.12 }),
  jurisdiction: (side) => ({
    color: token("--map-edge"), weight: 1,
    fillColor: token(side ? `--map-${side}` : "--map-land"), fillOpacity: 1,
  }),
  outline: (side) => ({ color: sideColour(side), weight: 2, fill: false }),
  plain: (side) => ({ color: sideColour(side), weight: 2, fillOpacity: 0.1 }),
};

/** Leaflet path options of a role: strip zone line track plan gap uncertainty jurisdiction plain. */
export function styleFor(role, side = null) {
  return (STYLES[role] ?? STYLES.plain)(side);
}

/** A Leaflet icon: {side, symbol (icon name), live, alert}. */
export function pinIcon({ side = null, symbol = "pin", live = false, alert = false } = {}) {
  const node = document.createElement("span");
  node.className = ["pin", side && `side--${side}`, live && "pin--live", alert && "pin--alert"].filter(Boolean).join(" ");
  node.append(icon(symbol));
  return L.divIcon({ html: node, className: "", iconSize: [28, 28], iconAnchor: [14, 14], popupAnchor: [0, -14] });
}
