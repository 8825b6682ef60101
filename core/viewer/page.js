"use strict";
// Plays the pictures in the page's data: {shape, times, labels, alphaBars, phases, losses, captions,
// classes, strip, tracks}. A "place" is a position of the slider; a track lists the places of its pictures in
// `places`, rising, and its pictures are packed as in packing.py.

const data = JSON.parse(document.getElementById("data").textContent);
const last = data.times.length - 1;
const [height, width, channels = 1] = data.shape;
const pixels = height * width * channels;
const SECONDS = 10;         // for the whole way at speed 1 ...
const LONGEST_STEP = 0.4;   // ... but no longer than this for one of few moments
const STILL_MS = 500;       // between two pictures, for readers who want little motion
const LEAST = 10;           // per cent: a class that never gets so likely has no line
const COLOURS = ["#4f8fd0", "#d0743a", "#3f9f68", "#c05a8f", "#8f78d8", "#a38a1f", "#2f9fb0", "#d05050", "#7f8f3f", "#8a8f99"];
const classes = data.classes;
const $ = id => document.getElementById(id);

let place = 0, selected = 0, view = "x0_hat", playing = false, shownAt = 0;

// The data.

async function unpack(text, count) {
  const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const differences = new Uint8Array(await new Response(stream).arrayBuffer());
  const size = differences.length / count, values = new Uint8Array(differences.length);
  for (let i = 0; i < size; i++)
    for (let n = 0, value = 0; n < count; n++)
      values[n * size + i] = value = (value + differences[i * count + n]) & 255;
  return values;
}

async function load() {
  for (const track of data.tracks)
    for (const name of ["x_t", "x0_hat", "belief"])
      if (track[name]) track[name] = await unpack(track[name], track.places.length);
}

// The newest picture of a track at a place; the first one before that.
function index(track, at = place) {
  let low = 0, high = track.places.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (track.places[middle] <= at) low = middle; else high = middle - 1;
  }
  return low;
}

const moment = at => data.labels ? data.labels[at] : `t = ${data.times[at]}`;
const phase = at => data.phases.findLast(({first}) => first <= at);
const belief = (track, n) => track.belief ? Array.from(track.belief.subarray(n * classes.length, (n + 1) * classes.length)) : null;
const top1 = shares => shares.indexOf(Math.max(...shares));
const looks = shares => shares ? `${classes[top1(shares)]} ${Math.max(...shares)}%` : "";

// Drawing.

