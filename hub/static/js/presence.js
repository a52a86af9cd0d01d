/**
 * Who else has this page's record open. The page says what it shows (<body data-look="case:ID">)
 * whenever the line comes up, and takes it back while nobody looks at the tab.
 */
import { ask, onLine, onPresence } from "./feed.js";
import { el, fill, named } from "./dom.js";
import { t } from "./i18n.js";

const REPEAT_MS = 2_000;
let part = "";
let again = () => {};

/** Tell that this record is open, and show who else has it open. */
export function watchOnlookers() {
  const [kind, id] = (document.body.dataset.look ?? "").split(":");
  const strip = document.getElementById("onlookers");
  if (!id || !strip) return;
  const look = async () => {
    if (document.body.dataset.line !== "live") return;
    const answer = await ask("look", document.hidden ? null : { kind, id, part });
    if (answer === null) setTimeout(look, REPEAT_MS); // the line is just coming up
  };
  onLine((line) => { if (line === "live") look(); else show(strip, []); });
  document.addEventListener("visibilitychange", look);
  onPresence((told) => { if (told.kind === kind && told.id === id) show(strip, told.people); });
  again = look;
  look();
}

/** Tell which part of the record is being edited; "": none. */
export function lookAt(name) {
  if (name === part) return;
  part = name;
  again();
}

/** On the form of a plan people write together. */
const words = () => (document.body.dataset.look.startsWith("plan_draft:") ? t("正在一起修改：") : t("也在查看："));

function show(strip, people) {
  strip.hidden = people.length === 0;
  fill(strip, people.length ? words() : "", people.map((person) =>
    el("span", { class: `onlooker onlooker--${person.own ? "a" : "b"}`, title: person.bureau_name }, person.name ?? named(person.bureau_name))));
}
