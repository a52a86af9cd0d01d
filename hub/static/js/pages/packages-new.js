/** A new package: the zones of the chosen agreement, and what the partner gets. */
import { post } from "../api.js";
import { badge, el, fill, pageData } from "../dom.js";
import { clearErrors, formValue, showProblem } from "../forms.js";
import { t } from "../i18n.js";
import { formatTime } from "../times.js";

const { choices, kinds } = pageData();
const form = document.getElementById("choice");
const way = document.getElementById("f-way");
const gets = document.getElementById("gets");

function choose() {
  const one = choices[Number(way.value)];
  form.elements.agreement_id.value = one.agreement_id;
  form.elements.partner_id.value = one.partner_id;
  fill(form.elements.zone_id, el("option", { value: "" }, t("不限")),
    one.zones.map(([id, name]) => el("option", { value: id }, name)));
}

/** The fields of one record with their values, as the partner reads them. */
function fields(said) {
  return el("dl", { class: "kv" }, said.flatMap((one) => [el("dt", {}, one.label), el("dd", {},
    one.lines ? el("ul", { class: "list list--tight" }, one.lines.map((line) => el("li", {}, line)))
      : one.moment ? formatTime(one.moment) : one.value)]));
}

function row(item) {
  const named = [el("b", {}, `${kinds[item.kind]} `), item.title];
  return el("li", {}, item.withdrawn
    ? el("p", {}, ...named, " ", badge(t("通知对方清除"), "danger"))
    : el("details", {}, el("summary", {}, ...named), fields(item.fields)));
}

async function preview() {
  clearErrors(form);
  try {
    const found = await post("/api/v1/packages/preview", formValue(form));
    fill(gets, el("p", {}, t("共%(n)s条").replace("%(n)s", found.items.length)),
      el("ul", { class: "list list--tight" }, found.items.slice(0, 200).map(row)));
  } catch (error) {
    showProblem(form, error);
  }
}

if (way) {
  choose();
  way.addEventListener("change", choose);
  document.getElementById("preview").addEventListener("click", preview);
}
