// Narrows the directory while one types. Without it, the search form above the list does the same.
const form = document.querySelector("main .search");
const lists = [...document.querySelectorAll(".directory")];
const input = form && form.querySelector("input");
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

if (input && lists.length) {
  const entries = lists.map((list) => [list, [...list.querySelectorAll("li")].map((li) => [li, plain(li.textContent)])]);
  const status = document.createElement("p");
  status.className = "fine";
  status.setAttribute("role", "status");
  form.append(status);
  const narrow = () => {
    const wanted = plain(input.value.trim());
    const isName = /[a-z]/.test(wanted);
    let count = 0;
    for (const [list, items] of entries) {
      let here = 0;
      for (const [li, name] of items) here += !(li.hidden = isName && !name.includes(wanted));
      list.hidden = isName && !here;
      count += here;
    }
    status.textContent = isName ? `${count} ${count === 1 ? "city" : "cities"} with “${input.value.trim()}” in the name` : "";
  };
  input.addEventListener("input", narrow);
  narrow();  // a browser that goes back keeps what was typed
}
