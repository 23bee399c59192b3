// Narrows the directory to names that have the typed words. The form itself goes on to the full search,
// which also works without this.
const form = document.querySelector("main .search");
const lists = [...document.querySelectorAll(".directory")];
const input = form && form.querySelector("input");
const words = (text) => text.normalize("NFD").replace(/[\u0300-\u036f.']/g, "").toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);

if (input && lists.length) {
  const entries = lists.map((list) => [list, [...list.querySelectorAll("li")].map((li) => [li, words(`${li.textContent} ${list.dataset.name}`)])]);
  const jumps = new Map(lists.map((list) => [list, document.querySelector(`[href="#${list.querySelector("[id]").id}"]`)?.closest("li") ?? list]));
  const status = document.createElement("p");
  status.className = "fine";
  status.setAttribute("role", "status");
  form.append(status);
  const narrow = () => {
    const wanted = words(input.value).filter((word) => /[a-z]/.test(word));
    const isName = wanted.length > 0;
    let count = 0;
    for (const [list, items] of entries) {
      let here = 0;
      for (const [li, name] of items) here += !(li.hidden = isName && !wanted.every((word) => name.some((part) => part.startsWith(word))));
      list.hidden = isName && !here;
      jumps.get(list).hidden = list.hidden;
      count += here;
    }
    const found = count ? `${count} ${count === 1 ? "city" : "cities"} below` : "No name here is like that";
    status.textContent = isName ? `${found}. “Find” looks through other names and ZIP codes, too.` : "";
  };
  input.addEventListener("input", narrow);
  narrow();  // a browser that goes back keeps what was typed
}
