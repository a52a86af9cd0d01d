/**
 * What was typed into a plan and the hub does not have yet, kept in this browser: it outlives a closed tab, a killed
 * browser and an empty battery, and comes back when the form is opened again, whatever was changed elsewhere meanwhile.
 */
import { createKeep } from "./agreements-draft.js";

const WAIT_MS = 300;
const CHOICES = ["officers", "craft"];

/**
 * Options: id of the plan or null for a new one; form; units (plan-units.js); base() -> the draft that the form was last
 * the same as, or null; unsent() -> whether the form has what the hub has not. Returns {restore(), touch(), drop()}.
 */
export function keepPlan({ id, form, units, base, unsent }) {
  const keep = createKeep(`lianfang.plan.${document.body.dataset.user}.${id ?? "new"}`);
  const first = choices(form);
  const notice = document.getElementById("plan-kept");
  let timer = 0;
  let over = false;
  const save = () => {
    if (over) return;
    if (unsent() || choices(form) !== first) keep.save({ base: base(), now: units.read(), zone_id: zone(form)?.value, choices: choices(form) }, base()?.version ?? 0);
    else {
      keep.drop();
      notice.hidden = true;
    }
  };
  const drop = () => {
    over = true;
    clearTimeout(timer);
    keep.drop();
  };
  document.getElementById("plan-drop-kept").addEventListener("click", () => {
    drop();
    location.reload();
  });
  // The last that can be done when the page goes: what was typed since the form last rested.
  addEventListener("pagehide", save);
  return {
    /** Put what was kept on the form; returns the draft that it was typed on, or null when nothing was kept. */
    restore(draft) {
      const kept = keep.load()?.value;
      if (!kept) return null;
      if (kept.zone_id && zone(form)) zone(form).value = kept.zone_id;
      choose(form, kept.choices);
      const gone = Object.keys(draft?.units ?? {}).filter((unit) => unit.startsWith("waypoint:") && !(unit in kept.now));
      units.write({ ...Object.fromEntries(gone.map((unit) => [unit, null])), ...present(kept.now) });
      notice.hidden = false;
      return kept.base ?? { units: {} };
    },
    touch() {
      clearTimeout(timer);
      timer = setTimeout(save, WAIT_MS);
    },
    drop,
  };
}

const zone = (form) => form.elements.namedItem("zone_id");
/** Units that are something: a route not drawn yet, times not given yet are left as they are. */
const present = (now) => Object.fromEntries(Object.entries(now).filter(([, value]) => value !== null && value !== undefined));
const boxes = (form) => CHOICES.flatMap((name) => [...form.querySelectorAll(`input[name="${name}"]`)]);
const choices = (form) => JSON.stringify(boxes(form).filter((box) => box.checked).map((box) => box.value));

function choose(form, kept) {
  const chosen = new Set(JSON.parse(kept ?? "[]"));
  for (const box of boxes(form)) box.checked = chosen.has(box.value);
}
