// Suggestions while one types, and what is near. The form works without.
for (const form of document.querySelectorAll(".search")) {
  const input = form.querySelector("input"), status = form.querySelector("[role=status]");
  const list = document.createElement("div"), url = form.dataset.suggestions;
  let rows = [], active = -1, timer, asked = 0;
  const say = (text) => { status.textContent = text; };
  const set = (part, values) => { for (const name in values) part.setAttribute(name, values[name]); };
  const make = (tag, values, ...inside) => {
    const part = document.createElement(tag);
    set(part, values);
    part.append(...inside);
    return part;
  };

  const mark = (position) => {
    active = position;
    rows.forEach((row, n) => set(row, { "aria-selected": n === active }));
    set(input, { "aria-activedescendant": rows[active]?.id ?? "" });
    rows[active]?.scrollIntoView({ block: "nearest" });
  };
  const show = (found) => {
    if (found.length + rows.length) say(found.length ? `Suggestions: ${found.length}` : "");
    rows = found.map(({ words, path, distance, who }, n) => make(
      "a", { role: "option", id: `${list.id}-${n}`, href: path, tabindex: -1 },
      words, ...[distance, who].flatMap((said) => said ? [" ", make("span", { class: "fine" }, said)] : []),
    ));
    list.replaceChildren(...rows);
    list.hidden = !rows.length;
    set(input, { "aria-expanded": !list.hidden });
    mark(-1);
  };
  const ask = async () => {
    const q = input.value.trim(), number = ++asked;
    const found = q[1] ? await fetch(`${url}?${new URLSearchParams({ q })}`).then((r) => r.json()).catch(() => []) : [];
    if (number === asked && document.activeElement === input) show(found);
  };
  const wait = () => { clearTimeout(timer); timer = setTimeout(ask, 150); };
  const close = () => { clearTimeout(timer); asked++; show([]); };  // nothing that is on its way opens it again

  // At the first focus: most readers of a page never come to the box.
  if (url) input.onfocus = () => {
    // On a phone the keyboard takes the lower half: what is found must show above it.
    input.onfocus = () => { if (innerWidth < 720 && form.getBoundingClientRect().top > 120) form.scrollIntoView(); };
    set(list, { id: `${input.id}-list`, class: "suggestions", role: "listbox", "aria-label": "Suggestions" });
    set(input, { type: "text", autocomplete: "off", role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id });
    input.after(list);
    show([]);
    input.oninput = ({ isComposing }) => { if (!isComposing) wait(); };
    input.addEventListener("compositionend", wait);
    input.onblur = close;
    list.onmousedown = (event) => event.preventDefault();  // so the box keeps the focus
    input.onkeydown = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], places = rows.length + 1;
      if (event.isComposing) return;
      if (event.key === "Escape") close();
      else if (step && !rows.length) ask();
      else if (step) mark((active + 1 + step + places) % places - 1);
      else if (event.key === "Enter" && rows[active]) rows[active].click();
      else return;
      event.preventDefault();
    };
    input.onfocus();
  };
  if (input.matches(":focus")) input.onfocus?.();

  const other = "Type your city or ZIP code.";
  let answer = 0;
  form.querySelector(".near button").onclick = () => {
    const typed = input.value, number = ++answer;
    // An answer that comes when somebody has typed since, or given up waiting, is too late.
    const inTime = () => number === answer && input.value === typed;
    const fail = (words) => { if (inTime()) say(`${words} ${other}`); answer += number === answer; };
    say("Asking your device…");
    setTimeout(() => fail("Your device has not answered."), 15000);
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      if (inTime()) location.href = `${form.action}?near=${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
      answer++;
    }, ({ code }) => fail(`Your device ${code === 1 ? "did not allow it" : "could not tell"}.`), { timeout: 9000 });
  };
  input.addEventListener("input", () => { if (answer) { answer++; if (/^Asking/.test(status.textContent)) say(""); } });
}
