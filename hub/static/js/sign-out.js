/**
 * Signing out on any page of the hub, or somebody else signing in, takes the field app from its last
 * person too: what it kept for him opens for nobody else, with a network or without.
 */
const MARK = "lianfang.field.user";

export function guardField() {
  const { user } = document.body.dataset;
  const marked = localStorage.getItem(MARK);
  if (user && marked && marked !== user) localStorage.removeItem(MARK);
  for (const form of document.querySelectorAll('form[action="/logout"]')) {
    form.addEventListener("submit", () => localStorage.removeItem(MARK));
  }
}
