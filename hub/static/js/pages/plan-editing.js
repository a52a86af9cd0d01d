/** Who edits which unit of a draft right now: told while one is at it, shown beside it. */
import { el, named } from "../dom.js";
import { onPresence } from "../feed.js";
import { t } from "../i18n.js";
import { lookAt } from "../presence.js";

// A hand that rests on the map for so long is no longer at it.
const REST_MS = 15_000;

/** `fields` {unit: [names of fields]}; `map` and `points` are the elements of the route and the waypoints. */
export function watchEditing({ form, id, fields, map, points }) {
  const units = new Map(Object.entries(fields).flatMap(([unit, names]) => names.map((name) => [name, unit])));
  let timer = 0;
  const at = (unit) => {
    clearTimeout(timer);
    lookAt(unit);
    if (unit) timer = setTimeout(() => lookAt(""), REST_MS);
  };
  const unitOf = (node) => {
    if (map.parentElement.contains(node)) return "route";
    const point = node.closest("#plan-waypoints [data-key]");
    if (point) return `waypoint:${point.dataset.key}`;
    return units.get(node.closest("[data-field]")?.dataset.field) ?? "";
  };
  for (const kind of ["focusin", "input"]) form.addEventListener(kind, (event) => at(unitOf(event.target)));
  // A corner is drawn anew when it was moved, and loses the focus: of the map the time that passes tells.
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget) && unitOf(event.target) !== "route") at(""); });
  for (const kind of ["pointerdown", "keydown"]) map.addEventListener(kind, () => at("route"));
  onPresence((told) => { if (told.kind === "plan_draft" && told.id === id) show(told.people); });

  function show(people) {
    for (const old of document.querySelectorAll(".onlooker--editing")) old.remove();
    for (const person of people) if (person.part) place(person)?.append(mark(person));
  }

  /** Where a unit stands on the form. */
  function place({ part }) {
    if (part === "route") return map.closest(".panel").querySelector(".panel__head");
    if (part.startsWith("waypoint:")) return points.querySelector(`[data-key="${CSS.escape(part.slice("waypoint:".length))}"]`);
    return form.querySelector(`[data-field="${CSS.escape(fields[part]?.[0] ?? "")}"] .field__label`);
  }
}

function mark({ own, name, bureau_name: bureau }) {
  return el("span", { class: `onlooker onlooker--${own ? "a" : "b"} onlooker--editing`, role: "status" }, t("{who}正在修改", { who: name ?? named(bureau) }));
}
