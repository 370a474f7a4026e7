"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const files = data.files, about = data.about;
const LEVELS = ["critical", "high", "medium", "low", "info"];
const RANK = {critical: 4, high: 3, medium: 2, low: 1, info: 0};
const WORDS = about.words || {}, live = about.live || null;
// A text of the page in the language asked for; {fields} are filled in.
const t = (text, values) => (WORDS[text] || text).replace(/\{(\w+)\}/g, (all, name) => values && name in values ? String(values[name]) : all);
document.getElementById("static").remove();

// Control, bidi and invisible characters are shown as escapes: nothing that was scanned can turn the text around it.
const seen = text => text.replace(/\r/g, "").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, c => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
const el = (tag, props, ...children) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null) node.setAttribute(key, value);
  }
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined && child !== "") node.append(typeof child === "string" ? seen(child) : child);
  return node;
};
const button = (text, onclick, props) => el("button", {type: "button", onclick, ...props}, text);

// ---- state: the address keeps what is shown, the browser keeps the marks -------------------------------------
const KEY = "sdscan-marks:" + files.length + ":" + (files[0] ? files[0].path : "");
const state = {q: "", all: false, sort: "level", open: -1, at: 0, blur: true, overview: true};
let marks = {};
try { marks = JSON.parse(localStorage.getItem(KEY) || "{}"); } catch { marks = {}; }
const keepMarks = () => { try { localStorage.setItem(KEY, JSON.stringify(marks)); } catch { /* a page from disk may have no storage */ } };
const readHash = () => {
  const p = new URLSearchParams(location.hash.slice(1));
  state.q = p.get("q") || ""; state.all = p.get("all") === "1"; state.sort = p.get("sort") || "level";
  state.blur = p.get("blur") !== "0"; state.overview = p.get("overview") !== "0";
  state.open = p.has("open") ? files.findIndex(f => f.path === p.get("open")) : -1;
};
const writeHash = () => {
  const p = new URLSearchParams();
  if (state.q) p.set("q", state.q);
  if (state.all) p.set("all", "1");
  if (state.sort !== "level") p.set("sort", state.sort);
  if (!state.blur) p.set("blur", "0");
  if (!state.overview) p.set("overview", "0");
  if (state.open >= 0) p.set("open", files[state.open].path);
  const text = p.toString();
  if (text !== location.hash.slice(1)) history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
};

// ---- the query: words, key:value, !not, "quoted text" ---------------------------------------------------------
const haystack = new Map();
const textOf = f => {
  let text = haystack.get(f);
  if (text === undefined) {
    text = [f.path, f.reason, ...f.prompts.map(p => p.text), ...f.loras.map(l => l.name), ...f.findings.map(x => x.message + " " + x.subject)].join("\n").toLowerCase();
    haystack.set(f, text);
  }
  return text;
};
const KEYS = {
  sev: (f, v) => f.findings.some(x => x.severity === v && !x.suppressed),
  level: (f, v) => (f.severity || "none") === v,
  rule: (f, v) => f.findings.some(x => x.rule.toLowerCase() === v),
  tool: (f, v) => f.tools.some(t => t.toLowerCase() === v),
  subject: (f, v) => f.findings.some(x => x.subject.toLowerCase().includes(v)),
  lora: (f, v) => f.loras.some(l => l.kind === "lora" && l.name.toLowerCase().includes(v)),
  outcome: (f, v) => f.outcome === v,
  mark: (f, v) => (marks[f.path] || "none") === v,
  platform: (f, v) => { const [name, verdict] = v.split("="); return verdict ? f.verdicts[name] === verdict : f.verdicts[name] !== undefined && f.verdicts[name] !== "ok"; },
};
const parse = q => (q.match(/!?(?:[\w]+:)?(?:"[^"]*"|\S+)/g) || []).map(token => {
  const not = token.startsWith("!");
  const body = not ? token.slice(1) : token;
  const cut = body.indexOf(":");
  const key = cut > 0 ? body.slice(0, cut).toLowerCase() : "";
  const value = (key in KEYS ? body.slice(cut + 1) : body).replace(/^"|"$/g, "").toLowerCase();
  const test = key in KEYS ? f => KEYS[key](f, value) : f => textOf(f).includes(value);
  return not ? f => !test(f) : test;
});
let view = [];
const select = () => {
  const tests = parse(state.q);
  const named = /(?:^|\s)!?outcome:/.test(state.q);
  view = files.map((f, i) => i).filter(i => (state.all || named || files[i].findings.length > 0) && tests.every(t => t(files[i])));
  const rank = f => f.severity ? RANK[f.severity] : -1;
  if (state.sort === "level") view.sort((a, b) => rank(files[b]) - rank(files[a]) || a - b);
  if (state.sort === "date") view.sort((a, b) => (files[b].made > files[a].made ? 1 : files[b].made < files[a].made ? -1 : a - b));
  if (state.at >= view.length) state.at = Math.max(0, view.length - 1);
};
const toggle = term => {
  const words = state.q.split(/\s+/).filter(Boolean);
  const at = words.indexOf(term);
  if (at >= 0) words.splice(at, 1); else words.push(term);
  state.q = words.join(" ");
  search.value = state.q;
  refresh();
};

