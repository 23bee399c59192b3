// Narrows the directory to the typed words; the form itself goes on to the full search.
const form = document.querySelector("main .search"), input = form?.querySelector("input");
const lists = [...document.querySelectorAll(".directory")];
const words = (text) => text.normalize("NFD").replace(/[\u0300-\u036f.']/g, "").toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);

if (input && lists.length) {
  const entries = lists.map((list) => [
    list,
    document.querySelector(`[href="#${list.querySelector("[id]").id}"]`)?.closest("li") ?? list,
    [...list.querySelectorAll("li")].map((li) => [li, words(`${li.textContent} ${list.dataset.name}`)]),
  ]);
  const status = form.querySelector("[role=status]");
  const narrow = () => {
    const wanted = words(input.value).filter((word) => /[a-z]/.test(word));
    let count = 0;
    for (const [list, jump, items] of entries) {
      let here = 0;
      for (const [li, name] of items) here += !(li.hidden = !wanted.every((word) => name.some((part) => part.startsWith(word))));
      list.hidden = jump.hidden = !here;
      count += here;
    }
    const found = count ? `${count} ${count === 1 ? "city" : "cities"} below` : "No name here is like that";
    status.textContent = wanted.length ? `${found}. “Find” looks through other names and ZIP codes, too.` : "";
  };
  input.addEventListener("input", narrow);
  narrow();  // a browser that goes back keeps what was typed
}