function paint(canvas, values, n) {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = values[n * pixels + i * channels + (channels === 3 ? c : 0)];
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function newCanvas(label) {
  const canvas = Object.assign(document.createElement("canvas"), {width, height});
  if (label) { canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", label); }
  return canvas;
}

function show() {
  const track = data.tracks[selected], n = index(track), shares = belief(track, n);
  const at = track.places[n], now = phase(place), done = data.times[at] === 0;
  paint($("x_t"), track.x_t, n);
  $("x_t").setAttribute("aria-label", `${track.name}: ${data.captions.x_t} at ${moment(at)}`);
  if (!data.labels) $("x_t-name").textContent = done ? "x_0" : "x_t";
  $("x_t-about").textContent = done ? data.captions.x_0 : data.captions.x_t;
  if (track.x0_hat) {
    paint($("x0_hat"), track.x0_hat, n);
    $("x0_hat").setAttribute("aria-label", `${track.name}: ${data.captions.x0_hat} at ${moment(at)}` + (shares ? `, looks like ${looks(shares)}` : ""));
  }
  const rows = $("bars").children;
  if (shares) shares.forEach((share, kind) => {
    rows[kind].children[1].firstChild.style.width = `${share}%`;
    rows[kind].lastChild.textContent = `${share}%`;
    rows[kind].style.fontWeight = kind === top1(shares) ? "bold" : "";
  });
  $("moment").textContent = moment(place);
  $("alpha_bar").textContent = data.alphaBars ? `alpha_bar = ${data.alphaBars[place].toPrecision(3)}` : "";
  $("loss").textContent = data.losses && data.losses[place] !== null ? `loss ${data.losses[place].toFixed(4)}` : "";
  $("phase").textContent = now ? now.name : "";
  $("about").textContent = now ? `${now.name}: ${now.about}` : "";
  $("slider").value = place;
  $("slider").setAttribute("aria-valuetext", [moment(place), now && now.name, shares && `looks like ${looks(shares)}`].filter(Boolean).join(", "));
  for (const button of $("phases").children)
    button.setAttribute("aria-current", now !== undefined && button.value === now.name);
  const cursor = $("lines").querySelector(".cursor");
  if (cursor) cursor.setAttribute("d", `M${x(place)} 0V200`);
  for (const tile of document.querySelectorAll(".tile")) showTile(tile);
}

function showTile(tile) {
  const track = data.tracks[tile.value], n = index(track);
  paint(tile.firstChild, view === "x0_hat" && track.x0_hat ? track.x0_hat : track.x_t, n);
  tile.lastChild.textContent = looks(belief(track, n));
  tile.setAttribute("aria-pressed", Number(tile.value) === selected);
}

// The parts that are built once.

const x = at => (last ? at / last * 1000 : 0).toFixed(1);

function chart() {
  const track = data.tracks[selected], svg = $("lines"), parts = [];
  const line = (points, colour, dashed) =>
    parts.push(`<path d="M${points.join("L")}" stroke="${colour}"${dashed ? ' stroke-dasharray="7 4"' : ""}/>`);
  if (track.belief) {
    for (let kind = 0; kind < classes.length; kind++) {
      const values = track.places.map((_, n) => track.belief[n * classes.length + kind]);
      if (Math.max(...values) >= LEAST)
        line(track.places.map((at, n) => `${x(at)} ${196 - 1.92 * values[n]}`), COLOURS[kind], kind % 2);
    }
    $("chart-title").textContent = `Belief over time: ${track.name}`;
    $("chart-text").textContent = `Most likely: ${changes(track)}.`;
  } else if (data.losses) {
    const known = data.losses.map((loss, at) => [at, loss]).filter(([, loss]) => loss !== null);
    const most = Math.max(...known.map(([, loss]) => loss));
    if (known.length) line(known.map(([at, loss]) => `${x(at)} ${196 - 192 * loss / most}`), COLOURS[0], false);
    $("chart-title").textContent = "Loss";
    $("chart-text").textContent = known.length ? `From ${known[0][1].toFixed(4)} to ${known[known.length - 1][1].toFixed(4)}.` : "No loss is known.";
  }
  $("chart").hidden = !parts.length || !last;
  svg.innerHTML = parts.join("") + '<path class="cursor"/>';
  svg.setAttribute("aria-label", `${$("chart-title").textContent}. ${$("chart-text").textContent}`);
}

// Which class leads from when on, without those that lead for a moment only.
function changes(track) {
  const leads = [];
  track.places.forEach((at, n) => {
    const kind = top1(belief(track, n)), before = leads[leads.length - 1];
    if (before && before.kind === kind) before.count++;
    else leads.push({kind, at, count: 1});
  });
  const lasting = leads.filter((lead, i) => lead.count >= track.places.length / 33 || i === leads.length - 1);
  return lasting.filter((lead, i) => !i || lead.kind !== lasting[i - 1].kind)
    .map(({kind, at}) => `${classes[kind]} from ${moment(at)}`).join(", ");
}

function buildBars() {
  const longest = Math.max(1, ...classes.map(name => name.length));
  $("bars").style.setProperty("--name", longest > 1 ? `${Math.min(longest, 14) * 0.6}rem` : "1rem");
  classes.forEach((name, kind) => {
    const row = document.createElement("li");
    row.innerHTML = '<span></span><span class="bar"><i></i></span><span></span>';
    row.firstChild.textContent = row.firstChild.title = name;
    row.style.setProperty("--colour", COLOURS[kind]);
    $("bars").append(row);
  });
}

function buildPhases() {
  data.phases.forEach(({name, span, first}, i) => {
    const end = i + 1 < data.phases.length ? data.phases[i + 1].first : last + 1;
    const button = Object.assign(document.createElement("button"), {type: "button", value: name, textContent: name});
    button.title = `t = ${span}`;
    button.style.cssText = `--colour: var(--${name}); flex-grow: ${end - first}`;
    button.onclick = () => go(first);
    $("phases").append(button);
  });
  $("phase-keys").hidden = !data.phases.length;
}

function buildTiles() {
  const lists = [];
  data.tracks.forEach((track, i) => {
    const item = document.createElement("li");
    const tile = Object.assign(document.createElement("button"), {type: "button", className: "tile", value: i});
    const name = Object.assign(document.createElement("span"), {textContent: track.name});
    tile.append(newCanvas(), name, document.createElement("span"));
    tile.onclick = () => { selected = i; chart(); show(); };
    item.append(tile);
    let list = $("tree");
    if (track.parent !== null) {
      const parent = lists[track.parent];
      parent.classList.add("parent");
      list = parent.querySelector(":scope > ul") || parent.appendChild(document.createElement("ul"));
    }
    list.append(item);
    lists.push(item);
  });
  $("views").hidden = !data.tracks[0].x0_hat;
  for (const input of document.querySelectorAll("[name=view]")) input.onchange = () => { view = input.value; show(); };
}

function buildStrip() {
  const table = $("strip"), single = data.tracks.length === 1;
  const head = table.createTHead().insertRow(), body = table.createTBody();
  const heading = (row, text, scope) => row.append(Object.assign(document.createElement("th"), {textContent: text, scope}));
  head.append(document.createElement("td"));
  for (const at of data.strip) heading(head, moment(at), "col");
  const rows = data.tracks.flatMap(track => [
    ...(single || !track.x0_hat ? [[track, "x_t"]] : []), ...(track.x0_hat ? [[track, "x0_hat"]] : [])]);
  for (const [track, name] of rows) {
    const row = body.insertRow(), title = !single ? track.name : data.labels ? "" : name;
    if (title) heading(row, title, "row"); else row.insertCell();
    for (const at of data.strip) {
      const cell = row.insertCell();
      if (track.places[0] > at) continue;
      const canvas = newCanvas(`${track.name}, ${name} at ${moment(at)}`);
      paint(canvas, track[name], index(track, at));
      cell.append(canvas);
    }
  }
}

// Time.

function go(to) {
  place = Math.min(last, Math.max(0, Math.round(to)));
  shownAt = place;
  show();
}

function play(on) {
  playing = on;
  $("play").textContent = on ? "Pause" : "Play";
  if (!on) return;
  if (place === last) go(0);
  const length = Math.min(SECONDS, last * LONGEST_STEP);
  let before = performance.now(), shown = 0;
  requestAnimationFrame(function next(now) {
    if (!playing) return;
    shownAt += Math.max(0, now - before) / 1000 * last / length * $("speed").value;
    before = now;
    const to = Math.min(last, Math.floor(shownAt));
    const wait = matchMedia("(prefers-reduced-motion: reduce)").matches && to < last ? STILL_MS : 0;
    if (to !== place && now - shown >= wait) { place = to; shown = now; show(); }
    if (place === last) play(false); else requestAnimationFrame(next);
  });
}

const step = by => { play(false); go(place + by); };

function speed(by) {
  const list = $("speed");
  list.selectedIndex = Math.min(list.length - 1, Math.max(0, list.selectedIndex + by));
}

const KEYS = {
  " ": () => play(!playing), ArrowLeft: event => step(event.shiftKey ? -10 : -1), ArrowRight: event => step(event.shiftKey ? 10 : 1),
  Home: () => step(-place), End: () => step(last), "+": () => speed(1), "=": () => speed(1), "-": () => speed(-1),
};

function key(event) {
  const on = event.target.closest("button, select, [type=radio], .scroll");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (on && (on.matches("select, [type=radio]") || event.key === " ")) return;
  if (on && on.matches(".scroll") && event.key.startsWith("Arrow")) return;
  const chosen = data.phases[Number(event.key) - 1];
  if (KEYS[event.key]) KEYS[event.key](event); else if (chosen) go(chosen.first); else return;
  event.preventDefault();
}

// "#t=500" at the end of the address opens the page at that timestep.
function goToAddress() {
  const wanted = /^#t=(\d+)$/.exec(location.hash);
  if (!wanted || data.labels) return;
  const found = data.times.findIndex(t => t <= Number(wanted[1]));
  go(found < 0 ? last : found);
}

async function begin() {
  if (!window.DecompressionStream || !data.phases.findLast) {
    $("problem").textContent = "This page needs a browser of 2023 or later.";
    $("problem").hidden = false;
    return;
  }
  await load();
  for (const name of ["x_t", "x0_hat"]) Object.assign($(name), {width, height});
  $("x0_hat-about").textContent = data.captions.x0_hat;
  $("x0_hat-figure").hidden = !data.tracks[0].x0_hat;
  if (data.labels) $("x_t-name").textContent = "x_0";
  $("belief").hidden = !data.tracks[0].belief;
  $("tiles").hidden = data.tracks.length === 1;
  $("time").hidden = $("strip-section").hidden = last === 0;
  $("slider").max = last;
  $("slider").oninput = () => step($("slider").value - place);
  $("play").onclick = () => play(!playing);
  $("back").onclick = () => step(-1);
  $("on").onclick = () => step(1);
  buildBars(); buildPhases(); buildTiles(); buildStrip(); chart();
  $("viewer").hidden = false;
  go(0);
  goToAddress();
  addEventListener("keydown", key);
  addEventListener("hashchange", goToAddress);
}

begin();