// ---- head -----------------------------------------------------------------------------------------------------
const count = level => files.reduce((n, f) => n + (KEYS.sev(f, level) ? 1 : 0), 0);
const search = el("input", {type: "search", placeholder: t("filter: words, sev:high, rule:SD201, platform:pixiv=block, !not …"), "aria-label": t("filter")});
search.addEventListener("input", () => { state.q = search.value; refresh(); });
const chips = LEVELS.map(level => button("", () => toggle("sev:" + level), {class: "chip", "data-level": level}));
const countChips = () => LEVELS.forEach((level, i) => chips[i].replaceChildren(el("b", {}, level), " " + count(level)));
const allButton = button(t("all files"), () => { state.all = !state.all; refresh(); });
const blurButton = button(t("blur"), () => { state.blur = !state.blur; refresh(); }, {title: t("blur explicit pictures")});
const overviewButton = button(t("overview"), () => { state.overview = !state.overview; refresh(); });
const sortBox = el("select", {"aria-label": t("sort"), onchange: e => { state.sort = e.target.value; refresh(); }},
  el("option", {value: "level"}, t("worst first")), el("option", {value: "path"}, t("by path")), el("option", {value: "date"}, t("newest first")));
const sizeBox = el("input", {type: "range", min: "150", max: "420", step: "10", value: "240", "aria-label": t("size of the pictures"), title: t("size of the pictures"), oninput: e => { WIDTH = Number(e.target.value); relayout(); }});
const shownText = el("span", {class: "closing", role: "status"});
const closingText = el("span", {class: "closing"}, about.closing);
const writes = live !== null && live.write;
const actions = [...(writes ? [button(t("allow marked files"), () => askAllow()), button(t("accept marked files"), () => askAccept())] : [button(t("copy as [[allow]]"), () => copyAllow())]),
  button(t("copy file list"), () => copyList())];
if (writes && live.sort) actions.unshift(button(t("sort marked files"), () => send("sort", {marks}, done => t("{n} files copied to {folder}", done))));
const header = el("header", {},
  el("div", {class: "bar"}, el("h1", {}, t("sdscan report")), closingText, el("span", {class: "gap"}), shownText),
  el("div", {class: "bar"}, search, chips, button("?", () => help(), {title: t("Keys")})),
  el("div", {class: "bar"}, allButton, sortBox, blurButton, overviewButton, sizeBox, el("span", {class: "gap"}), actions));
const overview = el("section", {id: "overview", "aria-label": t("overview")});
const grid = el("div", {id: "grid", role: "listbox", "aria-label": t("files"), tabindex: "0"});
const empty = el("p", {class: "empty"});
document.body.append(header, el("main", {}, overview, grid, empty));

