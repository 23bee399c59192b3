// Narrows the directory while one types. Without it, the search form above the list does the same.
const form = document.querySelector("main .search");
const lists = [...document.querySelectorAll(".directory")];
const input = form && form.querySelector("input");
const words = (text) => text.normalize("NFD").replace(/[\u0300-\u036f.']/g, "").toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);

if (input && lists.length) {
  const entries = lists.map((list) => [list, [...list.querySelectorAll("li")].map((li) => [li, words(`${li.textContent} ${list.dataset.name}`)])]);
  const status = document.createElement("p");
  status.className = "fine";
  status.setAttribute("role", "status");
  form.append(status);
  const narrow = () => {
    const wanted = words(input.value);
    const isName = /[a-z]/.test(wanted);
    let count = 0;
    for (const [list, items] of entries) {
      let here = 0;
      for (const [li, name] of items) here += !(li.hidden = isName && !wanted.every((word) => name.some((part) => part.startsWith(word))));
      list.hidden = isName && !here;
      count += here;
    }
    const found = count ? `${count} ${count === 1 ? "city" : "cities"} below` : "No name here is like that";
    status.textContent = isName ? `${found}. “Find” looks through other names and ZIP codes, too.` : "";
  };
  input.addEventListener("input", narrow);
  narrow();  // a browser that goes back keeps what was typed
}
