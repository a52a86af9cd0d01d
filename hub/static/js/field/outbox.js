/**
 * What was recorded and has to reach the hub: on the phone first, numbered in the order in which it
 * was done, each with the key under which the hub takes it once. States: waiting, sending, sent,
 * refused (with the reason). Nothing is deleted before the hub's answer.
 */
import { operationKey } from "../api.js";
import { t } from "../i18n.js";
import { stamp } from "./clock.js";
import { allOf, done, read, write } from "./store.js";

const BATCH = 200;
const KEEP_SENT_MS = 7 * 86_400_000;

/** The phone is full: nothing was kept, what was typed is still in its form. */
export class StorageFull extends Error {
  constructor() {
    super(t("手机存储已满，这条没有保存。请删除手机上的其他照片或文件，再按一次保存；已保存的记录不受影响。"));
    this.name = "StorageFull";
  }
}

const isFull = (problem) => problem?.name === "QuotaExceededError" || problem?.inner?.name === "QuotaExceededError";

/** Write; if the phone is full, sent photos are let go, the oldest first, until there is room. */
export async function keep(names, work) {
  for (;;) {
    try {
      return await write(names, work);
    } catch (problem) {
      if (!isFull(problem)) throw problem;
      if (!(await freeOldestSent())) throw new StorageFull();
    }
  }
}

/** Let the oldest photo go that the hub has; whether there was one. */
export async function freeOldestSent() {
  const sent = (await read("blobs", (store) => store.getAll())).filter((row) => row.sent_at).sort((a, b) => a.sent_at - b.sent_at);
  if (sent.length === 0) return false;
  await write(["blobs"], ({ blobs }) => done(blobs.delete(sent[0].key)));
  return true;
}

/** The outbox of one person. `onChange()` is called after each change. */
export class Outbox {
  constructor(owner, onChange = () => {}) {
    this.owner = owner;
    this.onChange = onChange;
  }

  /** All items, in order. */
  items() {
    return allOf("items", this.owner);
  }

  /** Places not yet put into an item. */
  fixes() {
    return allOf("fixes", this.owner);
  }

  /** Keep one place {lon, lat, accuracy_m} of a patrol; it travels in the next batch. */
  async addFix(patrolId, fix, mark) {
    await keep(["fixes"], ({ fixes }) => done(fixes.add({ owner: this.owner, patrol_id: patrolId, fix, stamp: mark })));
    this.onChange();
  }

  /**
   * Keep a record of a kind (start, entry, tick, finding, end); places recorded before it go before
   * it. Photos (files) become items of their own that follow. All of it is kept, or nothing.
   */
  async add(patrolId, kind, body, { photos = [], mark = stamp() } = {}) {
    const item = { owner: this.owner, patrol_id: patrolId, kind, key: operationKey(), body, stamp: mark, state: "waiting" };
    await keep(["fixes", "items", "blobs"], async ({ fixes, items, blobs }) => {
      await this.pack(fixes, items, patrolId);
      await done(items.add(item));
      for (const photo of photos) {
        const key = operationKey();
        await done(blobs.add({ key, owner: this.owner, patrol_id: patrolId, blob: photo, sent_at: null }));
        await done(items.add({
          owner: this.owner, patrol_id: patrolId, kind: "photo", key, state: "waiting", stamp: mark,
          body: { name: photo.name || "photo.jpg", size: photo.size }, parent: item.key,
        }));
      }
    });
    this.onChange();
    return item.key;
  }

  /** Put all waiting places into items. */
  async packAll() {
    await keep(["fixes", "items"], async ({ fixes, items }) => {
      const rows = await done(fixes.index("owner").getAll(this.owner));
      for (const patrolId of new Set(rows.map((row) => row.patrol_id))) await this.pack(fixes, items, patrolId);
    });
  }

  /** Waiting places become items, each of one run of the page and one setting of its clock. */
  async pack(fixes, items, patrolId) {
    const rows = (await done(fixes.index("owner").getAll(this.owner))).filter((row) => row.patrol_id === patrolId);
    for (const part of parts(rows)) {
      await done(items.add({
        owner: this.owner, patrol_id: patrolId, kind: "positions", key: operationKey(), state: "waiting",
        stamp: part[0].stamp, body: { fixes: part.map(({ fix, stamp: mark }) => ({ ...fix, wall: mark.wall })) },
      }));
      for (const row of part) await done(fixes.delete(row.id));
    }
  }

  /** Change an item that is there. */
  async change(seq, changes) {
    await keep(["items"], async ({ items }) => {
      const item = await done(items.get(seq));
      if (item) await done(items.put({ ...item, ...changes }));
    });
    this.onChange();
  }

  /** The hub has it: places are let go, records stay to be looked at, photos until room is needed. */
  async sent(item, result) {
    await keep(["items", "blobs"], async ({ items, blobs }) => {
      if (item.kind === "positions") return done(items.delete(item.seq));
      const blob = item.kind === "photo" ? await done(blobs.get(item.key)) : null;
      if (blob) await done(blobs.put({ ...blob, sent_at: Date.now() }));
      return done(items.put({ ...item, state: "sent", problem: null, result, sent_at: Date.now() }));
    });
    this.onChange();
  }

  /** Give an item up, with what belongs to it. */
  async discard(item) {
    await write(["items", "blobs"], async ({ items, blobs }) => {
      const all = await done(items.index("owner").getAll(this.owner));
      for (const one of all.filter((row) => row.seq === item.seq || row.parent === item.key)) {
        await done(blobs.delete(one.key));
        await done(items.delete(one.seq));
      }
    });
    this.onChange();
  }

  /** Send a refused item again, corrected or not: a new try under a new key. */
  async retry(item, body = item.body) {
    const key = item.kind === "photo" ? item.key : operationKey();
    await keep(["items"], async ({ items }) => {
      await done(items.put({ ...item, key, body, frozen: null, state: "waiting", problem: null }));
      const all = await done(items.index("owner").getAll(this.owner));
      for (const child of all.filter((row) => row.parent === item.key)) await done(items.put({ ...child, parent: key }));
    });
    this.onChange();
  }

  /** Forget what was sent long ago. */
  async sweep(now = Date.now()) {
    await write(["items", "blobs"], async ({ items, blobs }) => {
      const old = (await done(items.index("owner").getAll(this.owner))).filter((row) => row.state === "sent" && row.sent_at < now - KEEP_SENT_MS);
      for (const row of old) {
        await done(blobs.delete(row.key));
        await done(items.delete(row.seq));
      }
    });
  }
}

/** Rows cut where the run of the page or its clock changed, and into batches. */
function parts(rows) {
  const found = [];
  for (const row of rows) {
    const part = found.at(-1);
    const [a, b] = [part?.[0].stamp, row.stamp];
    const same = part && part.length < BATCH && a.boot === b.boot && Math.abs((a.wall - a.mono) - (b.wall - b.mono)) < 1_000;
    if (same) part.push(row);
    else found.push([row]);
  }
  return found;
}