const tally = pairs => {
  const counts = new Map();
  for (const key of pairs) counts.set(key, (counts.get(key) || 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 10);
};
const bars = (title, rows, term) => rows.length === 0 ? null : el("div", {}, el("h2", {}, title), rows.map(([name, n]) => {
  const bar = el("i", {});
  bar.style.width = Math.max(2, 100 * n / rows[0][1]) + "%";
  return el("button", {class: "row", type: "button", onclick: () => toggle(term(name)), title: name}, el("span", {}, name), el("span", {}, bar), el("span", {}, String(n)));
}));
const drawOverview = () => {
  const names = {};
  for (const f of files) for (const x of f.findings) names[x.rule] = x.name;
  const rules = tally(files.flatMap(f => [...new Set(f.findings.filter(x => !x.suppressed).map(x => x.rule))]));
  const subjects = tally(files.flatMap(f => [...new Set(f.findings.filter(x => x.severity !== "info").map(x => x.subject).filter(Boolean))]));
  const loras = tally(files.filter(f => f.findings.some(x => x.severity !== "info")).flatMap(f => [...new Set(f.loras.filter(l => l.kind === "lora" && l.state === "used").map(l => l.name))]));
  const months = tally(files.map(f => f.made.slice(0, 7)).filter(Boolean)).sort();
  const shown = ["block", "review", "label", "remind", "info", "ok"].filter(v => files.some(f => about.platforms.some(p => f.verdicts[p] === v)));
  const matrix = about.platforms.length === 0 ? null : el("div", {class: "matrix"}, el("h2", {}, t("files by platform")), el("table", {},
    el("thead", {}, el("tr", {}, el("td", {}, ""), shown.map(v => el("th", {class: v}, t(v))))),
    el("tbody", {}, about.platforms.map(p => el("tr", {}, el("th", {scope: "row"}, p), shown.map(v => {
      const n = files.reduce((sum, f) => sum + (f.verdicts[p] === v ? 1 : 0), 0);
      return el("td", {class: "n"}, n ? button(String(n), () => toggle("platform:" + p + "=" + v)) : "·");
    }))))));
  const quote = s => /\s/.test(s) ? '"' + s + '"' : s;
  overview.replaceChildren(...[matrix, bars(t("files by rule"), rules.map(([r, n]) => [r + " " + names[r], n]), s => "rule:" + s.split(" ")[0]),
    bars(t("files by LoRA"), loras, s => "lora:" + quote(s)), bars(t("files by subject"), subjects, s => "subject:" + quote(s)),
    months.length > 1 ? bars(t("files by month"), months, s => s) : null].filter(Boolean));
};

// ---- grid: only what is visible is in the page -------------------------------------------------------------------
const GAP = 14, HEIGHT = 356;
let WIDTH = 240;
let columns = 1, cards = new Map();
const layout = () => {
  columns = Math.max(1, Math.floor((grid.clientWidth + GAP) / (WIDTH + GAP)));
  grid.style.height = Math.ceil(view.length / columns) * (HEIGHT + GAP) + "px";
};
const draw = all => {
  const top = grid.getBoundingClientRect().top;
  const first = all ? 0 : Math.max(0, Math.floor(-top / (HEIGHT + GAP)) - 1) * columns;
  const last = all ? view.length : Math.min(view.length, (Math.ceil((innerHeight - top) / (HEIGHT + GAP)) + 1) * columns);
  const wanted = new Set();
  const width = (grid.clientWidth + GAP) / columns - GAP;
  for (let n = first; n < last; n++) {
    wanted.add(n);
    let card = cards.get(n);
    if (!card) { card = makeCard(n); cards.set(n, card); grid.append(card); }
    card.style.left = (n % columns) * (width + GAP) + "px";
    card.style.top = Math.floor(n / columns) * (HEIGHT + GAP) + "px";
    card.style.width = width + "px";
    card.style.height = HEIGHT + "px";
    card.setAttribute("aria-current", String(n === state.at));
    card.setAttribute("aria-selected", String(n === state.at));
    card.setAttribute("aria-setsize", String(view.length));
    card.setAttribute("aria-posinset", String(n + 1));
    if (n === state.at) grid.setAttribute("aria-activedescendant", card.id);
  }
  for (const [n, card] of cards) if (!wanted.has(n)) { card.remove(); cards.delete(n); }
};
const relayout = () => {
  for (const card of cards.values()) card.remove();
  cards.clear();
  layout();
  draw();
};
const WEB = new Set(["png", "jpeg", "webp", "gif", "avif", "bmp"]);
const thumb = f => live && f.picture ? "thumbnail/" + f.n + "?v=" + f.v : f.thumb;
const picture = (f, big) => {
  const box = el("div", {class: "pic" + (f.explicit ? " explicit" : "")});
  const words = f.model ? t("{kind} for {subject}", {kind: f.model.kind, subject: t(f.model.subject)}) : f.outcome === "scanned" ? f.format : t(f.outcome);
  const source = thumb(f);
  if (!source) box.append(words);
  else box.append(el("img", {src: source, alt: big ? f.path : "", loading: "lazy", decoding: "async", onerror: e => e.target.replaceWith(words)}));
  return box;
};
const VERDICTS = ["ok", "info", "remind", "label", "review", "block"];
const said = (f, platform) => VERDICTS.indexOf(f.verdicts[platform] || "ok");
const makeCard = n => {
  const f = files[view[n]];
  const box = picture(f, false);
  box.append(el("span", {class: "badge " + (f.severity || "info")}, f.severity ? f.severity.toUpperCase() : t(f.findings.length ? "set aside" : f.outcome)));
  if (marks[f.path]) box.append(el("span", {class: "mark"}, t(marks[f.path])));
  return el("button", {class: "card", id: "card-" + n, type: "button", role: "option", tabindex: "-1", title: f.path, onclick: () => { state.at = n; open(view[n]); }},
    box, el("div", {class: "name"}, f.path.split("/").pop()),
    el("div", {class: "why"}, f.findings.length ? [f.findings.slice(0, 2).map(x => el("p", {}, el("b", {class: x.severity}, x.rule + " "), x.message)), f.findings.length > 2 ? el("p", {class: "at"}, t("and {n} more", {n: f.findings.length - 2})) : null] : el("p", {}, f.reason || t(f.outcome))),
    el("div", {class: "verdicts"}, [...about.platforms].sort((p, q) => said(f, q) - said(f, p)).map(p => f.verdicts[p] ? el("span", {class: "pill"}, p + " ", el("b", {class: f.verdicts[p]}, t(f.verdicts[p]))) : null)));
};

// ---- one file -----------------------------------------------------------------------------------------------------
const dialog = el("dialog", {"aria-label": t("details")});
document.body.append(dialog);
dialog.addEventListener("close", () => { state.open = -1; writeHash(); });
const highlighted = (prompt, findings) => {
  const hits = findings.flatMap(x => x.evidence).filter(e => e.at === prompt.at && e.start !== null && [...prompt.text].slice(e.start, e.end).join("") === e.text)
    .map(e => [e.start, e.end]).sort((a, b) => a[0] - b[0]);
  const characters = [...prompt.text];
  const parts = [];
  let at = 0;
  for (const [start, end] of hits) {
    if (start < at) continue;
    parts.push(characters.slice(at, start).join(""), el("mark", {}, characters.slice(start, end).join("")));
    at = end;
  }
  return [...parts, characters.slice(at).join("")];
};
const MARKS = ["allow", "fix", "unsure"];
const times = weight => weight === null || weight === 1 ? "" : " ×" + weight;
const closeButton = () => button(t("close (Esc)"), () => dialog.close());
const open = i => {
  state.open = i;
  const f = files[i];
  const source = live && WEB.has(f.format) ? "picture/" + f.n : thumb(f);
  const image = source ? el("a", {href: live ? source : f.href, target: "_blank", rel: "noopener"}, el("img", {class: "full" + (f.explicit ? " explicit" : ""), src: source, alt: t("thumbnail of {path}", {path: f.path})})) : picture(f, true);
  const marksBar = el("div", {class: "actions"}, MARKS.map(m => button(t(m), () => { mark(m); open(i); }, {"aria-pressed": String(marks[f.path] === m)})));
  const n = text => el("p", {class: "n"}, text);
  const side = el("div", {class: "side"}, image, marksBar,
    n((f.tools.length ? t("{format} by {tools}", {format: f.format, tools: f.tools.join(", ")}) : f.format) + " · " + t(f.outcome)),
    f.loras.map(l => n(l.kind + " " + l.name + times(l.weight) + (l.state === "used" ? "" : " (" + t(l.state) + ")") + (l.file ? " → " + l.file : ""))),
    f.model ? [n(t("made for: {subject}", {subject: t(f.model.subject)}) + (f.model.base ? t(", base {base}", {base: f.model.base}) : "")), f.model.because.map(b => n(t("because {reason}", {reason: b}))),
      f.model.triggers.length ? n(t("triggers: {words}", {words: f.model.triggers.join(", ")})) : null] : null);
  const steps = [...new Set(f.findings.map(x => x.next).filter(Boolean))];
  const link = r => /^https?:\/\//.test(r.source) ? el("a", {href: r.source, target: "_blank", rel: "noopener noreferrer"}, r.source) : r.source;
  const told = r => el("div", {}, r.text, el("div", {class: "at"}, [r.basis, r.by, r.date].filter(Boolean).join(", "), r.source ? [r.basis || r.date ? ", " : "", link(r)] : ""));
  // What only repeats a finding is left out where the platform itself has a word to say.
  const saying = (f, p) => {
    const all = f.reasons.filter(r => r.platform === p);
    const own = r => !r.source && f.findings.some(x => r.text === x.rule + ": " + x.message);
    return all.some(r => !own(r)) ? all.filter(r => !own(r) || r.verdict === f.verdicts[p]) : all;
  };
  const reasons = all => [all.slice(0, 4).map(told), all.length > 4 ? el("details", {class: "at"}, el("summary", {}, t("and {n} more", {n: all.length - 4})), all.slice(4).map(told)) : null];
  const heading = el("h2", {tabindex: "-1"}, f.path);
  const main = el("div", {}, heading, f.reason ? el("p", {}, f.reason) : null,
    f.findings.map(x => el("div", {class: "find " + x.severity},
      el("div", {class: "top"}, el("span", {class: x.severity}, x.rule + " " + x.severity.toUpperCase()), " · " + t("evidence: {strength}", {strength: t(x.strength)}) + (x.suppressed ? " · " + t("set aside: {reason}", {reason: x.suppressed}) : "")),
      el("div", {}, x.message),
      x.evidence.map(e => el("div", {class: "at"}, e.at + times(e.weight) + ": ", el("mark", {}, e.text))),
      x.because.length ? el("details", {class: "at"}, el("summary", {}, t("how it came to this level")), x.because.map(b => el("div", {}, b))) : null)),
    steps.length ? [el("h3", {}, t("What you can do")), steps.map(s => el("p", {class: "next"}, "→ " + s))] : null,
    Object.keys(f.verdicts).length ? [el("h3", {}, t("What each platform would say")), el("table", {class: "said"}, el("tbody", {}, about.platforms.map(p => el("tr", {},
      el("th", {}, p), el("td", {class: f.verdicts[p]}, t(f.verdicts[p] || "")),
      el("td", {}, reasons(saying(f, p)))))))] : null,
    f.prompts.length ? el("h3", {}, t("Prompts")) : null,
    f.prompts.map(p => [el("div", {class: "at"}, t(p.role) + " · " + p.at), el("div", {class: "prompt"}, highlighted(p, f.findings))]),
    el("div", {class: "actions"}, closeButton(), button(t("← previous"), () => step(-1)), button(t("next →"), () => step(1))));
  dialog.replaceChildren(el("div", {class: "detail"}, side, main));
  if (!dialog.open) dialog.showModal();
  heading.focus({preventScroll: true});
  dialog.scrollTop = 0;
  writeHash();
};
const step = by => {
  const n = view.indexOf(state.open) + by;
  if (n >= 0 && n < view.length) { state.at = n; open(view[n]); draw(); }
};

// ---- marks and what is handed to the user ---------------------------------------------------------------------------
const mark = kind => {
  const i = state.open >= 0 ? state.open : view[state.at];
  if (i === undefined) return;
  const path = files[i].path;
  if (marks[path] === kind) delete marks[path]; else marks[path] = kind;
  keepMarks();
  relayout();
};
const sheet = (title, ...parts) => {
  dialog.replaceChildren(el("div", {class: "pad"}, el("h2", {}, title), parts, el("div", {class: "actions"}, closeButton())));
  if (!dialog.open) dialog.showModal();
};
const paper = (title, text) => {
  const area = el("textarea", {readonly: "", "aria-label": title});
  area.value = text;
  sheet(title, area);
  area.select();
  if (navigator.clipboard) navigator.clipboard.writeText(text).catch(() => {});
};
const toml = s => '"' + [...s].map(c => c === "\\" || c === '"' ? "\\" + c : c < " " || c === "\x7f" ? "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0") : c).join("") + '"';
const marked = kind => files.filter(f => marks[f.path] === kind);
const nextYear = () => String(new Date().getFullYear() + 1) + "-01-31";
const copyAllow = () => {
  const entries = marked("allow").flatMap(f => f.findings.filter(x => x.severity !== "info" && x.rule !== "SD401" && !x.suppressed).map(x =>
    "[[allow]]\nrule = " + toml(x.rule) + (x.subject_id ? "\nsubject = " + toml(x.subject_id) : "") + "\npaths = [" + toml(f.path) + "]\nreason = \"\"  # " + t("say why") + "\nexpires = " + nextYear() + "\n"));
  paper(t("Paste into sdscan.toml and say why"), entries.length ? entries.join("\n") : "# " + t("mark files with `a` first") + "\n");
};
const copyList = () => {
  const some = Object.keys(marks).length ? files.filter(f => marks[f.path]).map(f => f.path + "\t" + marks[f.path]) : view.map(i => files[i].path);
  paper(t("Files"), some.join("\n") + "\n");
};
const help = () => {
  const rows = [["← ↑ → ↓", t("move")], ["Enter", t("open")], ["Esc", t("close")], ["/", t("filter")], ["a f u", t("mark: allow, fix, unsure")], ["b", t("blur explicit pictures")], ["?", t("this help")]];
  sheet(t("Keys"), el("table", {}, el("tbody", {}, rows.map(([k, v]) => el("tr", {}, el("th", {}, el("kbd", {}, k)), el("td", {}, v))))),
    el("p", {}, t("Filter: words, key:value, !not. Keys: {keys}. Example: {example}", {keys: Object.keys(KEYS).join(", "), example: "sev:high !tool:comfyui platform:pixiv=block"})),
    el("p", {class: "n"}, about.tool + " · " + about.packs.join(", ")),
    el("p", {}, t("A finding is a risk with evidence, never a legal verdict. No generation data is not the same as clean.")));
};

