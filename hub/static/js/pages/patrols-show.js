/** The map of one patrol: its zone and legs, redrawn when the other side changes the plan. */
import { pageData } from "../dom.js";
import { onChange } from "../feed.js";
import { createMap } from "../map.js";
import { mountLiveUnits } from "./live_units.js";
import { drawLegs, drawZone } from "./patrols-map.js";
import { showWaypoints } from "./patrols-waypoints.js";

const data = pageData();
const map = createMap(document.getElementById("patrol-map"), { sides: data.sides });
drawZone(map, data.zone);
map.fit(drawLegs(map, data.legs, data.uncertain).getBounds().pad(0.3));
showWaypoints(map, data);

// Who is on the way is seen here while it goes on; before and after, nobody is.
mountLiveUnits(map, { patrolId: data.id, list: document.getElementById("patrol-units") });

/** Leaves to choose who may take the place of the one chosen to go no more, and is free. */
function narrowStandIns() {
  const form = document.querySelector("#substitute form");
  if (!form) return;
  const { out_id: gone, in_id: comes } = form.elements;
  const listed = [...comes.options].filter((option) => option.dataset.places !== undefined);
  for (const option of listed) {
    option.hidden = !option.dataset.places.split(" ").includes(gone.value);
    option.disabled = option.hidden || option.dataset.busy !== undefined;
  }
  const free = listed.filter((option) => !option.disabled);
  if (comes.selectedOptions[0]?.disabled) comes.value = "";
  if (free.length === 1) comes.value = free[0].value;
  form.querySelector("[data-nobody]").hidden = free.length > 0;
}
narrowStandIns();
document.addEventListener("live:renewed", narrowStandIns);
document.addEventListener("change", ({ target }) => { if (target.matches("#substitute [name=out_id]")) narrowStandIns(); });

// Whoever starts or ends it himself is led on by the form.
let acting = false;
document.addEventListener("submit", () => { acting = true; }, true);
const results = document.getElementById("patrol-results");

/** The results appear when a patrol starts and change when it ends; nothing that is typed is lost. */
function renew(state) {
  const stale = state === "in_progress" ? !results : state === "completed" && results?.dataset.state !== state;
  if (stale && !acting && !document.querySelector("dialog[open]")) window.location.reload();
}

onChange("patrol", ({ id, view }) => {
  if (id !== data.id || !view) return;
  renew(view.state);
  const same = JSON.stringify(view.route) === JSON.stringify(data.route);
  drawLegs(map, view.legs, same ? data.uncertain : null);
});
