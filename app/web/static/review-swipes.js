// A finger on the case, to the right or the left: what it will do stands there while it is down; letting go sooner does nothing.
import { openPanel } from "./review-panels.js";

const FAR_PIXELS = 110;
const SLOPE = 2;

function ways() {
  const keep = document.querySelector(".bar button[name=action]:not([value=spam])");
  const reject = document.getElementById("panel-remove");
  return {
    right: keep && { words: keep.textContent.trim(), does: () => keep.click() },
    left: reject && { words: reject.querySelector("summary span").textContent.trim(), does: () => openPanel(reject) },
  };
}

class Swipe {
  constructor(main) {
    this.main = main;
    this.sign = document.createElement("p");
    this.sign.className = "swipe";
    this.sign.hidden = true;
    main.before(this.sign);
    main.addEventListener("touchstart", (event) => this.begin(event), { passive: true });
    main.addEventListener("touchmove", (event) => this.move(event), { passive: true });
    main.addEventListener("touchend", () => this.end());
    main.addEventListener("touchcancel", () => this.stop());
  }

  begin(event) {
    // two fingers, a picture being held, a table that is pushed aside: not ours
    const elsewhere = event.target.closest("summary, button, a, input, textarea, select, .scroll, .pictures");
    this.from = event.touches.length === 1 && !elsewhere ? event.touches[0] : null;
    this.way = null;
    this.far = false;
  }

  move(event) {
    if (!this.from) return;
    const x = event.touches[0].clientX - this.from.clientX;
    const y = event.touches[0].clientY - this.from.clientY;
    if (!this.way && Math.abs(y) > 12 && Math.abs(x) < SLOPE * Math.abs(y)) return this.stop();
    this.way = ways()[x > 0 ? "right" : "left"] ?? null;
    if (!this.way || Math.abs(x) < 24) return this.show("", 0);
    this.far = Math.abs(x) >= FAR_PIXELS;
    this.show(x > 0 ? `${this.way.words} →` : `← ${this.way.words}`, x);
  }

  show(words, x) {
    this.sign.hidden = !words;
    this.sign.textContent = words;
    this.sign.className = `swipe ${x > 0 ? "in" : "out"}${this.far ? " far" : ""}`;
    this.main.style.transform = x ? `translateX(${Math.sign(x) * Math.min(Math.abs(x), FAR_PIXELS)}px)` : "";
  }

  end() {
    const does = this.from && this.far && this.way?.does;
    this.stop();
    if (does) does();
  }

  stop() {
    this.from = null;
    this.far = false;
    this.show("", 0);
  }
}

export function swipes() {
  const main = document.querySelector("main.case");
  if (main && document.body.hasAttribute("data-swipes")) new Swipe(main);
}
