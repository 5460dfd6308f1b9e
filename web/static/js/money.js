// Amounts are integers in the smallest unit of the currency. The server computes them; here they are only written.
import { number } from "./words.js";

let currency = { code: "CNY", exponent: 2, symbol: "¥" };

export function setCurrency(given) {
  currency = given;
}

export const symbol = () => currency.symbol;
export const decimals = () => currency.exponent;

// 123450 -> "1,234.50"
export function plain(minor) {
  const digits = String(Math.abs(minor)).padStart(currency.exponent + 1, "0");
  const cut = digits.length - currency.exponent;
  const whole = number(digits.slice(0, cut));
  const sign = minor < 0 ? "−" : "";
  return currency.exponent ? `${sign}${whole}.${digits.slice(cut)}` : `${sign}${whole}`;
}

// 123450 -> "¥1,234.50"
export function money(minor) {
  return minor < 0 ? `−${currency.symbol}${plain(-minor)}` : `${currency.symbol}${plain(minor)}`;
}

// 7000 -> "¥70", for bank notes
export function note(minor) {
  return money(minor).replace(/\.0+$/, "");
}

// "66.5" as typed -> 6650
export function typed(entry) {
  const [whole, part = ""] = entry.split(".");
  return Number((whole || "0") + part.padEnd(currency.exponent, "0").slice(0, currency.exponent));
}

// 1500 thousandths -> "1.5"; what is given back has a minus
export function quantity(qty) {
  const all = Math.abs(qty);
  const part = String(all % 1000).padStart(3, "0").replace(/0+$/, "");
  return `${qty < 0 ? "−" : ""}${number(Math.trunc(all / 1000))}${part && `.${part}`}`;
}
