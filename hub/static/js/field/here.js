/**
 * Who is signed in on this phone. Online the hub says it; offline it is the last one who was, until he
 * signs out. Another person sees nothing of his: kits and photos that the hub has are deleted, what the
 * hub has not yet stays, unseen, until its owner signs in again.
 */
import { api, get } from "../api.js";
import { learn, stamp } from "./clock.js";
import { keepLocale } from "./locale.js";
import { PERSON, done, meta, setMeta, write } from "./store.js";

/**
 * The one whose the phone is, {id, name, bureau_id, bureau_name, logs, locale}, or null. It lies where
 * the log lies: a browser that is killed forgets what localStorage was told in the last minute.
 */
export const rememberedUser = () => meta(PERSON);

/** Ask the hub who is signed in; sets what writes must carry. Throws ApiProblem while it is away. */
export async function askHere() {
  const asked = stamp();
  const here = await get("/api/v1/field/here", { signal: AbortSignal.timeout(15_000) });
  await learn(here.hub_ms, asked);
  document.querySelector('meta[name="csrf-token"]').content = here.csrf_token;
  if (here.user && keepLocale(here.locale)) {
    const person = await rememberedUser();
    if (person?.id === here.user.id) await setMeta(PERSON, { ...person, locale: here.locale });
    location.reload();
  }
  return here;
}

/** Make the phone this person's: what the hub has of anybody else's goes. */
export async function takeOver({ user, locale }) {
  await setMeta(PERSON, { ...user, locale });
  await clearOthers(user.id);
}

/** Delete kits and sent records of everybody but `owner` (null: of everybody). */
export async function clearOthers(owner) {
  await write(["kits", "items", "blobs", "meta"], async ({ kits, items, blobs, meta: small }) => {
    if (owner === null) await done(small.delete(PERSON));
    for (const kit of await done(kits.getAll())) {
      if (kit.owner !== owner) await done(kits.delete([kit.owner, kit.patrol_id]));
    }
    for (const item of await done(items.getAll())) {
      if (item.owner === owner || item.state !== "sent") continue;
      await done(blobs.delete(item.key));
      await done(items.delete(item.seq));
    }
  });
}

/** Sign out: at the hub if it can be reached, on the phone in any case. */
export async function signOut() {
  await clearOthers(null);
  const body = new FormData();
  body.append("csrf_token", document.querySelector('meta[name="csrf-token"]').content);
  await api("POST", "/logout", { body }).catch(() => {}); // the hub is away: the session ends there by itself
}
