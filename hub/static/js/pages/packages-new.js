/** A new package: the zones of the chosen agreement, and what the partner gets. */
import { post } from "../api.js";
import { badge, el, fill, pageData } from "../dom.js";
import { clearErrors, formValue, showProblem } from "../forms.js";
import { t } from "../i18n.js";

const { choices, kinds, names } = pageData();
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

async function preview() {
  clearErrors(form);
  try {
    const found = await post("/api/v1/packages/preview", formValue(form));
    fill(gets, el("p", {}, t("共%(n)s条").replace("%(n)s", found.items.length)),
      el("ul", { class: "list" }, found.items.slice(0, 200).map((item) => el("li", {},
        el("b", {}, `${kinds[item.kind]} `), item.title, " ",
        item.withdrawn ? badge(t("通知对方清除"), "danger") : el("span", { class: "small muted" }, Object.keys(item.view).filter((name) => names[name]).map((name) => names[name]).join(" · "))))));
  } catch (error) {
    showProblem(form, error);
  }
}

if (way) {
  choose();
  way.addEventListener("change", choose);
  document.getElementById("preview").addEventListener("click", preview);
}
