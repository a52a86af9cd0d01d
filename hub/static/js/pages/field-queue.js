/**
 * What a phone in the field recorded and the hub has not yet acknowledged, kept in IndexedDB: neither
 * a lost network nor a reload loses it. Every job keeps its operation key, so sending it again is
 * harmless; it is deleted only after the hub's answer.
 */
import { ApiProblem, operationKey, post } from "../api.js";
import { ask } from "../feed.js";

const NAME = "lianfang-field";
const BATCH = 200;
const WAIT_MS = 5_000;
const MAX_WAIT_MS = 60_000;
const SOCKET_MS = 8_000;

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const store of ["fixes", "jobs"]) {
        request.result.createObjectStore(store, { keyPath: "id", autoIncrement: true }).createIndex("owner", "owner");
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

const result = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const finished = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error);
});

/** The queue of one person on one patrol. `onState({waiting, failed, offline})` after each change. */
export class FieldQueue {
  constructor(patrolId, userId, onState = () => {}) {
    this.patrolId = patrolId;
    this.owner = `${userId} ${patrolId}`;
    this.onState = onState;
    this.offline = false;
    this.wait = WAIT_MS;
    this.timer = 0;
    this.busy = false;
    this.opened = open();
  }

  async start() {
    await this.opened;
    addEventListener("online", () => this.flushSoon(0));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.flushSoon(0); });
    await this.tell();
    this.flushSoon(0);
  }

  /** Keep one fix {t, lon, lat, accuracy_m}; it travels in the next batch. */
  async addFix(fix) {
    await this.add("fixes", { fix });
    this.flushSoon(this.wait);
  }

  /** Keep a finding (body of the API) and its photos (files). */
  async addFinding(body, photos) {
    await this.add("jobs", { kind: "finding", key: operationKey(), body, photos });
    await this.tell();
    this.flushSoon(0);
  }

  /** Keep a tick at a point of the checklist. */
  async addTick(index, done) {
    await this.add("jobs", { kind: "tick", key: operationKey(), body: { index, done } });
    await this.tell();
    this.flushSoon(0);
  }

  async add(store, value) {
    const transaction = (await this.opened).transaction(store, "readwrite");
    transaction.objectStore(store).add({ ...value, owner: this.owner, at: Date.now() });
    await finished(transaction);
  }

  async all(store) {
    return result((await this.opened).transaction(store).objectStore(store).index("owner").getAll(this.owner));
  }

  async tell() {
    const jobs = await this.all("jobs");
    const records = jobs.filter((job) => job.kind !== "positions");
    this.onState({
      waiting: records.filter((job) => !job.failed).length, failed: records.filter((job) => job.failed),
      fixes: (await this.all("fixes")).length + jobs.filter((job) => job.kind === "positions").reduce((n, job) => n + job.fixes.length, 0),
      offline: this.offline,
    });
  }

  flushSoon(ms) {
    if (this.timer && ms > 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.flush();
    }, ms);
  }

  /** Send what waits, oldest first; resolves when all is acknowledged or the line is down. */
  async flush() {
    if (this.busy) return this.flushSoon(500);
    this.busy = true;
    try {
      // Two tabs of one phone must not send side by side.
      await (navigator.locks?.request(NAME, () => this.sendAll()) ?? this.sendAll());
      this.offline = false;
      this.wait = WAIT_MS;
    } catch (problem) {
      this.offline = true;
      this.wait = Math.min(this.wait * 2, MAX_WAIT_MS);
      if (!(problem instanceof ApiProblem)) reportError(problem);
      this.flushSoon(this.wait);
    } finally {
      this.busy = false;
      await this.tell();
    }
    return undefined;
  }

  async sendAll() {
    for (;;) {
      await this.packFixes();
      const jobs = (await this.all("jobs")).filter((job) => !job.failed);
      if (jobs.length === 0) return;
      for (const job of jobs) await this.send(job);
    }
  }

  /** Turn waiting fixes into batches, each with a key that it keeps: in one transaction. */
  async packFixes() {
    const rows = await this.all("fixes");
    if (rows.length === 0) return;
    const transaction = (await this.opened).transaction(["fixes", "jobs"], "readwrite");
    for (let start = 0; start < rows.length; start += BATCH) {
      const part = rows.slice(start, start + BATCH);
      const fixes = part.map((row) => row.fix);
      transaction.objectStore("jobs").add({ kind: "positions", key: operationKey(), fixes, owner: this.owner, at: Date.now() });
      part.forEach((row) => transaction.objectStore("fixes").delete(row.id));
    }
    await finished(transaction);
  }

  async send(job) {
    try {
      const next = await SENDERS[job.kind](this.patrolId, job);
      await this.replace(job, next);
    } catch (problem) {
      if (!isFinal(problem)) throw problem;
      await this.fail(job, problem);
    }
  }

  async replace(job, next = []) {
    const transaction = (await this.opened).transaction("jobs", "readwrite");
    transaction.objectStore("jobs").delete(job.id);
    next.forEach((one) => transaction.objectStore("jobs").add({ ...one, owner: this.owner, at: Date.now() }));
    await finished(transaction);
  }

  async fail(job, problem) {
    const transaction = (await this.opened).transaction("jobs", "readwrite");
    transaction.objectStore("jobs").put({ ...job, failed: problem.errors?.[0]?.message ?? problem.message });
    await finished(transaction);
  }

  /** Try a refused record again, or give it up. */
  async retry(job) {
    const transaction = (await this.opened).transaction("jobs", "readwrite");
    transaction.objectStore("jobs").put({ ...job, failed: null });
    await finished(transaction);
    this.flushSoon(0);
  }

  async discard(job) {
    await this.replace(job);
    await this.tell();
  }
}

/** Whether sending the same again can never succeed. */
function isFinal(problem) {
  return problem instanceof ApiProblem && problem.status >= 400 && problem.status < 500
    && ![401, 408, 425, 429].includes(problem.status);
}

const SENDERS = { positions: sendPositions, tick: sendTick, finding: sendFinding, photo: sendPhoto };

async function sendPositions(patrolId, { key, fixes }) {
  const answer = await ask("position", { patrol_id: patrolId, key, fixes }, SOCKET_MS);
  if (answer?.ok) return [];
  if (answer?.error && answer.error.status !== 401) throw new ApiProblem(answer.error, answer.error.status);
  await post(`/api/v1/patrols/${patrolId}/positions`, { key, fixes }, { key });
  return [];
}

/** The photos follow as jobs of their own, each with its own key. */
async function sendFinding(patrolId, { key, body, photos }) {
  const { id } = await post(`/api/v1/patrols/${patrolId}/findings`, body, { key });
  return photos.map((photo) => ({ kind: "photo", key: operationKey(), findingId: id, photo }));
}

async function sendTick(patrolId, { key, body }) {
  await post(`/api/v1/patrols/${patrolId}/checklist`, body, { key });
  return [];
}

async function sendPhoto(_patrolId, { key, findingId, photo }) {
  const body = new FormData();
  body.append("file", photo, photo.name ?? "photo.jpg");
  await post(`/api/v1/findings/${findingId}/files`, body, { key });
  return [];
}
