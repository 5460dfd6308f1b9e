// The till's sounds, made by the browser: short, distinct, each with a visual twin. Volume 0 to 3, remembered here.
const KEY = "tillbox-volume";
const GAIN = [0, 0.05, 0.14, 0.32];

// [frequency Hz, start s, length s, wave]
const SOUNDS = {
  ok: [[1760, 0, 0.06, "sine"]],
  member: [[880, 0, 0.08, "sine"], [1320, 0.1, 0.11, "sine"]],
  error: [[220, 0, 0.12, "square"], [220, 0.18, 0.12, "square"]],
  attention: [[660, 0, 0.09, "triangle"], [660, 0.14, 0.09, "triangle"], [660, 0.28, 0.09, "triangle"]],
  done: [[523, 0, 0.28, "sine"], [659, 0.03, 0.28, "sine"], [784, 0.06, 0.3, "sine"]],
};

let context = null;

export function volume() {
  const stored = Number(localStorage.getItem(KEY) ?? 2);
  return GAIN[stored] === undefined ? 2 : stored;
}

export function setVolume(level) {
  localStorage.setItem(KEY, String(level));
}

// Browsers start sound only after a first touch or key.
export function unlock() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}

export function play(name) {
  const gain = GAIN[volume()];
  if (!gain || !SOUNDS[name] || !context || context.state !== "running") return;
  for (const [frequency, start, length, wave] of SOUNDS[name]) {
    const tone = new OscillatorNode(context, { type: wave, frequency });
    const level = new GainNode(context, { gain: 0 });
    const from = context.currentTime + start;
    const peak = wave === "square" ? gain / 2 : gain;
    level.gain.setValueAtTime(0, from);
    level.gain.linearRampToValueAtTime(peak, from + 0.005);
    level.gain.setValueAtTime(peak, from + length - 0.015);
    level.gain.linearRampToValueAtTime(0, from + length);
    tone.connect(level).connect(context.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}
