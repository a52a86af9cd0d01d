/** Filters over a list: what has data-submit narrows at once; an address names only what narrows. */

const FORMS = "form.filters[method=get], form.case-filters";

/** Wire the filters of a page. */
export function enhanceFilters() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(FORMS)) return;
    for (const control of event.target.elements) control.disabled ||= Boolean(control.name) && control.value === "";
  });
  // Coming back to the page, everything can be chosen again.
  addEventListener("pageshow", () => {
    for (const control of document.querySelectorAll(`:is(${FORMS}) [disabled]`)) control.disabled = false;
  });
}
