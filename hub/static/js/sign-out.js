/**
 * Signing out on any page of the hub, or somebody else signing in, takes the field app from its last
 * person too: what it kept for him opens for nobody else, with a network or without.
 */
const FIELD = "lianfang-log"; // as field/store.js names it

export function guardField() {
  const { user } = document.body.dataset;
  if (user) forget((person) => person.id !== user).catch(reportError);
  for (const form of document.querySelectorAll('form[action="/logout"]')) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // Signed out at the hub only once the phone's own store has let him go.
      forget(() => true).catch(reportError).finally(() => form.submit());
    });
  }
}

/** Take the field app from its person if `applies(person)`; a browser that never had it makes no store. */
async function forget(applies) {
  const kept = await indexedDB.databases?.();
  if (kept && !kept.some(({ name }) => name === FIELD)) return;
  const { PERSON, done, meta, write } = await import("./field/store.js");
  const person = await meta(PERSON);
  if (person && applies(person)) await write(["meta"], ({ meta: small }) => done(small.delete(PERSON)));
}
