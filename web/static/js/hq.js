// Keeps the changing part of a console page fresh: asks every two seconds while the page is seen, never when hidden.
(() => {
  const part = document.getElementById("part");
  const fresh = document.getElementById("fresh");
  if (!part || !fresh) return;
  const words = fresh.querySelector(".words");
  const EVERY_MS = 2000;
  let timer = 0;

  const say = (state) => {
    if (fresh.dataset.state === state) return;
    fresh.dataset.state = state;
    words.textContent = fresh.dataset[state];
  };

  const newest = () => Math.max(0, ...[...part.querySelectorAll("tr[data-event]")].map((tr) => Number(tr.dataset.event)));

  // The server's own, escaped markup; scroll and focus of a table's panel stay where they were.
  const show = (html) => {
    const before = newest();
    const places = [...part.querySelectorAll(".scroll")].map((panel) => [panel.scrollTop, panel === document.activeElement]);
    part.innerHTML = html;
    [...part.querySelectorAll(".scroll")].forEach((panel, n) => {
      const [top, focused] = places[n] ?? [0, false];
      panel.scrollTop = top;
      if (focused) panel.focus({ preventScroll: true });
    });
    for (const tr of part.querySelectorAll("tr[data-event]")) {
      if (before && Number(tr.dataset.event) > before) tr.classList.add("new");
    }
  };

  const look = async () => {
    const url = new URL(part.dataset.part, location.href);
    url.searchParams.set("rev", part.querySelector("[data-rev]")?.dataset.rev ?? "");
    try {
      const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      if (answer.status === 200) show(await answer.text());
      say("fresh");
    } catch {
      say("stale");
    }
    next();
  };

  const next = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(look, EVERY_MS);
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  next();
})();