// ---- only with `sdscan review`: new files come in, and marks are written by the server -------------------------------
const send = async (what, body, told) => {
  let text;
  try {
    const answer = await fetch(what, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
    const done = await answer.json();
    text = answer.ok ? told(done) : done.error;
    if (answer.ok) await look();
  } catch { text = t("The server does not answer. Is `sdscan review` still running?"); }
  sheet(t("Done"), el("p", {role: "alert"}, text));
};
const ask = (title, words, kind, fields, onsend) => {
  const some = marked(kind);
  if (!some.length) { sheet(title, el("p", {}, t("mark files with `a` first"))); return; }
  const inputs = fields.map(([label, props]) => el("input", {...props, "aria-label": label, required: ""}));
  const form = el("form", {onsubmit: e => { e.preventDefault(); onsend(some.map(f => f.n), ...inputs.map(i => i.value)); }},
    el("p", {}, words), el("ul", {}, some.slice(0, 12).map(f => el("li", {}, f.path)), some.length > 12 ? el("li", {}, t("and {n} more", {n: some.length - 12})) : null),
    fields.map(([label], i) => el("label", {}, label, inputs[i])), el("div", {class: "actions"}, el("button", {type: "submit"}, t("write"))));
  sheet(title, form);
  if (inputs.length) inputs[0].focus();
};
const askAllow = () => ask(t("Allow marked files"), t("An [[allow]] entry for each finding of these files is written into {file}.", {file: live.config}), "allow",
  [[t("Why is it allowed?"), {type: "text", maxlength: "500"}], [t("Until when?"), {type: "date", value: nextYear()}]],
  (numbers, reason, expires) => send("allow", {files: numbers, reason, expires}, done => t("{n} entries written into {file}", done)));
const askAccept = () => ask(t("Accept marked files"), t("The findings of these files are added to the baseline {file}: they no longer count, also after the files are renamed.", {file: live.baseline}), "allow",
  [], numbers => send("accept", {files: numbers}, done => t("{n} findings added to {file}", done)));
const take = news => {
  for (const f of news.files) {
    const at = files.findIndex(old => old.n === f.n);
    if (at < 0) files.push(f); else files[at] = f;
  }
  about.closing = news.closing;
  closingText.textContent = news.closing;
  version = news.version;
  if (news.files.length) { countChips(); drawOverview(); refresh(); }
};
let version = live ? live.version : 0;
const look = async () => { const answer = await fetch("changes?since=" + version); if (answer.ok) take(await answer.json()); };

// ---- keyboard -------------------------------------------------------------------------------------------------------
const move = by => {
  if (!view.length) return;
  state.at = Math.max(0, Math.min(view.length - 1, state.at + by));
  const top = grid.getBoundingClientRect().top + scrollY + Math.floor(state.at / columns) * (HEIGHT + GAP);
  const room = header.offsetHeight + 8;
  if (top < scrollY + room) scrollTo(0, top - room);
  if (top + HEIGHT > scrollY + innerHeight) scrollTo(0, top + HEIGHT - innerHeight + 8);
  draw();
};
document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) { if (e.key === "Escape") { e.target.blur(); grid.focus({preventScroll: true}); } return; }
  const inDialog = dialog.open;
  const keys = {
    ArrowRight: () => inDialog ? step(1) : move(1), ArrowLeft: () => inDialog ? step(-1) : move(-1),
    ArrowDown: () => inDialog ? null : move(columns), ArrowUp: () => inDialog ? null : move(-columns),
    Enter: () => { if (!inDialog && view.length) open(view[state.at]); },
    "/": () => { if (!inDialog) search.focus(); }, "?": () => help(),
    a: () => { mark("allow"); if (inDialog && state.open >= 0) open(state.open); }, f: () => { mark("fix"); if (inDialog && state.open >= 0) open(state.open); },
    u: () => { mark("unsure"); if (inDialog && state.open >= 0) open(state.open); }, b: () => { state.blur = !state.blur; refresh(); },
  };
  if (!(e.key in keys)) return;
  if (inDialog && (e.key === "ArrowDown" || e.key === "ArrowUp" || e.key === "Enter")) return;
  if (e.key === "Enter" && e.target.tagName === "BUTTON" && !e.target.classList.contains("card")) return;
  e.preventDefault();
  keys[e.key]();
});

