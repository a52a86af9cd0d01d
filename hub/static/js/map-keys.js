/** A map for the keyboard and for who hears it: what the keys do, shown beside a cross at the centre while it has the focus. */
import { el } from "./dom.js";
import { t } from "./i18n.js";

// Markers can be reached with the keyboard, but Leaflet opens only their popups with Enter (and groups
// answer it themselves).
globalThis.L?.Marker.addInitHook(function answerKeys() {
  this.on("keypress", ({ originalEvent }) => {
    if (originalEvent.key !== "Enter" || this.getPopup() || (L.MarkerCluster && this instanceof L.MarkerCluster)) return;
    this.fire("click", { originalEvent, latlng: this.getLatLng() });
  });
});

const plain = () => t("方向键移动地图，加减键缩放。");
let count = 0;

/** Say what the keys do on a Leaflet map; without words, what they do on every map. */
export function tellKeys(map, words = plain()) {
  const container = map.getContainer();
  let note = container.querySelector(":scope > .map-keys");
  if (!note) {
    count += 1;
    note = el("p", { class: "map-keys", id: `map-keys-${count}` });
    container.append(note);
    container.setAttribute("aria-describedby", note.id);
  }
  note.textContent = words;
}

/** The words for maps on which Enter takes the place at the centre. */
export const pickKeys = () => t("方向键移动地图，加减键缩放，回车选十字处。");

/** Leaflet gives the button of its layers control an English name. */
export function namedLayers(control) {
  const add = control.onAdd;
  control.onAdd = (map) => {
    const box = add.call(control, map);
    for (const [name, value] of Object.entries({ title: t("图层"), "aria-label": t("图层") })) box.querySelector("a").setAttribute(name, value);
    return box;
  };
  return control;
}
