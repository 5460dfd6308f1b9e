// What the server gave this page: language, words, the page's own facts.
export const page = JSON.parse(document.body.dataset.page);

export function has(key) {
  return key in page.words;
}

export function t(key, params = {}) {
  const words = page.words[key];
  if (words === undefined) throw new Error(`no words for ${key}`);
  return words.replace(/\{(\w+)\}/g, (all, name) => (name in params ? params[name] : all));
}

// Counted words: the entry key_one where one of something is said otherwise.
export function tn(key, n, params = {}) {
  return t(n === 1 && has(`${key}_one`) ? `${key}_one` : key, { n: number(n), ...params });
}

// What the till has to say of a scan or of a command that a scan was.
export function noticeWords({ slug, params }) {
  for (const key of [`till.notice_${slug}`, `errors.${slug}`]) if (has(key)) return t(key, params);
  return t("till.notice_other");
}

export function number(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}
