/** Pointing and drawing in the room of a meeting: what is drawn goes to all, and comes back to be shown. */
import { operationKey } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";
import { token } from "../mapstyle.js";

const POINT_MS = 60;
const FORMS = {
  line: { pm: "Line", symbol: "line", label: t("画线") },
  area: { pm: "Polygon", symbol: "polygon", label: t("画面") },
  point: { pm: "Marker", symbol: "pin", label: t("标点") },
};

/** Buttons in `host`; returns {show(shapes)}. Places are [lon, lat], WGS 84. */
export function mountShapes({ map }, host, words, { onDraw, onErase, onPointer }) {
  const drawn = L.layerGroup().addTo(map);
  let form = null;
  let pointing = false;
  let last = 0;
  map.pm.setGlobalOptions({ tooltips: false });

  const pointer = el("button", { class: "btn btn--small", type: "button", "aria-pressed": "false", onclick: () => {
    pointing = !pointing;
    pointer.setAttribute("aria-pressed", String(pointing));
    if (!pointing) onPointer(null);
  } }, icon("locate"), t("指点"));
  const draw = (name) => el("button", { class: "btn btn--small", type: "button", onclick: () => {
    map.pm.disableDraw();
    form = form === name ? null : name;
    if (form) map.pm.enableDraw(FORMS[form].pm);
  } }, icon(FORMS[form ?? name].symbol), FORMS[name].label);
  fill(host, pointer, Object.keys(FORMS).map(draw),
    el("button", { class: "btn btn--small", type: "button", onclick: () => onErase(null) }, icon("delete"), t("全部清除")));

  // A press that draws is not for the pins that stand there.
  map.on("pm:globaldrawmodetoggled", ({ enabled }) => map.getContainer().classList.toggle("map--drawing", enabled));
  map.on("mousemove", ({ latlng }) => {
    if (!pointing || Date.now() - last < POINT_MS) return;
    last = Date.now();
    onPointer([latlng.lng, latlng.lat]);
  });
  map.on("pm:create", ({ layer }) => {
    const made = form;
    form = null;
    map.pm.disableDraw();
    layer.remove();
    const corners = made === "point" ? [layer.getLatLng()] : layer.getLatLngs().flat(2);
    onDraw({ key: operationKey().slice(0, 36), form: made, places: corners.map(({ lng, lat }) => [lng, lat]), text: words.value.trim() });
    words.value = "";
  });

  function layerOf({ form: kind, places, text, name, key }) {
    const corners = places.map(([lon, lat]) => [lat, lon]);
    const look = { color: token("--danger"), weight: 3, fillOpacity: 0.1, pmIgnore: true };
    const layer = kind === "point" ? L.circleMarker(corners[0], { ...look, radius: 7 })
      : kind === "line" ? L.polyline(corners, look) : L.polygon(corners, look);
    const label = text || (kind === "point" ? name : "");
    if (label) layer.bindTooltip(el("span", {}, label), { permanent: true, direction: "center" });
    const card = () => el("div", {}, el("p", {}, `${text} ${name}`),
      el("button", { class: "btn btn--small", type: "button", onclick: () => { map.closePopup(); onErase(key); } }, icon("delete"), t("清除")));
    return layer.on("click", (event) => {
      if (map.pm.globalDrawModeEnabled()) return;
      L.DomEvent.stop(event);
      L.popup().setLatLng(event.latlng).setContent(card()).openOn(map);
    });
  }

  return { show: (shapes) => {
    drawn.clearLayers();
    for (const shape of shapes) drawn.addLayer(layerOf(shape));
  } };
}
