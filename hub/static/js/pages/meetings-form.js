/** The form of a meeting: parties follow the agreement, moments are the bureaus' own clock. */
import { el, fill, named, pageData } from "../dom.js";
import { formatTime } from "../times.js";

const { agreements, host, chair } = pageData();
const form = document.getElementById("meeting-form");
const HOUR_MS = 3_600_000;

function showParties() {
  const chosen = form.elements.agreement_id?.value;
  const agreement = agreements.find((one) => one.id === chosen) ?? agreements[0];
  for (const [name, value] of [["host_bureau_id", host], ["chair_bureau_id", chair]]) {
    fill(form.elements[name], (agreement?.parties ?? []).map((party) =>
      el("option", { value: party.id, selected: party.id === value }, named(party.name))));
  }
}

/** A moment as datetime-local takes it, in Asia/Shanghai. */
const local = (moment) => formatTime(moment).replace(" ", "T");

if (form) {
  for (const input of form.querySelectorAll("[data-moment]")) {
    if (input.dataset.moment) input.value = local(input.dataset.moment);
  }
  form.elements.agreement_id?.addEventListener("change", showParties);
  form.elements.starts_at.addEventListener("change", () => {
    const { starts_at: from, ends_at: to } = form.elements;
    if (from.value && (!to.value || to.value <= from.value)) {
      to.value = local(new Date(Date.parse(`${from.value}:00+08:00`) + 2 * HOUR_MS));
    }
  });
  showParties();
}
