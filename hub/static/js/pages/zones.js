/** One zone on its map: the version on the table, or the version that the reader picks. */
import { get } from "../api.js";
import { kv, pageData } from "../dom.js";
import { onChange } from "../feed.js";
import { reportProblem } from "../forms.js";
import { t } from "../i18n.js";
import { createMap } from "../map.js";

const { id, sides } = pageData();
const map = createMap(document.getElementById("zone-map"), { sides, label: t("区域地图"), layersControl: false });

/** Strips and line of a version as a FeatureCollection; properties carry the side. */
function featuresOf(version) {
  const strips = version.strips.map((strip) => ({
    type: "Feature", geometry: strip.geometry,
    properties: { side: sides[strip.adcode], name: strip.bureau_name, area_m2: strip.area_m2 },
  }));
  return { type: "FeatureCollection", features: strips };
}

function popup({ properties }) {
  return kv([[t("一侧"), properties.name], [t("面积"), t("{km2} 平方公里", { km2: (properties.area_m2 / 1e6).toFixed(3) })]]);
}

async function show(number = null) {
  const { items } = await get(`/api/v1/zones/${id}/versions`);
  const version = items.find((item) => item.number === number) ?? items.at(-1);
  const strips = map.addLayer("strips", featuresOf(version), { role: "strip", popup });
  map.addLayer("line", { type: "Feature", properties: {}, geometry: version.line }, { role: "line" });
  map.fit(strips);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-version]");
  if (button) show(Number(button.dataset.showVersion)).catch(reportProblem);
});
onChange("zone", (change) => {
  if (change.id === id) show().catch(reportProblem);
});
show().catch(reportProblem);
