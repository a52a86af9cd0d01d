/**
 * Where the phone is, as often as it is worth: moving, the receiver runs; standing still, it is asked
 * twice a minute. A place is kept once it lies far enough from the last one, or a minute has passed.
 */
import { watchPosition, currentPosition } from "../geolocate.js";
import { distance } from "./ground.js";

export const MOVING_MS = 3_000;
export const STILL_MS = 30_000;
const STILL_AFTER_MS = 120_000;
const STILL_M = 20;
const STEP_M = 8;
const BEAT_MS = 60_000;

/** `onPlace(place, keep)`: each reading, and whether it belongs into the track; `onMode("moving"|"still"|"off")`. */
export class Sampler {
  constructor(onPlace, onProblem, onMode = () => {}) {
    Object.assign(this, { onPlace, onProblem, onMode, mode: "off", kept: null, anchor: null, since: 0, stop: () => {} });
  }

  start() {
    if (this.mode === "off") this.go("moving");
  }

  end() {
    this.stop();
    this.setMode("off");
  }

  setMode(mode) {
    this.mode = mode;
    this.onMode(mode);
  }

  go(mode) {
    this.stop();
    this.setMode(mode);
    try {
      if (mode === "moving") {
        this.since = performance.now();
        this.stop = watchPosition((place) => this.take(place), this.onProblem);
      } else {
        const timer = setInterval(() => this.ask(), STILL_MS);
        this.stop = () => clearInterval(timer);
      }
    } catch (problem) {
      this.setMode("off");
      this.onProblem(problem);
    }
  }

  async ask() {
    try {
      this.take(await currentPosition());
    } catch (problem) {
      this.onProblem(problem);
    }
  }

  take(place) {
    const now = performance.now();
    const gone = this.anchor ? distance(this.anchor.lon, this.anchor.lat, place.lon, place.lat) : Infinity;
    // Within what the receiver may err by, nobody has moved.
    if (gone > Math.max(STILL_M, place.accuracy_m)) {
      this.anchor = place;
      this.since = now;
      if (this.mode === "still") this.go("moving");
    } else if (this.mode === "moving" && now - this.since > STILL_AFTER_MS) {
      this.go("still");
    }
    this.onPlace(place, this.worth(place, now));
  }

  worth(place, now) {
    const last = this.kept;
    if (last && now - last.now < MOVING_MS) return false;
    const step = last ? distance(last.lon, last.lat, place.lon, place.lat) : Infinity;
    if (step < Math.max(STEP_M, place.accuracy_m / 2) && now - last.now < BEAT_MS) return false;
    this.kept = { lon: place.lon, lat: place.lat, now };
    return true;
  }
}
