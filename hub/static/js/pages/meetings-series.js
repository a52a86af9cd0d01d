/** The form of a series: the rule (RFC 5545) is made of what was chosen, the rotation can be turned. */
import { el, fill, icon, named, pageData } from "../dom.js";
import { connectForm } from "../forms.js";
import { t } from "../i18n.js";

const { agreements } = pageData();
const form = document.getElementById("series-form");
const DAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
let order = [];

/** E.g. FREQ=MONTHLY;INTERVAL=3;BYDAY=2WE for the second Wednesday of every third month. */
function rule() {
  const [freq, interval] = form.elements.every.value.split(":");
  const parts = [`FREQ=${freq}`];
  if (interval !== "1") parts.push(`INTERVAL=${interval}`);
  const first = form.elements.starts_at.value;
  if (form.elements.on.value === "weekday" && freq !== "WEEKLY" && first) {
    const [year, month, day] = first.slice(0, 10).split("-").map(Number);
    const weekday = DAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
    if (freq === "YEARLY") parts.push(`BYMONTH=${month}`);
    // A fifth week is not in every month: the last one then.
    parts.push(`BYDAY=${day > 28 ? -1 : Math.ceil(day / 7)}${weekday}`);
  }
  return parts.join(";");
}

const show = () => { document.getElementById("series-rule").textContent = rule(); };

function showRotation() {
  const rows = order.map((party, n) => el("li", { class: "actions" },
    el("span", { class: "rotation__name" }, `${n + 1}. ${named(party.name)}`),
    el("input", { class: "input", "data-place": party.id, value: party.place ?? "", maxlength: 300, placeholder: t("会场"), "aria-label": t("{name}的会场", { name: named(party.name) }),
      oninput: (event) => { party.place = event.target.value; } }),
    el("button", { class: "btn btn--small btn--icon", type: "button", disabled: n === 0, "aria-label": t("上移"),
      onclick: () => { order.splice(n - 1, 2, order[n], order[n - 1]); showRotation(); } }, icon("up"))));
  fill(document.getElementById("series-rotation"), rows);
}

function follow() {
  const agreement = agreements.find((one) => one.id === form.elements.agreement_id.value);
  order = (agreement?.parties ?? []).map((party) => ({ ...party }));
  showRotation();
}

if (form) {
  form.elements.agreement_id.addEventListener("change", follow);
  form.addEventListener("input", show);
  connectForm(form, {
    body: ({ every, on, ...value }) => ({
      ...value, rule: rule(), rotation: order.map((party) => party.id),
      places: Object.fromEntries(order.filter((party) => party.place).map((party) => [party.id, party.place])),
    }),
  });
  follow();
  show();
}
