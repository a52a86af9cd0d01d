/** What is being written: undo, redo, and a copy in this browser until it was sent. */
const KEPT = 100;
const WEEKS = 4 * 7 * 24 * 3600 * 1000;

/** Snapshots of a form: `read()` gives its value, `write(value)` shows one. */
export function createHistory(read, write) {
  let past = [JSON.stringify(read())];
  let future = [];
  const show = () => write(JSON.parse(past.at(-1)));
  return {
    note() {
      const now = JSON.stringify(read());
      if (now === past.at(-1)) return false;
      past = [...past.slice(-KEPT), now];
      future = [];
      return true;
    },
    undo() {
      this.note();
      if (past.length < 2) return false;
      future.push(past.pop());
      show();
      return true;
    },
    redo() {
      if (future.length === 0) return false;
      past.push(future.pop());
      show();
      return true;
    },
    get canUndo() { return past.length > 1; },
    get canRedo() { return future.length > 0; },
  };
}

/** A copy in the browser's storage under one key; storage that is full or forbidden keeps nothing. */
export function createKeep(key) {
  return {
    load() {
      try {
        const kept = JSON.parse(localStorage.getItem(key) ?? "null");
        return kept && Date.now() - kept.at < WEEKS ? kept : null;
      } catch {
        return null;
      }
    },
    save(value, version) {
      try {
        localStorage.setItem(key, JSON.stringify({ value, version, at: Date.now() }));
        return true;
      } catch {
        return false;
      }
    },
    drop() {
      try {
        localStorage.removeItem(key);
      } catch { /* nothing was kept */ }
    },
  };
}
