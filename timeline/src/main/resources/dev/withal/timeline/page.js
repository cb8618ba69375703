"use strict";
(() => {
  const $ = id => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const length = Math.max(1, data.to - data.from); // of the recording, in microseconds
  const rows = decode(data.rows);
  const lanes = layOut();
  const canvas = $("canvas");
  const box = $("timeline");
  const state = { name: "", age: 0, moment: length, from: 0, to: length, chosen: -1 };
  const LANE = 16, BAR = 9, LEFT = 4;
  let matching = [];
  let drawing = false;

  // ---- the data -----------------------------------------------------------------------------

  function decode(text) {
    const lines = text === "" ? [] : text.split(";");
    const number = part => part === "" ? 0 : parseInt(part, 36);
    let start = 0;
    return lines.map((line, at) => {
      const [after, enter, body, exit, name, where, thread, outcome, parent] = line.split(",").map(number);
      start += after;
      const ending = data.outcomes[outcome];
      return {
        at, start, enter, body, exit, name, end: start + enter + body + exit, where: data.wheres[where],
        thread: data.threads[thread], outcome: ending, parent: parent - 1, isHeld: ending.startsWith("held"),
        isBad: ending.startsWith("failed") || ending.startsWith("cancelled") || ending.startsWith("not entered"),
        lane: 0, line: 0, matches: true,
      };
    });
  }

  /** Each name is a lane; uses that overlap are in lines below each other, and at most twelve. */
  function layOut() {
    const most = 12;
    const byName = new Map();
    const all = data.lanes.map(([name, count], at) => {
      byName.set(name, at);
      return { label: data.names[name], count, shown: 0, ends: [], lines: 1 };
    });
    const others = { label: "(other names)", count: 0, shown: 0, ends: [], lines: 1 };
    for (const row of rows) {
      const at = byName.get(row.name);
      const lane = at === undefined ? others : all[at];
      row.lane = at === undefined ? all.length : at;
      lane.shown += row.isHeld ? 0 : 1;
      let line = lane.ends.findIndex(end => end <= row.start);
      if (line < 0) {
        line = lane.ends.length < most ? lane.ends.length : most - 1;
      }
      lane.ends[line] = Math.max(lane.ends[line] || 0, row.end);
      row.line = line;
      lane.lines = Math.max(lane.lines, line + 1);
    }
    others.count = Math.max(others.shown, data.uses - all.reduce((sum, lane) => sum + lane.count, 0));
    return others.ends.length > 0 || others.count > 0 ? [...all, others] : all;
  }

  // ---- words --------------------------------------------------------------------------------

  function time(micros) {
    if (micros < 1000) return micros + " µs";
    if (micros < 1e6) return (micros / 1000).toFixed(micros < 1e4 ? 2 : 1) + " ms";
    if (micros < 6e7) return (micros / 1e6).toFixed(2) + " s";
    const seconds = Math.floor(micros / 1e6);
    return seconds < 3600 ? Math.floor(seconds / 60) + " min " + seconds % 60 + " s"
      : Math.floor(seconds / 3600) + " h " + Math.floor(seconds % 3600 / 60) + " min";
  }

  const clock = micros => new Date((data.from + micros) / 1000).toISOString().replace("T", " ").replace("Z", "");
  const at = micros => (micros / 1e6).toFixed(3) + " s";

  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function number(count, what) {
    return count.toLocaleString("en") + " " + what + (count === 1 ? "" : "s");
  }

  function describe(row) {
    return [data.names[row.name], row.outcome, "enter " + time(row.enter), "body " + time(row.body), "exit " + time(row.exit),
      "from " + at(row.start), row.where, row.thread && "on " + row.thread].filter(part => part).join("  ·  ");
  }

  // ---- the timeline -------------------------------------------------------------------------

  function filter() {
    const wanted = state.name.toLowerCase();
    const names = data.names.map(name => name.toLowerCase().includes(wanted));
    matching = rows.filter(row => {
      row.matches = row.end - row.start >= state.age * 1000
        && (wanted === "" || names[row.name] || row.where.toLowerCase().includes(wanted));
      return row.matches;
    });
    $("matching").textContent = wanted === "" && state.age === 0 ? "" : number(matching.length, "use") + " of "
      + rows.length.toLocaleString("en") + (matching.length === 1 ? " matches" : " match");
  }

  function visible() {
    const shown = new Set(matching.map(row => row.lane));
    let top = LANE + 4;
    return lanes.map((lane, index) => {
      if (!shown.has(index)) return null;
      const placed = { lane, top };
      top += LANE + lane.lines * BAR + 5;
      placed.bottom = top;
      return placed;
    });
  }

  let places = [];

  function draw() {
    drawing = false;
    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue("--" + name).trim();
    places = visible();
    const last = places.filter(place => place).pop();
    const width = Math.max(200, box.clientWidth), height = last ? last.bottom : LANE * 2;
    const scale = Math.min(window.devicePixelRatio || 1, 16000 / height);
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.height = height + "px";
    const g = canvas.getContext("2d");
    g.scale(scale, scale);
    g.fillStyle = colour("ground");
    g.fillRect(0, 0, width, height);
    const perMicro = (width - 2 * LEFT) / (state.to - state.from);
    const x = micros => LEFT + (micros - state.from) * perMicro;
    drawTicks(g, width, height, x, colour);
    g.font = "12px system-ui, sans-serif";
    for (const place of places) {
      if (!place) continue;
      const { lane, top } = place;
      g.fillStyle = colour("text");
      g.fillText(lane.label, LEFT, top + 12);
      g.fillStyle = colour("faint");
      const shown = lane.shown < lane.count ? ": the " + lane.shown.toLocaleString("en") + " longest of " : ": ";
      g.fillText(lane.count === 0 ? ": still held" : shown + number(lane.count, "use"), LEFT + g.measureText(lane.label).width + 2, top + 12);
    }
    const colours = { enter: colour("enter"), body: colour("body"), exit: colour("exit"), failed: colour("failed"), held: colour("held") };
    for (const row of matching) {
      if (row.end < state.from || row.start > state.to) continue;
      const y = places[row.lane].top + LANE + row.line * BAR;
      drawUse(g, row, y, x, colours);
    }
    const chosen = rows[state.chosen];
    if (chosen && chosen.matches) {
      g.strokeStyle = colour("text");
      const left = Math.max(-2, x(chosen.start)), right = Math.min(width + 2, x(chosen.end));
      g.strokeRect(left - .5, places[chosen.lane].top + LANE + chosen.line * BAR - .5, Math.max(3, right - left) + 1, BAR);
    }
    g.strokeStyle = colour("failed");
    g.beginPath();
    g.moveTo(x(state.moment), 0);
    g.lineTo(x(state.moment), height);
    g.stroke();
  }

  function drawUse(g, row, y, x, colours) {
    const bar = BAR - 2;
    const part = (from, to, colour) => {
      const left = Math.max(-1, x(from)), right = Math.min(1e5, x(to));
      if (to > from && right >= 0) {
        g.fillStyle = colour;
        g.fillRect(left, y, Math.max(.7, right - left), bar);
      }
    };
    const entered = row.start + row.enter, exiting = entered + row.body;
    part(row.start, entered, colours.enter);
    part(entered, exiting, row.isHeld ? colours.held : colours.body);
    part(exiting, row.end, colours.exit);
    if (row.isBad) {
      g.fillStyle = colours.failed;
      g.fillRect(Math.max(-1, x(row.start)), y + bar - 2, Math.max(1, x(row.end) - Math.max(-1, x(row.start))), 2);
    }
  }

  function drawTicks(g, width, height, x, colour) {
    const step = niceStep((state.to - state.from) / Math.max(2, width / 110));
    g.font = "11px system-ui, sans-serif";
    for (let tick = Math.ceil(state.from / step) * step; tick <= state.to; tick += step) {
      g.fillStyle = colour("line");
      g.fillRect(x(tick), 0, 1, height);
      g.fillStyle = colour("faint");
      g.fillText((tick / 1e6).toFixed(Math.max(0, Math.min(6, 6 - Math.floor(Math.log10(step))))) + " s", x(tick) + 3, 11);
    }
  }

  function niceStep(least) {
    const power = Math.pow(10, Math.floor(Math.log10(Math.max(1, least))));
    return [1, 2, 5, 10].map(times => times * power).find(step => step >= least) || 10 * power;
  }

  // ---- the tree of a moment -----------------------------------------------------------------

  function phase(row, moment) {
    if (row.isHeld && moment >= row.end) return row.exit > 0 ? "exiting" : row.body > 0 ? "in body" : "entering";
    return moment < row.start + row.enter ? "entering" : moment < row.start + row.enter + row.body ? "in body" : "exiting";
  }

  function drawTree() {
    const moment = state.moment;
    $("moment").textContent = at(moment) + ", " + clock(moment) + " UTC";
    const isHeld = row => row.start <= moment && (moment < row.end || row.isHeld && row.end >= length && moment === length);
    const root = { inside: new Map(), rows: [] };
    const groups = new Map();
    const groupOf = row => {
      const path = [];
      let group = root;
      for (let next = row; next; next = rows[next.parent]) {
        if (groups.has(next.at)) {
          group = groups.get(next.at);
          break;
        }
        groups.set(next.at, root); // whatever goes round in a circle ends here
        path.push(next);
      }
      for (let i = path.length - 1; i >= 0; i--) {
        const next = path[i];
        if (isHeld(next)) {
          const step = phase(next, moment);
          const key = JSON.stringify([next.name, next.where, step]);
          if (group.key !== key) {
            if (!group.inside.has(key)) group.inside.set(key, { key, step, inside: new Map(), rows: [] });
            group = group.inside.get(key);
          }
        }
        groups.set(next.at, group);
      }
      return group;
    };
    let count = 0;
    for (const row of matching) {
      if (isHeld(row)) {
        groupOf(row).rows.push(row);
        count++;
      }
    }
    let lines = 0, left = 0;
    const list = group => [...group.inside.values()].map(inside => {
      if (++lines > 300) {
        left += inside.rows.length;
        return null;
      }
      const item = element("li");
      const [name, where] = JSON.parse(inside.key);
      item.append(element("bdi", data.names[name]));
      if (inside.rows.length !== 1) item.append(inside.rows.length === 0 ? "  (not matching)" : " ×" + inside.rows.length);
      const ages = inside.rows.map(row => moment - row.start);
      if (ages.length > 0) {
        const oldest = time(ages.reduce((a, b) => Math.max(a, b))), youngest = time(ages.reduce((a, b) => Math.min(a, b)));
        item.append(element("span", "  " + inside.step + ", begun " + oldest + (oldest === youngest ? "" : " … " + youngest) + " before", "faint"));
      }
      if (where) item.append(element("span", "  at " + where, "faint"));
      const only = inside.rows.length === 1 ? inside.rows[0] : null;
      if (only && only.thread) item.append(element("span", "  on " + only.thread, "faint"));
      const below = list(inside).filter(child => child);
      if (below.length > 0) {
        const inner = element("ul");
        inner.append(...below);
        item.append(inner);
      }
      return item;
    });
    const items = list(root).filter(item => item);
    if (left > 0) items.push(element("li", "… and " + left + " more", "faint"));
    if (count === 0) items.push(element("li", "nothing", "faint"));
    $("tree").replaceChildren(...items);
    $("tree").dataset.count = String(count);
  }

  // ---- tables -------------------------------------------------------------------------------

  function fill(id, lines, nothing) {
    const body = $(id).tBodies[0];
    body.replaceChildren(...lines.map(({ cells, row }) => {
      const line = element("tr");
      for (const cell of cells) {
        const made = element("td", undefined, cell.number ? "number" : "");
        made.append(element("bdi", cell.text));
        line.append(made);
      }
      if (row) {
        line.tabIndex = 0;
        line.addEventListener("click", () => choose(row, true));
        line.addEventListener("keydown", event => {
          if (event.key === "Enter") choose(row, true);
        });
      }
      return line;
    }));
    if (lines.length === 0) {
      const line = element("tr"), cell = element("td", nothing, "faint");
      cell.colSpan = $(id).tHead.rows[0].cells.length;
      line.append(cell);
      body.append(line);
    }
  }

  const text = value => ({ text: value });
  const figure = value => ({ text: value, number: true });

  function drawSlowest() {
    const slowest = matching.filter(row => row.exit > 0).sort((a, b) => b.exit - a.exit).slice(0, 20);
    fill("slow", slowest.map(row => ({ row, cells: [figure(time(row.exit)), figure(time(row.enter)), figure(time(row.body)),
      text(data.names[row.name]), text(row.where), text(row.outcome), figure(at(row.start))] })), "no exit that took any time");
  }

  function drawTold() {
    fill("leaks", data.leaks.map(([when, name, where, count]) => ({ cells: [figure(at(when - data.from)), figure(String(count)),
      text(name), text(where)] })), "none was found");
    fill("reports", data.reports.map(([when, name, kind, , message]) => ({ cells: [figure(at(when - data.from)), text(kind),
      text(name), text(message)] })), "none");
  }

  function summarize() {
    const title = $("title");
    title.replaceChildren("Withal: ", element("bdi", data.title));
    document.title = "Withal: " + data.title;
    const parts = [["n-uses", data.uses, number(data.uses, "use")],
      ["n-open", data.open, data.open.toLocaleString("en") + " still held"],
      ["n-held", data.heldEvents, number(data.heldEvents, "sighting") + " of what is held"],
      ["n-leaks", data.leakEvents, data.leaked.toLocaleString("en") + " leaked"],
      ["n-reports", data.reportEvents, number(data.reportEvents, "report")]];
    const summary = $("summary");
    for (const [id, count, words] of parts) {
      const part = element("span", words);
      part.id = id;
      part.dataset.count = String(count);
      summary.append(part, " · ");
    }
    const all = data.to === 0 ? "nothing was recorded" : clock(0) + " UTC, " + time(length);
    summary.append(all + (data.shown < data.uses ? " · " + data.shown.toLocaleString("en") + " are drawn, of each name the longest" : ""));
    $("cut").hidden = data.complete;
  }

  // ---- what people do -----------------------------------------------------------------------

  function redraw() {
    if (!drawing) {
      drawing = true;
      requestAnimationFrame(draw);
    }
  }

  function remember() {
    const words = new URLSearchParams();
    if (state.name) words.set("name", state.name);
    if (state.age) words.set("age", String(state.age));
    if (state.moment !== length) words.set("t", String(state.moment));
    try {
      history.replaceState(null, "", words.size ? "#" + words : "#");
    } catch (isNotAllowed) {
      // Some browsers let no file do so; then there is no link to a moment.
    }
  }

  function filtered() {
    filter();
    drawSlowest();
    drawTree();
    redraw();
  }

  function moveTo(moment) {
    state.moment = Math.round(Math.min(length, Math.max(0, moment)));
    const width = state.to - state.from;
    if (state.moment < state.from || state.moment > state.to) look(state.moment - width / 2, state.moment + width / 2);
    drawTree();
    redraw();
    remember();
  }

  function look(from, to) {
    const width = Math.min(length, Math.max(20, to - from));
    state.from = Math.min(length - width, Math.max(0, from));
    state.to = state.from + width;
    redraw();
  }

  function zoom(times, around) {
    look(around - (around - state.from) * times, around + (state.to - around) * times);
  }

  function choose(row, moves) {
    state.chosen = row.at;
    $("chosen").textContent = describe(row);
    if (moves) moveTo(row.start + row.enter + (row.isHeld ? 0 : Math.floor(row.body / 2)));
    redraw();
  }

  function step(by) {
    if (matching.length === 0) return;
    const here = matching.findIndex(row => row.at === state.chosen);
    choose(matching[here < 0 ? 0 : Math.min(matching.length - 1, Math.max(0, here + by))], true);
  }

  function momentAt(event) {
    const place = canvas.getBoundingClientRect();
    return state.from + (event.clientX - place.left - LEFT) / (place.width - 2 * LEFT) * (state.to - state.from);
  }

  function rowAt(event) {
    const y = event.clientY - canvas.getBoundingClientRect().top, moment = momentAt(event);
    const slack = (state.to - state.from) / canvas.clientWidth * 3;
    return matching.find(row => {
      const top = places[row.lane].top + LANE + row.line * BAR;
      return y >= top && y < top + BAR && row.start - slack <= moment && moment <= row.end + slack;
    });
  }

  box.addEventListener("click", event => {
    const row = rowAt(event);
    if (row) choose(row, false);
    moveTo(momentAt(event));
  });
  box.addEventListener("mousemove", event => {
    const row = rowAt(event);
    if (row) $("chosen").textContent = describe(row);
  });
  box.addEventListener("wheel", event => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.25 : .8, momentAt(event));
    }
  }, { passive: false });
  $("filter").addEventListener("submit", event => event.preventDefault());
  $("name").addEventListener("input", event => {
    state.name = event.target.value;
    filtered();
    remember();
  });
  $("age").addEventListener("input", event => {
    state.age = Math.max(0, Number(event.target.value) || 0);
    filtered();
    remember();
  });
  $("all").addEventListener("click", () => look(0, length));
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      $("name").value = state.name = "";
      $("age").value = state.age = 0;
      filtered();
      remember();
      box.focus();
      return;
    }
    if (event.target instanceof HTMLInputElement) return;
    const width = state.to - state.from;
    const keys = {
      "/": () => $("name").focus(),
      "ArrowLeft": () => event.shiftKey ? look(state.from - width / 10, state.to - width / 10) : moveTo(state.moment - width / 100),
      "ArrowRight": () => event.shiftKey ? look(state.from + width / 10, state.to + width / 10) : moveTo(state.moment + width / 100),
      "+": () => zoom(.5, state.moment), "=": () => zoom(.5, state.moment), "-": () => zoom(2, state.moment),
      "0": () => look(0, length), "n": () => step(1), "p": () => step(-1),
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  window.addEventListener("resize", redraw);
  window.addEventListener("beforeprint", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  const words = new URLSearchParams(location.hash.slice(1));
  $("name").value = state.name = words.get("name") || "";
  $("age").value = state.age = Math.max(0, Number(words.get("age")) || 0);
  if (words.has("t")) state.moment = Math.min(length, Math.max(0, Number(words.get("t")) || 0));
  summarize();
  drawTold();
  filtered();
  document.body.dataset.ready = "true";
})();
