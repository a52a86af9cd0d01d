/** The map of one patrol: its zone and legs, redrawn when the other side changes the plan. */
import { pageData } from "../dom.js";
import { onChange } from "../feed.js";
import { createMap } from "../map.js";
import { drawLegs, drawZone } from "./patrols-map.js";

const data = pageData();
const map = createMap(document.getElementById("patrol-map"), { sides: data.sides });
drawZone(map, data.zone);
map.fit(drawLegs(map, data.legs, data.uncertain).getBounds().pad(0.3));

onChange("patrol", ({ id, view }) => {
  if (id !== data.id || !view) return;
  const same = JSON.stringify(view.route) === JSON.stringify(data.route);
  drawLegs(map, view.legs, same ? data.uncertain : null);
});
