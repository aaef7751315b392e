"use strict";
(() => {
  const $ = (id) => document.getElementById(id);

  const openTarget = () => {
    const target = location.hash.length > 1 && $(location.hash.slice(1));
    for (let at = target || null; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", openTarget);
  openTarget();

  const print = $("print");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
    opened = [];
  });

  const find = $("find");
  if (find) {
    find.closest(".filter").hidden = false;
    const stories = [...document.querySelectorAll(".story")];
    const texts = new Map();
    const own = (story) => [...story.querySelectorAll(":scope > header, :scope > .check")]
      .map((one) => one.textContent.toLowerCase()).join("\n");
    find.addEventListener("input", () => {
      const wanted = find.value.trim().toLowerCase();
      let shown = 0;
      for (const story of stories) {
        if (wanted && !texts.has(story)) texts.set(story, own(story));
        story.hidden = wanted !== "" && !texts.get(story).includes(wanted);
        if (!story.hidden) shown += 1;
      }
      $("found").textContent = wanted ? $("found").dataset.text.replace("{n}", String(shown)) : "";
    });
  }

  const indexed = $("rows-index");
  if (!indexed) return;
  const browser = $("browser"), view = $("rows"), space = $("rows-space"), status = $("rows-status");
  const words = browser.dataset;
  browser.hidden = false;
  if (!("DecompressionStream" in window)) {
    status.textContent = words.old;
    view.hidden = $("controls").hidden = true;
    return;
  }
  const index = JSON.parse(indexed.textContent);
  const blocks = document.getElementsByClassName("rows-block");
  const severities = ["", "info", "low", "medium", "high", "critical"];
  const narrow = matchMedia("(max-width: 40rem)");
  const MAX_HEIGHT = 4e6, KEPT = 12, SPARE = 6;
  const kept = new Map();
  let chosen = null, shift = 0, last = 0, drawing = 0, run = 0, picked = -1;

  const number = (given) => String(given).replace(/\B(?=(\d{3})+$)/g, words.thousands);
  const total = () => (chosen ? chosen.length : index.count);
  const rowHeight = () => (narrow.matches ? 46 : 28);
  const height = () => Math.min(total() * rowHeight(), MAX_HEIGHT);

  async function unpack(at) {
    const text = atob(blocks[at].textContent);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }
  function lines(at) {
    let found = kept.get(at);
    if (found) kept.delete(at);
    else found = unpack(at).then((text) => text.split("\n"));
    kept.set(at, found);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return found;
  }
  async function row(at) {
    const real = chosen ? chosen[at] : at;
    return (await lines(Math.floor(real / index.block)))[real % index.block].split("\t");
  }
  const clock = (micros) => {
    const time = new Date(Math.floor(Number(micros) / 1000));
    return Number.isNaN(time.getTime()) ? String(micros) : time.toISOString().replace("T", " ").slice(0, 19);
  };

  function cell(text, name) {
    const made = document.createElement("span");
    made.setAttribute("role", "cell");
    if (name) made.className = name;
    made.dir = "auto";
    made.textContent = text;
    return made;
  }
  function element(at, parts) {
    const [micros, artifact, mark, finding, text] = parts;
    const made = document.createElement("div");
    made.setAttribute("role", "row");
    made.setAttribute("aria-rowindex", String(at + 1));
    if (mark !== "0") made.className = "sev-" + severities[Number(mark)];
    if (at === picked) made.classList.add("picked");
    made.style.top = `${at * rowHeight() - shift}px`;
    made.append(cell(clock(micros), "when"), cell(index.artifacts[Number(artifact)]));
    const said = cell(text);
    if (finding !== "0") {
      const link = document.createElement("a");
      link.href = "#f" + Number(finding);
      link.append(...said.childNodes);
      said.append(link);
    }
    made.append(said);
    made.addEventListener("click", () => { picked = picked === at ? -1 : at; draw(); });
    return made;
  }
  async function draw() {
    drawing += 1;
    const mine = drawing, high = rowHeight();
    const first = Math.max(Math.floor((view.scrollTop + shift) / high) - SPARE, 0);
    const end = Math.min(first + Math.ceil(view.clientHeight / high) + 2 * SPARE, total());
    const parts = await Promise.all(Array.from({ length: end - first }, (_, at) => row(first + at)));
    if (mine !== drawing) return;
    space.replaceChildren(...parts.map((one, at) => element(first + at, one)));
    view.setAttribute("aria-rowcount", String(total()));
  }
  function scrolled() {
    const full = total() * rowHeight(), room = height(), moved = Math.abs(view.scrollTop - last);
    if (full > room && moved > 0) {
      const reach = room - view.clientHeight;
      const part = view.scrollTop / reach;
      if (moved > view.clientHeight * 2) shift = Math.round(part * (full - room));
      else if (view.scrollTop < view.clientHeight || view.scrollTop > reach - view.clientHeight) {
        goTo((view.scrollTop + shift) / rowHeight());
        return;
      }
    }
    last = view.scrollTop;
    draw();
  }
  function goTo(at) {
    const full = total() * rowHeight(), room = height(), y = Math.max(at * rowHeight(), 0);
    const part = full > view.clientHeight ? Math.min(y / (full - view.clientHeight), 1) : 0;
    shift = full > room ? Math.round(part * (full - room)) : 0;
    view.scrollTop = last = y - shift;
    last = view.scrollTop;
    draw();
  }
  function reset() {
    space.style.height = `${height()}px`;
    picked = -1;
    status.textContent = total() ? words.rows.replace("{n}", number(total())) : words.none;
    goTo(0);
  }
  view.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.target !== view || (event.key !== "Enter" && !(step && picked >= 0))) return;
    event.preventDefault();
    const first = Math.ceil((view.scrollTop + shift) / rowHeight());
    const shown = Math.max(Math.floor(view.clientHeight / rowHeight()) - 2, 1);
    if (step) picked = Math.min(Math.max(picked + step, 0), total() - 1);
    else picked = picked < 0 && total() ? first : -1;
    if (picked >= 0 && (picked < first || picked >= first + shown)) goTo(step < 0 ? picked : picked - shown + 1);
    else draw();
  });
  view.addEventListener("scroll", scrolled, { passive: true });
  narrow.addEventListener("change", reset);
  addEventListener("resize", () => draw());

  async function choose() {
    run += 1;
    const mine = run, wanted = $("rows-text").value.trim().toLowerCase();
    const artifact = $("rows-artifact").value, only = $("rows-findings").checked;
    if (!wanted && !artifact && !only) {
      chosen = null;
      return reset();
    }
    let found = new Uint32Array(1024), count = 0;
    for (let at = 0; at < blocks.length; at += 1) {
      const text = await unpack(at);
      if (mine !== run) return undefined;
      const rows = (wanted ? text.toLowerCase() : text).split("\n");
      for (let i = 0; i < rows.length; i += 1) {
        if (wanted && rows[i].indexOf(wanted, rows[i].lastIndexOf("\t") + 1) < 0 && !index.artifacts[Number(rows[i].split("\t", 2)[1])].includes(wanted)) continue;
        if (artifact || only) {
          const parts = rows[i].split("\t", 3);
          if ((artifact && parts[1] !== artifact) || (only && parts[2] === "0")) continue;
        }
        if (count === found.length) {
          const more = new Uint32Array(2 * count);
          more.set(found);
          found = more;
        }
        found[count] = at * index.block + i;
        count += 1;
      }
      if (at % 8 === 7) {
        status.textContent = words.searching.replace("{n}", String(Math.floor((100 * at) / blocks.length)));
        await new Promise((ready) => { setTimeout(ready); });
      }
    }
    chosen = found.slice(0, count);
    return reset();
  }
  const before = (list, wanted) => {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  async function seek() {
    const given = $("rows-time").value.trim().replace(" ", "T");
    if (!/^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?$/.test(given)) return;
    const whole = given + "0000-01-01T00:00:00".slice(given.length) + "Z";
    const micros = Date.parse(whole) * 1000;
    if (Number.isNaN(micros)) return;
    const block = Math.max(before(index.starts, micros) - 1, 0);
    const times = (await lines(block)).map((line) => Number(line.split("\t", 1)[0]));
    const at = block * index.block + before(times, micros);
    goTo(chosen ? before(chosen, at) : at);
  }
  let waiting = 0;
  const later = (action) => () => { clearTimeout(waiting); waiting = setTimeout(action, 250); };
  const names = index.artifacts.map((name, at) => [name, at]).sort(([one], [other]) => (one < other ? -1 : 1));
  $("rows-artifact").append(...names.map(([name, at]) => new Option(name, String(at))));
  $("rows-text").addEventListener("input", later(choose));
  $("rows-artifact").addEventListener("change", choose);
  $("rows-findings").addEventListener("change", choose);
  $("rows-time").addEventListener("input", later(seek));
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  for (const time of document.querySelectorAll(".hit > .said > time")) {
    const jump = document.createElement("button");
    jump.type = "button";
    jump.className = "jump";
    jump.textContent = words.jump;
    jump.addEventListener("click", () => {
      $("rows-time").value = time.textContent;
      seek();
      browser.scrollIntoView();
      view.focus({ preventScroll: true });
    });
    time.after(jump);
  }
  reset();
})();