const refresh = () => {
  select();
  chips.forEach((chip, i) => chip.setAttribute("aria-pressed", String(state.q.split(/\s+/).includes("sev:" + LEVELS[i]))));
  allButton.setAttribute("aria-pressed", String(state.all));
  blurButton.setAttribute("aria-pressed", String(state.blur));
  overviewButton.setAttribute("aria-pressed", String(state.overview));
  document.body.classList.toggle("blur", state.blur);
  overview.hidden = !state.overview;
  sortBox.value = state.sort;
  shownText.textContent = t("{n} of {m} files shown", {n: view.length, m: files.length});
  empty.textContent = view.length ? "" : files.length ? t("Nothing matches. Clear the filter, or show all files.") : t("No files.");
  relayout();
  writeHash();
};
addEventListener("scroll", () => draw(), {passive: true});
addEventListener("beforeprint", () => draw(true));
addEventListener("afterprint", () => relayout());
addEventListener("resize", () => { layout(); draw(); });
addEventListener("hashchange", () => { const was = state.open; readHash(); search.value = state.q; refresh(); if (state.open >= 0 && state.open !== was) open(state.open); });
readHash();
search.value = state.q;
countChips();
drawOverview();
const first = state.open;
refresh();
if (first >= 0) open(first);
if (live) setInterval(() => { if (!document.hidden) look().catch(() => {}); }, 1500);
})();
