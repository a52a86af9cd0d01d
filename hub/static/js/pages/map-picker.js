/** Choosing the zone builder's two districts by pressing on the map. */
import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";
import { openPanel } from "../menus.js";
import { covers } from "./map-ruler.js";

/** Listen (or stop) for two presses, first one side, then the other; then onChosen(builder). */
export function setPicking(builder, on, onChosen = () => {}) {
  builder.stopPick?.();
  builder.stopPick = null;
  builder.pick?.setAttribute("aria-pressed", String(on));
  if (!on) return;
  openPanel(false);
  fill(builder.facts, el("p", { class: "notice", role: "status" }, icon("pin"), el("span", {}, t("请在图上依次点两个相邻的行政区。"))));
  let first = null;
  builder.stopPick = builder.map.onPick(async ({ lon, lat }) => {
    const adcode = await districtAt(builder.map, [lon, lat]);
    if (!adcode || adcode === first || !builder.stopPick) return;
    builder.field(first ? "adcode_b" : "adcode_a").value = adcode;
    if (!first) {
      first = adcode;
      builder.field("adcode_b").value = "";
      return;
    }
    openPanel(true);
    await onChosen(builder);
  });
}

async function districtAt(map, place) {
  const layer = await map.ready;
  const found = layer?.getLayers().find(({ feature }) => /Polygon/.test(feature.geometry.type) && covers(feature.geometry, place));
  return found?.feature.properties.adcode ?? null;
}
