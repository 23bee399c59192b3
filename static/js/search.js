// Suggestions while one types, and what is near. The form works without.
for (const form of document.querySelectorAll(".search")) {
  const input = form.querySelector("input"), status = form.querySelector("[role=status]");
  const list = document.createElement("ul"), url = form.dataset.suggestions;
  let rows = [], active = -1, timer;
  const say = (text) => { status.textContent = text; };
  const set = (part, values) => { for (const name in values) part.setAttribute(name, values[name]); };

  const mark = (position) => {
    active = position;
    [...list.children].forEach((option, n) => set(option, { "aria-selected": n === active }));
    set(input, { "aria-activedescendant": list.children[active]?.id ?? "" });
  };
  const show = (found) => {
    if (found.length + rows.length) say(found.length ? `Suggestions: ${found.length}` : "");
    rows = found;
    list.replaceChildren(...rows.map(({ words }, n) => Object.assign(
      document.createElement("li"), { role: "option", id: `${list.id}-${n}`, textContent: words },
    )));
    list.hidden = !rows.length;
    set(input, { "aria-expanded": !list.hidden });
    mark(-1);
  };
  const ask = async () => {
    const q = input.value.trim();
    const found = q[1] ? await fetch(`${url}?${new URLSearchParams({ q })}`).then((r) => r.json()).catch(() => []) : [];
    if (q === input.value.trim() && document.activeElement === input) show(found);
  };
  const go = (n) => { if (rows[n]) location.href = rows[n].path; };

  // At the first focus: most readers of a page never come to the box.
  if (url) input.onfocus = () => {
    input.onfocus = null;
    set(list, { id: `${input.id}-list`, class: "suggestions", role: "listbox", "aria-label": "Suggestions" });
    set(input, { type: "text", autocomplete: "off", role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id });
    input.after(list);
    show([]);
    input.oninput = () => { clearTimeout(timer); timer = setTimeout(ask, 150); };
    input.onblur = () => show([]);
    list.onmousedown = (event) => event.preventDefault();  // so the box keeps the focus
    list.onclick = ({ target }) => go([...list.children].indexOf(target));
    input.onkeydown = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], places = rows.length + 1;
      if (!rows.length) return;
      if (step) mark((active + 1 + step + places) % places - 1);
      else if (event.key === "Escape") show([]);
      else if (event.key === "Enter" && active >= 0) go(active);
      else return;
      event.preventDefault();
    };
  };
  if (input.matches(":focus")) input.onfocus?.();

  const fail = ({ code }) => say(`Your device ${code === 1 ? "did not allow it" : "could not tell"}. Type your city or ZIP code.`);
  const near = ({ coords }) => {
    location.href = `${form.action}?near=${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
  };
  form.querySelector(".near button").onclick = () => {
    say("Asking your device…");
    navigator.geolocation.getCurrentPosition(near, fail, { timeout: 9000 });
  };
}
