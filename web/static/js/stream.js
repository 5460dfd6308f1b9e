// The till's stream: the whole view at every change, a beat every three seconds, one open window a till.
// Hidden pages close it (a browser has only six), and ask anew when they are seen again.
const SILENCE_MS = 8000;
const LOST_AFTER_MS = 1200;
const RETRY_MS = 1500;

export class Stream {
  constructor(url, { onView, onLost, onBack, onTaken, onLocked }) {
    Object.assign(this, { url, onView, onLost, onBack, onTaken, onLocked, source: null, taken: false });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.stop() : this.start()));
    addEventListener("pagehide", () => this.stop());
    addEventListener("pageshow", (event) => event.persisted && this.start());
  }

  start() {
    if (this.source || this.taken || document.hidden) return;
    clearTimeout(this.retry);
    const source = new EventSource(this.url);
    this.source = source;
    this.fresh = true;
    source.addEventListener("state", (event) => {
      this.onView(JSON.parse(event.data), this.fresh);
      this.fresh = false;
      queueMicrotask(() => this.alive());
    });
    source.addEventListener("beat", () => this.alive());
    source.addEventListener("taken", () => {
      this.taken = true;
      this.stop();
      this.onTaken();
    });
    source.addEventListener("locked", () => {
      this.stop();
      this.onLocked();
    });
    source.addEventListener("closing", () => this.again());
    source.onerror = () => this.again();
    this.watch();
  }

  stop() {
    this.source?.close();
    this.source = null;
    for (const timer of [this.retry, this.silence, this.lost]) clearTimeout(timer);
    this.lost = null;
  }

  takeOver() {
    this.taken = false;
    this.start();
  }

  alive() {
    clearTimeout(this.lost);
    this.lost = null;
    this.onBack();
    this.watch();
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.again(), SILENCE_MS);
  }

  // The stream broke: say so if it stays broken, and try again.
  again() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.silence);
    clearTimeout(this.retry);
    if (this.lost == null) this.lost = setTimeout(() => this.onLost(), LOST_AFTER_MS);
    this.retry = setTimeout(() => this.start(), RETRY_MS);
  }
}
