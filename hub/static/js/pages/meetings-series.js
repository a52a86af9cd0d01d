/** The form of a series: the rule (RFC 5545) is made of what was chosen, the rotation can be turned. */
import { el, fill, icon, named, pageData } from "../dom.js";
import { connectForm } from "../forms.js";
import { t } from "../i18n.js";
import { ruleOf } from "../schedule/rule.js";

const { agreements } = pageData();
const form = document.getElementById("series-form");
let order = [];

const rule = () => ruleOf(form.elements.every.value, form.elements.on.value, form.elements.starts_at.value);
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
