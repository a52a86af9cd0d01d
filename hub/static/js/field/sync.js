/**
 * Bringing the outbox to the hub: in order, one after the other, each once. The log goes before the
 * photos, and between two pieces of a photo it is looked whether the log has grown.
 */
import { ApiProblem } from "../api.js";
import { t } from "../i18n.js";
import { corrected } from "./clock.js";
import { askHere } from "./here.js";
import { FREEZE, isFinal, send } from "./senders.js";

const WAIT_MS = 5_000;
const MAX_WAIT_MS = 60_000;
const FRESH_MS = 60_000;
const AGAIN_MS = 1_000;
const LOCK = "lianfang-log";

/** Thrown to end a turn; nothing is lost by it. */
class Stop extends Error {}

/** Sends the outbox of one person. `onState(line)`: "sending", "idle", "offline", "signed-out", "other". */
export class Sync {
  constructor(outbox, onState = () => {}) {
    this.outbox = outbox;
    this.onState = onState;
    this.line = "idle";
    this.wait = WAIT_MS;
    this.timer = 0;
    this.turn = null;
    this.asked = 0;
    this.dead = new AbortController();
  }

  /** Begin: now, when the network is back, when the page is looked at again. */
  start() {
    const { signal } = this.dead;
    addEventListener("online", () => this.soon(0), { signal });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.soon(0); }, { signal });
    this.soon(0);
  }

  stop() {
    this.dead.abort();
    clearTimeout(this.timer);
  }

  say(line) {
    this.line = line;
    this.onState(line);
  }

  /** Have a turn in `ms`, or sooner if one is due. */
  soon(ms = this.wait) {
    if (this.dead.signal.aborted || (this.timer && ms > 0)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.now();
    }, ms);
  }

  /** Have a turn now; resolves to whether all is sent that can be. */
  now() {
    // Two windows of one phone must not send side by side.
    this.turn ??= (navigator.locks?.request(LOCK, () => this.run()) ?? this.run()).finally(() => { this.turn = null; });
    return this.turn;
  }

  async run() {
    try {
      await this.who();
      await this.sendAll();
      this.wait = WAIT_MS;
      this.say("idle");
      return true;
    } catch (problem) {
      if (!(problem instanceof Stop)) this.failed(problem);
      return false;
    }
  }

  failed(problem) {
    this.asked = 0;
    this.soon();
    if (problem instanceof ApiProblem && problem.status === 401) {
      this.say("signed-out");
    } else {
      if (!(problem instanceof ApiProblem)) reportError(problem);
      this.say("offline");
      this.wait = Math.min(this.wait * 2, MAX_WAIT_MS);
    }
  }

  /** Something arrived: a network that is cut again and again is tried again soon each time. */
  arrived() {
    this.wait = WAIT_MS;
  }

  /** Only what its owner recorded is sent, and only by him. */
  async who(freshMs = FRESH_MS) {
    if (performance.now() - this.asked < freshMs && this.asked > 0) return;
    const here = await askHere();
    if (here.user?.id === this.outbox.owner) {
      this.asked = performance.now();
      return;
    }
    this.say(here.user === null ? "signed-out" : "other");
    this.soon(MAX_WAIT_MS);
    throw new Stop();
  }

  async sendAll() {
    for (;;) {
      await this.outbox.packAll();
      const item = next(await this.outbox.items());
      if (!item) return;
      this.say("sending");
      await this.deliver(item);
    }
  }

  async deliver(item) {
    try {
      // The clock was set since the last contact: nothing is fixed before the hub has told the time.
      if (!item.frozen && !corrected(item.stamp).sure) await this.who(AGAIN_MS);
      const frozen = item.frozen ?? FREEZE[item.kind](item);
      await this.outbox.change(item.seq, { frozen, state: "sending" });
      await this.outbox.sent(item, await this.tell({ ...item, frozen }));
      this.arrived();
    } catch (problem) {
      if (problem instanceof Stop) throw problem;
      // 403: what writes must carry may have changed with a new sign-in; asked anew, it is final.
      const again = problem instanceof ApiProblem && problem.status === 403 && !item.retried;
      if (again) {
        await this.outbox.change(item.seq, { retried: true });
        this.asked = 0;
        return this.who();
      }
      if (!isFinal(problem) && !(problem.status === 403)) throw problem;
      await this.outbox.change(item.seq, { state: "refused", problem: refusal(problem) });
    }
    return undefined;
  }

  async tell(item) {
    return send(item, {
      parentOf: async (photo) => {
        const parent = (await this.outbox.items()).find((row) => row.key === photo.parent);
        if (!parent?.result?.id) throw new ApiProblem({ detail: t("它所属的发现还没有上报。") }, 409);
        return parent.result.id;
      },
      progress: async (photo, sent) => {
        this.arrived();
        await this.outbox.change(photo.seq, { progress: sent });
        const first = next(await this.outbox.items());
        if ((await this.outbox.fixes()).length > 0 || (first && first.kind !== "photo")) {
          this.soon(0);
          await this.sendLog();
        }
      },
    });
  }

  /** What the log has that waits, in the middle of a photo. */
  async sendLog() {
    for (;;) {
      await this.outbox.packAll();
      const item = next(await this.outbox.items());
      if (!item || item.kind === "photo") return;
      await this.deliver(item);
    }
  }
}

const refusal = ({ status, message, errors, problem }) => ({
  status, rule: problem?.rule ?? null, state: problem?.state ?? null, plan_version: problem?.plan_version ?? null,
  field: errors?.[0]?.field ?? null, message: errors?.[0]?.message ?? message,
});

const WAITS = new Set(["waiting", "sending"]);

/**
 * The next item to send: of the log in its order, then the photos. A patrol whose start was refused
 * holds back all that follows; a photo waits for its finding.
 */
export function next(items) {
  const held = heldPatrols(items);
  const free = items.filter((item) => WAITS.has(item.state) && !held.has(item.patrol_id));
  const log = free.find((item) => item.kind !== "photo");
  if (log) return log;
  const known = new Map(items.map((item) => [item.key, item]));
  return free.find((item) => item.kind === "photo" && known.get(item.parent)?.state === "sent") ?? null;
}

/** Patrols whose start the hub refused: their log is kept, nothing of it is sent. */
export const heldPatrols = (items) => new Set(
  items.filter((item) => item.kind === "start" && item.state === "refused").map((item) => item.patrol_id));
