/** What the phone holds ready for a patrol: plan, map, rules; with how old it is and how much room it takes. */
import { get } from "../api.js";
import { allOf, done, read, write } from "./store.js";

/** Fetch a patrol's kit and keep it. Throws ApiProblem. */
export async function prepare(owner, patrolId) {
  const kit = await get(`/api/v1/patrols/${patrolId}/field-kit`);
  const row = { owner, patrol_id: patrolId, kit, at: Date.now(), bytes: JSON.stringify(kit).length };
  await write(["kits"], ({ kits }) => done(kits.put(row)));
  // Asked once it is of use; the browser decides.
  await navigator.storage?.persist?.();
  return row;
}

/** The kept kit of a patrol, or null. */
export async function keptKit(owner, patrolId) {
  return (await read("kits", (store) => store.get([owner, patrolId]))) ?? null;
}

/** All kept kits of a person. */
export const keptKits = (owner) => allOf("kits", owner);

/** Let kits go that are no longer of use: of patrols that are not among `patrolIds`. */
export async function dropKits(owner, patrolIds) {
  const rows = (await keptKits(owner)).filter((row) => !patrolIds.includes(row.patrol_id));
  await write(["kits"], async ({ kits }) => {
    for (const row of rows) await done(kits.delete([owner, row.patrol_id]));
  });
}

/** Bytes in use and still free in this browser, and whether it promised to keep them; null: unknown. */
export async function room() {
  const [{ usage = null, quota = null } = {}, persisted = false] = await Promise.all([
    navigator.storage?.estimate?.() ?? {}, navigator.storage?.persisted?.() ?? false,
  ]);
  return { used: usage, free: quota === null ? null : quota - usage, persisted };
}
